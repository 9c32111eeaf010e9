"""Who recognised whose model, in the files of a stage: what is taken, what is refused, and that a count from the files says the same."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from evaluations.panels.actions import declare_conflict, waive
from evaluations.panels.models import Conflict
from evaluations.programme.models import Round, Stage
from evaluations.programme.phases import Phase
from evaluations.programme.visibility import Who
from evaluations.ratings.actions import Reply, cast
from evaluations.ratings.models import Ballot, Stratum
from evaluations.results import tasks
from evaluations.results.compute import blinding_of, evidence_of
from evaluations.results.models import Estimates
from evaluations.reviews.models import Sheet
from evaluations.scoring.blinding import Answer
from evaluations.stagefile.export import configuration
from evaluations.stagefile.export_data import told_to, write_data
from evaluations.stagefile.faults import StageFileError
from evaluations.stagefile.load import import_csv, load_directory
from evaluations.stagefile.read import read_directory
from evaluations.stagefile.write_toml import stage_toml
from portal.audit.models import Event
from tests.factories import accounts, panels, programme, ratings, results, reviews, rubrics
from tests.factories.benchmarks import a_measurement
from tests.factories.stagefile import a_directory, a_majority_stage, edited, example_files

HEAD = "panelist,team,recognised,guess\n"
SHEETS_OF_TWO = example_files()["sheets.csv"] + (
    "위원 02,ga,technology,9,보통이다.\n위원 02,ga,independence.architecture,5,\n위원 02,ga,independence.weights,2,\n"
)
"""위원 01 judged both teams, 위원 02 only one."""


def faults_of(directory) -> list[str]:
    with pytest.raises(StageFileError) as raised:
        read_directory(directory)
    return raised.value.faults.lines()


def said_by(directory, rows: str, sheets: str = SHEETS_OF_TWO) -> list[str]:
    """What is wrong with these rows of blinding.csv."""
    return faults_of(a_directory(directory, {"sheets.csv": sheets, "blinding.csv": HEAD + rows}))


def without_answers() -> dict[str, str | None]:
    """The example as it was written before anybody was asked."""
    found: dict[str, str | None] = {"blinding.csv": None}
    for name in ("ratings.csv", "comparisons.csv"):
        rows = list(csv.reader(io.StringIO(example_files()[name])))
        at = rows[0].index("recognised")
        found[name] = "".join(",".join(row[:at] + row[at + 1 :]) + "\n" for row in rows)
    return found


def header_of(path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()[0].split(",")


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("위원 01,ga,,\n", ["2: recognised: no, maybe, yes, conflict 가운데 하나여야 합니다: ‘’"]),
        ("위원 01,ga,,na\n", ["2: recognised: no, maybe, yes, conflict 가운데 하나여야 합니다: ‘’"]),
        ("위원 01,ga,예,na\n", ["2: recognised: no, maybe, yes, conflict 가운데 하나여야 합니다: ‘예’"]),
        ("위원 01,ga,YES,na\n", ["2: recognised: no, maybe, yes, conflict 가운데 하나여야 합니다: ‘YES’"]),
        ("위원 01,ga,yes,가나연구소\n", ["2: guess: 이 단계에 없는 팀입니다: ‘가나연구소’"]),
        ("위원 01,da,yes,ga\n", ["2: team: 이 단계에 없는 팀입니다: ‘da’"]),
        ("위원 01,ga,no,ga\n", ["2: guess: recognised가 maybe나 yes일 때만 적습니다: ‘ga’"]),
        ("위원 02,ga,no,\n위원 02,na,conflict,ga\n", ["3: guess: recognised가 maybe나 yes일 때만 적습니다: ‘ga’"]),
        ("위원 01,ga,no,\n위원 01,ga,yes,ga\n", ["3: 2번째 줄과 같은 평가위원과 팀입니다."]),
        ("위원 02,na,yes,ga\n", ["2: 이 평가위원의 이 팀 평가표가 자료에 없습니다: ‘위원 02’, na"]),
        ("위원 03,na,no,\n", ["2: 이 평가위원의 이 팀 평가표가 자료에 없습니다: ‘위원 03’, na"]),
        (
            "위원 01,na,conflict,\n위원 01,ga,no,\n",
            ["2: recognised: 이해충돌(conflict)로 맡지 않은 팀의 평가표가 있습니다: ‘위원 01’, na"],
        ),
        ("위원 02,na,conflict,\n", ["2: 이 평가위원이 알아보았는지 답한 줄(no, maybe, yes)이 없습니다: ‘위원 02’"]),
        (
            "위원01,ga,no,\n",
            [
                "2: panelist: ‘위원01’은(는) sheets.csv:2의 ‘위원 01’과(와) 적은 법만 다른 이름입니다. 띄어쓰기와 글자(전각, 자모를 나눈 한글)까지 똑같이 적어 주세요."
            ],
        ),
        ("위원 01,ga,no\n", ["2: 칸이 4개여야 하는데 3개입니다."]),
        (",ga,no,\n", ["2: panelist: 값이 비어 있습니다."]),
    ],
    ids=range(16),
)  # fmt: skip
def test_what_does_not_fit_is_named_by_line(tmp_path, rows, said):
    assert said_by(tmp_path, rows) == [f"blinding.csv:{fault}" for fault in said]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD, "1: 머리글만 있고 자료가 한 줄도 없습니다. 자료가 없으면 파일을 빼 주세요."),
        ("panelist,team,guess\n위원 01,ga,na\n", "1: 열이 없습니다: recognised"),
        ("panelist,team,recognised,reason\n위원 01,ga,no,\n", "1: 알 수 없는 열입니다: ‘reason’"),
        ("panelist,team,recognised,age\n위원 01,ga,no,young\n", "1: 알 수 없는 열입니다: ‘age’"),
        (
            f"{HEAD}위원 01,ga,no,\n".encode("cp949"),
            "2: UTF-8이 아닌 글자가 있습니다(0xC0). UTF-8로 저장해 주세요.",
        ),
        (
            "panelist;team;recognised\n위원 01;ga;no\n",
            "1: 칸을 쉼표(,)로 나누지 않은 파일입니다. 쉼표로 분리된 CSV(UTF-8)로 저장해 주세요.",
        ),
    ],
    ids=["no row", "no answer", "reason", "trait", "cp949", "semicolons"],
)
def test_a_file_of_another_form_is_refused(tmp_path, content, said):
    assert faults_of(a_directory(tmp_path, {"blinding.csv": content})) == [f"blinding.csv:{said}"]


def test_where_the_round_that_counts_is_not_blind_nobody_is_asked(tmp_path):
    a_directory(tmp_path, edited("stage.toml", "blind = true", "blind = false"))
    why = "점수에 반영하는 차수가 가린 차수(blind = true)가 아니므로 알아보았는지 묻지 않습니다."

    assert faults_of(tmp_path) == [f"blinding.csv:2: {why}", f"blinding.csv:3: {why}"]


def test_a_panelist_may_have_recognised_a_model_without_naming_a_team(tmp_path):
    a_directory(tmp_path, {"blinding.csv": "panelist,team,recognised\n위원 01,ga,yes\n위원 01,na,maybe\n"})

    sheets = read_directory(tmp_path).data.sheets
    assert {team: (sheet.recognised, sheet.guess) for (_, team), sheet in sheets.items()} == {
        "ga": ("yes", ""), "na": ("maybe", ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        ("ratings.csv", ",yes,old", ",maybe,old", "3: recognised: no, yes 가운데 하나여야 합니다: ‘maybe’"),
        ("ratings.csv", ",yes,old", ", ,old", "3: recognised: no, yes 가운데 하나여야 합니다: ‘ ’"),
        ("comparisons.csv", ",b,old", ",yes,old", "3: recognised: none, a, b, both 가운데 하나여야 합니다: ‘yes’"),
        ("comparisons.csv", ",b,old", ",ga,old", "3: recognised: none, a, b, both 가운데 하나여야 합니다: ‘ga’"),
    ],
)
def test_a_ballot_says_it_in_its_own_words(tmp_path, name, before, after, said):
    assert faults_of(a_directory(tmp_path, edited(name, before, after))) == [f"{name}:{said}"]


@pytest.mark.parametrize(("first", "second"), [("yes", "no"), ("yes", ""), ("", "no")])
def test_the_rows_of_one_rating_say_the_same_of_whom_she_recognised(tmp_path, first, second):
    question = '[[users.questions]]\nkey = "again"\ntext = { ko = "또?" }\n\n[[users.strata]]'
    rows = f"citizen,team,question,rating,recognised\nc9,ga,helpful,5,{first}\nc9,ga,again,4,{second}\n"
    a_directory(tmp_path, edited("stage.toml", "[[users.strata]]", question) | {"ratings.csv": rows})

    assert faults_of(tmp_path) == [
        "ratings.csv:3: recognised: 2번째 줄과 같은 사람, 팀, 질문의 투표인데 알아보았는지가 다릅니다."
    ]


@pytest.mark.parametrize("broken", ["findings.csv", "recognitions.csv"])
def test_without_marks_a_sheet_is_what_was_found_or_voted(tmp_path, broken):
    """And where those files are wrong it is not told of every answer that it has no sheet."""
    files = {
        "stage.toml": a_majority_stage().replace("blind = false", "blind = true"),
        "findings.csv": "panelist,team,component,item,finding\n위원 01,a,weights,own,met\n",
        "recognitions.csv": "panelist,team,recognised\n위원 01,b,yes\n",
        "blinding.csv": f"{HEAD}위원 01,a,yes,a\n위원 01,b,no,\n위원 01,c,conflict,\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    data = read_directory(tmp_path).data
    assert {key: sheet.recognised for key, sheet in data.sheets.items()} == {
        ("위원 01", "a"): "yes",
        ("위원 01", "b"): "no",
    }
    assert data.barred == {("위원 01", "c"): 4}

    (tmp_path / broken).write_text("panelist\n", encoding="utf-8")
    assert {fault.partition(":")[0] for fault in faults_of(tmp_path)} == {broken}


# ---------------------------------------------------------------- what becomes of it


@pytest.mark.django_db
def test_the_answers_stand_on_the_sheets_and_the_ballots(tmp_path):
    rows = "위원 01,ga,maybe,na\n위원 02,ga,yes,ga\n위원 02,na,conflict,\n"
    stage = load_directory(
        a_directory(tmp_path, {"sheets.csv": SHEETS_OF_TWO, "blinding.csv": HEAD + rows}), by="test"
    ).stage

    sheets = Sheet.objects.values_list("assignment__panelist__label", "assignment__team__slug", "recognised", "guess")
    assert set(sheets) == {("위원 01", "ga", "maybe", "na"), ("위원 01", "na", "", ""), ("위원 02", "ga", "yes", "ga")}
    conflict = Conflict.objects.get()
    assert (conflict.panelist.label, conflict.team.slug, conflict.ground, conflict.source) == (
        "위원 02",
        "na",
        "other",
        "file",
    )
    event = conflict.event
    assert (event.kind, event.actor, event.stage, event.subject_id) == (
        "conflict noted",
        "test",
        "pilot",
        conflict.panelist_id,
    )
    found = blinding_of(stage)
    assert set(found.answers) == {Answer("위원 01", "ga", "maybe", "na"), Answer("위원 02", "ga", "yes", "ga")}
    assert found.barred == {"위원 02": frozenset({"na"})}
    assert found.readers == {(3, 0): 1, (3, 2): 1}
    imports = [json.loads(event.body)["data"] for event in Event.objects.filter(kind="data imported")]
    assert [data["rows"] for data in imports if data["file"] == "blinding.csv"] == [3]


@pytest.mark.django_db
def test_files_without_the_answers_give_what_they_gave_before(tmp_path):
    """No column and no file where nobody was asked; the digests of the rules and of the input never know of it."""

    def loaded(directory) -> tuple[Stage, str, str]:
        found = load_directory(directory, by="test")
        return found.stage, found.config_digest, evidence_of(found.stage).digest()

    stage, config, inputs = loaded(a_directory(tmp_path / "before", without_answers()))
    (tmp_path / "out").mkdir()
    written = write_data(stage, tmp_path / "out")
    other = edited("stage.toml", 'slug = "pilot"', 'slug = "other"')
    _, config_of_other, inputs_of_other = loaded(a_directory(tmp_path / "asked", other))

    assert "blinding.csv" not in written
    assert header_of(tmp_path / "out" / "ratings.csv") == ["citizen", "team", "question", "rating", "prompt", "age"]
    assert header_of(tmp_path / "out" / "comparisons.csv") == ["citizen", "prompt", "team_a", "team_b", "choice", "age"]
    found = blinding_of(stage)
    assert (list(found.answers), found.readers) == ([], {})
    assert inputs == inputs_of_other
    assert config != config_of_other  # another slug


@pytest.mark.django_db
def test_only_who_was_asked_is_counted(tmp_path):
    """c1 was asked of one ballot of two, c2 of none."""
    changes = edited("ratings.csv", ",no,young", ",,young") | edited("comparisons.csv", ",b,old", ",,old")
    changes["ratings.csv"] = changes["ratings.csv"].replace(",yes,old", ",,old")
    stage = load_directory(a_directory(tmp_path / "in", changes), by="test").stage
    (tmp_path / "out").mkdir()

    write_data(stage, tmp_path / "out")

    assert blinding_of(stage).readers == {(2, 0): 1}
    assert "recognised" not in header_of(tmp_path / "out" / "ratings.csv")
    rows = csv.DictReader(io.StringIO((tmp_path / "out" / "comparisons.csv").read_text(encoding="utf-8")))
    assert {(row["choice"], row["recognised"]) for row in rows} == {("a", "none"), ("both_good", "")}


@pytest.mark.django_db
def test_ballots_may_come_one_file_at_a_time_and_answers_on_sheets_only_with_them(tmp_path):
    stage = load_directory(a_directory(tmp_path, without_answers() | dict.fromkeys(["ratings.csv", "sheets.csv", "findings.csv"])), by="test").stage  # fmt: skip

    assert import_csv(stage=stage, name="ratings.csv", content=example_files()["ratings.csv"].encode(), by="test") == 2
    with pytest.raises(StageFileError, match=r"blinding\.csv: 들여올 수 있는 자료 파일의 이름이 아닙니다\."):
        import_csv(stage=stage, name="blinding.csv", content=example_files()["blinding.csv"].encode(), by="test")

    assert set(Ballot.objects.filter(kind="rate").values_list("recognised", flat=True)) == {"none", "left"}


@pytest.mark.parametrize("phase", Phase)
def test_it_is_told_when_and_to_whom_the_sheets_are(phase):
    for who in Who:
        told = told_to(who, phase)
        assert ("blinding.csv" in told) == ("sheets.csv" in told)
        assert who in (Who.OFFICER, Who.AUDITOR) or "blinding.csv" not in told


# ---------------------------------------------------------------- out and in again

GUESSES = {
    1: {"lg": "maybe lg", "skt": "no", "upstage": "yes skt"},
    2: {"lg": "yes lg", "skt": "maybe lg", "upstage": "no", "motif": "no"},
    3: {"lg": "no", "skt": "no", "upstage": "no", "motif": "maybe upstage"},
    4: {"lg": "yes lg", "skt": "no", "upstage": "yes upstage", "motif": "no"},
    5: {"lg": "maybe motif", "skt": "maybe skt", "upstage": "no", "motif": "no"},
    6: {"lg": "yes lg", "skt": "no", "upstage": "no", "motif": "no"},
}
"""Expert → team → what she says on her sheet. The first may not judge motif."""
PAPERS = ("", "left", "right", "both", "", "")


def a_stage_that_was_asked() -> Stage:
    """Six experts and six citizens have answered through the portal. One expert declared a team beforehand, one after she had judged it;
    one conflict was lifted again, and one seat with a conflict judged nothing."""
    today = timezone.now().replace(microsecond=0)
    days = {"frozen_at": -9, "opens_at": -7, "closes_at": 7, "published_at": 9}
    stage = programme.a_stage(**{name: today + timedelta(days=number) for name, number in days.items()})
    rubrics.a_rubric(stage)
    round = programme.a_round(stage, "document", counts=True)
    ratings.a_plan(stage)
    ratings.a_question(stage)
    Stratum.objects.create(stage=stage, key="age", name_ko="연령대", categories=[{"key": "20s", "ko": "20대"}])
    for number in range(3):
        prompt = ratings.a_prompt(stage, f"p{number}")
        for team in stage.teams.all():
            ratings.an_answer(prompt, team)
    for team in stage.teams.all():
        for item, score in results.MEASURED.items():
            a_measurement(team, item, score)
    results.freeze(stage, configuration(stage))
    programme.in_state(round, Round.State.OPEN)
    programme.in_phase(stage, Phase.OPEN)
    officer, seats = accounts.an_officer(), {}
    for number, answers in GUESSES.items():
        expert = accounts.an_expert(f"expert{number}@example.kr")
        seats[number] = panels.a_panelist(stage, expert)
        for slug, words in answers.items():
            recognised, _, guess = words.partition(" ")
            assignment = panels.an_assignment(seats[number], stage.teams.get(slug=slug), round)
            typed = reviews.COMPLETE | {"recognised": recognised} | ({"guess": guess} if guess else {})
            reviews.confirm(assignment, expert, typed)
    panels.a_conflict(seats[1], stage.teams.get(slug="motif"))
    panels.a_conflict(seats[1], stage.teams.get(slug="motif"), "relative")
    late = stage.teams.get(slug="motif")
    declare_conflict(panelist=seats[6], team=late, ground="other", by=seats[6].invitation.user)
    lifted = panels.a_conflict(seats[2], stage.teams.get(slug="motif"), "mutual")
    waive(conflict=lifted, by=officer, reason="대신할 사람이 없음")
    panels.a_conflict(panels.a_panelist(stage), late)
    for number, known in enumerate(PAPERS):
        citizen = accounts.a_citizen(f"citizen{number}@example.kr")
        for paper in ratings.issued(stage, citizen, seed=number):
            held = ratings.held(stage, citizen, paper.position)
            if held.questions:
                reply = Reply(stars=dict.fromkeys(held.questions, 4), recognised="left" if known else "")
            else:
                reply = Reply(choice="a" if number % 2 else "skip", recognised=known if paper.position == 1 else "")
            cast(held=held, reply=reply, revision=1)
    return stage


class _BackToEmpty(Exception):
    pass


def counted(stage: Stage) -> dict:
    """Everything estimated beside its count, as stored."""
    tasks.count(results.a_job(programme.in_phase(stage, Phase.CLOSED)).pk)
    return json.loads(Estimates.objects.get(run__stage=stage).body)


@pytest.mark.django_db
def test_a_count_from_the_exported_files_says_the_same_of_the_blinding(tmp_path, monkeypatch):
    """What a team that lost recomputes from the files it was given, after the close, is what was published."""
    first, second = tmp_path / "first", tmp_path / "second"
    told = []

    def exported(stage: Stage, directory) -> None:
        directory.mkdir()
        (directory / "stage.toml").write_text(stage_toml(configuration(stage)), encoding="utf-8")
        write_data(stage, directory)
        told.append(counted(stage))
        raise _BackToEmpty

    with pytest.raises(_BackToEmpty), transaction.atomic():
        exported(a_stage_that_was_asked(), first)
    after_the_close = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(timezone, "now", lambda: after_the_close)
    with pytest.raises(_BackToEmpty), transaction.atomic():
        stage = load_directory(first, by="test").stage
        results.freeze(stage, configuration(stage))
        exported(stage, second)

    before, after = told
    assert after["sections"]["blinding"] == before["sections"]["blinding"]
    assert after["config_digest"] == before["config_digest"]
    experts, citizens = (after["sections"]["blinding"][who] for who in ("experts", "citizens"))
    assert (experts["people"], experts["of"], experts["maybe"], experts["yes"]) == (6, 22, 5, 5)
    assert (experts["guesses"]["guessed"], experts["guesses"]["right"]) == (10, 6)
    # The first and the last choose among three teams: two guesses of the one, one of the other.
    assert experts["guesses"]["expected"] == "2.7500"
    assert (citizens["people"], citizens["of"], citizens["ever"]) == (6, 30, 3)
    assert (second / "blinding.csv").read_bytes() == (first / "blinding.csv").read_bytes()
    assert "위원 01,motif,conflict,\n" in (first / "blinding.csv").read_text(encoding="utf-8")
    assert (first / "blinding.csv").read_text(encoding="utf-8").count("conflict") == 2
