"""Scores from pairwise choices, counted exactly. Estimated strengths stand beside the points, never inside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from evaluations.scoring.averages import mean
from evaluations.scoring.evidence import Choices


@dataclass(frozen=True, slots=True)
class Duel:
    """One team against one rival, both sides of the screen together."""

    wins: int
    losses: int
    ties: int

    @property
    def share(self) -> Fraction | None:
        """(wins + ½ ties)/comparisons; None when the two were never compared."""
        compared = self.wins + self.losses + self.ties
        return Fraction(2 * self.wins + self.ties, 2 * compared) if compared else None


def duels(tallies: Mapping[tuple[str, str], Choices], team: str, rivals: Iterable[str]) -> dict[str, Duel]:
    """A team against each rival. `both_good` and `both_bad` are ties; `skip` is no comparison."""
    found = {}
    for rival in rivals:
        left = tallies.get((team, rival), Choices())
        right = tallies.get((rival, team), Choices())
        found[rival] = Duel(left.a + right.b, left.b + right.a, left.ties + right.ties)
    return found


def expected_win_share(against: Mapping[str, Duel]) -> Fraction | None:
    """Mean over rivals of the share won, every rival with the same weight; None when a rival was never met."""
    shares = [duel.share for duel in against.values()]
    present = [share for share in shares if share is not None]
    return mean(present) if present and len(present) == len(shares) else None
