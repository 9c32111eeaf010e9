"""What citizens said one by one, for estimates that need to know which votes came from one person. Official points never do."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluations.scoring.canonical import canonical_bytes
from evaluations.scoring.clusters import Votes
from evaluations.scoring.comparisons import Floats
from evaluations.scoring.style import Style, style_table
from evaluations.scoring.tallies import Codes


@dataclass(frozen=True, slots=True)
class Stars:
    """Single ratings: equally long columns. `question` is a place in the list of questions, `rating` 1–5."""

    person: Codes
    team: Codes
    question: Codes
    rating: Codes


@dataclass(frozen=True, slots=True)
class People:
    """The votes of a stage, person by person.

    teams, questions   by name, in the order of the rules; codes are places in them
    votes, stars       rows sorted by person, then by what was judged: the order in which they came is lost
    styles             measures of the answers that were compared, shape (prompts, teams, MEASURES), as of `style_table`
    strata             the groups people belong to, as `trait=category;…`; `stratum` is the place of each person's, (people,)
    People are numbered 0, 1, 2 … in the order of a hash of all they said: as good as at random, and the same under whatever names they come.
    """

    teams: tuple[str, ...]
    questions: tuple[str, ...]
    votes: Votes
    stars: Stars
    styles: Floats
    strata: tuple[str, ...]
    stratum: Codes

    @property
    def number(self) -> int:
        return len(self.stratum)

    def groups(self, most: int) -> Codes:
        """Every person in one of at most `most` groups of nearly equal size; each alone where there are no more people."""
        return np.arange(self.number) % max(1, min(most, self.number))


def people_from(
    teams: Sequence[str],
    questions: Sequence[str],
    compared: Sequence[tuple[str, str, int, int, int]],
    rated: Sequence[tuple[str, int, int, int]],
    strata: Mapping[str, str],
    answers: Mapping[tuple[str, str], Sequence[Style]] | None = None,
) -> People:
    """From rows: (person, prompt, left, right, choice) and (person, team, question, rating), with people and prompts by name
    and the rest as codes, and the stratum of every person who said anything; and from the styles of the answers by prompt and
    team, both by name, where their texts are known."""
    names = {name: number for number, name in enumerate(_in_order(compared, rated, strata))}
    prompts = {name: number for number, name in enumerate(sorted({row[1] for row in compared}))}
    places = {name: number for number, name in enumerate(sorted(set(strata.values())))}
    votes = np.array(
        [(names[who], prompts[prompt], left, right, choice) for who, prompt, left, right, choice in compared], np.int64
    ).reshape(-1, 5)
    stars = np.array([(names[who], team, question, rating) for who, team, question, rating in rated], np.int64).reshape(
        -1, 4
    )
    votes, stars = (rows[np.lexsort(rows.T[::-1])] for rows in (votes, stars))
    person, prompt, left, right, choice = votes.T
    return People(
        teams=tuple(teams),
        questions=tuple(questions),
        votes=Votes(left, right, choice, person, prompt),
        stars=Stars(*stars.T),
        styles=style_table(answers or {}, prompts, teams),
        strata=tuple(places),
        stratum=np.array([places[strata[name]] for name in names], np.int64),
    )


def _in_order(
    compared: Sequence[tuple[str, str, int, int, int]],
    rated: Sequence[tuple[str, int, int, int]],
    strata: Mapping[str, str],
) -> list[str]:
    """People by a hash of their stratum, of all they said, and of how many before them said exactly that: without the number they would stand
    together and be dealt evenly to the groups of `groups`. Who of them has which number changes nothing, as their rows are the same."""
    said: dict[str, list[tuple[Any, ...]]] = {who: [] for who in strata}
    for who, *row in compared:
        said[who].append(("compared", *row))
    for who, *row in rated:
        said[who].append(("rated", "", *row))
    alike: Counter[bytes] = Counter()
    places = {}
    for who, rows in said.items():
        content = canonical_bytes([strata[who], *map(list, sorted(rows))])
        places[who] = hashlib.sha256(content + alike[content].to_bytes(8)).digest()
        alike[content] += 1
    return sorted(places, key=places.__getitem__)
