"""Votes person by person: whatever the order of the rows, the record is the same."""

import random

import numpy as np

from evaluations.scoring.people import people_from
from evaluations.scoring.style import Style

COMPARED = [("h2", "p2", 0, 1, 0), ("h1", "p1", 1, 0, 3), ("h1", "p2", 0, 1, 4)]
RATED = [("h3", 1, 0, 5), ("h1", 0, 0, 2)]
ANSWERS = {("p2", team): [Style(7 * n + 3, n, 0, 1, 0) for n in range(3)] for team in ("lg", "skt")}
STRATA = {"h1": "age=20s", "h2": "age=60s", "h3": "age=20s"}


def test_people_are_numbered_by_their_hashes():
    people = people_from(("lg", "skt"), ("helpful",), COMPARED, RATED, STRATA)

    assert people.votes.person.tolist() == [0, 0, 1]
    assert people.votes.prompt.tolist() == [0, 1, 1]
    assert people.votes.choice.tolist() == [3, 4, 0]
    assert people.stars.person.tolist() == [0, 2]
    assert people.stars.rating.tolist() == [2, 5]
    assert (people.strata, people.stratum.tolist(), people.number) == (("age=20s", "age=60s"), [0, 1, 0], 3)


def test_the_order_of_rows_is_lost():
    expected = people_from(("lg", "skt"), ("helpful",), COMPARED, RATED, STRATA, ANSWERS)
    assert not np.isnan(expected.styles[1]).any()
    for seed in range(5):
        rng = random.Random(seed)
        shuffled = [rng.sample(rows, len(rows)) for rows in (COMPARED, RATED)]
        answers = {key: rng.sample(styles, 3) for key, styles in rng.sample(list(ANSWERS.items()), 2)}
        strata = dict(rng.sample(list(STRATA.items()), 3))
        found = people_from(("lg", "skt"), ("helpful",), *shuffled, strata, answers)
        for one, other in ((expected.votes, found.votes), (expected.stars, found.stars)):
            columns = [name for name in one.__slots__ if getattr(one, name) is not None]
            assert [getattr(other, name).tolist() for name in columns] == [
                getattr(one, name).tolist() for name in columns
            ]
        assert found.styles.tobytes() == expected.styles.tobytes()


def test_styles_stand_by_prompt_and_team_and_are_unknown_without_texts():
    answers = {("p2", "lg"): [Style(8, 1, 0, 0, 0)], ("p3", "lg"): [Style(2, 0, 0, 0, 0)]}
    people = people_from(("lg", "skt"), ("helpful",), COMPARED, RATED, STRATA, answers)

    assert people.styles.shape == (2, 2, 5)
    assert people.styles[1, 0].tolist() == [3, 1, 0, 0, 0]
    assert np.isnan(people.styles[[0, 0, 1], [0, 1, 1]]).all()
    assert np.isnan(people_from(("lg", "skt"), ("helpful",), COMPARED, RATED, STRATA).styles).all()


def test_nobody_said_anything():
    people = people_from(("lg", "skt"), ("helpful",), [], [], {})

    assert (people.number, len(people.votes.left), len(people.stars.rating)) == (0, 0, 0)


def test_groups_are_of_equal_size():
    people = people_from(("lg",), (), [], [(f"h{n}", 0, 0, 1) for n in range(10)], {f"h{n}": "" for n in range(10)})

    assert np.bincount(people.groups(4)).tolist() == [3, 3, 2, 2]
    assert people.groups(400).tolist() == list(range(10))
