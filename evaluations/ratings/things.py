"""What a ballot is about and whose it is, as short names. Pure.

Two papers that ask the same of one voter must meet the same unique key, whichever answer stood on the left; so the name of a comparison
holds its two teams in alphabetical order, and the sides are columns of the paper.
"""

from collections.abc import Iterable, Mapping

MAX_LENGTH = 120
"""As wide as the columns `Paper.thing` and `Ballot.thing`."""
LONGEST_STRATUM = 200
"""As wide as the columns named `stratum`."""


def comparison(prompt_id: str, team_a: str, team_b: str) -> str:
    """Which of these two teams answered this prompt better; the same for both orders of the teams."""
    if team_a == team_b:
        raise ValueError("a comparison needs two teams")
    first, second = sorted((team_a, team_b))
    return _named("compare", prompt_id, first, second)


def rating(prompt_id: str | None, team: str) -> str:
    """How well this team answered this prompt, or the team as such where imported ratings name no prompt."""
    return _named("rate", prompt_id or "", team)


def _named(*parts: str) -> str:
    name = ":".join(parts)
    if len(name) > MAX_LENGTH:
        raise ValueError(f"longer than {MAX_LENGTH} characters: {name}")
    return name


def stratum(categories: Mapping[str, str]) -> str:
    """The categories a person belongs to, written the same whatever order they were asked in: `age=20s;region=seoul`."""
    return ";".join(f"{trait}={category}" for trait, category in sorted(categories.items()))


def longest_stratum(traits: Iterable[tuple[str, Iterable[str]]]) -> str:
    """Of people who belong to a category of each of these traits, the one whose stratum is the longest."""
    return stratum({trait: max(categories, key=len, default="") for trait, categories in traits})


def categories(stratum: str) -> dict[str, str]:
    """The reverse of `stratum`."""
    return dict(part.split("=", 1) for part in stratum.split(";") if part)
