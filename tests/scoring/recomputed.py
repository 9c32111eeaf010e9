"""The points of examples/stage-2 once more, from the files alone: plain fractions, nothing of the package that counts.

Written as the method page reads, for one stage: no rule is looked up, no case is handled that this stage does not have.
"""

import csv
import tomllib
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path


class Recomputed:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.stage = tomllib.loads((directory / "stage.toml").read_text(encoding="utf-8"))
        self.teams = [team["slug"] for team in self.stage["teams"]]
        self.benchmark, self.expert, self.user = self.stage["parts"]
        self.points: dict[str, dict[str, Fraction]] = {team: {} for team in self.teams}
        self.dropped: dict[str, list[str]] = {}
        for team in self.teams:
            self._benchmark(team)
            self._expert(team)
        self._stars()
        self._pairs()
        for found in self.points.values():
            found["user"] = found["user.stars"] + found["user.pairs"]
            found["total"] = found["benchmark"] + found["expert"] + found["user"]

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.directory / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def _benchmark(self, team: str) -> None:
        score = {row["item"]: Fraction(row["score"]) for row in self.rows("benchmarks.csv") if row["team"] == team}
        nia, common, individual = self.benchmark["items"]
        values = [score[f"common.{key}"] for key in common["values"]]
        target = Fraction(individual["targets"][team])
        found = {
            "nia": nia["points"] * score["nia"] / Fraction(nia["maximum"]),
            "common": common["points"] * (sum(values) / len(values)) / 100,
            "individual": individual["points"] * min(Fraction(1), score["individual"] / target),
        }
        self.points[team] |= {f"benchmark.{key}": value for key, value in found.items()}
        self.points[team]["benchmark"] = sum(found.values())

    def _expert(self, team: str) -> None:
        marks: dict[str, dict[str, str]] = defaultdict(dict)
        for row in self.rows("sheets.csv"):
            if row["team"] == team:
                marks[row["panelist"]][row["criterion"]] = row["mark"]
        sheets = [(*self._sheet(of_one), panelist) for panelist, of_one in marks.items()]
        sheets.sort(key=lambda sheet: sheet[0])
        totals = [total for total, _, _ in sheets]
        assert totals[0] < totals[1] and totals[-2] < totals[-1], "equal extremes would need the package's rule"
        kept = sheets[1:-1]
        self.dropped[team] = [sheets[0][2], sheets[-1][2]]
        self.points[team]["expert"] = sum(total for total, _, _ in kept) / len(kept)
        for path, points in self._weights().items():
            shares = [found[path] for _, found, _ in kept if found[path] is not None]
            self.points[team][f"expert.{path}"] = points * sum(shares) / len(shares)

    def _weights(self) -> dict[str, int]:
        found = {}
        for criterion in self.expert["criteria"]:
            found[criterion["key"]] = criterion["points"]
            for sub in criterion.get("criteria", []):
                found[f"{criterion['key']}.{sub['key']}"] = sub["points"]
        return found

    def _sheet(self, marks: dict[str, str]) -> tuple[Fraction, dict[str, Fraction | None]]:
        """Total and share of full marks of every criterion; who cannot judge leaves the weight to the neighbours."""
        shares: dict[str, Fraction | None] = {}
        for criterion in self.expert["criteria"]:
            key, subs = criterion["key"], criterion.get("criteria", [])
            for sub in subs or [criterion]:
                path = f"{key}.{sub['key']}" if subs else key
                shares[path] = self._share(sub, marks[path])
            if subs:
                shares[key] = self._weighted([(sub["points"], shares[f"{key}.{sub['key']}"]) for sub in subs])
        whole = self._weighted(
            [(criterion["points"], shares[criterion["key"]]) for criterion in self.expert["criteria"]]
        )
        assert whole is not None
        return self.expert["points"] * whole, shares

    @staticmethod
    def _share(criterion: dict, mark: str) -> Fraction | None:
        if mark == "cannot_judge":
            return None
        if "levels" in criterion:
            return Fraction(int(mark) - 1, criterion["levels"] - 1)
        return Fraction(int(mark), criterion["points"])

    @staticmethod
    def _weighted(pairs: list[tuple[int, Fraction | None]]) -> Fraction | None:
        above = sum((weight * share for weight, share in pairs if share is not None), Fraction(0))
        below = sum(weight for weight, share in pairs if share is not None)
        return above / below if below else None

    def _stars(self) -> None:
        item = self.user["items"][0]
        prior = Fraction(item["prior"])
        given: dict[tuple[str, str], list[int]] = defaultdict(list)
        everybody: dict[str, list[int]] = defaultdict(list)
        for row in self.rows("ratings.csv"):
            given[row["team"], row["question"]].append(int(row["rating"]))
            everybody[row["question"]].append(int(row["rating"]))
        for team in self.teams:
            means = []
            for question in (row["key"] for row in self.stage["users"]["questions"]):
                grand = Fraction(sum(everybody[question]), len(everybody[question]))
                stars = given[team, question]
                means.append((prior * grand + sum(stars)) / (prior + len(stars)))
            self.points[team]["user.stars"] = item["points"] * (sum(means) / len(means) - 1) / 4

    def _pairs(self) -> None:
        points = self.user["items"][1]["points"]
        won: Counter[tuple[str, str]] = Counter()
        met: Counter[tuple[str, str]] = Counter()
        for row in self.rows("comparisons.csv"):
            a, b, choice = row["team_a"], row["team_b"], row["choice"]
            if choice != "skip":
                met[a, b] += 1
                met[b, a] += 1
                won[a, b] += {"a": 2, "b": 0}.get(choice, 1)
                won[b, a] += {"a": 0, "b": 2}.get(choice, 1)
        for team in self.teams:
            shares = [Fraction(won[team, rival], 2 * met[team, rival]) for rival in self.teams if rival != team]
            self.points[team]["user.pairs"] = points * sum(shares) / len(shares)

    def ranks(self) -> dict[str, int]:
        totals = {team: found["total"] for team, found in self.points.items()}
        assert all(totals[a] != totals[b] for a, b in combinations(self.teams, 2))
        return {team: 1 + sum(other > total for other in totals.values()) for team, total in totals.items()}

    def mean(self, key: str) -> Fraction:
        return sum(found[key] for found in self.points.values()) / len(self.teams)


def shown(value: Fraction, places: int) -> str:
    """Rounded by the standard library: the quotient first to so many digits that the half is never a guess."""
    many = Decimal(value.numerator * 10**40 // value.denominator).scaleb(-40)
    return str(many.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
