"""Files from a browser, as offices send them and as somebody hostile would."""

import io
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given
from hypothesis import settings as run
from hypothesis import strategies as st

from evaluations.stagefile import upload
from evaluations.stagefile.files import document_fault
from evaluations.stagefile.schema import MEGABYTE
from evaluations.stagefile.upload import UploadFault, unpack


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return into.getvalue()


def sent(content: bytes, name: str = "stage.zip") -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, content)]


def found(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fault(files, into) -> str:
    with pytest.raises(UploadFault) as raised:
        unpack(files, into)
    return str(raised.value)


STAGE = {"stage.toml": b"schema = 1\n", "sheets.csv": b"a,b\n", "documents/report.md": b"# report\n"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_becomes_a_stage_directory(tmp_path, method):
    assert unpack(sent(packed(STAGE, method)), tmp_path) == tmp_path
    assert found(tmp_path) == STAGE


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_of_another_method_is_refused(tmp_path, method):
    """A few kilobytes of these become a hundred megabytes in one piece, whatever size they say they have."""
    assert fault(sent(packed(STAGE, method)), tmp_path) == (
        "ZIP의 압축 방식을 풀 수 없습니다. 보통 방식(Deflate)으로 다시 묶어 주세요: stage.toml"
    )


@pytest.mark.parametrize("around", ["", "stage\\"])
def test_a_zip_of_powershell_has_backslashes_between_folders(tmp_path, around):
    files = {around + name.replace("/", "\\"): content for name, content in STAGE.items()}

    unpack(sent(packed(files | {around + "documents\\": b""})), tmp_path)

    assert found(tmp_path) == STAGE


def test_a_folder_around_the_files_does_not_matter(tmp_path):
    unpack(sent(packed({f"stage-2/{name}": content for name, content in STAGE.items()}), "Stage.ZIP"), tmp_path)
    assert found(tmp_path) == STAGE


def test_single_files_lie_where_they_belong(tmp_path):
    files = [SimpleUploadedFile(Path(name).name, content) for name, content in STAGE.items()]

    unpack(files, tmp_path)

    assert found(tmp_path) == STAGE


def test_what_macos_and_windows_put_beside_is_left_out(tmp_path):
    rubbish = {
        "__MACOSX/._stage.toml": b"x",
        ".DS_Store": b"x",
        "stage/._sheets.csv": b"x",
        "Thumbs.db": b"x",
        "desktop.ini": b"x",
    }

    unpack(sent(packed(STAGE | rubbish)), tmp_path)

    assert found(tmp_path) == STAGE


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_names_come_in_one_form(tmp_path, form):
    """macOS takes syllables apart; documents.csv names them whole."""
    unpack(sent(packed({unicodedata.normalize(form, "documents/기술 보고서.md"): b"x"})), tmp_path)

    assert list(found(tmp_path)) == [unicodedata.normalize("NFC", "documents/기술 보고서.md")]


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
def test_names_of_a_zip_that_does_not_say_how_they_are_written(tmp_path, encoding):
    """Korean Windows writes CP949 and no mark; some tools write UTF-8 and forget the mark."""
    name = "기술보고서.md".encode(encoding)
    plain = packed({"x" * len(name): b"text"}, zipfile.ZIP_STORED)

    unpack(sent(plain.replace(b"x" * len(name), name)), tmp_path)

    assert found(tmp_path) == {"documents/기술보고서.md": b"text"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../stage.toml", "풀 수 없습니다"),
        ("a/../../stage.toml", "풀 수 없습니다"),
        ("/etc/passwd", "풀 수 없습니다"),
        ("a\\..\\stage.toml", "풀 수 없습니다"),
        ("\\\\host\\share\\stage.toml", "풀 수 없습니다"),
        ("C:stage.toml", "이름은 쓸 수 없습니다"),
        ("<script>.csv", "이름은 쓸 수 없습니다"),
        ("-rf.csv", "이름은 쓸 수 없습니다"),
        (".hidden.md", "이름은 쓸 수 없습니다"),
        ("a\x07.csv", "이름은 쓸 수 없습니다"),
        ("x" * 200 + ".csv", "파일 이름이 너무 깁니다"),
        ("가" * 90 + ".md", "파일 이름이 너무 깁니다"),
        ("\u202evsc.toml", "이름은 쓸 수 없습니다"),
    ],
)
def test_no_name_climbs_out_or_deceives(tmp_path, name, said):
    assert said in fault(sent(packed({name: b"x"})), tmp_path / "stage")
    assert found(tmp_path) == {}


def test_the_same_name_twice_is_a_fault(tmp_path):
    assert (
        fault(sent(packed({"a/stage.toml": b"1", "b/stage.toml": b"2"})), tmp_path)
        == "같은 이름의 파일이 두 개입니다: stage.toml"
    )
    twice = [SimpleUploadedFile("stage.toml", b"1"), SimpleUploadedFile("stage.toml", b"2")]
    assert fault(twice, tmp_path / "again") == "같은 이름의 파일이 두 개입니다: stage.toml"


def test_a_bomb_is_not_unpacked(tmp_path):
    """64 MB may come of 64 KB, and not a byte more; nothing is written once the sizes say that it would."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("ratings.csv", "sheets.csv"):
            with archive.open(name, "w") as entry:
                for _ in range(33):
                    entry.write(b"0" * MEGABYTE)

    assert fault(sent(into.getvalue()), tmp_path) == "올린 파일이 풀어서 모두 64 MB를 넘습니다."
    assert found(tmp_path) == {}


def test_lines_that_repeat_are_no_bomb(tmp_path):
    answers = b"prompt,team,sample,text\n" + b"p1,ga,1,yes\n" * 10_000

    unpack(sent(packed({"answers.csv": answers})), tmp_path)

    assert found(tmp_path) == {"answers.csv": answers}


@pytest.mark.parametrize("name", ["보고서[최종]&부록, 1.md", "1'차 + 2차~.md", "가" * 84 + ".md", "a" * 197 + ".md"])
def test_a_document_may_be_called_the_same_wherever_it_comes_from(tmp_path, name):
    """The export writes such names, so an upload takes them back."""
    assert document_fault(name) is None

    unpack(sent(packed({f"documents/{name}": b"x"})), tmp_path)

    assert found(tmp_path) == {f"documents/{name}": b"x"}


@pytest.mark.parametrize("name", ["CON.md", "aux.md", "nul .txt.md", "Com1.markdown"])
def test_a_document_that_windows_would_not_unpack_is_refused(name):
    assert document_fault(name).startswith("Windows에서 쓸 수 없는 이름입니다")


def test_a_name_that_only_begins_like_a_device_is_one():
    assert document_fault("console.md") is document_fault("com10.md") is None


def test_too_much_is_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(upload, "MAX_BYTES", 1024 * 1024)
    big = bytes(range(256)) * 4096
    assert (
        fault(sent(packed({"a.csv": big, "b.csv": b"xx"}, zipfile.ZIP_STORED)), tmp_path)
        == "올린 파일이 풀어서 모두 1 MB를 넘습니다."
    )
    many = [SimpleUploadedFile("a.csv", big), SimpleUploadedFile("b.csv", b"xx")]
    assert fault(many, tmp_path / "again") == "올린 파일이 풀어서 모두 1 MB를 넘습니다."


def test_too_many_files_in_a_zip(tmp_path):
    many = {f"{n}.md": b"x" for n in range(upload.MAX_FILES + 1)}
    assert fault(sent(packed(many)), tmp_path) == "ZIP 안의 파일은 200개까지입니다."


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", packed(STAGE)[:-30], b"\0" * 1000])
def test_what_is_no_zip_is_said_to_be_none(tmp_path, content):
    assert fault(sent(content or b" "), tmp_path) == "ZIP 파일을 읽을 수 없습니다. 깨졌거나 다른 형식입니다."


@pytest.mark.parametrize("files", [{}, {"__MACOSX/x": b"1"}, {"folder/": b""}])
def test_an_empty_zip_is_said_to_be_empty(tmp_path, files):
    assert fault(sent(packed(files)), tmp_path) == "ZIP 안에 파일이 없습니다."


def test_a_broken_stream_inside_is_named(tmp_path):
    whole = bytearray(packed({"sheets.csv": bytes(range(256)) * 40}))
    middle = len(whole) // 3
    whole[middle : middle + 40] = b"\xff" * 40

    assert fault(sent(bytes(whole)), tmp_path) == "ZIP 안의 파일을 읽을 수 없습니다: sheets.csv"


def test_a_locked_zip_is_refused(tmp_path):
    locked = bytearray(packed({"stage.toml": b"x"}))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = locked.index(mark) + (6 if mark == b"PK\x03\x04" else 8)
        struct.pack_into("<H", locked, place, struct.unpack_from("<H", locked, place)[0] | 1)

    assert fault(sent(bytes(locked)), tmp_path) == "ZIP에 암호가 걸려 있습니다. 암호 없이 다시 묶어 주세요: stage.toml"


def test_a_size_that_lies_gains_nothing(tmp_path):
    """The entry says one byte; what comes out is counted, not what was said."""
    honest = packed({"sheets.csv": b"0123456789" * 100}, zipfile.ZIP_STORED)
    lying = honest.replace(
        struct.pack("<LLL", zlib.crc32(b"0123456789" * 100), 1000, 1000), struct.pack("<LLL", 0, 1000, 1)
    )

    assert fault(sent(lying), tmp_path) == "ZIP 안의 파일을 읽을 수 없습니다: sheets.csv"


@pytest.mark.parametrize("names", [["documents", "documents/x.md"], ["x.md", "documents"]])
def test_a_file_named_like_the_folder_is_refused(tmp_path, names):
    assert (
        fault(sent(packed(dict.fromkeys(names, b"x"))), tmp_path)
        == "폴더의 이름이라 파일에는 쓸 수 없습니다: documents"
    )


def test_an_entry_without_a_name_is_refused(tmp_path):
    """Python's `zipfile` raises an IndexError when it is asked whether this is a folder."""
    nameless = packed({"x": b"text"}, zipfile.ZIP_STORED).replace(b"x", b"\0")

    assert fault(sent(nameless), tmp_path).startswith("파일 이름 ‘’: ")


WHOLE = packed(STAGE)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
@run(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_change_of_a_zip_does_more_than_be_refused(tmp_path_factory, changes):
    damaged = bytearray(WHOLE)
    for place, byte in changes:
        damaged[place] = byte
    folder = tmp_path_factory.mktemp("zip")

    try:
        unpack(sent(bytes(damaged)), folder)
    except UploadFault as refused:
        assert str(refused)
    assert all(path.is_relative_to(folder) for path in folder.rglob("*"))


def test_the_example_stages_come_in_as_a_zip(tmp_path):
    example = Path(settings.BASE_DIR, "examples", "stage-2")
    content = {
        path.relative_to(example.parent).as_posix(): path.read_bytes() for path in example.rglob("*") if path.is_file()
    }

    unpack(sent(packed(content)), tmp_path)

    assert found(tmp_path) == {name.removeprefix("stage-2/"): data for name, data in content.items()}
