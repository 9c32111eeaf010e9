"""Was the blinding kept: shares, right guesses and the index, by hand and under whatever may not matter."""

from fractions import Fraction
from math import comb, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring import Evidence, Rules, count
from evaluations.scoring.blinding import Answer, Blinding, guesses, index, recognised_by_person, share
from evaluations.scoring.estimates import estimate
from evaluations.scoring.people import people_from
from tests.factories import scoring

TEAMS = ("ga", "na", "da")


def said(*rows: str) -> list[Answer]:
    """Answers as "panelist team recognised guess"."""
    return [Answer(*row.split()) for row in rows]


# --- Shares.


def test_where_everybody_answers_once_the_interval_is_wilsons():
    found = share({(1, 1): 3, (1, 0): 7})
    z = 1.959964
    ends = [(0.3 + z * z / 20 + sign * z * sqrt(0.021 + z * z / 400)) / (1 + z * z / 10) for sign in (-1, 1)]

    assert (found.some, found.of, found.people, found.value) == (3, 10, 10, 0.3)
    assert [found.low, found.high] == [pytest.approx(end, abs=1e-12) for end in ends]
    assert [round(found.low, 3), round(found.high, 3)] == [0.108, 0.603]


def test_answers_of_one_person_are_not_answers_of_many():
    alone, together = share({(1, 1): 20, (1, 0): 80}), share({(10, 10): 2, (10, 0): 8})

    assert (alone.value, alone.of) == (together.value, together.of) == (0.2, 100)
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_people_who_say_all_the_same_are_as_many_answers_as_there_are_people():
    assert share({(7, 0): 5})[3:] == share({(1, 0): 5})[3:]
    assert share({(7, 7): 5}).high == 1.0


def test_without_answers_there_is_no_share_and_of_one_person_no_interval():
    assert share({}) is None
    assert share({(4, 1): 1})[2:] == (1, 0.25, None, None)


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 9), st.integers(0, 9)).filter(lambda key: key[1] <= key[0]),
        st.integers(1, 10**7),
        min_size=1,
    )
)
def test_the_interval_holds_the_share_and_never_leaves_what_a_share_can_be(counts):
    found = share(counts)

    if found.low is not None:
        assert 0 <= found.low <= found.value + 1e-12
        assert found.value - 1e-12 <= found.high <= 1


# --- Guesses.


def test_right_guesses_against_chance_are_binomial():
    """Five guesses among three teams, four right: (5 · 2 + 1) / 3⁵."""
    answers = said("p1 ga yes ga", "p2 na yes na", "p3 da maybe da", "p4 ga maybe ga", "p5 ga maybe na", "p6 ga no")
    found = guesses(Blinding(answers), TEAMS)

    assert (found.guessed, found.people, found.right) == (5, 5, 4)
    assert found.expected == pytest.approx(5 / 3)
    assert found.p == pytest.approx(float(Fraction(5 * 2 + 1, 3**5)), abs=1e-15)


@given(st.integers(2, 6), st.integers(0, 30), st.data())
def test_the_tail_is_that_of_the_binomial_of_every_size(teams, number, data):
    slugs = [f"t{place}" for place in range(teams)]
    right = data.draw(st.integers(0, number))
    answers = [Answer(f"p{n}", "t0", "yes", "t0" if n < right else "t1") for n in range(number)]
    tail = sum(Fraction(comb(number, k) * (teams - 1) ** (number - k), teams**number) for k in range(right, number + 1))

    assert guesses(Blinding(answers), slugs).p == pytest.approx(float(tail), rel=1e-9)


def test_who_may_not_judge_a_team_guesses_among_the_others():
    """She is of “da”, so her guess is a coin; the other's is one of three. Her guess at her own team is wrong."""
    barred = {"p1": frozenset({"da"})}
    both = guesses(Blinding(said("p1 ga yes ga", "p2 ga yes ga"), barred), TEAMS)
    own = guesses(Blinding(said("p1 ga maybe da"), barred), TEAMS)

    assert (both.expected, both.p) == (pytest.approx(5 / 6), pytest.approx(1 / 6))
    assert (own.right, own.expected, own.p) == (0, 0.5, 1)
    assert index(Blinding(said("p1 ga maybe da"), barred), TEAMS).value == -1


def test_a_team_she_was_given_after_all_is_one_of_those_she_may_name():
    assert Blinding(said("p1 da no"), {"p1": frozenset({"da"})}).choices("p1", TEAMS) == 3


def test_who_could_not_tell_named_nobody_whatever_else_is_written():
    assert guesses(Blinding(said("p1 ga no ga", "p2 ga yes")), TEAMS)[:3] == (0, 0, 0)


def test_where_there_is_but_one_team_nothing_is_a_guess():
    answers = Blinding(said("p1 ga yes ga", "p2 ga no"))

    assert guesses(answers, ["ga"]) == (0, 0, 0, 0, 1)
    assert index(answers, ["ga"]) is None


# --- The index.


@pytest.mark.parametrize(("right", "wrong", "unsure", "value"), [(82, 25, 170, 0.2058), (29, 27, 83, 0.0144)])
def test_with_two_teams_it_is_bangs(right, wrong, unsure, value):
    """The two arms of the cholesterol trial of Bang, Ni and Davis (2004), with the variance they give but for n/(n − 1)."""
    size = right + wrong + unsure
    answers = [
        Answer(f"p{n}", "x", "no" if n >= right + wrong else "yes", "x" if n < right else "y") for n in range(size)
    ]
    found = index(Blinding(answers), ["x", "y"], "x")
    p, q = right / size, wrong / size

    assert (found.asked, found.guessed, found.right, round(found.value, 4)) == (size, right + wrong, right, value)
    assert found.se**2 * (size - 1) == pytest.approx(p * (1 - p) + q * (1 - q) + 2 * p * q)


def likeliest_moments(theta, p, q, weight):
    """Variance and third moment of the score, by looking everywhere: P and Q of the greatest likelihood among those with P − wQ = θ."""
    wrong = np.linspace(max(0.0, -theta / weight), (1 - theta) / (1 + weight), 200_001)
    right = theta + weight * wrong
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = zip((p, q, 1 - p - q), (right, wrong, 1 - right - wrong), strict=True)
        likely = sum(np.where(said > 0, said * np.log(np.clip(share, 0, 1)), 0.0) for said, share in shares)
    best = int(np.argmax(likely))
    scores, chances = np.array([1, -weight, 0]), np.array([right[best], wrong[best], 1 - right[best] - wrong[best]])
    return [float(chances @ (scores - theta) ** power) for power in (2, 3)]


@pytest.mark.parametrize(
    ("right", "wrong", "unsure", "teams"), [(1, 7, 13, 2), (4, 1, 5, 3), (0, 3, 7, 5), (2, 0, 6, 4), (8, 2, 0, 4)]
)
def test_at_the_ends_of_its_interval_the_index_is_as_far_as_chance_lets_it(right, wrong, unsure, teams):
    slugs, size = [f"t{n}" for n in range(teams)], right + wrong + unsure
    answers = [
        Answer(f"p{n}", "t0", "no" if n >= right + wrong else "yes", "t0" if n < right else "t1") for n in range(size)
    ]
    found, weight, z = index(Blinding(answers), slugs), 1 / (teams - 1), 1.959964

    assert -weight < found.low < found.value < found.high < 1
    for end, sign in ((found.low, 1), (found.high, -1)):
        variance, third = likeliest_moments(end, right / size, wrong / size, weight)
        skew = third / variance**1.5 / sqrt(size)
        assert sign * (found.value - end) / sqrt(variance / size) == pytest.approx(
            z + max(0, sign * skew * (z * z - 1) / 6), rel=1e-3
        )


def test_with_two_teams_the_interval_is_tangos_and_wider_where_it_is_skewed():
    """Airway reactivity before and after stem cell transplantation (Bentur et al. 2009): 1 and 7 of 21 changed, −0.517 to −0.026."""
    answers = [Answer(f"p{n}", "x", "no" if n > 7 else "yes", "x" if n == 0 else "y") for n in range(21)]
    found = index(Blinding(answers), ["x", "y"])

    assert -0.53 < found.low < -0.517
    assert round(found.high, 3) == -0.026


def test_one_right_guess_among_five_teams_is_not_yet_above_chance():
    answers = [Answer(f"p{n}", "ga", "no" if n else "yes", "" if n else "ga") for n in range(10)]

    assert index(Blinding(answers), ["ga", "na", "da", "ra", "ma"]).low < 0


def test_where_nobody_is_wrong_the_upper_end_is_wilsons():
    answers = [Answer(f"p{n}", "ga", "no" if n else "yes", "" if n else "ga") for n in range(10)]

    assert index(Blinding(answers), TEAMS).high == pytest.approx(share({(1, 1): 1, (1, 0): 9}).high)


def test_answers_of_one_person_are_not_those_of_many_for_the_index():
    alone = [Answer(f"p{n}", "ga", "yes" if n % 2 else "no", "ga" if n % 2 else "") for n in range(20)]
    together = [
        Answer(f"p{n}", team, "yes" if n % 2 else "no", team if n % 2 else "") for n in range(4) for team in "abcde"
    ]
    many, few = index(Blinding(alone), TEAMS), index(Blinding(together), list("abcde"))

    assert many.value == few.value == 0.5
    assert few.high - few.low > 1.5 * (many.high - many.low)


def test_the_index_takes_answers_of_one_person_together():
    """Scores 1 and 1 of one, −1 and 0 of another: mean 1/4, sums about it 3/2 and −3/2, so 2/1 · (9/4 + 9/4) / 16 = 9/16."""
    answers = said("p1 ga yes ga", "p1 na yes na", "p2 ga yes na", "p2 na no")
    found = index(Blinding(answers), ["ga", "na"])

    assert (found.value, found.se) == (0.25, pytest.approx(0.75))
    assert found.low < -0.9 < 0.99 < found.high


@pytest.mark.parametrize(
    ("word", "guess", "ends"),
    [("no", "", (-0.39 / 2, 0.39)), ("yes", "ga", (0.415, 1)), ("maybe", "na", (-0.5, 0.085))],
)
def test_where_all_say_the_same_the_interval_is_of_as_many_answers_as_people(word, guess, ends):
    """Of six who all could not tell Wilson's interval goes to z²/(6 + z²) = 0.39."""
    answers = [Answer(f"p{n}", "ga", word, guess) for n in range(6)]
    found = index(Blinding(answers), TEAMS)
    again = index(Blinding([Answer(f"p{n}", team, word, guess and team) for n in range(6) for team in TEAMS]), TEAMS)

    assert found.se is None
    assert (found.low, found.high) == pytest.approx(ends, abs=0.005)
    if guess != "na":
        assert again[4:] == found[4:]


def test_of_one_person_there_is_an_index_and_no_interval():
    assert index(Blinding(said("p1 ga yes ga", "p1 na no")), TEAMS)[3:] == (0.5, None, None, None)


def test_random_guesses_are_worth_nothing():
    """Every guess at every team once."""
    answers = [Answer(f"p{n}", team, "maybe", named) for n, team in enumerate(TEAMS) for named in TEAMS]

    assert index(Blinding(answers), TEAMS).value == pytest.approx(0, abs=1e-15)


def test_of_a_team_nobody_was_asked_about_there_is_no_index():
    assert index(Blinding(said("p1 ga yes ga")), TEAMS, "na") is None


# --- What may not matter.

answers_of_some = st.lists(
    st.builds(Answer, st.sampled_from("abcdef"), st.sampled_from(TEAMS), st.sampled_from(["no", "maybe", "yes"]), st.sampled_from(["", *TEAMS])),
    unique_by=lambda answer: answer[:2],
)  # fmt: skip
bars = st.dictionaries(st.sampled_from("abcdef"), st.frozensets(st.sampled_from(TEAMS)))


def everything(blinding: Blinding, teams) -> list:
    each = {team: index(blinding, teams, team) for team in teams}
    return [share(recognised_by_person(blinding.answers)), guesses(blinding, teams), index(blinding, teams), each]


@given(answers_of_some, bars, st.randoms(use_true_random=False))
def test_the_order_of_answers_and_of_teams_does_not_matter(answers, barred, random):
    mixed, teams = random.sample(answers, len(answers)), random.sample(TEAMS, 3)

    assert everything(Blinding(mixed, barred), teams) == everything(Blinding(answers, barred), TEAMS)


@given(answers_of_some, bars, st.permutations(TEAMS), st.permutations("abcdef"))
def test_what_teams_and_panelists_are_called_does_not_matter(answers, barred, names, seats):
    called, seat = dict(zip(TEAMS, names, strict=True)) | {"": ""}, dict(zip("abcdef", seats, strict=True))
    others = [Answer(seat[a.panelist], called[a.team], a.recognised, called[a.guess]) for a in answers]
    bars_there = {seat[who]: frozenset(called[team] for team in teams) for who, teams in barred.items()}
    *here, each = everything(Blinding(answers, barred), TEAMS)
    *there, each_there = everything(Blinding(others, bars_there), TEAMS)

    assert there == here
    assert {called[team]: found for team, found in each.items()} == each_there


# --- The section.


def section(blinding, **evidence):
    config = scoring.config(scoring.given("all", 10), teams=3)
    rules = Rules.from_config(config)
    evidence = Evidence(**evidence)
    nobody = people_from(rules.slugs, rules.questions, [], [], {})
    told = estimate(rules, evidence, count(rules, evidence), nobody, blinding, seed=1)
    return told["sections"].get("blinding"), rules.slugs


def test_the_section_tells_of_experts_and_of_citizens():
    slugs = section(None)[1]
    first, second, third = slugs
    answers = [Answer(f"p{n}", first, "yes", first) for n in range(4)] + [
        Answer("p4", second, "maybe", third),
        Answer("p5", second, "no"),
    ]
    told, _ = section(Blinding(answers, readers={(4, 0): 6, (4, 2): 2}))
    experts, citizens = told["experts"], told["citizens"]

    assert (experts["recognised"], experts["of"], experts["people"], experts["yes"], experts["maybe"]) == (
        5,
        6,
        6,
        4,
        1,
    )
    assert experts["guesses"] == {"guessed": 5, "people": 5, "right": 4, "expected": "1.6667", "p": "0.0453"}
    assert experts["index"]["value"] == "0.5833"
    assert [(one["team"], one["index"] and one["index"]["value"]) for one in experts["teams"]] == [
        (first, "1.0000"), (second, "-0.2500"), (third, None),
    ]  # fmt: skip
    assert (citizens["recognised"], citizens["of"], citizens["people"], citizens["ever"]) == (4, 32, 8, 2)
    assert citizens["share"]["value"] == "0.125000"


def test_a_section_without_answers_says_so_and_where_nobody_judged_there_is_none():
    assert section(Blinding())[0] is None
    assert section(Blinding(readers={(2, 0): 3}))[0]["experts"] is None
    judged = {("p0", section(None)[1][0]): {}}
    assert section(None, sheets=judged)[0] == {"absent": "not_asked", "detail": ""}
