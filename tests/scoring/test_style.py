"""The style of answers in numbers, and strengths that take it into account."""

import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.scoring.clusters import Votes, cells_of_votes, clustered, fit_votes, two_way, votes_to_flip
from evaluations.scoring.comparisons import INSEPARABLE, NoEstimate, bradley_terry
from evaluations.scoring.style import MEASURES, Style, style_differences, style_of, style_table
from evaluations.scoring.tallies import fold_comparisons

MODELS = ("ga", "na", "da", "ra")
RULES = ["davidson", "rao_kupper", "half_win", "none"]

# --- What is measured.


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("", Style(0, 0, 0, 0, 0)),
        ("이사 준비", Style(4, 0, 0, 0, 0)),
        ("- 하나\n* 둘\n+ 셋\n1. 넷\n2) 다섯\n  - 안쪽", Style(11, 6, 0, 0, 0)),
        ("-하나\n-- 둘\n3.5배", Style(6, 0, 0, 0, 0)),
        ("# 큰\n###### 작은\n####### 아님\n#붙음", Style(7, 0, 2, 0, 0)),
        ("**굵게** 그리고 __또__, ***겹***", Style(7, 0, 0, 3, 0)),
        ("** 아님 **\n2 ** 3\n**열림", Style(6, 0, 0, 0, 0)),
        ("| 가 | 나 |\n|:---|---:|\n| 다 | 라 |\n\n가 | 나\n--- | ---", Style(6, 0, 0, 0, 2)),
        ("제목\n---\n| 줄 하나 |", Style(5, 0, 0, 0, 0)),
        ("```\n- 코드\n# 코드\n**코드**\n```\n- 글", Style(7, 1, 0, 0, 0)),
        ("~~~\n- 코드\n```\n- 코드\n~~~~\n- 글", Style(5, 1, 0, 0, 0)),
        ("```\n- 닫히지 않음", Style(5, 0, 0, 0, 0)),
    ],
)
def test_what_is_counted(text, style):
    assert style_of(text) == style


def test_a_letter_counts_once_however_it_is_spelled():
    assert style_of(unicodedata.normalize("NFD", "각 **낱말**")) == style_of("각 **낱말**") == Style(3, 0, 0, 1, 0)


@given(st.text())
def test_any_text_has_a_style(text):
    style = style_of(text)

    assert min(style) >= 0
    assert style.length <= len(unicodedata.normalize("NFC", text))
    assert np.isfinite(style.logarithms()).all()


@pytest.mark.parametrize(
    "line", ["|" + "-" * 100_000 + "x", "*" * 100_000, "-" * 100_000, "# " * 50_000, "1" * 100_000]
)
def test_a_long_line_takes_no_longer_than_it_is(line):
    """Quadratic, each of these would take minutes."""
    assert style_of(f"| 가 |\n{line}").tables == 0


def test_a_doubling_of_the_length_is_one():
    once, twice = style_of("가나다라"), style_of("가나다라" * 2)

    assert np.subtract(twice.logarithms(), once.logarithms()).tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]


def test_several_answers_are_their_mean_in_any_order():
    short, long, other = Style(2, 0, 0, 0, 0), Style(8, 3, 0, 0, 0), Style(64, 0, 0, 1, 0)
    table = style_table(
        {("p1", "x"): [short, long, other], ("p2", "y"): [other]}, iter(["p1", "p2"]), iter(["x", "y", "z"])
    )

    assert table.shape == (2, 3, len(MEASURES))
    assert table[0, 0].tolist() == pytest.approx([10 / 3, 2 / 3, 0, 1 / 3, 0])
    assert table[1, 1].tolist() == [6, 0, 0, 1, 0]
    assert np.isnan(table[[0, 0, 1, 1], [1, 2, 0, 2]]).all()
    assert style_table({("p1", "x"): [other, short, long]}, ["p1"], ["x"])[0, 0].tolist() == table[0, 0].tolist()
    assert style_table({}, [], ["x"]).shape == (0, 1, len(MEASURES))


def test_a_difference_is_left_less_right_and_unknown_where_a_text_is():
    table = style_table(
        {("p1", "x"): [Style(8, 0, 0, 0, 0)], ("p1", "y"): [Style(2, 1, 0, 0, 0)]}, ["p1"], ["x", "y", "z"]
    )
    codes = (np.array(column) for column in ([0, 0, 0], [0, 1, 0], [1, 0, 2]))

    differences = style_differences(table, *codes)

    assert differences[:2].tolist() == [[2, -1, 0, 0, 0], [-2, 1, 0, 0, 0]]
    assert np.isnan(differences[2]).all()


# --- Strengths with covariates.


def some_votes(votes=3000, people=120, prompts=15, delta=(0.5, -0.3), seed=3, own=0.4) -> Votes:
    """Every answer has a style of its own, and every person a taste: covariates that vary by prompt, and clusters that matter."""
    rng = np.random.default_rng(seed)
    left = rng.integers(0, 4, votes)
    right = (left + rng.integers(1, 4, votes)) % 4
    person, prompt = rng.integers(0, people, votes), rng.integers(0, prompts, votes)
    style = rng.normal(0, 1, (prompts, 4, len(delta))) + np.linspace(-0.5, 0.5, 4)[:, None]
    taste = rng.normal(0, own, (people, 4))
    x = style[prompt, left] - style[prompt, right]
    strength = np.array([0.5, 0.2, -0.2, -0.5])
    s = strength[left] - strength[right] + taste[person, left] - taste[person, right] + 0.1 + x @ np.array(delta)
    chance = rng.random(votes) * (np.exp(s / 2) + np.exp(-s / 2) + 0.7)
    choice = np.where(chance < np.exp(s / 2), 0, np.where(chance < np.exp(s / 2) + np.exp(-s / 2), 1, 2))
    choice[rng.random(votes) < 0.05] = 4
    return Votes(left, right, choice, person, prompt, x)


def one_by_one(fit, votes: Votes, clusters) -> np.ndarray:
    """The slow, obvious way: the slope of the log-likelihood of every vote by every parameter, from probabilities alone by central
    differences, summed in a dictionary."""
    step, size = 1e-5, fit.size
    theta = fit.parameters()

    def probability(at, vote) -> float:
        s = at[votes.left[vote]] - at[votes.right[vote]] + votes.x[vote] @ at[len(at) - votes.x.shape[1] :]
        rest = list(at[size : len(at) - votes.x.shape[1]])
        s += rest.pop(0) if fit.side is not None else 0.0
        said = votes.choice[vote]
        if fit.ties == "davidson":
            weight = [np.exp(s / 2), np.exp(-s / 2), np.exp(rest[0])]
            return (weight[min(said, 2)]) / sum(weight)
        cut = rest[0] if fit.ties == "rao_kupper" else 0.0
        wins, loses = 1 / (1 + np.exp(cut - s)), 1 / (1 + np.exp(cut + s))
        if fit.ties == "half_win" and said >= 2:
            return np.sqrt(wins * loses)
        return [wins, loses, 1 - wins - loses][min(said, 2)]

    sums: dict[int, np.ndarray] = {}
    for vote, cluster in enumerate(clusters):
        if votes.choice[vote] == 4 or (fit.ties == "none" and votes.choice[vote] > 1):
            continue
        slope = np.zeros(len(theta))
        for place in range(len(theta)):
            up, down = theta.copy(), theta.copy()
            up[place] += step
            down[place] -= step
            slope[place] = (np.log(probability(up, vote)) - np.log(probability(down, vote))) / (2 * step)
        sums[cluster] = sums.get(cluster, 0) + slope
    filling = sum(np.outer(one, one) for one in sums.values())
    return fit.fisher @ (filling * len(sums) / (len(sums) - 1)) @ fit.fisher


@pytest.mark.parametrize("ties", RULES)
@pytest.mark.parametrize("side", [True, False])
def test_clusters_with_covariates_are_what_scores_of_single_votes_sum_to(ties, side):
    votes = some_votes(votes=300, people=25, prompts=8)
    fit = fit_votes(MODELS, votes, ties=ties, side=side)

    found = clustered(fit, votes, votes.person, leave_out=False)

    assert found == pytest.approx(one_by_one(fit, votes, votes.person.tolist()), rel=1e-4, abs=1e-8)


@pytest.mark.parametrize("ties", RULES)
def test_with_one_vote_a_cluster_it_is_the_robust_error(ties):
    votes = some_votes()
    fit = fit_votes(MODELS, votes, ties=ties)
    used = int((votes.choice < (2 if ties == "none" else 4)).sum())

    found = clustered(fit, votes, np.arange(len(votes.left)))

    assert found == pytest.approx(fit.robust * used / (used - 1), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("ties", RULES)
@pytest.mark.parametrize("covariates", [0, 2])
def test_leaving_clusters_out_is_fitting_again_without_them(ties, covariates):
    """The slow way: as many fits as there are clusters. One Newton step from where all votes lead comes within some per cent of it."""
    votes = some_votes(votes=4000, people=60)
    votes = votes_with(votes, votes.x[:, :covariates] if covariates else None)
    fit = fit_votes(MODELS, votes, ties=ties)
    others = [
        fit_votes(MODELS, votes.only(np.flatnonzero(votes.prompt != prompt)), ties=ties).parameters()
        for prompt in range(15)
    ]
    moves = np.array(others) - fit.parameters()

    found = clustered(fit, votes, votes.prompt, leave_out=True)

    assert found == pytest.approx(moves.T @ moves * 14 / 15, rel=0.1, abs=0.02 * found.max())


def test_few_clusters_are_left_out_and_many_are_summed_and_both_say_the_same_of_many(monkeypatch):
    votes = some_votes(people=300)
    fit = fit_votes(MODELS, votes)
    summed, left_out = (clustered(fit, votes, votes.person, leave_out=way) for way in (False, True))

    assert clustered(fit, votes, votes.person).tolist() == left_out.tolist()
    assert fit.errors(summed) == pytest.approx(fit.errors(left_out), rel=0.02)
    assert (fit.errors(left_out) > fit.errors(summed)).all()
    monkeypatch.setattr("evaluations.scoring.clusters.FEW", 299)
    assert clustered(fit, votes, votes.person).tolist() == summed.tolist()
    plain = fit_votes(MODELS, replace(votes, x=None))
    assert clustered(plain, replace(votes, x=None), votes.prompt).tolist() == (
        clustered(plain, replace(votes, x=None), votes.prompt, leave_out=False).tolist()
    )


@pytest.mark.parametrize("prior", ["firth", 0.3])
def test_a_prior_stays_when_a_cluster_is_left_out(prior):
    """One prompt alone has the votes of one model: without it the prior is all that is known of that model."""
    votes = some_votes(votes=1500)
    votes = votes.only(np.flatnonzero((votes.prompt == 3) | ((votes.left < 3) & (votes.right < 3))))
    fit = fit_votes(MODELS, votes, prior=prior)

    if prior == "firth":
        with pytest.raises(NoEstimate, match=INSEPARABLE):
            clustered(fit, votes, votes.prompt)
        return
    rest = [votes.only(np.flatnonzero(votes.prompt != prompt)) for prompt in range(15)]
    others = [fit_votes(MODELS, some, prior=prior).parameters() for place, some in enumerate(rest) if place != 3]
    # Of a model without votes the prior knows that it is like all, and the others are as without it.
    others.insert(3, np.insert(fit_votes(MODELS[:3], rest[3], prior=prior).parameters(), 3, 0.0))
    moves = np.array(others) - fit.parameters()
    assert clustered(fit, votes, votes.prompt) == pytest.approx(moves.T @ moves * 14 / 15, rel=0.15, abs=1e-3)


def test_an_effect_that_rests_on_one_prompt_has_no_error():
    """All models write answers of their own length but on one prompt: without it nobody could tell length from strength."""
    votes = some_votes(votes=2000)
    x = np.where(votes.prompt == 3, votes.x[:, 0], of_one_length(votes))[:, None]
    fit = fit_votes(MODELS, votes_with(votes, x))

    with pytest.raises(NoEstimate, match=INSEPARABLE):
        two_way(fit, votes_with(votes, x))


def test_the_effect_that_was_put_in_comes_out_and_leaves_the_strengths_alone():
    votes = some_votes(votes=40_000, people=2000, prompts=60, own=0.0)
    fit = fit_votes(MODELS, votes)
    errors = fit.errors(two_way(fit, votes))

    assert (np.abs(fit.effects - [0.5, -0.3]) < 3 * errors[-2:]).all()
    assert (np.abs(fit.beta - [0.5, 0.2, -0.2, -0.5]) < 3 * errors[:4]).all()
    naive = fit_votes(MODELS, replace(votes, x=None))
    assert np.abs(naive.beta - [0.5, 0.2, -0.2, -0.5]).max() > 0.05


def test_without_covariates_it_is_the_plain_fit():
    votes = some_votes()
    plain = bradley_terry(fold_comparisons(votes.left, votes.right, votes.choice, MODELS))

    for fit in (fit_votes(MODELS, replace(votes, x=None)), fit_votes(MODELS, votes_with(votes, votes.x[:, :0]))):
        assert fit.beta.tolist() == plain.beta.tolist()
        assert fit.fisher.tolist() == plain.fisher.tolist()
        assert (fit.side, fit.tie, fit.effects.tolist(), fit.votes) == (plain.side, plain.tie, [], plain.votes)
    empty = votes_with(votes, votes.x[:, :0])
    assert two_way(plain, empty).tolist() == two_way(plain, replace(votes, x=None)).tolist()


def votes_with(votes: Votes, x) -> Votes:
    return replace(votes, x=x)


@pytest.mark.parametrize("ties", RULES)
def test_a_covariate_that_does_nothing_changes_little(ties):
    """Noise instead of style: its effect is within its error of nothing, and the strengths are those without it."""
    votes = some_votes(votes=20_000, delta=(0.0,), own=0.0)
    fit, plain = (fit_votes(MODELS, one, ties=ties) for one in (votes, replace(votes, x=None)))

    assert abs(fit.effects[0]) < 3 * fit.errors()[-1]
    assert fit.beta == pytest.approx(plain.beta, abs=0.02)


@pytest.mark.parametrize("unit", [1e-6, 0.1, 7.0, 1e6])
def test_another_unit_gives_the_effect_in_that_unit_and_nothing_else(unit):
    votes = some_votes()
    fit = fit_votes(MODELS, votes)
    scaled = votes_with(votes, votes.x * np.array([unit, 1.0]))
    other = fit_votes(MODELS, scaled)
    back = np.array([1] * (len(fit.fisher) - 2) + [1 / unit, 1])

    assert other.effects * [unit, 1] == pytest.approx(fit.effects, rel=1e-6)
    assert other.beta == pytest.approx(fit.beta, abs=1e-8)
    for one, own in ((fit.robust, other.robust), (two_way(fit, votes), two_way(other, scaled))):
        assert own / np.outer(back, back) == pytest.approx(one, rel=1e-5, abs=1e-12)


@pytest.mark.parametrize("ties", RULES)
def test_turning_every_screen_around_turns_the_covariates_around(ties):
    """With sides exchanged and x negated the same was said: γ alone changes its sign."""
    votes = some_votes()
    choice = np.array([1, 0, 2, 3, 4])[votes.choice]
    turned = Votes(votes.right, votes.left, choice, votes.person, votes.prompt, -votes.x)
    fit, other = (fit_votes(MODELS, one, ties=ties) for one in (votes, turned))
    sign = np.ones(len(fit.fisher))
    sign[4] = -1

    assert (other.beta, other.side) == (pytest.approx(fit.beta, abs=1e-7), pytest.approx(-fit.side, abs=1e-7))
    assert other.effects == pytest.approx(fit.effects, abs=1e-7)
    assert two_way(other, turned) * np.outer(sign, sign) == pytest.approx(two_way(fit, votes), abs=1e-8)
    same_side = votes_with(votes, -votes.x)
    assert fit_votes(MODELS, same_side, ties=ties).effects == pytest.approx(-fit.effects, abs=1e-7)


def test_the_order_of_votes_and_of_covariates_has_no_effect():
    votes = some_votes()
    mixed = np.random.default_rng(0).permutation(len(votes.left))
    fit, other = fit_votes(MODELS, votes), fit_votes(MODELS, votes.only(mixed))
    swapped = votes_with(votes, votes.x[:, ::-1])
    exchanged = fit_votes(MODELS, swapped)
    places = [*range(len(fit.fisher) - 2), -1, -2]

    assert other.parameters() == pytest.approx(fit.parameters(), abs=1e-9)
    assert two_way(other, votes.only(mixed)) == pytest.approx(two_way(fit, votes), abs=1e-10)
    assert exchanged.effects == pytest.approx(fit.effects[::-1], abs=1e-7)
    assert two_way(exchanged, swapped) == pytest.approx(two_way(fit, votes)[np.ix_(places, places)], abs=1e-8)


def test_many_votes_are_scored_a_block_at_a_time(monkeypatch):
    votes = some_votes()
    fit = fit_votes(MODELS, votes)
    whole = two_way(fit, votes)
    monkeypatch.setattr("evaluations.scoring.clusters.BLOCK", 70)

    assert two_way(fit, votes) == pytest.approx(whole, rel=1e-9, abs=1e-15)


def of_one_length(votes: Votes) -> np.ndarray:
    """Every model always writes answers of its own length, whatever is asked."""
    return np.array([3.0, 1.0, 4.0, 1.5])[votes.left] - np.array([3.0, 1.0, 4.0, 1.5])[votes.right]


@pytest.mark.parametrize("prior", [None, "firth", 1.0])
@pytest.mark.parametrize(
    "x",
    [
        lambda votes: of_one_length(votes)[:, None],
        lambda votes: np.column_stack([votes.x[:, 0], of_one_length(votes)]),
        lambda votes: votes.x[:, [0, 1, 0]] * [1, 1, -2],
        lambda votes: np.column_stack([votes.x, votes.x @ [1, 2]]),
        lambda votes: np.column_stack([votes.x, of_one_length(votes) - 3 * votes.x[:, 0] + 0.5]),
        lambda votes: np.ones((len(votes.left), 1)),
        lambda votes: np.zeros((len(votes.left), 1)),
        lambda votes: np.column_stack([votes.x, 0 * votes.x[:, 0]]),
    ],
    ids=["length", "among others", "twice", "a sum", "all at once", "side", "nothing", "nothing too"],
)
def test_what_cannot_be_told_apart_is_no_estimate(x, prior):
    votes = some_votes(votes=600)

    with pytest.raises(NoEstimate, match=INSEPARABLE):
        fit_votes(MODELS, votes_with(votes, x(votes)), prior=prior)


def test_a_little_of_its_own_is_enough_and_costs_a_wide_interval():
    """Lengths that hardly vary within a model: there is an estimate, and its error says how little it knows."""
    votes = some_votes(votes=6000, delta=(0.0, 0.0))
    nearly = of_one_length(votes) + 0.001 * votes.x[:, 0]
    fit, free = (fit_votes(MODELS, votes_with(votes, x[:, None])) for x in (nearly, votes.x[:, 0]))

    assert fit.errors()[-1] > 500 * free.errors()[-1]
    assert abs(fit.effects[0]) < 4 * fit.errors()[-1]


def test_a_length_that_decides_every_vote_is_no_estimate():
    votes = some_votes(votes=600)
    choice = np.where(votes.x[:, 0] > 0, 0, 1)

    with pytest.raises(NoEstimate):
        fit_votes(MODELS, Votes(votes.left, votes.right, choice, x=votes.x[:, :1]))


@pytest.mark.parametrize(("votes", "why"), [(0, "never compared"), (1, "never compared")])
def test_hardly_any_vote_is_no_estimate_either(votes, why):
    with pytest.raises(NoEstimate, match=why):
        fit_votes(MODELS, some_votes(votes=600).only(np.arange(votes)))


def test_covariates_that_are_not_those_of_the_votes_are_refused():
    votes = some_votes(votes=600)
    fit, plain = fit_votes(MODELS, votes), fit_votes(MODELS, replace(votes, x=None))

    for one, other in ((fit, replace(votes, x=None)), (plain, votes), (fit, votes_with(votes, votes.x[:, :1]))):
        with pytest.raises(ValueError, match="covariates and votes with"):
            clustered(one, other, other.person)
    with pytest.raises(ValueError, match="shape"):
        fit_votes(MODELS, votes_with(votes, votes.x[:, 0]))
    with pytest.raises(ValueError, match="shape"):
        fit_votes(MODELS, Votes(votes.left, votes.right, votes.choice * 0, x=votes.x[:5]))
    with pytest.raises(ValueError, match="missing or infinite"):
        fit_votes(MODELS, votes_with(votes, np.where(votes.x > 2, np.nan, votes.x)))
    with pytest.raises(ValueError, match="a fit with 2 covariates and cells with 0"):
        votes_to_flip(cells_of_votes(MODELS, replace(votes, x=None)), fit)
