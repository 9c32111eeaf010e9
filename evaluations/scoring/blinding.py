"""Was the blinding kept? How many recognised whose model they judged, and how often those who named a team were right.

The question is answered by the share that recognised, by right guesses against chance, and by the blinding index of Bang, Ni and Davis
(2004, Controlled Clinical Trials 25, 143–156). James' index (James et al. 1996, Statistics in Medicine 15, 1421–1434) is not used: it is
one number for all arms and rests on how many could not tell, and here it is asked which model gave itself away.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from evaluations.scoring.distributions import t_quantile
from evaluations.scoring.shown import NORMAL_REACH

MOST_DEGREES = 100_000
"""Beyond so many degrees of freedom t is the normal to all digits shown."""


class Answer(NamedTuple):
    """What one panelist said of one model. `recognised` is "no", "maybe" or "yes"; `guess` a team, "" for none."""

    panelist: str
    team: str
    recognised: str
    guess: str = ""

    @property
    def names(self) -> str:
        """The team she named; who could not tell named none."""
        return "" if self.recognised == "no" else self.guess

    @property
    def is_right(self) -> bool:
        return self.names == self.team


@dataclass(frozen=True)
class Blinding:
    """All answers to the question whether the model was recognised. In no order: nothing here depends on one.

    answers   one a sheet of those that were asked; sheets that were not asked are not here
    barred    panelist → teams she knew that she would not be shown, for she may not judge them
    readers   (answers read, of them recognised) → how many citizens; both are whole numbers, the first at least 1
    """

    answers: Sequence[Answer] = ()
    barred: Mapping[str, frozenset[str]] = field(default_factory=dict)
    readers: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def choices(self, panelist: str, teams: Iterable[str]) -> int:
        """Among how many of the teams she could guess: one that only guesses does not name a team she is not shown."""
        own = {answer.team for answer in self.answers if answer.panelist == panelist}
        return len(set(teams) - (self.barred.get(panelist, frozenset()) - own))


class Share(NamedTuple):
    """`some` of `of`, said by so many people; the ends of the 95 % interval are None where one person cannot tell how people differ."""

    some: int
    of: int
    people: int
    value: float
    low: float | None
    high: float | None


def share(said: Mapping[tuple[int, int], int]) -> Share | None:
    """The share of answers that are yes, with an interval that knows which answers came from one person; None without an answer.

    said   (answers, of them yes) → how many people said so much

    The interval is Wilson's (1927, J. American Statistical Association 22, 209–212) at z = 1.96,

        (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n),

    with the effective number of answers for n (Korn and Graubard 1998, Survey Methodology 24, 193–201): all answers, divided by the design
    effect of people who answered several times, times (t(n−1) / t(people−1))², and at most all answers. Of people who answered once it is
    n itself. Where all say the same, nothing tells how people differ, and n is the number of people.

    >>> one = share({(1, 1): 2, (1, 0): 8})                     # ten people, two said yes: p = 0.2
    >>> round(one.low, 4), round(one.high, 4)
    (0.0567, 0.5098)
    >>> six = share({(6, 6): 2, (6, 0): 8})                     # the same ten, each asked six times, never of two minds
    >>> six.value, round(six.low, 2), round(six.high, 2)
    (0.2, 0.05, 0.56)
    """
    people = sum(said.values())
    of = sum(number * times for (number, _yes), times in said.items())
    some = sum(yes * times for (_number, yes), times in said.items())
    if not of:
        return None
    p = some / of
    if people < 2:
        return Share(some, of, people, p, None, None)
    squares = math.fsum(times * (yes - p * number) ** 2 for (number, yes), times in sorted(said.items()))
    low, high = _wilson(p, _effective(p * (1 - p), squares, of, people))
    return Share(some, of, people, p, low, high)


def _effective(variance: float, squares: float, of: int, people: int) -> float:
    """The effective number of answers behind their mean: what `share` says.

    variance   of the answers, with all of them for a divisor; 0 where all say the same
    squares    Σ over people of (Σ of her answers less the mean)²
    """
    if variance <= 0:
        return people
    together = people / (people - 1) * squares / of**2
    if together <= 0:
        return of
    return min(of, of * variance / (of - 1) / together * (_reach(of - 1) / _reach(people - 1)) ** 2)


def _reach(degrees: int) -> float:
    return t_quantile(0.975, min(degrees, MOST_DEGREES))


def _wilson(p: float, n: float) -> tuple[float, float]:
    z = NORMAL_REACH
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, (centre - half) / (1 + z * z / n)), min(1.0, (centre + half) / (1 + z * z / n))


class Guesses(NamedTuple):
    """How many named a team, how many of them the right one, how many by chance, and how probable so many or more are by chance."""

    guessed: int
    people: int
    right: int
    expected: float
    p: float


def guesses(blinding: Blinding, teams: Sequence[str]) -> Guesses:
    """Of all who named a team, against chance: one of the teams she may judge. One-sided and exact.

    Where all choose among equally many teams the chance is binomial, else that of a sum of unequal throws (Poisson's binomial). A guess
    at a team she may not judge is wrong. Answers of who has but one team to choose from tell nothing and are left out. The guesses of one
    person are taken as independent; one that names no team twice is right a little less evenly than that.

    >>> said = [Answer("p1", "x", "yes", "x"), Answer("p2", "x", "maybe", "x"), Answer("p3", "y", "maybe", "x"), Answer("p4", "y", "no")]
    >>> found = guesses(Blinding(said), ["x", "y"])                 # two of three are right: 3/8 + 1/8
    >>> found.guessed, found.right, found.expected, found.p
    (3, 2, 1.5, 0.5)
    """
    named = [one for one in _telling(blinding, teams) if one.answer.names]
    right = sum(one.answer.is_right for one in named)
    chances = sorted(1 / one.choices for one in named)
    people = len({one.answer.panelist for one in named})
    return Guesses(len(named), people, right, math.fsum(chances), _at_least(right, chances))


def _at_least(right: int, chances: Sequence[float]) -> float:
    """The probability that at least so many of independent throws with these chances succeed."""
    distribution = [1.0]
    for chance in chances:
        missed, hit = [*distribution, 0.0], [0.0, *distribution]
        distribution = [(1 - chance) * no + chance * yes for no, yes in zip(missed, hit, strict=True)]
    return min(1.0, math.fsum(distribution[right:]))


class _Telling(NamedTuple):
    answer: Answer
    choices: int

    @property
    def score(self) -> float:
        if not self.answer.names:
            return 0.0
        return 1.0 if self.answer.is_right else -1 / (self.choices - 1)


def _telling(blinding: Blinding, teams: Sequence[str]) -> list[_Telling]:
    """The answers of all who have more than one team to choose from, in an order of their own."""
    choices = {panelist: blinding.choices(panelist, teams) for panelist in {one.panelist for one in blinding.answers}}
    return [_Telling(one, choices[one.panelist]) for one in sorted(blinding.answers) if choices[one.panelist] > 1]


class Index(NamedTuple):
    """Bang's index and its standard error; the ends of the 95 % interval are None, as the error is, where one person alone was asked.
    The error is None too where all said the same."""

    asked: int
    guessed: int
    right: int
    value: float
    se: float | None
    low: float | None
    high: float | None


def index(blinding: Blinding, teams: Sequence[str], team: str | None = None) -> Index | None:
    """Bang's blinding index of one team, or of all together; None where nobody was asked who has more than one team to choose from.

    The mean of a score of every answer: 1 for the right team, −1/(m − 1) for a wrong one of m, 0 for who could not tell. It is 1 where
    all are right, 0 where nobody knows or all guess at random, and below 0 where more are wrong than chance would have it. With two teams
    it is the index of Bang, Ni and Davis (2004), the share of right guesses less that of wrong ones; with more the wrong ones weigh
    less, so that guessing at random is still worth 0. "Maybe" counts like "yes".

    The standard error takes the answers of one person together (a ratio of sums over people, n/(n−1)). The interval is not made of it:
    of ten answers that are mostly 0 such an interval holds the truth far too seldom (docs/scoring-study.md). It is the score interval of
    Tango (1998, Statistics in Medicine 17, 891–908) for the difference of two shares p − wq of the same answers, w = 1/(m − 1), widened
    for skewness, with the effective number of answers that `share` has for n. Between teams: who names one and the same team every time is right of that one and
    wrong of all others, so a high index of one team beside low ones of the others may be a habit.

    >>> said = [Answer("p1", "x", "yes", "x"), Answer("p2", "x", "yes", "x"), Answer("p3", "x", "maybe", "y"), Answer("p4", "x", "no")]
    >>> index(Blinding(said), ["x", "y"]).value                     # (2 − 1) / 4
    0.25
    >>> index(Blinding(said), ["x", "y", "z"]).value                # (2 − 1/2) / 4
    0.375
    """
    found = [one for one in _telling(blinding, teams) if team in (None, one.answer.team)]
    if not found:
        return None
    asked = len(found)
    right = sum(one.answer.is_right for one in found)
    wrong = [one for one in found if one.answer.names and not one.answer.is_right]
    value = math.fsum(sorted(one.score for one in found)) / asked
    apart: dict[str, list[float]] = {}
    for one in found:
        apart.setdefault(one.answer.panelist, []).append(one.score - value)
    told = (asked, right + len(wrong), right, value)
    people = len(apart)
    if people < 2:
        return Index(*told, None, None, None)
    squares = math.fsum(sorted(math.fsum(sorted(own)) ** 2 for own in apart.values()))
    variance = math.fsum(sorted(one * one for own in apart.values() for one in own)) / asked
    if squares < 1e-24 * asked**2:  # what adding up leaves
        squares = 0.0
    se = math.sqrt(people / (people - 1) * squares) / asked if squares else None
    n = _effective(variance if variance > 1e-24 else 0.0, squares, asked, people)
    # Where people choose among unequally many teams a wrong answer has the mean of their weights.
    weights = sorted(1 / (one.choices - 1) for one in wrong or found)
    low, high = _score_interval(right / asked, len(wrong) / asked, math.fsum(weights) / len(weights), n)
    return Index(*told, se, low, high)


def _score_interval(p: float, q: float, weight: float, n: float) -> tuple[float, float]:
    """The θ that are not too far from p − wq: within z = 1.96 errors, and (z² − 1)/6 of their skewness more.

    Error and skewness are those of the mean of n scores at the likeliest shares with P − wQ = θ. Without the skewness this is Tango's
    interval, of which one right guess among five teams would already lie above chance; it is added where it widens (Gart and Nam 1988,
    Biometrics 44, 323–338; Laud 2017, Pharmaceutical Statistics 16, 334–348). Where nobody was wrong the upper end is Wilson's up to ½.
    """
    value, z = p - weight * q, NORMAL_REACH

    def end(outer: float) -> float:
        inner = value
        for _ in range(60):  # to the last digit of a float
            middle = (inner + outer) / 2
            variance, third = _moments_at(middle, p, q, weight)
            near = math.copysign(1.0, value - middle)
            reach = z + max(0.0, near * third / variance**1.5 / math.sqrt(n) * (z * z - 1) / 6) if variance > 0 else 0.0
            if near * (value - middle) <= reach * math.sqrt(variance / n):
                inner = middle
            else:
                outer = middle
        return inner

    return end(-weight), end(1.0)


def _moments_at(theta: float, p: float, q: float, weight: float) -> tuple[float, float]:
    """Second and third central moment of a score at the P and Q = (P − θ)/w that make shares p and q of right and wrong likeliest.

    P = θ + wQ, and Q is the larger root of w(1 + w)Q² − bQ − qθ(1 − θ) = 0, with
    b = w(p + q)(1 − θ) − (1 + w)θ(1 − p), of the derivative of p log P + q log Q + (1 − p − q) log(1 − P − Q).
    """
    a, b = weight * (1 + weight), weight * (p + q) * (1 - theta) - (1 + weight) * theta * (1 - p)
    wrong = (b + math.sqrt(max(0.0, b * b + 4 * a * q * theta * (1 - theta)))) / (2 * a)
    wrong = min(max(wrong, 0.0, -theta / weight), (1 - theta) / (1 + weight))
    right = theta + weight * wrong
    variance = max(0.0, right + weight * weight * wrong - theta * theta)
    silent = 1 - right - wrong
    return variance, right * (1 - theta) ** 3 - wrong * (weight + theta) ** 3 - silent * theta**3


def recognised_by_person(answers: Iterable[Answer]) -> Counter[tuple[int, int]]:
    """(answers, of them "maybe" or "yes") → how many panelists: what `share` takes."""
    said: dict[str, list[bool]] = {}
    for answer in answers:
        said.setdefault(answer.panelist, []).append(answer.recognised != "no")
    return Counter((len(own), sum(own)) for own in said.values())
