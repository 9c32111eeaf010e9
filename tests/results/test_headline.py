"""What a reader is told first."""

import pytest

from evaluations.programme.phases import Phase
from evaluations.results import jobs
from evaluations.results.headline import Headline, headline, last_before_the_line
from evaluations.results.pictures import Block
from tests.factories import programme, results
from tests.page import contents_of, headings_of

NAMES = {"a": "가팀", "b": "나팀", "c": "다팀"}


def teams(*answers, gate=()) -> list[dict]:
    return [
        {"team": slug, "rank": rank, "advances": advances, "gate": "not_met" if slug in gate else "met"}
        for rank, (slug, advances) in enumerate(zip(NAMES, answers, strict=False), start=1)
    ]


@pytest.mark.parametrize(
    ("told", "decided"),
    [
        (teams(True, True, False), ("3팀 가운데 2팀이 진출합니다: 가팀, 나팀.",)),
        (teams(True, True, True), ("3팀이 모두 진출합니다.",)),
        (teams(False, False, False), ("3팀 가운데 진출하는 팀이 없습니다.",)),
        (
            teams(False, True, True, gate=["a"]),
            ("3팀 가운데 2팀이 진출합니다: 나팀, 다팀.", "독자성 관문을 충족하지 못한 팀: 가팀."),
        ),
        (teams(True, True), ("3팀 가운데 2팀이 진출합니다: 가팀, 나팀.",)),
    ],
)
def test_who_goes_on_is_said_first(told, decided):
    assert headline(told, NAMES, [], 2, undecided=False) == Headline(decided)


def test_how_narrow_it_was_comes_from_the_estimates_and_leads_there():
    line = Block("line", "진출선", ("다시 뽑으면 80%입니다.", "차이는 0.1점입니다."))

    said = headline(teams(True, False, False), NAMES, [Block("ranks", "순위", ()), line], 1, undecided=False)

    assert (said.narrow, said.where) == (("차이는 0.1점입니다.", "다시 뽑으면 80%입니다."), "line")


@pytest.mark.parametrize(
    ("told", "quota"),
    [
        (teams(False, False, False), 1),
        (teams(True, False, False, gate=["b"]), 2),
        (teams(False, True, False, gate=["a"]), 2),
        (teams(True, True, True), None),
    ],
)
def test_where_the_gate_drew_the_line_nothing_is_said_of_points(told, quota):
    said = headline(told, NAMES, [Block("line", "진출선", ("다시 뽑으면 80%입니다.",))], quota, undecided=False)

    assert (said.narrow, said.where) == ((), "")


OPEN = "진출 여부가 아직 정해지지 않은 팀이 있습니다."


@pytest.mark.parametrize(
    ("told", "decided"),
    [
        (teams(True, None, None), (OPEN, "진출이 정해진 팀: 가팀.")),
        (teams(True), (OPEN, "진출이 정해진 팀: 가팀.")),
        (teams(None, None, False, gate=["c"]), (OPEN, "독자성 관문을 충족하지 못한 팀: 다팀.")),
        ([], (OPEN,)),
    ],
    ids=["all told", "advancing told", "gate", "nobody told"],
)
def test_while_a_seat_is_open_nobody_is_said_to_be_out(told, decided):
    """Also where the open teams are not told of: a list of one of three is read as saying that two are out."""
    line = Block("line", "진출선", ("다시 뽑으면 80%입니다.",))

    assert headline(told, NAMES, [line], 1, undecided=True) == Headline(decided)


def test_where_nobody_advances_nobody_need_be_told_of():
    assert headline([], NAMES, [], 2, undecided=False) == Headline(("3팀 가운데 진출하는 팀이 없습니다.",))


@pytest.mark.parametrize(
    ("told", "after"),
    [
        (teams(True, True, False), 2),
        (teams(True, False, True), None),
        (teams(True, True, True), None),
        (teams(False, False, False), None),
        (teams(True, None, False), None),
        ([*teams(True, True), {"team": "c", "rank": None, "advances": False}], None),
        ([*teams(True, True), {"team": "c", "rank": 2, "advances": False}], None),
    ],
)
def test_a_line_is_drawn_only_where_the_points_draw_it(told, after):
    assert last_before_the_line(told) == after


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rows", "shown", "told"),
    [
        ("all", ["total", "parts", "rank", "advances"], True),
        ("advancing", ["total", "parts", "rank", "advances"], True),
        ("all", ["total", "parts", "rank"], False),
        (["lg"], ["total", "parts", "rank", "advances"], False),
    ],
)
def test_the_public_page_begins_with_what_may_be_told(client, rows, shown, told):
    stage = results.a_stage_to_count(
        phase=Phase.CLOSED, release={"public": shown, "teams": rows, "own": [], "minimum_n": 1}
    )
    for team in stage.teams.all():
        results.a_decision(team)
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    programme.in_phase(stage, Phase.PUBLISHED)

    page = client.get(f"/results/{stage.slug}/").content.decode()

    assert ("headline-decided" in page, "점선: 진출선" in page) == (told, told and rows == "all")
    assert "발표된 적이 없다는 뜻" not in page
    assert contents_of(page) == headings_of(page)


def published(rows, decide):
    """A published stage of four teams with seats for two, of which `decide` says what the committee found at the gate."""
    release = {"public": ["rank", "advances"], "teams": rows, "own": [], "minimum_n": 1}
    stage = results.a_stage_to_count(phase=Phase.CLOSED, release=release)
    for team in stage.teams.all():
        if finding := decide(team):
            results.a_decision(team, finding)
    results.a_publication(jobs.carry_out(jobs.claim(results.a_job(stage).pk)))
    return programme.in_phase(stage, Phase.PUBLISHED)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", ["all", "advancing"])
def test_the_public_page_does_not_count_out_a_team_that_is_undecided(client, rows):
    """And does not say which it is, where those that advance are told of alone."""
    stage = published(rows, lambda team: "met" if team.slug == "lg" else "")

    page = client.get(f"/results/{stage.slug}/").content.decode()

    assert OPEN in page
    assert "팀 가운데" not in page
    assert ("미정" in page) is (rows == "all")


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "said"), [("advancing", "진출한 팀이 없습니다."), ("none", "공개 방침에 따라 팀별 결과는 공개하지 않습니다.")])  # fmt: skip
def test_a_table_without_teams_says_whether_nobody_advanced_or_nobody_is_told_of(client, rows, said):
    stage = published(rows, lambda team: "not_met")

    page = client.get(f"/results/{stage.slug}/").content.decode()

    assert [text in page for text in ("진출한 팀이 없습니다.", "공개 방침에 따라 팀별 결과는 공개하지 않습니다.")] == [
        text == said for text in ("진출한 팀이 없습니다.", "공개 방침에 따라 팀별 결과는 공개하지 않습니다.")
    ]
    assert ("4팀 가운데 진출하는 팀이 없습니다." in page) is (rows == "advancing")


@pytest.mark.django_db
def test_a_table_without_teams_does_not_say_that_nobody_advanced_while_it_is_open(client):
    stage = published("advancing", lambda team: "")

    page = client.get(f"/results/{stage.slug}/").content.decode()

    assert OPEN in page
    assert "진출이 정해진 팀이 아직 없습니다." in page
    assert "진출한 팀이 없습니다." not in page


@pytest.mark.django_db
def test_a_table_without_points_is_not_called_one_of_points(client):
    stage = published("all", lambda team: "met")

    page = client.get(f"/results/{stage.slug}/").content.decode()

    assert "팀별 결과</caption>" in page
    assert "팀별 점수" not in page


@pytest.mark.django_db
def test_the_contents_of_a_result_name_every_estimate(client):
    release = {"public": ["total", "rank", "parts", "estimates"], "teams": "all", "own": [], "minimum_n": 1}
    stage = results.a_stage_to_count(phase=Phase.CLOSED, release=release)
    run = jobs.carry_out(jobs.claim(results.a_job(stage).pk))
    results.a_publication(run)
    programme.in_phase(stage, Phase.PUBLISHED)

    page = client.get(f"/results/{stage.slug}/").content.decode()

    named = [name for name in headings_of(page, "23") if name.endswith("-heading") or name in headings_of(page)]
    assert contents_of(page) == named
    assert len(named) > len(headings_of(page)) == 3
