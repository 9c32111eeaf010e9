"""Sample citizens: a panel that fills its quotas, and what its members say about the answers they are shown."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
from numpy.random import Generator

from evaluations.stagefile.samples.answers import Made

Row = tuple[str, ...]
Answers = dict[tuple[str, str], Made]


def panel(strata: list[dict[str, Any]], number: int, rng: Generator) -> list[tuple[str, ...]]:
    """For each citizen one category per trait. Each trait's quotas are filled, scaled to the number of people."""
    columns = []
    for trait in strata:
        rows = trait["categories"]
        quotas = np.array([row.get("quota", 1) for row in rows], dtype=float)
        filled = np.repeat([row["key"] for row in rows], np.round(quotas / quotas.sum() * number).astype(int))
        columns.append(rng.permutation(np.resize(filled, number)))
    return [tuple(str(column[n]) for column in columns) for n in range(number)] if columns else [()] * number


def appeal(made: Made, strength: float) -> float:
    """What a reader feels before chance: how good the answer is, and a little of what the model is."""
    return 0.9 * made.quality + 0.3 * strength


class Voting:
    """Shows prompts and pairs evenly, like the real thing, and answers as people do: by taste, with ties and the odd skip."""

    def __init__(
        self, answers: Answers, strength: dict[str, float], opens: datetime, closes: datetime, rng: Generator
    ) -> None:
        self.answers, self.strength, self.rng = answers, strength, rng
        self.opens, self.seconds = opens, int((closes - opens).total_seconds())
        self.prompts = list(dict.fromkeys(prompt for prompt, _ in answers))
        self.teams = list(strength)
        self.pairs = list(combinations(self.teams, 2))

    def felt(self, prompt: str, team: str) -> float:
        return appeal(self.answers[prompt, team], self.strength[team]) + float(self.rng.normal(0, 0.75))

    def moments(self, number: int) -> list[datetime]:
        """A sitting: begins some time in the open days, then half a minute to three minutes for each answer."""
        at = self.opens + timedelta(seconds=int(self.rng.integers(self.seconds - 7200)))
        found = []
        for _ in range(number):
            at += timedelta(seconds=int(self.rng.integers(30, 180)))
            found.append(at)
        return found

    def comparisons(self, citizen: str, stratum: tuple[str, ...], number: int) -> Iterator[Row]:
        prompts = self.rng.permutation(self.prompts)[:number]
        for prompt, at in zip(prompts, self.moments(len(prompts)), strict=True):
            pair = self.pairs[int(self.rng.integers(len(self.pairs)))]
            left, right = pair if self.rng.random() < 0.5 else pair[::-1]
            yield citizen, str(prompt), left, right, self.choice(str(prompt), left, right), at.isoformat(), *stratum

    def choice(self, prompt: str, left: str, right: str) -> str:
        a, b = self.felt(prompt, left), self.felt(prompt, right)
        if self.rng.random() < 0.02:
            return "skip"
        if abs(a - b) < 0.35:
            return "both_bad" if (a + b) / 2 < 0.55 else "both_good"
        return "a" if a > b else "b"

    def ratings(self, citizen: str, stratum: tuple[str, ...], questions: list[str], number: int) -> Iterator[Row]:
        lenience = float(self.rng.normal(0, 0.4))
        prompts = self.rng.permutation(self.prompts)[:number]
        for prompt, at in zip(prompts, self.moments(len(prompts)), strict=True):
            team = self.teams[int(self.rng.integers(len(self.teams)))]
            felt = self.felt(str(prompt), team)
            for question in questions:
                stars = round(2.7 + lenience + felt + float(self.rng.normal(0, 0.5)))
                yield citizen, team, question, str(min(5, max(1, stars))), str(prompt), at.isoformat(), *stratum


class Noticing:
    """Which of the answers a reader takes for those of a model she knows: a few people now and then, the others hardly ever."""

    def __init__(self, rng: Generator) -> None:
        self.rng = rng
        self.chance: dict[str, float] = {}

    def knows(self, citizen: str) -> bool:
        if citizen not in self.chance:
            self.chance[citizen] = 0.25 if self.rng.random() < 0.12 else 0.005
        return bool(self.rng.random() < self.chance[citizen])

    def compared(self, rows: list[Row], at: int) -> Iterator[Row]:
        """The rows with a cell more, at this place."""
        for row in rows:
            left, right = self.knows(row[0]), self.knows(row[0])
            yield *row[:at], ("both" if right else "a") if left else "b" if right else "none", *row[at:]

    def rated(self, rows: list[Row], at: int) -> Iterator[Row]:
        """The same for ratings, where the rows of one ballot say the same."""
        said: dict[tuple[str, str, str], str] = {}
        for row in rows:
            citizen, team, _question, _rating, prompt, *_ = row
            ballot = (citizen, team, prompt)
            if ballot not in said:
                said[ballot] = "yes" if self.knows(citizen) else "no"
            yield *row[:at], said[ballot], *row[at:]
