import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluations.programme.models import Stage
from evaluations.reviews.content import Content
from evaluations.reviews.forms import SheetForm, Unreadable, known_in, merged_in, token_in, typed_in
from evaluations.reviews.outline import CANNOT_JUDGE, outline_of
from tests.factories import programme, rubrics
from tests.factories.reviews import COMPLETE

pytestmark = pytest.mark.django_db


@pytest.fixture
def outline():
    stage = programme.a_stage()
    rubrics.a_rubric(stage)
    return outline_of(stage, programme.a_round(stage))


def posted(data) -> QueryDict:
    post = QueryDict(mutable=True)
    for name, values in data.items():
        post.setlist(name, [values] if isinstance(values, str) else values)
    return post


def a_form(outline, gaps_allowed: bool = False, without=(), **changes) -> SheetForm:
    typed = {name: text for name, text in COMPLETE.items() if name not in without}
    return SheetForm(typed | changes, outline=outline, gaps_allowed=gaps_allowed)


def errors(form: SheetForm) -> dict[str, list[str]]:
    return {name: list(found) for name, found in form.errors.items()}


# ---------------------------------------------------------------- what is missing


def test_a_complete_sheet_says_what_was_typed(outline):
    form = a_form(outline)

    assert form.is_valid()
    assert form.content() == Content(
        marks={
            "expert.technology": (12, "학습 기록이 잘 남아 있다."),
            "expert.strategy": (6, ""),
            "expert.independence.architecture": (4, ""),
            "expert.independence.weights": (5, ""),
        },
        findings={
            "technical.weights.model": ("met", "", ""),
            "technical.weights.vision_encoder": ("not_met", "", "인코더의 가중치를 가져다 썼다."),
            "policy.control.model": ("met", "", ""),
            "ethical.references.model": ("cannot_judge", "", ""),
        },
        recognised="no",
    )


@pytest.mark.parametrize("name", list(COMPLETE))
def test_every_gap_is_told_at_its_place_and_a_draft_may_have_it(outline, name):
    gap = {"m": "평점", "c": "의견을 적어", "f": "판단을 골라", "r": "이유를 적어"}[
        name[0] if name != "recognised" else "m"
    ]

    faults = errors(a_form(outline, without=[name]))

    assert list(faults) == [name]
    assert len(faults[name]) == 1
    assert gap in faults[name][0] or name == "recognised"
    assert errors(a_form(outline, gaps_allowed=True, without=[name])) == {}


def test_an_empty_draft_is_a_draft(outline):
    assert SheetForm({}, outline=outline, gaps_allowed=True).is_valid()
    assert len(SheetForm({}, outline=outline, gaps_allowed=False).errors) == 10


def test_cannot_judge_fills_a_mark_and_excludes_one(outline):
    unable = a_form(outline, without=["mark-expert.technology"], **{"unable-expert.technology": "on"})
    both = a_form(outline, gaps_allowed=True, **{"unable-expert.technology": "on"})
    chosen = a_form(outline, **{"mark-expert.strategy": CANNOT_JUDGE})

    assert unable.is_valid()
    assert unable.content().marks["expert.technology"] == (None, "학습 기록이 잘 남아 있다.")
    assert errors(both) == {"mark-expert.technology": ["평점과 ‘판단 불가’ 가운데 하나만 남겨 주세요."]}
    assert chosen.is_valid()
    assert chosen.content().marks["expert.strategy"] == (None, "")


def test_a_comment_is_required_also_beside_cannot_judge(outline):
    form = a_form(
        outline, without=["mark-expert.technology", "comment-expert.technology"], **{"unable-expert.technology": "on"}
    )

    assert list(errors(form)) == ["comment-expert.technology"]


@pytest.mark.parametrize(
    ("recognised", "guess", "fault"),
    [
        ("no", "", {}),
        ("no", "lg", {"guess"}),
        ("maybe", "", {"guess"}),
        ("maybe", "lg", {}),
        ("yes", "", {"guess"}),
        ("yes", "motif", {}),
        ("yes", "naver", {"guess"}),
        ("perhaps", "", {"recognised"}),
    ],
)
def test_a_guess_goes_with_having_recognised_the_team(outline, recognised, guess, fault):
    assert set(errors(a_form(outline, recognised=recognised, guess=guess))) == set(fault)


@pytest.mark.parametrize(
    ("answer", "reason", "fault"),
    [
        ("yes", "", {}),
        ("abstain", "", {}),
        ("no", "", {"recognition-reason"}),
        ("no", "근거가 없다", {}),
        ("", "", {"recognition"}),
    ],
)
def test_a_no_to_the_team_needs_a_reason(answer, reason, fault):
    stage = programme.a_stage(advance_by=Stage.Advance.MAJORITY, quorum=3)
    outline = outline_of(stage, programme.a_round(stage, blind=False))
    form = SheetForm({"recognition": answer, "recognition-reason": reason}, outline=outline, gaps_allowed=False)

    assert set(errors(form)) == set(fault)
    if not fault:
        assert form.content().recognition == (answer, reason)


# ---------------------------------------------------------------- what cannot be right


@pytest.mark.parametrize("text", ["-1", "16", "12.5", "1e1", "１２", "٣", "012", "+3", "1 2", "열둘", "0x5", "9" * 400])
def test_a_mark_is_a_plain_whole_number_within_its_points(outline, text):
    for gaps_allowed in (True, False):
        faults = errors(a_form(outline, gaps_allowed, **{"mark-expert.technology": text}))

        assert list(faults) == ["mark-expert.technology"]
        assert "0부터 15까지의 정수를 숫자로만" in faults["mark-expert.technology"][0]
        assert len(faults["mark-expert.technology"][0]) < 100


@pytest.mark.parametrize("mark", ["0", "15", " 12", "12\n"])
def test_the_ends_of_the_scale_are_marks_and_a_space_beside_one_does_no_harm(outline, mark):
    assert a_form(outline, **{"mark-expert.technology": mark}).is_valid()


@pytest.mark.parametrize("text", ["0", "6", "5.0", "five", CANNOT_JUDGE + "x", "<script>" * 40])
def test_a_level_is_one_of_the_levels(outline, text):
    faults = errors(a_form(outline, gaps_allowed=True, **{"mark-expert.independence.weights": text}))

    assert list(faults) == ["mark-expert.independence.weights"]
    assert "고를 수 있는 답이 아닙니다" in faults["mark-expert.independence.weights"][0]


def test_too_long_a_text_is_told_with_both_lengths_and_kept_whole(outline):
    long = "가" * 5_001
    form = a_form(outline, gaps_allowed=True, **{"comment-expert.technology": long})

    assert errors(form) == {"comment-expert.technology": ["5,000자까지 쓸 수 있습니다(지금 5,001자)."]}
    assert form["comment-expert.technology"].value() == long
    assert a_form(outline, **{"comment-expert.technology": long[1:]}).is_valid()


def test_signs_no_database_keeps_are_named_and_made_visible(outline):
    form = a_form(outline, **{"comment-expert.technology": "앞\x00뒤", "opinion": "좋\ud800다"})

    assert form.why_not_kept.endswith("(기술력 의견, 종합 의견)")
    assert form.readable()["comment-expert.technology"].value() == "앞\N{REPLACEMENT CHARACTER}뒤"
    assert form.readable().why_not_kept == ""


# ---------------------------------------------------------------- what was posted


def test_typed_text_is_kept_as_it_is_but_for_the_ends_of_lines(outline):
    post = posted(
        {
            "comment-expert.technology": " 앞 공백\r\n둘째\r줄 ",
            "opinion": " \r\n ",
            "version": "0.0",
            "csrfmiddlewaretoken": "x",
        }
    )

    assert typed_in(post, outline) == {"comment-expert.technology": " 앞 공백\n둘째\n줄 "}


@pytest.mark.parametrize(
    ("data", "names"),
    [
        ({"mark-expert.luck": "5"}, ["mark-expert.luck"]),
        ({"team": "lg", "panelist": "x"}, ["panelist", "team"]),
        ({"opinion": ["하나", "둘"]}, ["opinion"]),
        ({"version": ["0.0", "1.0"]}, ["version"]),
        ({"mark-expert.technology[]": "5"}, ["mark-expert.technology[]"]),
    ],
)
def test_what_the_sheet_does_not_ask_or_asks_once_is_unreadable(outline, data, names):
    with pytest.raises(Unreadable) as odd:
        typed_in(posted(COMPLETE | {"version": "0.0"} | data), outline)

    assert odd.value.names == names
    assert (
        known_in(posted(COMPLETE | data), outline).items()
        >= {name: COMPLETE[name] for name in COMPLETE if name not in data}.items()
    )


@pytest.mark.parametrize(("text", "token"), [("0.0", (0, 0)), ("1.0", (1, 0)), ("9999.999999999", (9999, 999999999))])
def test_a_token_says_revision_and_save(text, token):
    assert token_in(posted({"version": text})) == token


@pytest.mark.parametrize(
    "text", ["", "1", "1.", "-1.0", "01.0", "1.0 ", "１.0", "10000.0", "1.1000000000", "1.0\n", "a.b"]
)
def test_any_other_token_is_unreadable(text):
    with pytest.raises(Unreadable) as odd:
        token_in(posted({"version": text}))

    assert odd.value.names == ["version"]


# ---------------------------------------------------------------- of two texts, one


def merge(outline, mine, stored, **picks):
    return merged_in(posted({f"mine-{name}": text for name, text in mine.items()} | picks), outline, stored)


def test_where_two_texts_differ_she_picks_control_by_control(outline):
    mine = {"opinion": "나의 것", "mark-expert.strategy": "3", "comment-expert.technology": "같다"}
    stored = {"opinion": "먼저 것", "guess": "lg", "comment-expert.technology": "같다"}

    merged = merge(outline, mine, stored, **{"pick-opinion": "stored", "pick-guess": "mine"})

    assert merged == {"opinion": "먼저 것", "mark-expert.strategy": "3", "comment-expert.technology": "같다"}


def test_all_of_one_is_one_button(outline):
    mine, stored = {"opinion": "나의 것"}, {"opinion": "먼저 것", "guess": "lg"}

    assert merge(outline, mine, stored, **{"all": "mine", "pick-opinion": "stored"}) == mine
    assert merge(outline, mine, stored, all="stored") == stored


@pytest.mark.parametrize(
    "picks", [{"pick-opinion": "both"}, {"all": "theirs"}, {"pick-luck": "mine"}, {"opinion": "x"}]
)
def test_any_other_pick_is_unreadable(outline, picks):
    with pytest.raises(Unreadable):
        merge(outline, {"opinion": "나의 것"}, {"opinion": "먼저 것"}, **picks)


NAMES = ["opinion", "guess", "mark-expert.strategy", "comment-expert.technology", "reason-policy.control.model"]
TYPED = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["하나", "둘", "셋"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(TYPED, TYPED, st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["mine", "stored"])))
def test_a_merge_takes_every_word_from_one_of_the_two_as_picked(outline, mine, stored, picks):
    merged = merge(outline, mine, stored, **{f"pick-{name}": pick for name, pick in picks.items()})

    for name in NAMES:
        wanted = (stored if picks.get(name) == "stored" else mine).get(name)
        assert merged.get(name) == wanted
