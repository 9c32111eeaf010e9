from datetime import date

import pytest

from evaluations.panels.conflicts import Post
from evaluations.panels.forms import AcceptForm, InterestsForm, PostFormSet, posts_of
from portal.accounts.models import User
from tests.factories import programme

GOOD = "긴 비밀번호 하나 7"


def an_accept_form(password: str, again: str) -> AcceptForm:
    return AcceptForm({"password": password, "again": again}, user=User(email="kim.pyeongga@example.kr", name="김평가"))


def rows(*posts: dict[str, str], total: int | None = None) -> dict[str, str]:
    data = {"form-TOTAL_FORMS": str(len(posts) if total is None else total), "form-INITIAL_FORMS": "0"}
    return data | {f"form-{number}-{name}": text for number, post in enumerate(posts) for name, text in post.items()}


@pytest.mark.parametrize(
    ("password", "again", "faults"),
    [
        (GOOD, GOOD, {}),
        ("", "", {"password", "again"}),
        (GOOD, GOOD + " ", {"again"}),
        ("짧다", "짧다", {"password"}),
        ("1234567890123", "1234567890123", {"password"}),
        ("qwertyuiop", "qwertyuiop", {"password"}),
        ("kim.pyeongga", "kim.pyeongga", {"password"}),
        ("가" * 201, "가" * 201, {"password", "again"}),
        (GOOD + "\x00", GOOD + "\x00", {"password", "again"}),
    ],
)
def test_a_password_is_long_enough_unlike_the_address_and_typed_twice(password, again, faults):
    assert set(an_accept_form(password, again).errors) == set(faults)


def test_empty_rows_are_no_places_of_work():
    formset = PostFormSet(
        rows({"organisation": " 한국대학교 ", "unit": "철학과", "since": "2020-03-01"}, {}, {"unit": "  "})
    )

    assert formset.is_valid()
    assert posts_of(formset) == [Post("한국대학교", "철학과", date(2020, 3, 1), None)]


@pytest.mark.parametrize(
    ("post", "faults"),
    [
        ({"unit": "철학과"}, {"organisation"}),
        ({"since": "2020-03-01"}, {"organisation"}),
        ({"organisation": "가", "since": "2024-03-01", "until": "2023-03-01"}, {"until"}),
        ({"organisation": "가", "since": "삼월"}, {"since"}),
        ({"organisation": "가", "until": "2023-02-30"}, {"until"}),
        ({"organisation": "가" * 201}, {"organisation"}),
        ({"organisation": "가\x00나"}, {"organisation"}),
    ],
)
def test_what_cannot_be_a_place_of_work_is_named(post, faults):
    formset = PostFormSet(rows(post))

    assert not formset.is_valid()
    assert set(formset.errors[0]) == faults


@pytest.mark.parametrize("total", [11, 5000])
def test_more_than_ten_places_are_refused(total):
    formset = PostFormSet(rows(*[{"organisation": "가"}] * 11, total=total))

    assert not formset.is_valid()
    assert formset.non_form_errors() == ["소속은 10개까지 적을 수 있습니다."]
    assert formset.total_form_count() == 11


def test_a_form_whose_count_was_taken_out_is_refused():
    formset = PostFormSet({"form-0-organisation": "가"})

    assert not formset.is_valid()
    assert formset.non_form_errors() == ["화면의 일부가 빠진 채 도착했습니다. 화면을 새로 고친 뒤 다시 적어 주세요."]


@pytest.mark.django_db
def test_teams_are_asked_about_by_name_and_members_until_they_are_settled():
    stage = programme.a_stage()
    lg, skt, *_others = stage.teams.all()
    programme.a_member(lg, "한국대학교", "철학과")

    form = InterestsForm(
        {"team-lg": "relative", "team-upstage": ""}, teams=stage.teams.all(), settled=frozenset({skt.pk})
    )

    assert list(form.fields) == ["team-lg", "team-upstage", "team-motif"]
    assert form.fields["team-lg"].help_text == "구성 기관: 한국대학교 철학과"
    assert form.is_valid()
    assert form.declared() == [(lg, "relative")]
    assert InterestsForm({"team-lg": "because"}, teams=stage.teams.all()).errors.keys() == {"team-lg"}
