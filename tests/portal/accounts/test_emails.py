import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.emails import normalise_email, normalise_person

LOCAL = st.text("abcXYZ019._", min_size=1, max_size=12).filter(lambda text: text.strip("."))
ADDRESS = st.builds(
    "{}@{}".format, LOCAL, st.sampled_from(["example.kr", "Gmail.com", "googlemail.com", "hanmail.net"])
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kim@Example.kr", " kim@example.kr "),
        ("kim+poll@example.kr", "kim@example.kr"),
        ("k.i.m@gmail.com", "kim+2@googlemail.com"),
        ("kim@hanmail.net", "kim@daum.net"),
        ("kim@example.kr.", "kim@example.kr"),
        ("ｋｉｍ@example.kr", "kim@example.kr"),
    ],
)
def test_two_ways_to_write_one_mailbox_are_one_person(one, other):
    assert normalise_person(one) == normalise_person(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kim@example.kr", "kim@example.com"),
        ("k.im@example.kr", "kim@example.kr"),
        ("+kim@example.kr", "+lee@example.kr"),
    ],
)
def test_two_people_stay_two(one, other):
    assert normalise_person(one) != normalise_person(other)


@given(ADDRESS)
def test_the_one_form_is_its_own_one_form(email):
    assert normalise_person(normalise_person(email)) == normalise_person(email)
    assert normalise_email(normalise_email(email)) == normalise_email(email)


@given(ADDRESS, st.text("abc019", max_size=6))
def test_a_tag_makes_no_other_person(email, tag):
    local, _, domain = email.rpartition("@")

    assert normalise_person(f"{local}+{tag}@{domain}") == normalise_person(email)
