"""Votes person by person: whatever the order of the rows, the record is the same."""

import random

import numpy as np

from evaluations.scoring.people import people_from

COMPARED = [("h2", "p2", 0, 1, 0), ("h1", "p1", 1, 0, 3), ("h1", "p2", 0, 1, 4)]
RATED = [("h3", 1, 0, 5), ("h1", 0, 0, 2)]
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
    expected = people_from(("lg", "skt"), ("helpful",), COMPARED, RATED, STRATA)
    for seed in range(5):
        rng = random.Random(seed)
        shuffled = [rng.sample(rows, len(rows)) for rows in (COMPARED, RATED)]
        found = people_from(("lg", "skt"), ("helpful",), *shuffled, dict(rng.sample(list(STRATA.items()), 3)))
        for one, other in zip(
            (*expected.votes.__slots__, *expected.stars.__slots__),
            (*found.votes.__slots__, *found.stars.__slots__),
            strict=True,
        ):
            assert one == other
        assert [getattr(found.votes, name).tolist() for name in found.votes.__slots__] == [
            getattr(expected.votes, name).tolist() for name in expected.votes.__slots__
        ]
        assert [getattr(found.stars, name).tolist() for name in found.stars.__slots__] == [
            getattr(expected.stars, name).tolist() for name in expected.stars.__slots__
        ]


def test_nobody_said_anything():
    people = people_from(("lg", "skt"), ("helpful",), [], [], {})

    assert (people.number, len(people.votes.left), len(people.stars.rating)) == (0, 0, 0)


def test_groups_are_of_equal_size():
    people = people_from(("lg",), (), [], [(f"h{n}", 0, 0, 1) for n in range(10)], {f"h{n}": "" for n in range(10)})

    assert np.bincount(people.groups(4)).tolist() == [3, 3, 2, 2]
    assert people.groups(400).tolist() == list(range(10))
