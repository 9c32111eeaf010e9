"""Order, ties, the line of the quota and how far each team is from it, rounding. Nothing here looks at a name: equals stay equal."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from evaluations.scoring.averages import mean
from evaluations.scoring.decimals import Exact, Rounding, as_fraction, rounded
from evaluations.scoring.margins import margins

__all__ = ["Rounding", "margins", "points_by_rank", "ranks", "rounded", "seats"]

Values = Mapping[str, Exact | None]
LINE_TIES = {"all": True, "none": False, "committee": None}
"""What becomes of those who are level on the line of the quota."""


def ranks(values: Mapping[str, Exact], tie_break: Sequence[Values] = ()) -> dict[str, int]:
    """Rank of each key, 1 for the highest value; equals are set apart by the tie-break values, else share a rank.

    After a rank shared by two comes a gap (1, 2, 2, 4). A tie-break value that is absent for one of the equals sets
    none of them apart, and the next one is asked. ValueError for a key without a value, whose rank might be any; TypeError for a float.
    """
    missing = [key for key, value in values.items() if value is None]
    if missing:
        raise ValueError(f"no value, and so no ranks: {', '.join(missing)}")
    found: dict[str, int] = {}
    for group in _ordered(list(values), [values, *tie_break]):
        rank = len(found) + 1
        found.update(dict.fromkeys(group, rank))
    return {key: found[key] for key in values}


def _ordered(keys: list[str], chain: Sequence[Values]) -> Iterable[list[str]]:
    """Groups of inseparable keys, best first."""
    if len(keys) == 1 or not chain:
        return [keys] if keys else []
    present = {key: as_fraction(value) for key in keys if (value := chain[0][key]) is not None}
    if len(present) < len(keys):
        return _ordered(keys, chain[1:])
    groups: list[list[str]] = []
    for value in sorted(set(present.values()), reverse=True):
        groups += _ordered([key for key in keys if present[key] == value], chain[1:])
    return groups


def points_by_rank(ranked: Mapping[str, int], table: Sequence[Exact]) -> dict[str, Fraction]:
    """The table's points by rank; those who share a rank share the mean of the places they take up. ValueError where the table has
    fewer places than are taken up."""
    shared = list(ranked.values())
    for key, rank in ranked.items():
        if not 1 <= rank <= len(table) - shared.count(rank) + 1:
            raise ValueError(
                f"{key} takes up places {rank} to {rank + shared.count(rank) - 1} of {len(table)} with points"
            )
    return {key: mean(table[rank - 1 : rank - 1 + shared.count(rank)]) for key, rank in ranked.items()}


def seats(ranked: Mapping[str, int], quota: int | None, line_ties: str) -> dict[str, bool | None]:
    """Who gets one of `quota` seats by rank (everybody without a quota).

    Those who share the rank on the line: `all` get a seat, `none` does, or None – the `committee` must say. ValueError for another word.
    """
    if line_ties not in LINE_TIES:
        raise ValueError(f"level on the line are {', '.join(LINE_TIES)}, not {line_ties}")
    shared = list(ranked.values())
    found: dict[str, bool | None] = {}
    for key, rank in ranked.items():
        if quota is None or rank + shared.count(rank) - 1 <= quota:
            found[key] = True
        elif rank > quota:
            found[key] = False
        else:
            found[key] = LINE_TIES[line_ties]
    return found
