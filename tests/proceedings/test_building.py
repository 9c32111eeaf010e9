"""A stage built by hand in the office, with nothing but its forms and its data files, counted and published."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from evaluations.programme.models import Stage
from evaluations.programme.phases import Phase, needs_two
from evaluations.ratings.models import Prompt
from evaluations.results import jobs
from evaluations.results.compute import evidence_of
from evaluations.results.models import CountJob, ScoreRun
from evaluations.results.queries import latest_run
from evaluations.stagefile.export import configuration, problems
from evaluations.stagefile.read import read_directory
from tests.factories import accounts
from tests.factories.proceedings import approved, seen
from tests.factories.programme import in_phase
from tests.office import Page, faults

pytestmark = pytest.mark.django_db

CSV = {
    "benchmarks.csv": "team,item,score,source\n"
    + "".join(f"{team},nia,{90 - n},NIA\n{team},common.mmlu,{70 - n},\n{team},common.gpqa,{60 + n},\n"
              for n, team in enumerate(("alpha", "beta"))),
    "sheets.csv": "panelist,team,criterion,mark,comment\n"
    + "".join(f"위원 {seat},{team},{path},{mark},읽었습니다\n"
              for seat in ("가", "나", "다")
              for n, team in enumerate(("alpha", "beta"))
              for path, mark in (("technology", 15 - n), ("independence.architecture", 4 - n), ("independence.weights", 5 - n))),
    "findings.csv": "panelist,team,component,item,finding,reason\n"
    + "".join(f"위원 {seat},{team},model,weights,met,기록이 있다\n" for seat in ("가", "나", "다") for team in ("alpha", "beta")),
    "ratings.csv": "citizen,team,question,rating,prompt,age\n"
    + "".join(f"c{n},{team},helpful,{5 - (team == 'beta')},p1,young\n" for n in range(3) for team in ("alpha", "beta")),
    "comparisons.csv": "citizen,prompt,team_a,team_b,choice,age\n" + "".join(f"c{n},p1,alpha,beta,a,young\n" for n in range(3)),
}  # fmt: skip


def add(client, model: str, stage: Stage | None = None, **fields):
    path = reverse(f"admin:{model}_add") + (f"?stage={stage.pk}" if stage else "")
    return Page(client, path).send(**fields)


def change(client, row) -> Page:
    return Page(client, reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]))


def sent(page: Page, **changes) -> None:
    answer = page.send(**changes)
    assert answer.status_code == 302, faults(answer)


def moment(days: int) -> str:
    return (timezone.localtime() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S")


def a_stage(client) -> Stage:
    page = Page(client, reverse("admin:programme_stage_add"))
    page.line("teams", position=0, slug="alpha", name_ko="알파연구소", model_name="Alpha-1")
    page.line("teams", position=1, slug="beta", name_ko="베타기술", model_name="Beta-1")
    page.line("rounds", position=0, key="document", name_ko="서면평가", kind="document", blind="on", counts="on")
    page.line("rounds", position=1, key="talk", name_ko="발표평가", kind="presentation")
    answer = page.send(
        slug="by-hand", programme_ko="손으로 만든 사업", name_ko="손으로 만든 단계", quota="1", gate_decided_by="committee",
        frozen_at=moment(-9), opens_at=moment(-7), closes_at=moment(-1), published_at=moment(3),
        tie_break="expert\nexpert.technology", release_public=["total", "parts", "rank", "gate", "advances"],
        release_own=["total", "parts", "items", "rank", "gate", "advances"], release_teams="all", release_minimum_n="3",
    )  # fmt: skip
    stage = Stage.objects.get()
    assert answer["Location"] == reverse("admin:proceedings_page", args=[stage.pk])
    return stage


def fill(client, stage: Stage) -> None:
    """Everything a stage is made of, each on its own page."""
    alpha = stage.teams.get(slug="alpha")
    page = change(client, alpha).line(
        "members",
        position=0,
        organisation="알파대학교",
        unit="전산학부",
        aliases="알파대\nAlpha Univ.",
        since="2026-01-01",
    )
    sent(page, aliases="알파랩\nAlpha Lab")
    sent_parts(client, stage)
    add(client, "rubrics_gatecomponent", stage, key="model", name_ko="본 모형")
    add(client, "rubrics_gateside", stage, key="technical", name_ko="기술")
    side = stage.gate_sides.get()
    sent(change(client, side).line("items", position=0, key="weights", text_ko="가중치를 처음부터 학습하였다"))
    sent(change(client, side.items.get()).line("scopes", component=stage.gate_components.get().pk))
    add(
        client, "ratings_ratingplan", stage, purpose_ko="쓰기에 어떤지 알려고 묻습니다.", comparisons_per_person="1",
        ratings_per_person="2",
    )  # fmt: skip
    add(client, "ratings_question", stage, key="helpful", text_ko="도움이 되었습니까")
    categories = "young | 젊은이 | Young | 0.4 | 100\nold | 어르신 | Old | 0.6"
    add(client, "ratings_stratum", stage, key="age", name_ko="연령", categories=categories)
    add(client, "ratings_prompt", stage, key="p1", category="생활", text="이사할 때 무엇부터 챙기나요?")
    page = change(client, Prompt.objects.get())
    for team in stage.teams.all():
        page.line("answers", team=team.pk, sample=1, text=f"{'상자부터' if team == alpha else '날짜부터'} 챙깁니다.")
    sent(page)


def sent_parts(client, stage: Stage) -> None:
    for position, (key, kind, name, points) in enumerate(
        [
            ("benchmark", "measured", "벤치마크", 40),
            ("expert", "experts", "전문가", 35),
            ("user", "users", "사용자", 25),
        ]
    ):
        add(client, "rubrics_part", stage, key=key, kind=kind, name_ko=name, points=str(points), position=str(position))
    benchmark, expert, user = stage.parts.all()
    page = change(client, benchmark)
    page.line("items", position=0, key="nia", name_ko="NIA", points=20, rule="share")
    page.line("items", position=1, key="common", name_ko="공통", points=20, rule="mean")
    sent(page)
    nia, common = benchmark.items.all()
    sent(change(client, nia), maximum="100")
    sent(change(client, common), values="mmlu\ngpqa")
    page = change(client, expert)
    page.line("criteria", position=0, key="technology", name_ko="기술력", points=20, comment="required")
    page.line("criteria", position=1, key="independence", name_ko="독자성", points=15, comment="optional")
    sent(page, aggregate="drop_high_low", small_panel="mean", cannot_judge="renormalise")
    independence = expert.criteria.get(path="independence")
    page = change(client, expert)
    page.line(
        "criteria",
        position=2,
        key="architecture",
        parent=independence.pk,
        name_ko="구조",
        points=7,
        levels=5,
        comment="optional",
    )
    page.line(
        "criteria",
        position=3,
        key="weights",
        parent=independence.pk,
        name_ko="가중치",
        points=8,
        levels=5,
        comment="optional",
    )
    sent(page)
    page = change(client, expert.criteria.get(path="independence.weights"))
    page.line("anchors", mark=5, text_ko="처음부터 학습하였다").line("anchors", mark=1, text_ko="그대로 가져왔다")
    sent(page)
    page = change(client, user)
    page.line("items", position=0, key="stars", name_ko="별점", points=15, rule="share_of_scale")
    page.line("items", position=1, key="pairs", name_ko="비교", points=10, rule="expected_win_share")
    sent(page)
    for item, source in zip(user.items.all(), ("ratings", "comparisons"), strict=True):
        sent(change(client, item), source=source)


def upload(client, stage: Stage, name: str, text: str):
    path = reverse("admin:proceedings_file", args=[stage.pk, name])
    return client.post(path, {"file": SimpleUploadedFile(name, text.encode())})


def move(client, stage: Stage, to: str, reason: str = "") -> None:
    stage.refresh_from_db()
    two = needs_two(stage.current_phase, Phase(to))
    answer = client.post(
        reverse("admin:proceedings_move", args=[stage.pk]),
        {"to": to, **seen(stage), "reason": reason or ("위원회 의결" if two else "")},
    )
    assert answer.status_code == 302, answer.context["form"].errors
    if two:
        approved()


def count(client, stage: Stage) -> ScoreRun:
    client.post(reverse("admin:proceedings_count", args=[stage.pk]))
    jobs.carry_out(jobs.claim(CountJob.objects.filter(state="queued").get().pk))
    return latest_run(stage)


def exported(client, stage: Stage, into):
    packed = client.get(reverse("admin:proceedings_export", args=[stage.pk]))
    zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content))).extractall(into)
    return into


def test_what_another_officer_saved_meanwhile_is_not_written_over(client):
    """A line of its table counts as well; whoever has looked at what is there now may save what she typed."""
    accounts.sign_in(client, accounts.an_officer())
    stage = a_stage(client)
    mine, hers = change(client, stage), change(client, stage)
    sent(hers.line("teams", position=2, slug="gamma", name_ko="감마전자", model_name="Gamma-1"), quota="2")

    late = mine.send(quota="3", name_ko="다른 이름")

    (said,) = faults(late)
    assert said.startswith("이 화면을 연 뒤에") and "담당자가 이것을 고쳤습니다. 저장하지 않았습니다." in said
    assert 'value="다른 이름"' in late.content.decode()
    assert (Stage.objects.get().quota, stage.teams.count()) == (2, 3)
    mine.values["seen"] = [late.context["seen"]]
    sent(mine, quota="3")
    assert (Stage.objects.get().quota, stage.teams.count()) == (3, 3)


@pytest.mark.parametrize("name", ["KST", "Asia/Pyongan", "../../etc/passwd", "Asia", "가"])
def test_a_time_zone_nobody_knows_is_refused_where_it_is_typed(client, name):
    accounts.sign_in(client, accounts.an_officer())
    stage = a_stage(client)

    answer = change(client, stage).send(time_zone=name)

    assert faults(answer) == ["알 수 없는 시간대입니다(예: Asia/Seoul)."]
    assert Stage.objects.get().time_zone == "Asia/Seoul"
    sent(change(client, stage), time_zone="Asia/Tokyo")


def test_a_stage_is_built_by_hand_and_taken_to_its_published_result(client, tmp_path):
    accounts.sign_in(client, accounts.an_officer())
    stage = a_stage(client)
    assert [problem.sentence for problem in problems(stage)] != []

    fill(client, stage)
    assert [problem.sentence for problem in problems(stage)] == []
    for name, text in CSV.items():
        answer = upload(client, stage, name, text)
        assert answer.status_code == 302, answer.context["faults"]
    for to in ("frozen", "open", "closed"):
        move(client, stage, to)
    count(client, stage)
    move(client, stage, "counted")
    for team in stage.teams.all():
        path = reverse("admin:results_gateteam_decide", args=[team.pk])
        assert (
            client.post(path, {"decision": "met", "reason": "위원회 의결", "source": "제3차 회의록"}).status_code == 302
        )
        approved()
    run = count(client, stage)
    move(client, stage, "confirmed")
    move(client, stage, "published", "확정한 결과를 공표합니다.")

    told = {team["team"]: team for team in json.loads(run.body)["teams"]}
    assert (told["alpha"]["rank"], told["alpha"]["advances"], told["alpha"]["gate"]) == (1, True, "met")
    assert told["beta"]["advances"] is False
    assert client.get("/results/by-hand/").status_code == 200
    assert read_directory(exported(client, stage, tmp_path)).digest == stage.configurations.get().digest


def test_what_is_taken_out_comes_in_again_as_the_same(client, tmp_path):
    accounts.sign_in(client, accounts.an_officer())
    stage = a_stage(client)
    fill(client, stage)
    for name, text in CSV.items():
        upload(client, stage, name, text)
    in_phase(stage, Phase.COUNTED)
    folder = exported(client, stage, tmp_path)
    toml = folder / "stage.toml"
    toml.write_text(toml.read_text().replace('slug = "by-hand"', 'slug = "again"', 1))

    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
    answer = client.post(reverse("admin:proceedings_load"), {"files": files})

    assert answer.status_code == 302, answer.context["faults"]
    again = Stage.objects.get(slug="again")
    assert configuration(again) == configuration(stage) | {"slug": "again"}
    assert evidence_of(again).digest() == evidence_of(stage).digest()
