"""What a hostile or careless directory can hold. Each is one sentence by file and line; nothing crashes, nothing is read that is too big."""

import os
import resource
import sys
import unicodedata

import pytest

from evaluations.programme.addresses import TAKEN, TAKEN_ADDRESSES
from evaluations.stagefile.faults import Faults, StageFileError
from evaluations.stagefile.files import Content
from evaluations.stagefile.read import read_directory, read_stage
from tests.factories.stagefile import a_directory, edited, example_files
from tests.walk import addresses


def faults_of(directory):
    with pytest.raises(StageFileError) as raised:
        read_directory(directory)
    return raised.value.faults.lines()


def test_no_directory(tmp_path):
    assert faults_of(tmp_path / "nowhere") == [f"{tmp_path}/nowhere: 디렉터리가 없습니다."]


def test_a_file_instead_of_a_directory(tmp_path):
    path = tmp_path / "stage.toml"
    path.write_text("")

    assert faults_of(path) == [f"{path}: 디렉터리가 아닙니다."]


def test_an_empty_directory(tmp_path):
    assert faults_of(tmp_path) == ["stage.toml: 파일이 없습니다."]


def test_an_empty_stage_names_everything_it_needs(tmp_path):
    (tmp_path / "stage.toml").write_text("")

    assert faults_of(tmp_path) == [
        "stage.toml: schema(형식 판): 값이 없습니다.",
        "stage.toml: slug(식별자): 값이 없습니다.",
        "stage.toml: programme(사업명): 값이 없습니다.",
        "stage.toml: name(단계명): 값이 없습니다.",
        "stage.toml: timetable(일정): 값이 없습니다.",
        "stage.toml: advance(진출): 값이 없습니다.",
        "stage.toml: teams(팀): 값이 없습니다.",
        "stage.toml: parts(평가 부문): 점수로 정하는 단계에는 평가 부문이 있어야 합니다.",
    ]


def test_unknown_files(tmp_path):
    a_directory(tmp_path, {"notes.txt": "", "Ratings.csv": ""})

    assert faults_of(tmp_path) == [
        "Ratings.csv: 단계 디렉터리에 둘 수 없는 파일입니다.",
        "notes.txt: 단계 디렉터리에 둘 수 없는 파일입니다.",
    ]


def test_a_gigabyte_is_refused_by_its_size(tmp_path):
    a_directory(tmp_path)
    os.truncate(tmp_path / "ratings.csv", 1024**3)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert faults_of(tmp_path) == ["ratings.csv: 파일이 너무 큽니다(1,024.0 MB). 64 MB까지 읽습니다."]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used < 50_000  # kilobytes


def test_a_link_is_not_followed(tmp_path):
    a_directory(tmp_path / "stage")
    (tmp_path / "secret.csv").write_text("team,decision\n")
    (tmp_path / "stage" / "decisions.csv").unlink()
    (tmp_path / "stage" / "decisions.csv").symlink_to(tmp_path / "secret.csv")

    assert faults_of(tmp_path / "stage") == [
        "decisions.csv: 읽을 수 있는 보통 파일이 아닙니다(링크는 따라가지 않습니다)."
    ]


def test_a_linked_folder_of_documents_is_not_followed(tmp_path):
    a_directory(tmp_path / "stage")
    (tmp_path / "stage" / "documents").rename(tmp_path / "elsewhere")
    (tmp_path / "stage" / "documents").symlink_to(tmp_path / "elsewhere")

    assert faults_of(tmp_path / "stage") == ["documents: 보통 디렉터리가 아닙니다(링크는 따라가지 않습니다)."]


def test_a_pipe_does_not_keep_the_officer_waiting(tmp_path):
    a_directory(tmp_path, {"decisions.csv": None})
    os.mkfifo(tmp_path / "decisions.csv")

    assert faults_of(tmp_path) == ["decisions.csv: 보통 파일이 아닙니다."]


def test_a_folder_named_like_a_file(tmp_path):
    a_directory(tmp_path, {"decisions.csv": None})
    (tmp_path / "decisions.csv").mkdir()

    assert faults_of(tmp_path) == ["decisions.csv: 보통 파일이 아닙니다."]


def test_a_document_nobody_named(tmp_path):
    a_directory(tmp_path, {"documents/extra.md": "남는 것"})

    assert faults_of(tmp_path) == ["documents/extra.md: documents.csv에 없는 파일입니다."]


def test_a_terminal_does_not_obey_the_name_of_a_document(tmp_path):
    a_directory(tmp_path, {"documents/\x1b[2J.md": "x"})

    assert faults_of(tmp_path) == ["documents/�[2J.md: documents.csv에 없는 파일입니다."]


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "..", "a/b.md", "a\\b.md", "report.txt", "", "-x.md", "a:b.md", "가" * 90 + ".md"]
)
def test_documents_stay_in_their_folder(tmp_path, name):
    a_directory(tmp_path, edited("documents.csv", "report-2.md", name))

    (fault,) = faults_of(tmp_path)

    assert fault.startswith("documents.csv:3: file: ")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("stage.toml", b"schema = 1\nslug = \"\xff\"\n", "stage.toml:2: UTF-8이 아닌 글자가 있습니다(0xFF). UTF-8로 저장해 주세요."),
        ("stage.toml", b"x = " + b"[" * 5000, "stage.toml: 목록이나 표가 너무 깊이 겹쳐 있습니다."),
        ("stage.toml", b"x = " + b"9" * 5000, "stage.toml: TOML: 수가 너무 깁니다."),
        ("stage.toml", b"a = 1\na = 2\n", "stage.toml:2: TOML 6번째 칸: 같은 이름이 두 번 있습니다."),
        ("stage.toml", b"\n[x\n", "stage.toml:2: TOML 3번째 칸: ‘]’이 없습니다."),
        ("prompts.csv", b"prompt,category,text\np1,a,\xb0\xa1\n", "prompts.csv:2: UTF-8이 아닌 글자가 있습니다(0xB0). UTF-8로 저장해 주세요."),
        ("prompts.csv", b"", "prompts.csv:1: 머리글이 없습니다. 첫 줄은 prompt,category,text입니다."),
        ("prompts.csv", b"prompt,category\np1,a\n", "prompts.csv:1: 열이 없습니다: text"),
        ("prompts.csv", b"prompt,category,text,text\np1,a,b,b\n", "prompts.csv:1: 열이 두 번 있습니다: text"),
        ("prompts.csv", b"prompt,category,text\np1,a\n", "prompts.csv:2: 칸이 3개여야 하는데 2개입니다."),
        ("prompts.csv", b"prompt,category,text\np1,a,x\x00y\n", "prompts.csv:2: text: 쓸 수 없는 제어 문자(U+0000)가 있습니다."),
        ("prompts.csv", "prompt,category,text\np1,a,x\u202ey\n", "prompts.csv:2: text: 글의 방향을 바꾸는 보이지 않는 문자(U+202E)가 있습니다."),
        ("prompts.csv", "prompt,category,text\np1,a,   \n", "prompts.csv:2: text: 값이 비어 있습니다."),
        ("prompts.csv", f"prompt,category,text\np1,a,{'가' * 10_001}\n", "prompts.csv:2: text: 10,000자보다 깁니다(10,001자)."),
        ("prompts.csv", f"prompt,category,text\np1,a,{'가' * 200_000}\n", "prompts.csv:2: CSV 형식에 맞지 않습니다: 한 칸이 131,072자보다 깁니다."),
        ("prompts.csv", "prompt,category,text\np1,a,b\np1,a,c\n", "prompts.csv:3: 2번째 줄과 같은 질문입니다."),
        ("prompts.csv", "prompt,category,text\n", "prompts.csv:1: 머리글만 있고 자료가 한 줄도 없습니다. 자료가 없으면 파일을 빼 주세요."),
        ("prompts.csv", "prompt;category;text\np1;a;b\n", "prompts.csv:1: 칸을 쉼표(,)로 나누지 않은 파일입니다. 쉼표로 분리된 CSV(UTF-8)로 저장해 주세요."),
        ("prompts.csv", "prompt\tcategory\ttext\np1\ta\tb\n", "prompts.csv:1: 칸을 쉼표(,)로 나누지 않은 파일입니다. 쉼표로 분리된 CSV(UTF-8)로 저장해 주세요."),
        ("prompts.csv", "prompt" + ",x" * 1_000_000 + "\n", "prompts.csv:1: 열이 너무 많습니다(1,000,001개)."),
        ("stage.toml", "\n" + ".".join(["a"] * 100_000) + " = 1\n", "stage.toml:2: 점으로 이은 이름이 너무 깊습니다."),
        ("stage.toml", "[" + " . ".join(['"a"'] * 100_000) + "]\n", "stage.toml:1: 점으로 이은 이름이 너무 깊습니다."),
    ],
    ids=range(22),
)  # fmt: skip
def test_broken_files(tmp_path, name, content, said):
    a_directory(tmp_path, {name: content})

    assert faults_of(tmp_path)[0] == said


def test_no_stage_takes_the_address_of_another_page(tmp_path):
    """What stands where the name of a stage stands in an address."""
    routes = {one.route for one in addresses() if one.is_ours}
    parents = {route.removesuffix("<slug:slug>/") for route in routes if route.endswith("<slug:slug>/")}
    taken = {
        route.removeprefix(parent).split("/")[0]
        for parent in parents
        for route in routes
        if route.startswith(parent) and route != parent
    }
    assert {word for word in taken if not word.startswith("<")} == TAKEN_ADDRESSES
    for slug in TAKEN_ADDRESSES:
        rules = edited("stage.toml", 'slug = "pilot"', f'slug = "{slug}"')
        assert faults_of(a_directory(tmp_path / slug, rules)) == [f"stage.toml:2: slug(식별자): {TAKEN}"]


@pytest.mark.parametrize("value", ["[0x{}]", "{{a = 0x{}}}", "0x{}"])
def test_a_number_too_long_to_be_written_is_quoted_as_one(tmp_path, value):
    a_directory(tmp_path, edited("stage.toml", "schema = 1", "schema = " + value.format("F" * 5000)))

    assert "‘아주 큰 수’" in faults_of(tmp_path)[0]


@pytest.mark.parametrize(
    "score",
    ["５", "1_0", "1e3", "+3", "NaN", "Infinity", "0x10", " 3", "3.", ".5", "", "1234567890123", "0.1234567890"],
)
def test_numbers_are_plain_digits(tmp_path, score):
    a_directory(tmp_path, edited("benchmarks.csv", "ga,nia,92,", f"ga,nia,{score},"))

    (fault,) = faults_of(tmp_path)

    assert fault.startswith("benchmarks.csv:2: score: ")


@pytest.mark.parametrize("mark", ["５", "-1", "+3", "3.0", "1_0", "", "9" * 5000, "Cannot_judge"])
def test_marks_are_plain_digits(tmp_path, mark):
    a_directory(tmp_path, edited("sheets.csv", "technology,12,근거", f"technology,{mark},근거"))

    assert faults_of(tmp_path)[0].startswith("sheets.csv:2: mark: ")


@pytest.mark.parametrize(
    "moment",
    [
        "2026-W32-3T10:00:00+09:00",
        "20260805T100000+0900",
        "2026-08-05",
        "2026-08-05T10:00:00",
        "2026-08-05 10:00:00+09:00",
        "어제",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_moments_have_an_offset(tmp_path, moment):
    a_directory(tmp_path, edited("ratings.csv", "2026-08-05T10:00:00+09:00", moment))

    (fault,) = faults_of(tmp_path)

    assert fault.startswith("ratings.csv:2: rated_at: ")


@pytest.mark.parametrize(
    "value",
    ["1", "true", "[]", "{}", '""', '"  "', "1.5", "2026-01-01", "12:00:00", '"\\u0000"', '"\\u202E"', '"a\\nb"', '[["x"]]', "[1]", "nan", f'"{"가" * 50_000}"'],
)  # fmt: skip
@pytest.mark.parametrize(
    "key", ["slug", "name", "time_zone", "timetable", "advance", "teams", "parts", "gate", "release", "tie_break"]
)
def test_any_value_anywhere_is_a_sentence_and_not_a_crash(tmp_path, key, value):
    text = example_files()["stage.toml"]
    lines = [line for line in text.splitlines() if not line.startswith(f"{key} =")]
    kept = (
        "\n".join(lines)
        .replace(f"[{key}]", f"[other_{key}]")
        .replace(f"[[{key}", f"[[other_{key}")
        .replace(f"[{key}.", f"[other_{key}.")
    )
    (tmp_path / "stage.toml").write_text(f"{key} = {value}\n{kept}", encoding="utf-8")

    if (key, value) in {("tie_break", "[]"), ("time_zone", '""')}:  # as good as left out
        read_directory(tmp_path)
    else:
        assert all(fault.startswith("stage.toml") for fault in faults_of(tmp_path))


def test_a_hundred_faults_are_told_and_the_rest_counted(tmp_path):
    rows = "".join(f"c{n},ga,helpful,7,p1,,young\n" for n in range(250))
    a_directory(tmp_path, {"ratings.csv": "citizen,team,question,rating,prompt,rated_at,age\n" + rows})

    told = faults_of(tmp_path)

    assert len(told) == 101
    assert told[0] == "ratings.csv:2: rating: 1부터 5까지의 정수여야 합니다: ‘7’"
    assert told[-1] == "그 밖에 150건이 더 있습니다."


@pytest.mark.parametrize(
    "sign", ["\u200b", "\ufeff", "\u00ad", "\u2028", "\U000e0041", "\u3164", "\uffa0", "\u2800", "\u034f"]
)
def test_names_have_no_signs_that_nobody_sees(tmp_path, sign):
    a_directory(tmp_path, edited("stage.toml", '"가나연구소"', f'"가나{sign}연구소"'))

    assert faults_of(tmp_path) == [
        f"stage.toml:35: teams.ga.name.ko(팀 이름(한국어)): 보이지 않는 문자(U+{ord(sign):04X})가 있습니다."
    ]


def test_nobody_waits_for_a_million_faults(tmp_path):
    rows = "c1,xx,helpful,7,p1,,young\n" * 200_000
    a_directory(tmp_path, {"ratings.csv": "citizen,team,question,rating,prompt,rated_at,age\n" + rows})

    told = faults_of(tmp_path)

    assert len(told) == 101
    assert told[-1] == "그 밖에도 더 있습니다. 잘못된 곳이 10,000군데가 넘어 끝까지 읽지 않았습니다."


def alike(teams: int) -> Content:
    """A stage file whose teams all answer to names of other teams: a fault for nearly every name."""
    rows = "".join(
        f'[[teams]]\nslug = "t{n}"\nname = {{ ko = "팀{n % 10}" }}\naliases = {[f"별{n % 7}-{k}" for k in range(40)]}\n'
        for n in range(teams)
    )
    head, _, rest = example_files()["stage.toml"].partition("[[teams]]")
    return Content.of(f"{head}{rows}[[parts]]{rest.partition('[[parts]]')[2]}".encode())


def calls_of(content: Content) -> tuple[int, Faults]:
    """How many functions are called to read a stage file, and what is wrong with it."""
    called, faults = 0, Faults()

    def count(_frame, event, _argument):
        nonlocal called
        called += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read_stage(content, faults)
    finally:
        sys.setprofile(before)
    return called, faults


def test_twice_as_many_faults_of_a_stage_file_are_twice_the_work():
    (few, some), (many, more) = calls_of(alike(40)), calls_of(alike(80))

    assert (some.total, more.total) == (1351, 2991)
    assert many < 2.5 * few


def test_a_stage_file_is_read_no_further_than_ten_thousand_faults():
    _, faults = calls_of(alike(500))

    assert faults.total == 10_000
    assert faults.lines()[-1] == "그 밖에도 더 있습니다. 잘못된 곳이 10,000군데가 넘어 끝까지 읽지 않았습니다."


def test_thousands_of_unknown_names_are_told_and_counted(tmp_path):
    text = example_files()["stage.toml"] + "".join(f"[tean{n}]\n" for n in range(20_000))
    a_directory(tmp_path, {"stage.toml": text})

    told = faults_of(tmp_path)

    assert told[0].endswith("tean0: 알 수 없는 이름입니다. 혹시 ‘teams’입니까?")
    assert len(told) == 101


@pytest.mark.parametrize(
    ("name", "content"),
    [("sheets.csv", "평가".encode("cp949")), ("sheets.csv", b"panelist\n"), ("prompts.csv", b"\xff")],
)
def test_one_broken_file_is_not_told_as_many_faults_of_others(tmp_path, name, content):
    a_directory(tmp_path, {name: content})

    assert [fault.partition(":")[0] for fault in faults_of(tmp_path)] == [name] * len(faults_of(tmp_path))


def test_a_file_that_is_too_big_is_not_told_as_many_faults_of_others(tmp_path):
    a_directory(tmp_path)
    for name in ("sheets.csv", "prompts.csv"):
        os.truncate(tmp_path / name, 1024**3)

    assert [fault.partition(":")[0] for fault in faults_of(tmp_path)] == ["prompts.csv", "sheets.csv"]


@pytest.mark.parametrize("key", ["team", "rating", "citizen", "choice", "rated_at"])
def test_a_trait_is_not_named_like_a_column(tmp_path, key):
    without = {"ratings.csv": None, "comparisons.csv": None}
    a_directory(tmp_path, edited("stage.toml", 'key = "age"', f'key = "{key}"') | without)

    assert faults_of(tmp_path) == [
        f"stage.toml:173: users.strata.{key}.key(키): 자료 파일의 열 이름이라 쓸 수 없습니다: {key}"
    ]


def test_keys_of_traits_that_the_ballot_cannot_hold_together_are_refused_by_line(tmp_path):
    """Six traits with a word or two each; on PostgreSQL nobody could have enrolled, and the rules would have been frozen."""
    categories = '[{ key = "between_thirty_and_thirty_nine", ko = "가", en = "A", share = "1" }]'
    traits = "".join(
        f'[[users.strata]]\nkey = "trait_{n}"\nname = {{ ko = "{n}" }}\ncategories = {categories}\n' for n in range(6)
    )
    without = {"ratings.csv": None, "comparisons.csv": None}
    a_directory(tmp_path, edited("stage.toml", "[[users.strata]]", f"{traits}[[users.strata]]") | without)

    assert faults_of(tmp_path) == [
        "stage.toml:196: users.strata.age: 인구 특성과 범주의 키를 모두 이으면 243자까지 됩니다. 200자를 넘지 않게 키를 줄여 주세요."
    ]


def test_what_follows_from_a_fault_is_not_told_again(tmp_path):
    a_directory(tmp_path, edited("stage.toml", 'share = "0.55"', "share = 0.55"))

    assert faults_of(tmp_path) == [
        'stage.toml:176: users.strata.age.categories.young.share(인구 비율): 소수는 따옴표로 묶은 글자로 적어 주세요(예: "72.03").'
    ]


def test_rows_over_several_lines_are_named_by_their_first(tmp_path):
    a_directory(tmp_path, {"answers.csv": 'prompt,team,sample,text\np1,ga,1,"하나\n둘\n셋"\np1,da,1,"넷\n다섯"\n'})

    assert faults_of(tmp_path) == ["answers.csv:5: team: 이 단계에 없는 팀입니다: ‘da’"]


def test_a_byte_order_mark_windows_lines_and_any_order_of_columns_are_fine(tmp_path):
    content = "\ufeffdecision,team\r\nmet,ga\r\n\r\nmet,na\r\n"
    a_directory(tmp_path, {"decisions.csv": content.encode()})

    decided = read_directory(tmp_path).data.decided

    assert [(row.team, row.decision) for row in decided] == [("ga", "met"), ("na", "met")]


def test_findings_belong_to_a_sheet(tmp_path):
    a_directory(tmp_path, edited("findings.csv", "위원 01,ga,encoder", "위원 02,ga,encoder"))

    assert faults_of(tmp_path) == ["findings.csv:3: 이 평가위원의 이 팀 평가표가 sheets.csv에 없습니다: ‘위원 02’, ga"]


def test_votes_are_for_stages_decided_by_majority(tmp_path):
    a_directory(tmp_path, {"recognitions.csv": "panelist,team,recognised\n위원 01,ga,yes\n"})

    assert faults_of(tmp_path) == ["recognitions.csv:2: 과반 인정(majority)으로 정하는 단계가 아닙니다."]


def test_points_that_were_given_are_not_measured_again(tmp_path):
    a_directory(tmp_path, edited("stage.toml", '# given = { na = "10.0" }', 'given = { na = "10.0" }'))

    assert faults_of(tmp_path) == ["benchmarks.csv:9: score: 이 팀의 점수는 설정에 이미 주어져 있습니다(given)."]


SECOND_QUESTION = edited(
    "stage.toml", "[[users.strata]]", '[[users.questions]]\nkey = "again"\ntext = { ko = "또?" }\n\n[[users.strata]]'
)
RATINGS = "citizen,team,question,rating,prompt,rated_at,age\n"


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["c9,ga,helpful,5,p1,,", "c9,ga,again,5,p1,,young"], "citizen: 같은 사람의 특성이 다른 줄과 다릅니다: ‘c9’"),
        (
            ["c9,ga,helpful,5,p1,2026-08-05T10:00:00+09:00,", "c9,ga,again,5,p1,2026-08-06T10:00:00+09:00,"],
            "rated_at: 2번째 줄과 같은 사람, 팀, 질문의 투표인데 시각이 다릅니다.",
        ),
        (
            ["c9,ga,helpful,5,p1,2026-08-05T10:00:00+09:00,", "c9,ga,again,5,p1,,"],
            "rated_at: 2번째 줄과 같은 사람, 팀, 질문의 투표인데 시각이 다릅니다.",
        ),
    ],
    ids=["stratum", "times", "time and none"],
)  # fmt: skip
def test_the_rows_of_one_ballot_say_the_same_in_any_order(tmp_path, rows, said, order):
    """Otherwise what is stored would hang on which row comes first."""
    a_directory(tmp_path, SECOND_QUESTION | {"ratings.csv": RATINGS + "\n".join(rows[::order]) + "\n"})

    assert faults_of(tmp_path) == [f"ratings.csv:3: {said}"]


def test_one_moment_may_be_written_in_two_zones(tmp_path):
    rows = "c9,ga,helpful,5,p1,2026-08-05T10:00:00+09:00,\nc9,ga,again,4,p1,2026-08-05T01:00:00Z,\n"
    a_directory(tmp_path, SECOND_QUESTION | {"ratings.csv": RATINGS + rows})

    (ballot,) = read_directory(tmp_path).data.rated.values()
    assert ballot.stars == {"helpful": 5, "again": 4}


@pytest.mark.parametrize("comment", ["", "   ", "\u3000", "\n", "\u3164", "\u2800\u00a0", "\u200d"])
def test_a_comment_that_must_be_given_can_be_seen(tmp_path, comment):
    a_directory(tmp_path, edited("sheets.csv", "technology,12,근거가 뚜렷하다.", f'technology,12,"{comment}"'))

    assert faults_of(tmp_path) == ["sheets.csv:2: comment: 이 항목은 의견을 반드시 적어야 합니다."]


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("sheets.csv", "12,근거가 뚜렷하다.", "12,\x1c", "sheets.csv:2: comment: 쓸 수 없는 제어 문자(U+001C)가 있습니다."),
        ("sheets.csv", "architecture,6,", "architecture,6,\x1c\x85", "sheets.csv:3: comment: 쓸 수 없는 제어 문자(U+001C)가 있습니다."),
        ("benchmarks.csv", "92,공공기관 측정", "92,\x1f\u2028", "benchmarks.csv:2: source: 쓸 수 없는 제어 문자(U+001F)가 있습니다."),
        ("prompts.csv", "p1,생활", 'p1,"\n"', "prompts.csv:2: category: 한 줄로 적어야 합니다."),
        ("prompts.csv", "p1,생활", "p1,\u3164", "prompts.csv:2: category: 보이지 않는 문자(U+3164)가 있습니다."),
    ],
    ids=["comment", "optional comment", "source", "line break", "filler"],
)  # fmt: skip
def test_a_cell_of_signs_that_nobody_sees_is_no_empty_cell(tmp_path, name, before, after, said):
    a_directory(tmp_path, edited(name, before, after))

    assert faults_of(tmp_path)[0] == said


def test_a_text_of_fillers_is_empty(tmp_path):
    a_directory(tmp_path, edited("stage.toml", "설계와 학습의 수준을 봅니다.", "\u3164\u2800"))

    assert faults_of(tmp_path) == [
        "stage.toml:91: parts.expert.criteria.technology.guide.ko(평가 관점(한국어)): 값이 비어 있습니다."
    ]


@pytest.mark.parametrize(
    "other", [unicodedata.normalize("NFD", "위원 01"), "위원０１", "위원  01", "위원01", "위원\u300001"], ids=range(5)
)
def test_one_panelist_is_written_in_one_way(tmp_path, other):
    rows = f"{other},na,technology,10,부족하다.\n{other},na,independence.architecture,3,\n{other},na,independence.weights,3,\n"
    kept = "".join(example_files()["sheets.csv"].splitlines(keepends=True)[:4])
    a_directory(tmp_path, {"sheets.csv": kept + rows})

    assert faults_of(tmp_path)[0] == (
        f"sheets.csv:5: panelist: ‘{other.replace(chr(0x3000), '�')}’은(는) sheets.csv:2의 ‘위원 01’과(와) 적은 법만 다른 이름입니다. "
        "띄어쓰기와 글자(전각, 자모를 나눈 한글)까지 똑같이 적어 주세요."
    )


def test_one_panelist_is_written_in_one_way_in_all_files(tmp_path):
    a_directory(tmp_path, edited("findings.csv", "위원 01,ga,encoder", "위원  01,ga,encoder"))

    assert "findings.csv:3: panelist: ‘위원  01’은(는) sheets.csv:2의 ‘위원 01’과(와)" in faults_of(tmp_path)[0]


@pytest.mark.parametrize(
    ("one", "other"), [("홍", unicodedata.normalize("NFD", "홍")), ("c7", "ｃ7"), ("홍 1", "홍\u30001")]
)
def test_nobody_votes_twice_under_two_spellings(tmp_path, one, other):
    head = "citizen,prompt,team_a,team_b,choice\n"
    a_directory(tmp_path, {"comparisons.csv": f"{head}{one},p1,ga,na,a\n{other},p1,ga,na,b\n"})

    assert faults_of(tmp_path)[0].startswith("comparisons.csv:3: citizen: ")


def test_numbers_of_citizens_differ_by_case(tmp_path):
    """A system may give its people such numbers as `aB3` and `Ab3`."""
    head = "citizen,prompt,team_a,team_b,choice\n"
    a_directory(tmp_path, {"comparisons.csv": f"{head}aB3,p1,ga,na,a\nAb3,p1,ga,na,b\n"})

    assert [row.citizen for row in read_directory(tmp_path).data.compared] == ["aB3", "Ab3"]
