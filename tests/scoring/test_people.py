"""Votes person by person: whatever the order of the rows, the record is the same."""

import random

import numpy as np

from evaluations.scoring.people import people_from
from evaluations.scoring.style import Style

COMPARED = [("h2", "p2", 0, 1, 0), ("h1", "p1", 1, 0, 3), ("h1", "p2", 0, 1, 4)]
RATED = [("h3", 1, 0, 5), ("h1", 0, 0, 2)]
ANSWERS = {("p2", team): [Style(7 * n + 3, n, 0, 1, 0) for n in range(3)] for team in ("lg", "skt")}
STRATA = {"h1": "age=20s", "h2": "age=60s", "h3": "age=20s"}


def test_people_are_numbered_by_what_they_said_and_not_by_name():
    people = people_from(("lg", "skt"), ("helpful",), COMPARED, RATED, STRATA)
    others = {"h1": "c00003", "h2": "c00001", "h3": "c00002"}
    renamed = people_from(
        ("lg", "skt"), ("helpful",),
        [(others[who], *row) for who, *row in COMPARED], [(others[who], *row) for who, *row in RATED],
        {others[who]: stratum for who, stratum in STRATA.items()},
    )  # fmt: skip

    # By the hashes h2 comes first, then h3, then h1.
    for one in (people, renamed):
        assert one.votes.person.tolist() == [0, 2, 2]
        assert one.votes.prompt.tolist() == [1, 0, 1]
        assert one.votes.choice.tolist() == [0, 3, 4]
        assert one.stars.person.tolist() == [1, 2]
        assert one.stars.rating.tolist() == [5, 2]
        assert (one.strata, one.stratum.tolist(), one.number) == (("age=20s", "age=60s"), [1, 0, 0], 3)


def test_those_who_said_the_same_do_not_stand_together():
    """Else they would be dealt evenly to the groups that are drawn again, which would then differ less than people do."""
    rated = [(f"h{n}", 0, 0, 5 if n % 2 else 1) for n in range(400)]
    people = people_from(("lg",), ("helpful",), [], rated, {f"h{n}": "" for n in range(400)})

    fives = np.bincount(people.groups(20), weights=people.stars.rating == 5)
    assert people.stars.rating.sum() == 1200
    assert fives.std() > 1.2  # 20 groups of 20 tossed coins: 2.2; dealt evenly: 0


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
