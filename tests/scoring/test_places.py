"""A nested configuration, read value by value: each knows its place, and reading goes on after a fault."""

from fractions import Fraction

import pytest

from evaluations.scoring.places import Fault, Faults, Name, Place, is_key, refuse_twins


def said(place):
    return [str(fault) for fault in place.faults]


def test_a_place_is_called_by_keys_where_there_are_some():
    place = Place({"parts": [{"key": "expert"}, {"points": 3}]})

    named, unnamed = place.get("parts").rows()

    assert (named.where, named.path) == ("parts.expert", ("parts", 0))
    assert (unnamed.get("points").where, unnamed.get("points").path) == ("parts[2].points", ("parts", 1, "points"))


def test_the_whole_has_a_name_too():
    place = Place([])
    place.table()

    assert said(place) == ["설정: 표가 아닙니다."]


def test_all_places_of_a_reading_share_their_faults():
    place = Place({"a": {"b": "x"}, "n": -1})

    stand_ins = (place.get("a").get("b").number(), place.get("n").whole(0))

    assert stand_ins == (1, 0)
    assert place.faults == [
        Fault("a.b", "숫자가 아닙니다.", ("a", "b")),
        Fault("n", "0 이상 1000000 이하의 정수여야 합니다.", ("n",)),
    ]


def test_unknown_members_are_faults():
    place = Place({"known": 1, "unknwon": 2})
    place.table("known")

    assert said(place) == ["unknwon: 알 수 없는 이름입니다."]


@pytest.mark.parametrize(
    ("read", "value", "why"),
    [
        (Place.text, 3, "글자가 아닙니다."),
        (Place.text, "", "글자가 아닙니다."),
        (Place.key, "Expert", "영문 소문자, 숫자, _, -만 쓸 수 있습니다."),
        (Place.number, "1e3", "숫자가 아닙니다."),
        (Place.number, 1.5, "소수는 따옴표로 묶은 글자로 적어야 합니다."),
        (Place.number, True, "숫자가 아닙니다."),
        (Place.number, 10**30, "숫자가 아닙니다."),
        (lambda place: place.whole(1), "3", "1 이상 1000000 이하의 정수여야 합니다."),
        (lambda place: place.whole(1), True, "1 이상 1000000 이하의 정수여야 합니다."),
        (lambda place: place.whole(1), 0, "1 이상 1000000 이하의 정수여야 합니다."),
        (lambda place: place.whole(1, 6), 7, "1 이상 6 이하의 정수여야 합니다."),
        (lambda place: place.one_of("mean", "refuse"), "median", "mean, refuse 가운데 하나여야 합니다."),
        (lambda place: place.flag(default=False), 1, "true 또는 false여야 합니다."),
        (Place.rows, {"key": "a"}, "목록이 아닙니다."),
        (Place.keys, ["a", "a"], "같은 이름이 두 번 있습니다."),
        (Place.table, [1], "표가 아닙니다."),
    ],
)
def test_a_wrong_value_is_named_with_its_reason(read, value, why):
    place = Place({"x": value})
    read(place.get("x"))

    assert said(place) == [f"x: {why}"]


@pytest.mark.parametrize(
    "read",
    [Place.text, Place.key, Place.number, Place.table, lambda p: p.whole(1), lambda p: p.one_of("a")],
    ids=["text", "key", "number", "table", "whole", "one_of"],
)
def test_what_must_be_there_and_is_not(read):
    place = Place({})
    read(place.get("x"))

    assert said(place) == ["x: 값이 없습니다."]


def test_what_may_be_left_out_has_a_usual_value():
    place = Place({})
    absent = place.get("x")

    assert (absent.text(default="-"), absent.number(default=Fraction(15)), absent.whole(1, default=2)) == ("-", 15, 2)
    assert (absent.one_of("a", "b", default="b"), absent.flag(default=True), absent.rows()) == ("b", True, [])
    assert place.faults == []


def test_a_name_without_english_is_korean_twice():
    assert Place({"ko": "전문가"}).name() == Name("전문가", "전문가")
    assert Place({"ko": "전문가", "en": "Experts"}).name() == Name("전문가", "Experts")


def test_twins_are_faults_of_the_later_one():
    place = Place({"teams": [{"key": "a"}, {"key": "b"}, {"key": "a"}]})
    refuse_twins(place.get("teams").rows(), ["a", "b", "a"])

    assert place.faults == [Fault("teams.a", "같은 이름이 두 번 있습니다.", ("teams", 2))]


@pytest.mark.parametrize(
    ("value", "fits"), [("a-b_1", True), ("", False), ("A", False), ("가", False), (3, False), ("a" * 81, False)]
)
def test_keys(value, fits):
    assert is_key(value) is fits


def test_an_error_lists_all_faults_a_line_each():
    error = Faults([Fault("a", "하나."), Fault("b", "둘.")])

    assert str(error) == "a: 하나.\nb: 둘."
    assert [fault.where for fault in error.faults] == ["a", "b"]
