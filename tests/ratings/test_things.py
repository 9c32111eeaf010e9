"""The name of what a ballot is about."""

import pytest

from evaluations.ratings import things
from evaluations.ratings.models import Ballot, Paper, RollEntry
from portal.ids import random_id


def test_a_comparison_has_one_name_whatever_the_sides():
    assert things.comparison("p", "b", "a") == things.comparison("p", "a", "b") == "compare:p:a:b"


def test_a_rating_names_prompt_and_team():
    assert things.rating("p", "a") == "rate:p:a"
    assert things.rating(None, "a") == "rate::a"


def test_names_of_random_ids_fit_the_columns():
    name = things.comparison(random_id(), random_id(), random_id())

    assert len(name) == 88
    assert things.MAX_LENGTH == Paper._meta.get_field("thing").max_length == Ballot._meta.get_field("thing").max_length


def test_a_team_is_not_compared_with_itself():
    with pytest.raises(ValueError, match="two teams"):
        things.comparison("p", "a", "a")


def test_a_name_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="120"):
        things.rating("p" * 120, "a")


def test_a_stratum_is_written_the_same_in_any_order_and_read_back():
    assert (
        things.stratum({"region": "seoul", "age": "20s"})
        == things.stratum({"age": "20s", "region": "seoul"})
        == "age=20s;region=seoul"
    )
    assert things.categories("age=20s;region=seoul") == {"age": "20s", "region": "seoul"}
    assert things.stratum({}) == ""
    assert things.categories("") == {}


def test_the_longest_stratum_is_that_of_the_longest_keys():
    traits = [("region", ["seoul", "jeju"]), ("age", ["20s", "under_20"]), ("none", [])]

    assert things.longest_stratum(traits) == "age=under_20;none=;region=seoul"
    assert things.longest_stratum([]) == ""


@pytest.mark.parametrize("model", [RollEntry, Paper, Ballot])
def test_a_stratum_is_as_long_as_its_columns(model):
    assert model._meta.get_field("stratum").max_length == things.LONGEST_STRATUM
