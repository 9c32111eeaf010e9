"""Uploaded files → a stage directory, refusing what could hurt: too much, paths that climb, strange names."""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from django.core.files.uploadedfile import UploadedFile

from evaluations.stagefile.files import name_fault, printable
from evaluations.stagefile.schema import DOCUMENTS, MEGABYTE

MAX_FILES = 200
MAX_BYTES = 64 * MEGABYTE
"""Of one upload, unpacked: what bounds a bomb too, since nothing is unpacked beyond it."""
CHUNK = 1 << 16

RUBBISH = re.compile(r"\A(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)\Z", re.IGNORECASE)
"""What macOS and Windows put beside every file; nobody means to send it."""
LOCKED = 0x1
UTF8_NAMES = 0x800
UNREADABLE = (
    zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, OverflowError, RuntimeError, zlib.error,
)  # fmt: skip
"""What Python's `zipfile` raises on a file that was damaged, by accident or with intent."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of other methods Python's `zipfile` unpacks a whole piece at once, however big it becomes."""


class UploadFault(ValueError):
    """What is wrong with the upload, as a Korean sentence."""


def unpack(files: Iterable[UploadedFile], into: Path) -> Path:
    """Write the files, or the contents of one ZIP, below `into`; returns the stage directory."""
    files = list(files)
    if len(files) == 1 and (files[0].name or "").lower().endswith(".zip"):
        return _unzip(files[0], into)
    left = MAX_BYTES
    for file in files:
        target = _target(PurePosixPath(file.name or ""), into)
        left = _copy(iter(lambda f=file: f.read(CHUNK), b""), target, left)
    return into


def _target(path: PurePosixPath, into: Path) -> Path:
    """Where a file of this name goes: Markdown lies under documents/, everything else at the top."""
    name = unicodedata.normalize("NFC", path.name)  # macOS takes Hangul syllables apart
    if fault := name_fault(name):
        raise UploadFault(f"파일 이름 ‘{printable(name)}’: {fault}")
    if name == DOCUMENTS:  # it would stand where the folder goes
        raise UploadFault(f"폴더의 이름이라 파일에는 쓸 수 없습니다: {name}")
    folder = into / DOCUMENTS if path.suffix.lower() in (".md", ".markdown") else into
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / name).exists():
        raise UploadFault(f"같은 이름의 파일이 두 개입니다: {name}")
    return folder / name


def _too_much() -> UploadFault:
    return UploadFault(f"올린 파일이 풀어서 모두 {MAX_BYTES // MEGABYTE} MB를 넘습니다.")


def _copy(chunks: Iterable[bytes], target: Path, left: int) -> int:
    with target.open("xb") as out:
        for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                raise _too_much()
            out.write(chunk)
    return left


def _unzip(file: UploadedFile, into: Path) -> Path:
    try:
        archive = zipfile.ZipFile(file)
        named = [(entry, _name_of(entry)) for entry in archive.infolist()]
    except UNREADABLE:
        raise UploadFault("ZIP 파일을 읽을 수 없습니다. 깨졌거나 다른 형식입니다.") from None
    files = [(entry, PurePosixPath(name)) for entry, name in named if not name.endswith("/")]
    entries = [(entry, path) for entry, path in files if not _is_rubbish(path)]
    if not entries:
        raise UploadFault("ZIP 안에 파일이 없습니다.")
    if len(entries) > MAX_FILES:
        raise UploadFault(f"ZIP 안의 파일은 {MAX_FILES}개까지입니다.")
    left = MAX_BYTES
    if sum(entry.file_size for entry, _ in entries) > left:
        raise _too_much()
    for entry, path in entries:
        _refuse_entry(entry, path)
        target = _target(path, into)
        try:
            with archive.open(entry) as source:
                left = _copy(iter(lambda s=source: s.read(CHUNK), b""), target, left)
        except UploadFault:
            raise
        except UNREADABLE:
            raise UploadFault(f"ZIP 안의 파일을 읽을 수 없습니다: {printable(path.name)}") from None
    return into


def _refuse_entry(entry: zipfile.ZipInfo, path: PurePosixPath) -> None:
    name = printable(str(path))
    if path.is_absolute() or ".." in path.parts:
        raise UploadFault(f"ZIP 안의 파일이 다른 폴더를 가리켜 풀 수 없습니다: {name}")
    if entry.flag_bits & LOCKED:
        raise UploadFault(f"ZIP에 암호가 걸려 있습니다. 암호 없이 다시 묶어 주세요: {name}")
    if entry.compress_type not in METHODS:
        raise UploadFault(f"ZIP의 압축 방식을 풀 수 없습니다. 보통 방식(Deflate)으로 다시 묶어 주세요: {name}")


def _is_rubbish(path: PurePosixPath) -> bool:
    return "__MACOSX" in path.parts or bool(RUBBISH.match(path.name))


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant, with `/` between folders: PowerShell 5 writes `\\` there."""
    return _decoded(entry).replace("\\", "/")


def _decoded(entry: zipfile.ZipInfo) -> str:
    """Without the mark for UTF-8 a ZIP says nothing about its letters, and Korean Windows writes CP949."""
    if entry.flag_bits & UTF8_NAMES:
        return entry.filename
    for encoding in ("utf-8", "cp949"):
        try:
            return entry.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return entry.filename
