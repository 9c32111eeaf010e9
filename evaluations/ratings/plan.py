"""Which papers one voter gets. Pure: decides from the answers, from what was issued before and from the random source it is handed.

Every pair of teams, every prompt and both sides should meet equally many voters, in the whole and in each stratum, and nobody should meet a
prompt twice while there is another. So each paper takes the cell that was issued least so far, and chance decides between equals.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from random import Random
from typing import NamedTuple

Pool = Mapping[str, Mapping[str, Sequence[str]]]
"""Prompt → team → answers (several samples) that may be shown."""


class Comparison(NamedTuple):
    """Two teams, in alphabetical order, and a prompt both answered."""

    prompt: str
    teams: tuple[str, str]


class Rating(NamedTuple):
    """One team, as a tuple like the teams of a comparison, and a prompt it answered."""

    prompt: str
    teams: tuple[str]


Cell = Comparison | Rating


@dataclass(frozen=True)
class Planned:
    """A paper to be: what is judged, and which answers stand where."""

    cell: Cell
    left: str
    right: str | None = None


@dataclass
class Exposure:
    """How often each thing was issued: by pair or team, by prompt, by cell, and by the team on the left."""

    teams: Counter = field(default_factory=Counter)
    prompts: Counter = field(default_factory=Counter)
    cells: Counter = field(default_factory=Counter)
    left: Counter = field(default_factory=Counter)

    def add(self, cell: Cell, left_team: str, times: int = 1) -> None:
        self.teams[cell.teams] += times
        self.prompts[cell.prompt] += times
        self.cells[cell] += times
        self.left[cell.teams, left_team] += times
        self.left[cell, left_team] += times


def comparisons(pool: Pool) -> list[Comparison]:
    return [Comparison(prompt, pair) for prompt, teams in pool.items() for pair in combinations(sorted(teams), 2)]


def ratings(pool: Pool) -> list[Rating]:
    return [Rating(prompt, (team,)) for prompt, teams in pool.items() for team in sorted(teams)]


def plan(
    *, pool: Pool, comparisons_wanted: int, ratings_wanted: int, overall: Exposure, stratum: Exposure, rng: Random
) -> list[Planned]:
    """The papers of one voter in the order she meets them: comparisons first, each kind in random order.

    Fewer than wanted where the pool has no more, since nobody judges a thing twice. `overall` and `stratum` are left as they were.
    """
    own = Exposure()
    chosen = [
        *_choose(comparisons(pool), comparisons_wanted, own, stratum, overall, rng),
        *_choose(ratings(pool), ratings_wanted, own, stratum, overall, rng),
    ]
    return _placed(chosen, pool, stratum, overall, rng)


def _choose(
    cells: Iterable[Cell], wanted: int, own: Exposure, stratum: Exposure, overall: Exposure, rng: Random
) -> list[Cell]:
    left_over = list(cells)
    rng.shuffle(left_over)  # equals are met in random order: `min` takes the first of them
    chosen = []
    while left_over and len(chosen) < wanted:
        cell = min(left_over, key=_issued(own, stratum, overall))
        left_over.remove(cell)
        own.add(cell, cell.teams[0])
        chosen.append(cell)
    rng.shuffle(chosen)
    return chosen


def _issued(own: Exposure, stratum: Exposure, overall: Exposure) -> Callable[[Cell], tuple[int, ...]]:
    """How unwelcome a cell is: first what this voter saw, then her stratum, then everybody."""

    def key(cell: Cell) -> tuple[int, ...]:
        return (
            own.prompts[cell.prompt],
            own.teams[cell.teams],
            stratum.teams[cell.teams],
            overall.teams[cell.teams],
            stratum.cells[cell],
            overall.cells[cell],
            overall.prompts[cell.prompt],
        )

    return key


def _placed(cells: Iterable[Cell], pool: Pool, stratum: Exposure, overall: Exposure, rng: Random) -> list[Planned]:
    """Samples and sides: the team that stood on the left less often stands there now, and chance decides between equals.

    Less often as a sum over the thing and the pair, for this voter, in her stratum and in the whole: minimisation after Pocock and
    Simon (1975). By the whole alone one stratum could see a team on the left mostly, and another one on the right.
    """
    own, papers = Exposure(), []
    for cell in cells:
        teams = list(cell.teams)
        rng.shuffle(teams)
        teams.sort(key=_times_on_the_left(cell, (own, stratum, overall)))
        own.add(cell, teams[0])
        papers.append(Planned(cell, *(rng.choice(pool[cell.prompt][team]) for team in teams)))
    return papers


def _times_on_the_left(cell: Cell, seen: Sequence[Exposure]) -> Callable[[str], int]:
    return lambda team: sum(exposure.left[what, team] for exposure in seen for what in (cell, cell.teams))
