from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.panels.conflicts import (
    AUTHORITIES,
    Finding,
    Ground,
    Membership,
    Post,
    Silent,
    excluding,
    findings,
    one_form,
)

DAY = date(2026, 8, 3)
NAMES = st.sampled_from(
    ["한국대학교", "멀리대", "엘지", "LG CNS", "㈜노타", "KAIST", "Upstage Inc.", "서울대 산학협력단"]
)
UNITS = st.sampled_from(["", "철학과", "전산학부", "AI 연구소"])
DAYS = st.dates(date(2018, 1, 1), date(2030, 12, 31))
POSTS = st.lists(st.builds(Post, NAMES, UNITS, st.none(), st.none() | DAYS), max_size=4)
MEMBERSHIPS = st.lists(
    st.builds(Membership, st.sampled_from("abc"), st.tuples(NAMES), UNITS, st.none(), st.none() | DAYS), max_size=5
)


def found(post: Post, membership: Membership, **more) -> list[Ground]:
    return [finding.ground for finding in findings([post], [membership], on=DAY, **more)]


# ---------------------------------------------------------------- one name, many spellings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("한국대학교", "한국대"),
        ("한국 대학교", "한국대학교"),
        ("㈜노타", "노타"),
        ("(주)노타", "주식회사 노타"),
        ("LG CNS", "엘지씨엔에스"),
        ("SKT", "에스케이티"),
        ("Upstage Inc.", "upstage"),
        ("Crowdworks Co., Ltd.", "CROWDWORKS"),
        ("서울대 산학협력단", "서울대학교"),
        ("ＫＡＩＳＴ", "kaist"),
    ],
)
def test_spellings_of_one_organisation_meet(one, other):
    assert one_form(one) == one_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("한국대학교", "한국대학교병원"), ("LG CNS", "LG유플러스"), ("노타", "노타리"), ("주식회사", "유한회사")],
)
def test_different_organisations_do_not(one, other):
    assert one_form(one) != one_form(other)


@given(st.text(min_size=1, max_size=30))
def test_case_and_spaces_never_matter(name):
    assert one_form(f"  {name} ") == one_form(name)
    assert one_form(name.upper().lower()) == one_form(name.lower())


@given(NAMES)
def test_the_one_form_is_its_own_one_form(name):
    assert one_form(one_form(name)) == one_form(name)


# ---------------------------------------------------------------- grounds


@pytest.mark.parametrize(
    ("unit", "of_member", "ground"),
    [
        ("철학과", "철학과", Ground.SAME_UNIT),
        ("철학과", "철 학 과", Ground.SAME_UNIT),
        ("철학과", "전산학부", Ground.SAME_ORGANISATION),
        ("", "전산학부", Ground.UNIT_UNKNOWN),
        ("철학과", "", Ground.UNIT_UNKNOWN),
        ("", "", Ground.UNIT_UNKNOWN),
    ],
)
def test_the_lowest_unit_decides_and_an_unknown_unit_rules_nothing_out(unit, of_member, ground):
    assert found(Post("한국대학교", unit), Membership("a", ("한국대",), of_member)) == [ground]


def test_an_alias_of_the_member_counts_like_its_name():
    membership = Membership("a", ("크라우드웍스", "클라우드웍스"))

    assert findings([Post("(주)클라우드웍스")], [membership], on=DAY) == [
        Finding("a", Ground.UNIT_UNKNOWN, "크라우드웍스", Silent.MEMBER)
    ]


@pytest.mark.parametrize(
    ("unit", "of_member", "silent"),
    [("", "전산학부", Silent.POST), ("철학과", "", Silent.MEMBER), ("", "", Silent.MEMBER), ("철학과", "철학과", None)],
)
def test_a_unit_that_is_not_known_says_whose(unit, of_member, silent):
    (finding,) = findings([Post("한국대", unit)], [Membership("a", ("한국대",), of_member)], on=DAY)

    assert finding.silent is silent


@pytest.mark.parametrize(
    ("until", "counts"),
    [
        (None, True),
        (date(9999, 12, 31), True),
        (date(2026, 8, 3), True),
        (date(2023, 8, 3), True),
        (date(2023, 8, 2), False),
        (date(2020, 1, 1), False),
    ],
)
def test_a_post_counts_for_three_years_after_its_end(until, counts):
    assert bool(found(Post("한국대", until=until), Membership("a", ("한국대",)))) is counts


def test_three_years_end_on_the_same_day_also_late_in_a_month():
    post, membership = Post("한국대", until=date(2023, 8, 31)), Membership("a", ("한국대",))

    assert findings([post], [membership], on=date(2026, 8, 31)) != []
    assert findings([post], [membership], on=date(2026, 9, 1)) == []


def test_after_the_twenty_ninth_of_february_three_years_end_with_the_month():
    post, membership = Post("한국대", until=date(2024, 2, 29)), Membership("a", ("한국대",))

    assert findings([post], [membership], on=date(2027, 2, 28)) != []
    assert findings([post], [membership], on=date(2027, 3, 1)) == []


def test_a_member_that_left_the_team_before_the_evaluation_does_not_count():
    left = Membership("a", ("한국대",), until=DAY - timedelta(days=1))
    leaves = Membership("a", ("한국대",), until=DAY)

    assert found(Post("한국대"), left) == []
    assert found(Post("한국대"), leaves) == [Ground.UNIT_UNKNOWN]


@pytest.mark.parametrize("name", AUTHORITIES)
def test_who_works_for_the_programme_judges_nobody(name):
    given = findings([Post(name)], [], on=DAY, teams=["a", "b"])

    assert given == [Finding("a", Ground.OFFICIAL), Finding("b", Ground.OFFICIAL)]


@pytest.mark.parametrize(
    ("until", "officials"),
    [(date(2026, 12, 31), ["a", "b"]), (DAY, ["a", "b"]), (DAY - timedelta(days=1), []), (date(2025, 1, 1), [])],
)
def test_who_leaves_the_programme_only_later_works_for_it_on_the_day(until, officials):
    given = findings([Post("NIPA", until=until)], [], on=DAY, teams=["a", "b"])

    assert given == [Finding(team, Ground.OFFICIAL) for team in officials]


def test_who_does_research_for_one_team_judges_no_other_either():
    given = findings([], [], on=DAY, researcher_of=frozenset({"b"}), teams=["a", "b"])

    assert given == [Finding("a", Ground.MUTUAL), Finding("b", Ground.RESEARCHER)]


def test_the_decree_lets_another_unit_of_the_same_house_judge():
    excluded = [Finding("b", Ground.SAME_UNIT), Finding("c", Ground.UNIT_UNKNOWN)]

    assert excluding([Finding("a", Ground.SAME_ORGANISATION), *excluded]) == excluded


@pytest.mark.parametrize(
    "written", ["LG", "엘지", "LG Corp.", "LG Company Limited", "㈜엘지", "(주) LG", "주식회사 엘지", "엘 지"]
)
def test_kind_of_company_and_spelled_letters_do_not_hide_an_organisation(written):
    assert one_form(written) == one_form("LG")


# ---------------------------------------------------------------- properties


@given(POSTS, MEMBERSHIPS)
def test_no_finding_comes_twice_and_every_one_rests_on_a_post(posts, memberships):
    given = findings(posts, memberships, on=DAY)

    assert len({(one.team, one.ground) for one in given}) == len(given)
    assert findings([], memberships, on=DAY) == []
    assert {one.team for one in given} <= {membership.team for membership in memberships}


@given(POSTS, POSTS, MEMBERSHIPS)
def test_telling_more_never_frees_anybody(posts, more, memberships):
    few = {(one.team, one.ground) for one in findings(posts, memberships, on=DAY)}
    many = {(one.team, one.ground) for one in findings([*posts, *more], memberships, on=DAY)}

    assert few <= many


@given(POSTS, MEMBERSHIPS, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_told_does_not_matter(posts, memberships, random):
    pairs = {(one.team, one.ground) for one in findings(posts, memberships, on=DAY)}
    random.shuffle(posts)
    random.shuffle(memberships)

    assert {(one.team, one.ground) for one in findings(posts, memberships, on=DAY)} == pairs


@given(POSTS, MEMBERSHIPS)
def test_waiting_longer_never_adds_a_conflict_of_a_former_post(posts, memberships):
    lasting = [Membership(one.team, one.names, one.unit) for one in memberships]
    now = {(one.team, one.ground) for one in findings(posts, lasting, on=DAY)}
    later = {(one.team, one.ground) for one in findings(posts, lasting, on=DAY + timedelta(days=400))}

    assert later <= now
