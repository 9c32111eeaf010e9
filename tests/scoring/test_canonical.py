"""One way to write a value, so that everybody computes the same digest."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.canonical import CanonicalError, canonical_bytes, digest

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(st.characters(codec="utf-8"), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def test_keys_are_sorted_and_nothing_is_blank():
    assert canonical_bytes({"나": [1, True, None], "b": "가 a", "a": {}}) == (
        '{"a":{},"b":"가 a","나":[1,true,null]}'.encode()
    )


def test_the_digest_is_sha256_of_these_bytes():
    assert digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    assert digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_text_stays_as_it_was_typed():
    composed, decomposed = "\uac00", "\u1100\u1161"

    assert canonical_bytes(decomposed) == b'"' + decomposed.encode() + b'"'
    assert digest(composed) != digest(decomposed)


def test_a_tuple_is_a_list():
    assert canonical_bytes((1, ("a",))) == canonical_bytes([1, ["a"]]) == b'[1,["a"]]'


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.5, "값: 소수는 글자로 적어야 합니다."),
        ({"parts": [{"points": 1.0}]}, "값.parts[0].points: 소수는 글자로 적어야 합니다."),
        ([float("nan")], "값[0]: 소수는 글자로 적어야 합니다."),
        ({1: 2}, "값: 이름은 글자여야 합니다."),
        ({"a": {None: 1}}, "값.a: 이름은 글자여야 합니다."),
        (["\ud800"], "값[0]: 글자가 깨져 있습니다."),
        ({"\udfff": 1}, "값: 글자가 깨져 있습니다."),
        ({"n": 2**1024}, "값.n: 정수가 너무 큽니다."),
        ({"s": {1, 2}}, "값.s: set 값은 쓸 수 없습니다."),
        (b"a", "값: bytes 값은 쓸 수 없습니다."),
    ],
)
def test_what_has_no_canonical_form_is_refused_by_place(value, said):
    with pytest.raises(CanonicalError) as raised:
        canonical_bytes(value)

    assert str(raised.value) == said


def test_the_largest_whole_number_is_written_in_full():
    assert canonical_bytes(2**1024 - 1) == str(2**1024 - 1).encode()


@given(values)
def test_it_reads_back_as_the_same_value(value):
    assert json.loads(canonical_bytes(value)) == value


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), values, max_size=4), st.randoms())
def test_the_order_of_names_does_not_matter(value, random):
    names = list(value)
    random.shuffle(names)

    assert digest({name: value[name] for name in names}) == digest(value)
