"""`manage.py score`: the count in words, and what would be."""

import json

import pytest
from django.core.management import CommandError, call_command

from evaluations.programme.phases import LABELS, Phase
from evaluations.results import jobs
from evaluations.results.models import CountJob, ScoreRun
from evaluations.stagefile.export import configuration
from evaluations.stagefile.load import load_directory
from portal.audit.models import Event
from tests.factories import programme, results
from tests.factories.scoring import EXAMPLES
from tests.factories.stagefile import a_directory, a_majority_stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return results.a_stage_to_count(phase=Phase.COUNTED)


@pytest.fixture
def say(capsys):
    def score(*arguments, **options):
        call_command("score", *arguments, **options)
        return capsys.readouterr().out

    return score


def test_the_table_of_the_first_stage(say):
    load_directory(EXAMPLES / "stage-1", by="test")

    assert say("stage-1").splitlines() == [
        "팀\tbenchmark\texpert\tuser\ttotal\t순위\t관문\t진출",
        "lg\t33.6\t31.6\t25.0\t90.2\t1\tmet\t진출",
        "naver-cloud\t미공표\t미공표\t미공표\t미공표\t미공표\tnot_met\t탈락",
        "upstage\t미공표\t미공표\t미공표\t미공표\t미공표\tmet\t진출",
        "skt\t미공표\t미공표\t미공표\t미공표\t미공표\tmet\t진출",
        "nc-ai\t미공표\t미공표\t미공표\t미공표\t5\tmet\t탈락",
        "평균\t30.40\t28.56\t20.76\t79.7",
    ]


def test_what_the_committee_decided_on_the_line_is_explained_in_words(say):
    stage = results.a_stage_on_the_line()
    results.a_line_decision(stage.teams.get(slug="upstage"), "in", reason="실험이 더 많다.")

    assert [line.strip() for line in say(stage.slug, explain="upstage").splitlines()][6:10] == [
        "진출 여부: 진출",
        "경계선에서 점수가 같아 위원회가 정했습니다: 이 팀은 진출합니다. 4팀 가운데 2팀까지 진출합니다.",
        "위원회가 적은 이유",
        "실험이 더 많다.",
    ]
    supposed = say(stage.slug, value=["skt,all,81"])
    assert "진출 여부 탈락 → 진출." in supposed
    assert "순위 2위 → 3위, 진출 여부 진출 → 탈락." in supposed


def test_a_team_of_the_first_stage_is_explained_in_words(say):
    load_directory(EXAMPLES / "stage-1", by="test")

    assert say("stage-1", explain="lg").splitlines()[:9] == [
        "벤치마크 평가 (40점 만점): 33.6점",
        "  항목의 점수를 더합니다.",
        "  9.2 + 14.406 + 10 = 33.606",
        "  NIA 벤치마크 (10점 만점): 9.2점",
        "    발표된 점수를 그대로 옮겼습니다.",
        "  글로벌 공통 벤치마크 (20점 만점): 14.4점",
        "    값의 평균은 72.03입니다. 100점 만점으로 보고 그 비율만큼 받습니다.",
        "    20 × 72.03 ÷ 100 = 14.406",
        "  글로벌 개별 벤치마크 (10점 만점): 10.0점",
    ]


def test_a_team_is_told_whose_absence_would_change_what(stage, say):
    said = say(stage.slug, explain="skt").splitlines()

    assert "하나가 없었다면" in said
    assert "    위원 03 없이" in said


def test_the_published_seals_are_made_again_from_the_data_and_the_salt(stage, say):
    run = jobs.carry_out(jobs.claim(results.a_job(stage).pk))

    assert say(stage.slug, "--salt", run.seal.opening).splitlines() == [
        f"자료 봉인 {run.seal.inputs}", f"결과 봉인 {run.seal.result}",
    ]  # fmt: skip


def test_who_loads_the_exported_data_makes_the_published_seal_of_the_input(say, tmp_path, capsys):
    stage = load_directory(a_directory(tmp_path / "in"), by="test").stage
    results.freeze(stage, configuration(stage))
    programme.in_phase(stage, Phase.CLOSED)
    run = jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    programme.in_phase(stage, Phase.COUNTED)

    call_command("export_stage", stage.slug, tmp_path / "out", "--data")

    assert capsys.readouterr().out.splitlines()[-3:] == [
        f"자료 봉인 {run.seal.inputs}", f"결과 봉인 {run.seal.result}", f"임의값 {run.seal.opening}",
    ]  # fmt: skip
    toml = tmp_path / "out" / "stage.toml"
    toml.write_text(toml.read_text().replace(f'slug = "{stage.slug}"', 'slug = "again"', 1))
    again = load_directory(tmp_path / "out", by="test").stage
    assert say(again.slug, "--salt", run.seal.opening).splitlines()[0] == f"자료 봉인 {run.seal.inputs}"


@pytest.mark.parametrize("salt", ["", "00", "0" * 31, "z" * 32])
def test_what_is_no_salt_is_refused_in_a_sentence(stage, say, salt):
    with pytest.raises(CommandError) as raised:
        say(stage.slug, "--salt", salt)

    assert str(raised.value) == f"--salt: ‘{salt}’은(는) 16진수 32자리의 임의값이 아닙니다."


def test_the_result_as_json(stage, say):
    assert json.loads(say(stage.slug, json=True))["stage"] == stage.slug


def test_the_office_is_told_what_to_look_at(stage, say):
    """Four gates are open; every other panelist of the sample marks alike."""
    said = say(stage.slug, advice=True).splitlines()

    assert said[0] == "살펴볼 것: 12건"
    assert said[2:4] == ["  엘지팀", "    독자성 관문의 결정이 없습니다."]
    assert said[10:12] == ["  위원 01 · 위원 03", "    함께 평가한 4팀의 평점 16개가 모두 같습니다."]


def test_where_there_is_nothing_to_look_at_the_office_is_told_so(say, tmp_path):
    """Nobody voted yet: no flag, no pattern, and nobody to leave out."""
    toml = a_majority_stage(gate=False).replace("schema = 1", "schema = 1\nsample = true")
    (tmp_path / "stage.toml").write_text(toml, encoding="utf-8")
    load_directory(tmp_path, by="test")

    assert say("majority", advice=True) == "살펴볼 것이 없습니다.\n"


def test_what_one_sheet_less_would_change(stage, say):
    assert say(stage.slug, "--without", "위원 01,lg").splitlines() == [
        "이렇게 본다면",
        "  위원 01 · 엘지팀 평가표 → 무효",
        "달라지는 것",
        "  공식 결과는 바뀌지 않습니다.",
        "  엘지팀",
        "    전문가 27.8점 → 27.5점(−0.33점), 전문가 – 기술력 11.7점 → 11.5점(−0.17점), "
        "전문가 – 개발 전략 5.7점 → 5.5점(−0.17점), 총점 80.7점 → 80.3점(−0.33점).",
    ]


def test_several_suppositions_are_made_together(stage, say):
    said = say(
        stage.slug, "--value", "lg,nia,50", "--mark", "위원 01,lg,strategy,cannot_judge", "--points", "user,50"
    ).splitlines()

    assert len(said[1:4]) == 3
    assert said[4] == "달라지는 것"


def test_what_is_supposed_is_never_kept(stage, say):
    before = (Event.objects.count(), ScoreRun.objects.count(), CountJob.objects.count())

    say(stage.slug, "--without", "위원 01")

    assert (Event.objects.count(), ScoreRun.objects.count(), CountJob.objects.count()) == before


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--without", "위원 99,lg", "평가표(위원 99, lg): 없는 평가표입니다."),
        ("--without", "위원 01,lg,x", "--without: ‘위원 01,lg,x’을(를) 읽을 수 없습니다. 이렇게 적어 주세요: '위원 03,lg'"),
        ("--mark", "위원 01,lg,technology", "--mark: ‘위원 01,lg,technology’을(를) 읽을 수 없습니다. 이렇게 적어 주세요: '위원 03,lg,technology,5'"),
        ("--value", "lg,nia,많이", "--value: ‘lg,nia,많이’을(를) 읽을 수 없습니다. 이렇게 적어 주세요: 'lg,nia,92.5'"),
        ("--value", "lg,nia,101", "측정값(lg, nia): 만점(100)보다 클 수 없습니다."),
        ("--points", "nothing,3", "nothing: 평가 부문이나 항목에 없는 이름입니다."),
    ],
)  # fmt: skip
def test_what_cannot_be_supposed_is_refused_in_a_sentence(stage, say, option, text, said):
    with pytest.raises(CommandError) as raised:
        say(stage.slug, option, text)

    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("nowhere",), "‘nowhere’ 단계가 없습니다."), (("--explain", "ra"), "‘{slug}’ 단계에 ‘ra’ 팀이 없습니다.")],
)
def test_what_is_not_there(stage, say, arguments, said):
    given = arguments if arguments[0] == "nowhere" else (stage.slug, *arguments)
    with pytest.raises(CommandError) as raised:
        say(*given)

    assert str(raised.value) == said.format(slug=stage.slug)


@pytest.mark.parametrize("phase", [Phase.FROZEN, Phase.OPEN, Phase.CLOSED])
def test_nobody_is_told_how_a_stage_stands_before_it_is_counted(say, phase):
    results.a_stage_to_count(phase=phase, slug="sealed")

    for asked in ({}, {"json": True}, {"explain": "lg"}, {"advice": True}, {"without": ["위원 01"]}):
        with pytest.raises(CommandError, match=f"‘{LABELS[phase]}’ 국면입니다"):
            say("sealed", **asked)


def test_a_rehearsal_may_be_counted_while_it_runs(say):
    results.a_stage_to_count(phase=Phase.OPEN, slug="open", sample=True)

    assert say("open").startswith("팀\t")
