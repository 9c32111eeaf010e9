"""Loading: everything or nothing, on record, and never twice."""

import hashlib
import json
import unicodedata
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from evaluations.benchmarks.models import Measurement
from evaluations.panels.models import Assignment, Panelist
from evaluations.programme.models import BlindCopy, Member, Stage, Submission
from evaluations.programme.visibility import Who
from evaluations.ratings.identity import voter_tag_for_import
from evaluations.ratings.models import Answer, Ballot, Prompt, Star
from evaluations.results.compute import compute, evidence_of
from evaluations.results.models import GateDecision
from evaluations.results.models import LineDecision as LineDecisionRow
from evaluations.reviews.models import Confirmation, Finding, Mark, Sheet
from evaluations.rubrics.models import Anchor
from evaluations.scoring import LineDecision
from evaluations.stagefile.export import configuration, problems
from evaluations.stagefile.export_data import csv_lines, write_data
from evaluations.stagefile.faults import StageFileError
from evaluations.stagefile.load import IMPORTABLE, import_csv, importable, load_directory
from evaluations.stagefile.write_toml import stage_toml
from portal.accounts.seconding import SecondNeeded
from portal.audit.models import Event
from portal.http import Refusal
from tests.factories.programme import a_configuration, a_round, a_stage, in_phase
from tests.factories.results import a_line_decision, count_again, freeze
from tests.factories.rubrics import a_criterion, a_part, a_rubric
from tests.factories.stagefile import a_directory, a_majority_stage, edited, example_files

pytestmark = pytest.mark.django_db


def run(command, *arguments):
    """Exit code and both outputs of a management command."""
    out, err = StringIO(), StringIO()
    try:
        call_command(command, *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        return stop.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def faults_of(call):
    with pytest.raises(StageFileError) as raised:
        call()
    return raised.value.faults.lines()


def data_of(kind):
    return [json.loads(event.body)["data"] for event in Event.objects.filter(kind=kind).in_order()]


def test_the_command_loads_and_says_so(tmp_path):
    code, out, err = run("load_stage", a_directory(tmp_path))

    assert (code, err) == (0, "")
    assert out.splitlines()[-2:] == [
        "‘pilot’ 단계: 들여왔습니다.",
        f"설정 지문 {load_directory(tmp_path, by='test').config_digest}",
    ]
    assert (Stage.objects.get().phase, Member.objects.count(), Measurement.objects.count()) == ("preparing", 1, 8)


def test_the_command_loads_the_same_once(tmp_path):
    run("load_stage", a_directory(tmp_path))
    events = Event.objects.count()

    code, out, err = run("load_stage", tmp_path)

    assert (code, err) == (0, "")
    assert out.splitlines()[1] == "‘pilot’ 단계: 이미 같은 내용이 있습니다."
    assert (Event.objects.count(), Stage.objects.count(), Ballot.objects.count()) == (events, 1, 4)


def test_the_command_names_faults_and_changes_nothing(tmp_path):
    a_directory(tmp_path, edited("decisions.csv", "na,met", "na,maybe"))

    code, out, err = run("load_stage", tmp_path)

    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "decisions.csv:3: decision: met, not_met 가운데 하나여야 합니다: ‘maybe’",
        "",
        "잘못된 곳이 1군데 있어 아무것도 들여오지 않았습니다.",
    ]
    assert (Stage.objects.count(), Event.objects.count()) == (0, 0)


def test_other_content_under_the_same_name_is_refused(tmp_path):
    load_directory(a_directory(tmp_path), by="test")
    before = configuration(Stage.objects.get())
    a_directory(
        tmp_path, edited("stage.toml", "quota = 1", "quota = 2") | edited("benchmarks.csv", "ga,nia,92,", "ga,nia,93,")
    )

    said = faults_of(lambda: load_directory(tmp_path, by="test"))

    assert said == [
        "stage.toml: ‘pilot’ 단계가 이미 있고 설정이 다릅니다. 아무것도 덮어쓰지 않았습니다.",
        "benchmarks.csv: ‘pilot’ 단계가 이미 있고 이 파일의 내용이 다릅니다. 아무것도 덮어쓰지 않았습니다.",
    ]
    assert configuration(Stage.objects.get()) == before


def test_a_file_that_is_left_out_or_came_later_is_said_to_be(tmp_path):
    load_directory(a_directory(tmp_path / "one"), by="test")
    said = faults_of(lambda: load_directory(a_directory(tmp_path / "two", {"decisions.csv": None}), by="test"))
    assert said == [
        "decisions.csv: ‘pilot’ 단계가 이미 있고 이 파일로도 들여왔는데 지금은 이 파일이 없습니다. 아무것도 덮어쓰지 않았습니다."
    ]

    other = edited("stage.toml", 'slug = "pilot"', 'slug = "other"')
    load_directory(a_directory(tmp_path / "three", other | {"decisions.csv": None}), by="test")
    said = faults_of(lambda: load_directory(a_directory(tmp_path / "four", other), by="test"))
    assert said == [
        "decisions.csv: ‘other’ 단계가 이미 있고 거기에는 이 파일이 없습니다. 아무것도 덮어쓰지 않았습니다."
    ]


EDGES = [
    ("frozen = 2026-07-20T09:00:00+09:00", "frozen = 2000-01-01T00:00:00+09:00", True),
    ("frozen = 2026-07-20T09:00:00+09:00", "frozen = 1999-12-31T15:00:00Z", True),
    ("frozen = 2026-07-20T09:00:00+09:00", "frozen = 2000-01-01T00:00:00+14:00", False),
    ("frozen = 2026-07-20T09:00:00+09:00", "frozen = 0001-01-01T00:00:00+14:00", False),
    ("published = 2026-08-28T10:00:00+09:00", "published = 2100-12-31T23:59:59+09:00", True),
    ("published = 2026-08-28T10:00:00+09:00", "published = 2100-12-31T23:30:00Z", False),
    ("published = 2026-08-28T10:00:00+09:00", "published = 9999-12-31T23:59:59-14:00", False),
]


@pytest.mark.parametrize(("before", "after", "taken"), EDGES, ids=[after for _, after, _ in EDGES])
def test_a_year_counts_in_the_time_zone_of_the_stage(tmp_path, before, after, taken):
    """In the zone of the file or of the database a moment may lie in another year than in that of the export."""
    a_directory(tmp_path, edited("stage.toml", before, after))

    if taken:
        loaded = [load_directory(tmp_path, by="test") for _ in range(2)]
        (tmp_path / "stage.toml").write_text(stage_toml(configuration(loaded[0].stage)), encoding="utf-8")
        loaded.append(load_directory(tmp_path, by="test"))
        assert [one.created for one in loaded] == [True, False, False]
    else:
        (said,) = faults_of(lambda: load_directory(tmp_path, by="test"))
        assert said.endswith("2000년부터 2100년까지의 날짜여야 합니다.")


def test_a_failure_half_way_leaves_nothing(tmp_path):
    a_directory(tmp_path, {"documents/report-2.md": "   \n"})

    said = faults_of(lambda: load_directory(tmp_path, by="test"))

    assert said == ["documents/report-2.md: 자료에 내용이 없습니다."]
    assert [model.objects.count() for model in (Stage, Event, Submission, Measurement)] == [0, 0, 0, 0]


def test_every_file_is_on_record_with_its_digest(tmp_path):
    load_directory(a_directory(tmp_path), by="officer")
    digests = {
        name: hashlib.sha256(text.encode()).hexdigest()
        for name, text in example_files().items()
        if name != "stage.toml"
    }

    (loaded,) = data_of("stage loaded")
    imported = {data["file"]: (data["sha256"], data["rows"]) for data in data_of("data imported")}

    assert loaded["files"] == digests
    assert imported["sheets.csv"] == (digests["sheets.csv"], 6)
    assert set(imported) == {name for name in digests if name.endswith(".csv")}
    assert set(Event.objects.filter(kind__in=["stage loaded", "data imported"]).values_list("actor", flat=True)) == {
        "officer"
    }


def test_sheets_become_confirmed_sheets_of_imported_seats(tmp_path):
    load_directory(a_directory(tmp_path), by="test")

    (seat,) = Panelist.objects.all()
    assert (seat.label, seat.imported) == ("위원 01", True)
    assert sorted(Assignment.objects.values_list("position", flat=True)) == [1, 2]
    assert sorted(Assignment.objects.values_list("alias", flat=True)) == ["가", "나"]
    assert (
        Sheet.objects.effective().count(),
        Confirmation.objects.count(),
        Mark.objects.count(),
        Finding.objects.count(),
    ) == (2, 2, 6, 2)
    assert (
        Mark.objects.get(criterion__path="independence.architecture", sheet__assignment__team__slug="na").value is None
    )
    assert set(Sheet.objects.values_list("event__kind", flat=True)) == {"data imported"}


def test_citizens_are_kept_by_tag_only(tmp_path):
    stage = load_directory(a_directory(tmp_path), by="test").stage

    assert set(Ballot.objects.values_list("voter_tag", flat=True)) == {
        voter_tag_for_import(stage, c) for c in ("c1", "c2")
    }
    assert set(Ballot.objects.values_list("paper", "stratum")) == {(None, "age=young"), (None, "age=old")}
    assert (Ballot.objects.count(), Star.objects.count()) == (4, 2)
    evidence = evidence_of(stage)
    assert evidence.ratings == {("ga", "helpful"): (0, 0, 0, 0, 1), ("na", "helpful"): (0, 0, 1, 0, 0)}
    assert {pair: (c.a, c.both_good) for pair, c in evidence.comparisons.items()} == {
        ("ga", "na"): (1, 0),
        ("na", "ga"): (0, 1),
    }


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        ("2026-08-03T08:59:59+09:00", False),
        ("2026-08-03T09:00:00+09:00", True),
        ("2026-08-14T08:59:59Z", True),
        ("2026-08-14T18:00:00+09:00", False),
    ],
)
def test_a_vote_counts_only_while_people_could_vote(tmp_path, at, taken):
    """By the directory and by the office's file alike."""
    changes = edited("ratings.csv", "2026-08-05T10:00:00+09:00", at)
    said = [] if taken else [
        "ratings.csv:2: rated_at: 평가 기간(시작 2026-08-03T09:00:00+09:00, 마감 2026-08-14T18:00:00+09:00) 밖의 시각입니다."
    ]  # fmt: skip
    stage = without_data(tmp_path / "one")
    import_csv(stage=stage, name="prompts.csv", content=example_files()["prompts.csv"].encode(), by="officer")

    def upload():
        import_csv(stage=stage, name="ratings.csv", content=changes["ratings.csv"].encode(), by="officer")

    if taken:
        upload()
    else:
        assert faults_of(upload) == said
    assert Ballot.objects.of_stage(stage).exists() == taken

    other = a_directory(tmp_path / "two", changes | edited("stage.toml", 'slug = "pilot"', 'slug = "other"'))
    if taken:
        load_directory(other, by="test")
    else:
        assert faults_of(lambda: load_directory(other, by="test")) == said


@pytest.mark.parametrize("name", ["가온", "&#44032;온", "가**~~*온*~~**"])
def test_an_answer_that_names_its_maker_is_marked(tmp_path, name):
    load_directory(a_directory(tmp_path, edited("answers.csv", "계약서와", f"저는 {name}입니다. 계약서와")), by="test")

    (named,) = Answer.objects.exclude(hits=[])
    assert (named.team.slug, [hit["name"] for hit in named.hits]) == ("ga", ["가온"])


@pytest.mark.parametrize("name", ["가나연구소", "&amp;#44032;나연구소", "가나[연구](a(b)c)소"])
def test_a_document_that_names_its_team_waits_for_an_officer(tmp_path, name):
    text = f"# 기술 보고서\n\n{name}가 만들었습니다.\n"
    load_directory(a_directory(tmp_path, {"documents/report-1.md": text}), by="test")

    held = BlindCopy.objects.get(submission__team__slug="ga")
    assert (held.released_at, [hit["name"] for hit in held.hits]) == (None, ["가나연구소"])
    assert held.submission.text == text
    assert BlindCopy.objects.get(submission__team__slug="na").released_at is not None


def test_the_export_names_documents_as_an_upload_takes_them_back(tmp_path):
    apart = unicodedata.normalize("NFD", "기술보고서.md")
    files = edited("documents.csv", "report-1.md", apart) | {"documents/report-1.md": None, f"documents/{apart}": "글"}
    stage = load_directory(a_directory(tmp_path / "stage", files), by="test").stage
    (tmp_path / "export").mkdir()

    write_data(stage, tmp_path / "export", ["documents.csv"])

    assert {path.name for path in (tmp_path / "export" / "documents").iterdir()} == {"기술보고서.md", "report-2.md"}
    assert "기술보고서.md" in (tmp_path / "export" / "documents.csv").read_text(encoding="utf-8")


# --- One file at a time.


def without_data(tmp_path):
    names = [name for name in example_files() if name != "stage.toml"]
    return load_directory(a_directory(tmp_path, dict.fromkeys(names)), by="test").stage


def test_files_one_by_one_give_the_same_as_the_directory(tmp_path):
    stage = without_data(tmp_path / "one")
    for name, text in example_files().items():
        if name in IMPORTABLE:
            import_csv(stage=stage, name=name, content=text.encode(), by="officer")
    one_by_one = evidence_of(stage)
    a_directory(tmp_path / "two", edited("stage.toml", 'slug = "pilot"', 'slug = "pilot-2"'))

    together = evidence_of(load_directory(tmp_path / "two", by="test").stage)

    assert one_by_one.to_json() == together.to_json()
    assert Sheet.objects.of_stage(stage).count() == 2


@pytest.mark.parametrize("other", ["old", ""])
@pytest.mark.parametrize("order", [1, -1])
def test_a_citizen_is_of_one_stratum_whichever_file_comes_first(tmp_path, order, other):
    """What the directory refuses together is refused one by one, by line; the export could not be loaded again. To say nothing in one file
    and something in the other is no less of a fault: which of them counted would be up to the order of the rows."""
    texts = example_files() | edited("comparisons.csv", "none,young", f"none,{other}")
    stage = without_data(tmp_path / "one")
    import_csv(stage=stage, name="prompts.csv", content=texts["prompts.csv"].encode(), by="officer")
    first, second = ["ratings.csv", "comparisons.csv"][::order]
    import_csv(stage=stage, name=first, content=texts[first].encode(), by="officer")

    with CaptureQueriesContext(connection) as queries:
        said = faults_of(lambda: import_csv(stage=stage, name=second, content=texts[second].encode(), by="officer"))

    assert said == [f"{second}:2: citizen: 같은 사람의 특성이 먼저 들여온 투표와 다릅니다: ‘c1’"]
    assert sum("voter_tag" in query["sql"] for query in queries) == 1
    assert Ballot.objects.of_stage(stage).count() == 2


def test_an_imported_file_tells_its_faults_and_changes_nothing(tmp_path):
    stage = without_data(tmp_path)

    said = faults_of(
        lambda: import_csv(
            stage=stage, name="answers.csv", content=example_files()["answers.csv"].encode(), by="officer"
        )
    )

    assert said == [
        "answers.csv:2: prompt: 이 단계에 없는 질문입니다: ‘p1’",
        "answers.csv:3: prompt: 이 단계에 없는 질문입니다: ‘p1’",
    ]
    assert (Answer.objects.count(), data_of("data imported")) == (0, [])


def test_the_same_file_twice_and_another_of_the_same_name(tmp_path):
    stage = without_data(tmp_path)
    content = example_files()["prompts.csv"].encode()
    assert import_csv(stage=stage, name="prompts.csv", content=content, by="officer") == 1

    assert faults_of(lambda: import_csv(stage=stage, name="prompts.csv", content=content, by="officer")) == [
        "prompts.csv: 이미 같은 내용을 들여왔습니다."
    ]
    other = content.replace(b"p1,", b"p2,")
    assert faults_of(lambda: import_csv(stage=stage, name="prompts.csv", content=other, by="officer")) == [
        "prompts.csv: 이미 다른 내용을 들여왔습니다. 근거 자료는 덮어쓰지 않습니다."
    ]
    assert Prompt.objects.count() == 1


def test_a_corrected_measurement_is_a_new_revision(tmp_path):
    stage = load_directory(a_directory(tmp_path), by="test").stage
    in_phase(stage, "closed")

    import_csv(
        stage=stage, name="benchmarks.csv", content=b"team,item,score\nga,nia,91\n", by="officer", second="other",
        reason="측정 기관의 정정",
    )  # fmt: skip

    assert list(Measurement.objects.filter(team__slug="ga", item="nia").values_list("revision", "score")) == [
        (1, "92"),
        (2, "91"),
    ]
    assert str(evidence_of(stage).measurements["ga", "nia"].score) == "91"


def test_a_corrected_decision_is_a_new_revision(tmp_path):
    stage = load_directory(a_directory(tmp_path), by="test").stage
    in_phase(stage, "counted")

    import_csv(
        stage=stage,
        name="decisions.csv",
        content="team,decision,reason\nna,not_met,다시 보았다.\n".encode(),
        by="officer",
        second="other",
        reason="위원회의 정정",
    )

    assert list(GateDecision.objects.effective().order_by("team__slug").values_list("team__slug", "decision")) == [
        ("ga", "met"),
        ("na", "not_met"),
    ]


RECOGNISED = "panelist,team,recognised\n위원 01,a,yes\n위원 01,b,yes\n위원 01,c,no\n"


def a_stage_of_two_recognised(into, decisions: str = ""):
    """One seat; a and b were recognised, so the committee has to say."""
    into.mkdir()
    files = {
        "stage.toml": a_majority_stage(gate=False),
        "recognitions.csv": RECOGNISED,
        "line_decisions.csv": decisions,
    }
    for name, text in files.items():
        if text:
            (into / name).write_text(text, encoding="utf-8", newline="")
    return load_directory(into, by="test").stage


def places(stage):
    return [
        (team.team, team.advances_because) for team in compute(configuration(stage), evidence_of(stage)).result.teams
    ]


def test_a_decision_at_the_line_comes_and_goes_with_the_files(tmp_path):
    """With a reason that a spreadsheet would take for a formula, of several lines."""
    head = "team,decision,among,reason,decided_on,source\n"
    written = f'{head}a,out,a b,,,\nb,in,a b,"\'=실험이 더 많다.\r\n다음 줄",2026-08-20,회의록\n'
    stage = a_stage_of_two_recognised(tmp_path / "in", written)
    (tmp_path / "out").mkdir()

    told = write_data(stage, tmp_path / "out")

    assert told == {"recognitions.csv": 3, "line_decisions.csv": 2}
    assert (tmp_path / "out" / "line_decisions.csv").read_bytes().decode() == written
    assert evidence_of(stage).line_decisions["b"] == LineDecision("in", frozenset("ab"), "=실험이 더 많다.\r\n다음 줄")
    assert places(stage) == [("a", "line_out"), ("b", "line_in"), ("c", "not_recognised")]
    assert {one.event.kind for one in LineDecisionRow.objects.all()} == {"data imported"}


def test_decisions_at_the_line_are_held_against_the_rules(tmp_path):
    assert faults_of(
        lambda: a_stage_of_two_recognised(
            tmp_path / "in", "team,decision,among\nd,in,d\na,met,a b\nb,in,a b\nb,out,a b\nc,in,c d\n"
        )
    ) == [
        "line_decisions.csv:2: team: 이 단계에 없는 팀입니다: ‘d’",
        "line_decisions.csv:3: decision: in, out 가운데 하나여야 합니다: ‘met’",
        "line_decisions.csv:5: 4번째 줄과 같은 팀입니다.",
        "line_decisions.csv:6: among: 결정한 팀들 가운데 이 단계에 없는 팀이 있습니다. ‘c d’",
    ]
    rules = edited("stage.toml", 'line_ties = "committee"', 'line_ties = "all"')
    said = faults_of(
        lambda: load_directory(
            a_directory(tmp_path / "all", rules | {"line_decisions.csv": "team,decision,among\nga,in,ga\n"}), by="test"
        )
    )
    assert said == ["line_decisions.csv:2: 경계선의 동점을 위원회가 정하는 단계가 아닙니다."]


def test_once_there_is_a_count_decisions_are_held_against_it_too(tmp_path):
    stage = a_stage_of_two_recognised(tmp_path / "in")
    freeze(stage, configuration(stage))
    count_again(in_phase(stage, "counted"))

    def imported(content: str):
        told = {"by": "officer", "second": "other", "reason": "위원회의 결정"}
        return import_csv(stage=stage, name="line_decisions.csv", content=content.encode(), **told)

    head = "team,decision,among,reason\n"
    not_level = "마지막 집계에서 경계선에 있는 팀이 아니어서 위원회가 정할 수 없습니다."
    assert faults_of(lambda: imported(f"{head}c,in,a b c,까닭\na,in,a b,까닭\n")) == [
        f"line_decisions.csv:2: {not_level}"
    ]
    others = "마지막 집계에서 경계선에 있는 팀들과 다릅니다."
    assert faults_of(lambda: imported(f"{head}a,in,a b c,까닭\nb,out,,까닭\n")) == [
        f"line_decisions.csv:{line}: {others}" for line in (2, 3)
    ]
    too_many = "진출로 정한 팀이 남은 자리보다 많아집니다. 먼저 진출로 정한 다른 팀의 결정을 고쳐 주세요."
    assert faults_of(lambda: imported(f"{head}a,in,a b,까닭\nb,in,b a,까닭\n")) == [
        f"line_decisions.csv:{line}: {too_many}" for line in (2, 3)
    ]
    assert faults_of(lambda: imported(f"{head}a,in,a b,\n")) == [
        "line_decisions.csv:2: reason: 결정의 이유를 적어 주세요."
    ]
    imported(f"{head}a,in,a b,까닭\n")
    imported(f"{head}a,out,a b,까닭\nb,in,a b,까닭\n")

    assert places(stage) == [("a", "line_out"), ("b", "line_in"), ("c", "not_recognised")]
    assert [(one.team.slug, one.revision) for one in LineDecisionRow.objects.order_by("team", "revision")] == [
        ("a", 1), ("a", 2), ("b", 1),
    ]  # fmt: skip


def test_a_file_of_decisions_is_agreed_to_on_the_count_and_the_decisions_it_was_proposed_on(tmp_path):
    """While it waits somebody decides by the office's form, or it is counted again: then it is another proposal."""
    stage = a_stage_of_two_recognised(tmp_path / "in")
    freeze(stage, configuration(stage))
    count_again(in_phase(stage, "counted"))

    def ground() -> dict[str, str]:
        content = "team,decision,among,reason\na,in,a b,까닭\n".encode()
        with pytest.raises(SecondNeeded) as needed:
            import_csv(stage=stage, name="line_decisions.csv", content=content, by="officer", reason="위원회의 결정")
        return json.loads(needed.value.ground)

    first = ground()
    a_line_decision(stage.teams.get(slug="b"), "out")
    decided = ground()
    count_again(stage)
    counted = ground()

    assert {key for key in first if first[key] != decided[key]} == {"decided"}
    assert {key for key in first if decided[key] != counted[key]} == {"run"}


def test_a_gate_decision_in_a_file_needs_its_reason_while_the_committee_sits(tmp_path):
    stage = in_phase(without_data(tmp_path), "counted")

    said = faults_of(
        lambda: import_csv(stage=stage, name="decisions.csv", content=b"team,decision\nga,met\n", by="officer")
    )

    assert said == ["decisions.csv:2: reason: 결정의 이유를 적어 주세요."]


@pytest.mark.parametrize(
    ("name", "phase"),
    [("ratings.csv", "frozen"), ("ratings.csv", "open"), ("sheets.csv", "closed"), ("prompts.csv", "frozen"), ("benchmarks.csv", "confirmed"), ("decisions.csv", "open")],
)  # fmt: skip
def test_evidence_is_not_slipped_in_later(tmp_path, name, phase):
    stage = in_phase(without_data(tmp_path), phase)

    with pytest.raises(Refusal, match="국면이라"):
        import_csv(stage=stage, name=name, content=example_files()[name].encode(), by="officer")

    assert data_of("data imported") == []


HERE = "평가 마감이 지나지 않은 단계입니다. 여기서 하는 평가와 섞어 셀 수 없어, 이미 마감한 평가나 표본 단계(sample = true)에서만 받습니다."
SAID_HERE = ["ratings.csv", "comparisons.csv", "sheets.csv", "findings.csv", "decisions.csv"]


def held_here(stage: Stage) -> Stage:
    now = timezone.now()
    days = {"frozen_at": 1, "opens_at": 2, "closes_at": 3, "published_at": 4}
    Stage.objects.filter(pk=stage.pk).update(
        sample=False, **{name: now + timedelta(days=n) for name, n in days.items()}
    )
    return Stage.objects.get(pk=stage.pk)


@pytest.mark.parametrize("name", SAID_HERE)
def test_what_will_be_said_here_is_not_imported(tmp_path, name):
    """It could not be taken out again, and the stage could never be frozen."""
    stage = held_here(without_data(tmp_path))

    assert faults_of(
        lambda: import_csv(stage=stage, name=name, content=example_files()[name].encode(), by="officer")
    ) == [f"{name}: {HERE}"]
    assert set(importable(stage)) == {"benchmarks.csv", "prompts.csv", "answers.csv"}


def test_a_stage_that_will_be_held_here_is_not_loaded_with_what_people_said(tmp_path):
    next_year = timezone.now().year + 1
    changed = {
        name: example_files()[name].replace("2026-", f"{next_year}-")
        for name in ("stage.toml", "ratings.csv", "comparisons.csv")
    }
    changed["stage.toml"] = changed["stage.toml"].replace("sample = true", "sample = false")

    said = faults_of(lambda: load_directory(a_directory(tmp_path, changed), by="test"))

    assert said == [f"{name}: {HERE}" for name in sorted([*SAID_HERE, "blinding.csv"])]
    assert Stage.objects.count() == 0


@pytest.mark.parametrize("name", ["stage.toml", "documents.csv", "../x.csv", ""])
def test_only_known_files_are_imported(tmp_path, name):
    stage = without_data(tmp_path)

    assert faults_of(lambda: import_csv(stage=stage, name=name, content=b"", by="officer")) == [
        f"{name}: 들여올 수 있는 자료 파일의 이름이 아닙니다."
    ]


def test_a_name_in_a_file_is_not_that_of_a_seat_with_a_person(tmp_path):
    stage = without_data(tmp_path)
    Panelist.objects.create(stage=stage, label="위원 01")

    said = faults_of(
        lambda: import_csv(stage=stage, name="sheets.csv", content=example_files()["sheets.csv"].encode(), by="officer")
    )

    assert said == ["sheets.csv: 이 단계의 평가위원 자리와 이름이 같습니다: 위원 01"]


@pytest.mark.parametrize("other", ["위원  01", "위원０１"])
def test_a_name_in_a_file_is_not_that_of_a_seat_in_another_spelling(tmp_path, other):
    stage = without_data(tmp_path)
    Panelist.objects.create(stage=stage, label=other)

    said = faults_of(
        lambda: import_csv(stage=stage, name="sheets.csv", content=example_files()["sheets.csv"].encode(), by="officer")
    )

    assert said == [f"sheets.csv: 이 단계의 평가위원 자리와 이름이 같습니다: {other}"]


def test_a_panelist_of_an_earlier_file_is_written_as_there(tmp_path):
    stage = without_data(tmp_path)
    import_csv(stage=stage, name="sheets.csv", content=example_files()["sheets.csv"].encode(), by="officer")
    other = example_files()["findings.csv"].replace("위원 01", "위원  01")

    said = faults_of(lambda: import_csv(stage=stage, name="findings.csv", content=other.encode(), by="officer"))

    assert said[0].startswith("findings.csv:2: panelist: ‘위원  01’은(는) 먼저 들여온 자리의 ‘위원 01’과(와) 적은 법만")


def test_a_citizen_of_an_earlier_file_in_another_spelling_is_the_same(tmp_path):
    """Of the earlier file only the tags are left, so nothing can be said, but nobody becomes two."""
    stage = without_data(tmp_path)
    for name in ("prompts.csv", "ratings.csv", "comparisons.csv"):
        content = example_files()[name].replace("c1,p1", "ｃ1,p1")
        import_csv(stage=stage, name=name, content=content.encode(), by="officer")

    assert Ballot.objects.of_stage(stage).values("voter_tag").distinct().count() == 2


FINDING = "panelist,team,component,item,finding\n{panelist},{team},weights,own,met\n"
RECOGNITION = "panelist,team,recognised\n{panelist},{team},yes\n"


def a_stage_by_majority(tmp_path):
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "stage.toml").write_text(a_majority_stage(), encoding="utf-8")
    return load_directory(tmp_path, by="test").stage


@pytest.mark.parametrize("order", [1, -1])
def test_a_panelist_of_an_earlier_file_keeps_the_seat_and_gets_another_code_name(tmp_path, order):
    """Which teams somebody judged may be spread over two files, whichever comes first."""
    stage = a_stage_by_majority(tmp_path)
    files = [
        ("recognitions.csv", RECOGNITION.format(panelist="위원 01", team="a")),
        ("findings.csv", FINDING.format(panelist="위원 01", team="b") + "위원 01,a,weights,own,met\n위원 02,c,weights,own,met\n"),
    ]  # fmt: skip

    for name, text in files[::order]:
        import_csv(stage=stage, name=name, content=text.encode(), by="officer")

    seats = Panelist.objects.of_stage(stage).order_by("label")
    judged = [set(seat.assignments.values_list("team__slug", flat=True)) for seat in seats]
    assert [seat.label for seat in seats] == ["위원 01", "위원 02"]
    assert judged == [{"a", "b"}, {"c"}]
    assert [set(seat.assignments.values_list("alias", flat=True)) for seat in seats] == [{"가", "나"}, {"가"}]
    assert [set(seat.assignments.values_list("position", flat=True)) for seat in seats] == [{1, 2}, {1}]
    assert (Sheet.objects.count(), Finding.objects.count()) == (3, 3)


def test_marks_come_to_the_sheet_that_an_earlier_file_brought(tmp_path):
    """Criteria may be written into a stage that has findings already."""
    stage = a_stage_by_majority(tmp_path)
    import_csv(
        stage=stage, name="findings.csv", content=FINDING.format(panelist="위원 01", team="a").encode(), by="officer"
    )
    part = a_part(
        stage, "expert", "experts", "전문가", 5, aggregate="mean", small_panel="mean", cannot_judge="renormalise"
    )
    a_criterion(part, "clarity", 5)

    import_csv(
        stage=stage,
        name="sheets.csv",
        content="panelist,team,criterion,mark\n위원 01,a,clarity,4\n".encode(),
        by="officer",
    )

    (sheet,) = Sheet.objects.all()
    assert (sheet.marks.count(), sheet.findings.count()) == (1, 1)


def test_findings_alone_ask_the_same_number_of_questions_for_one_and_for_many(tmp_path):
    def queries_of(slug, panelists):
        folder = tmp_path / slug
        folder.mkdir()
        (folder / "stage.toml").write_text(a_majority_stage(slug), encoding="utf-8")
        rows = "".join(f"위원 {n:02},{team},weights,own,met\n" for n in range(panelists) for team in "abc")
        (folder / "findings.csv").write_text(f"panelist,team,component,item,finding\n{rows}", encoding="utf-8")
        with CaptureQueriesContext(connection) as queries:
            load_directory(folder, by="test")
        return len(queries)

    assert queries_of("many", 30) == queries_of("few", 1)


# --- The way out.


def test_the_configuration_takes_a_fixed_number_of_queries(tmp_path, django_assert_num_queries):
    small, large = (
        a_stage("small", teams=(("a", "하나"),)),
        a_stage("large", teams=tuple((f"t{n}", f"팀 {n}") for n in range(9))),
    )
    for stage in (small, large):
        a_round(stage)
    a_rubric(large)

    for stage in (small, large):
        with django_assert_num_queries(14):
            configuration(stage)


def test_rows_are_loaded_in_batches(tmp_path):
    rows = "".join(f"c{n},ga,helpful,{1 + n % 5},p1,,young\n" for n in range(3000))
    few, many = example_files()["ratings.csv"], "citizen,team,question,rating,prompt,rated_at,age\n" + rows

    def queries_of(slug, ratings):
        changes = edited("stage.toml", 'slug = "pilot"', f'slug = "{slug}"') | {
            "ratings.csv": ratings,
            "comparisons.csv": None,
        }
        with CaptureQueriesContext(connection) as queries:
            load_directory(a_directory(tmp_path / slug, changes), by="test")
        return len(queries)

    # SQLite takes about a hundred rows a statement, PostgreSQL thousands.
    assert queries_of("many", many) - queries_of("few", few) < 3000 / 40


def test_problems_of_a_stage_built_by_hand_are_sentences():
    stage = a_stage()

    assert [problem.sentence for problem in problems(stage)] == [
        "parts(평가 부문): 점수로 정하는 단계에는 평가 부문이 있어야 합니다."
    ]


def test_problems_of_a_stage_are_told_to_the_office_in_words_alone(tmp_path):
    stage = without_data(tmp_path)
    stage.teams.filter(slug="ga").update(name_ko="")
    stage.teams.filter(slug="na").update(aliases=["가온", "가온"], name_en=" x")
    Anchor.objects.filter(criterion__part__stage=stage, mark=5).update(text_ko="")

    assert [problem.told for problem in problems(stage)] == [
        "팀 ‘ga’ – 팀 이름(한국어): 값이 없습니다.",
        "팀 ‘다라기술’ – 팀 이름(영문): 앞뒤의 빈칸을 지워 주세요.",
        "팀 ‘다라기술’ – 다른 이름: 같은 것이 두 번 있습니다: 가온",
        "평가 부문 ‘전문가’ – 평가 항목 ‘독자성’ – 세부 항목 ‘가중치’ – 수준 설명 1번째 – 설명(한국어): 값이 없습니다.",
    ]


def test_export_writes_what_load_reads(tmp_path):
    stage = load_directory(a_directory(tmp_path / "in"), by="test").stage

    code, out, err = run("export_stage", "pilot", tmp_path / "out", "--data")

    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == [
        "stage.toml",
        f"설정 지문 {load_directory(tmp_path / 'in', by='test').config_digest}",
        "benchmarks.csv 8행",
    ]
    assert (tmp_path / "out" / "documents" / "report-1.md").read_text() == example_files()["documents/report-1.md"]
    assert stage.slug == "pilot"


def test_export_gives_the_frozen_rules(tmp_path):
    stage = a_stage()
    a_rubric(stage)
    frozen = configuration(stage) | {"sample": True}
    a_configuration(stage, body=json.dumps(frozen))

    run("export_stage", stage.slug, tmp_path / "out")

    assert "sample = true" in (tmp_path / "out" / "stage.toml").read_text().splitlines()


@pytest.mark.parametrize(
    ("phase", "arguments", "said"),
    [
        ("frozen", ["--data"], "‘기준 확정’ 국면에는 자료를 내보낼 수 없습니다. 집계한 뒤에 할 수 있습니다.\n"),
        ("open", ["--data"], "‘평가 진행’ 국면에는 자료를 내보낼 수 없습니다. 집계한 뒤에 할 수 있습니다.\n"),
        ("closed", ["--data"], "‘평가 마감’ 국면에는 자료를 내보낼 수 없습니다. 집계한 뒤에 할 수 있습니다.\n"),
    ],
)
def test_what_was_voted_stays_sealed_until_it_is_counted(tmp_path, phase, arguments, said):
    in_phase(load_directory(a_directory(tmp_path / "in"), by="test").stage, phase)

    assert run("export_stage", "pilot", tmp_path / "out", *arguments) == (1, "", said)
    assert not (tmp_path / "out").exists()


def test_export_overwrites_nothing(tmp_path):
    a_stage("here")
    (tmp_path / "kept").write_text("")

    assert run("export_stage", "here", tmp_path) == (
        1,
        "",
        f"{tmp_path}: 비어 있지 않은 디렉터리입니다. 있는 파일은 덮어쓰지 않습니다.\n",
    )
    assert run("export_stage", "gone", tmp_path) == (1, "", "그런 단계가 없습니다: 'gone'\n")


@pytest.mark.parametrize(("phase", "sealed"), [("open", True), ("closed", True), ("counted", False), ("final", False)])
def test_the_office_downloads_votes_only_once_they_are_counted(tmp_path, phase, sealed):
    stage = in_phase(load_directory(a_directory(tmp_path), by="test").stage, phase)

    assert list(csv_lines(stage, "prompts.csv", Who.OFFICER)) == [
        "prompt,category,text\n",
        "p1,생활,이사할 때 무엇부터 챙겨야 하나요?\n",
    ]
    if sealed:
        with pytest.raises(Refusal):
            csv_lines(stage, "ratings.csv", Who.OFFICER)
    else:
        numbers = [
            {line.split(",")[0] for line in list(csv_lines(stage, name, Who.OFFICER))[1:]}
            for name in ("ratings.csv", "comparisons.csv")
        ]
        assert numbers == [{"c00001", "c00002"}, {"c00001", "c00002"}]
