"""All sample data files of a stage, from its configuration and a seed. The same seed gives the same bytes."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from numpy.random import PCG64, Generator

from evaluations.scoring.parts import Item, Part
from evaluations.stagefile.configuration import Table
from evaluations.stagefile.data import Known
from evaluations.stagefile.samples import answers, documents, panel
from evaluations.stagefile.samples.citizens import Noticing, Row, Voting
from evaluations.stagefile.samples.citizens import panel as citizens_of
from evaluations.stagefile.schema import DATA, DOCUMENTS, RECOGNISED

PANELISTS = 10
CITIZENS = 500


def sample_files(config: Table, seed: int, *, blinding: bool = False) -> dict[str, str]:
    """Text by file name. Each kind of data has a stream of its own, so that a change in one leaves the others as they are. With `blinding`
    the files also say who recognised whose model; they say nothing else than without."""
    *kinds, experts, readers = Generator(PCG64(seed)).spawn(10)
    streams = iter(kinds)
    known = Known(config)
    teams = list(known.rules.slugs)
    strength = _strength(teams, next(streams))
    found: dict[str, str] = {}
    _add(found, "benchmarks.csv", _benchmarks(known, strength, next(streams)))
    _documents(found, config, teams, next(streams))
    made = _answers(found, config, strength, next(streams))
    if known.judged:
        _add(found, "sheets.csv", panel.sheets(known.leaves, known.comment, strength, PANELISTS, next(streams)))
        if known.rules.gate:
            _add(found, "findings.csv", panel.findings(known.rules.gate, teams, PANELISTS, next(streams)))
        if blinding and known.blind:
            _add(found, "blinding.csv", panel.blinding(teams, PANELISTS, experts))
    if made:
        compared, rated = _votes(config, known, made, strength, next(streams))
        if blinding:
            noticing = Noticing(readers)
            compared = list(noticing.compared(compared, _place("comparisons.csv")))
            rated = list(noticing.rated(rated, _place("ratings.csv")))
        traits = tuple(known.strata)
        _add(found, "comparisons.csv", compared, traits, asked=blinding)
        _add(found, "ratings.csv", rated, traits, asked=blinding)
    return found


def _strength(teams: list[str], rng: Generator) -> dict[str, float]:
    """Evenly spread and dealt out by chance: which team gets which says nothing."""
    levels = rng.permutation(len(teams))
    return {team: float(level) / max(1, len(teams) - 1) for team, level in zip(teams, levels, strict=True)}


def _add(
    found: dict[str, str],
    name: str,
    rows: Iterable[tuple[str, ...]],
    more: tuple[str, ...] = (),
    *,
    asked: bool = False,
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    sheet = DATA[name]
    writer.writerow([*sheet.columns, *(column for column in sheet.optional if asked or column != RECOGNISED), *more])
    written = list(rows)
    writer.writerows(written)
    if written:
        found[name] = out.getvalue()


def _benchmarks(known: Known, strength: dict[str, float], rng: Generator) -> Iterable[tuple[str, ...]]:
    for address, item in known.rules.measurable().items():
        for team, level in strength.items():
            if isinstance(item, Item) and item.given_to(team) is None:
                value = 66 + 4 * level + float(rng.normal(0, 3))
                yield team, address, f"{min(96.0, value):.2f}", "표본 값", ""
            elif isinstance(item, Part):
                yield team, address, f"{item.points * (0.75 + 0.2 * level):.1f}", "표본 값", ""


def _documents(found: dict[str, str], config: Table, teams: list[str], rng: Generator) -> None:
    rounds = [round["key"] for round in config.get("rounds", []) if round["blind"]]
    rows = []
    for n, team in enumerate(teams, 1):
        for round in rounds:
            # The file's name must not name the team: it is kept beside the sealed original.
            name = f"report-{n}.md" if len(rounds) == 1 else f"report-{n}-{round}.md"
            found[f"{DOCUMENTS}/{name}"] = documents.report(rng)
            rows.append((team, round, "기술 보고서(표본)", name))
    _add(found, "documents.csv", rows)


def _answers(found: dict[str, str], config: Table, strength: dict[str, float], rng: Generator) -> dict:
    if "users" not in config:
        return {}
    prompts = answers.prompts()
    manners = dict(zip(strength, rng.permutation(len(strength)), strict=True))
    made = {
        (prompt["key"], team): answers.answer(
            prompt, answers.MANNERS[int(manners[team]) % len(answers.MANNERS)], level, rng
        )
        for prompt in prompts
        for team, level in strength.items()
    }
    _add(found, "prompts.csv", [(prompt["key"], prompt["category"], prompt["text"]) for prompt in prompts])
    _add(found, "answers.csv", [(prompt, team, "1", answer.text) for (prompt, team), answer in made.items()])
    return made


def _votes(
    config: Table, known: Known, made: dict, strength: dict[str, float], rng: Generator
) -> tuple[list[Row], list[Row]]:
    """The rows of comparisons and of ratings."""
    users, times = config["users"], config["timetable"]
    opens, closes = datetime.fromisoformat(times["opens"]), datetime.fromisoformat(times["closes"])
    voting = Voting(made, strength, opens, closes, rng)
    people = citizens_of(users.get("strata", []), CITIZENS, rng)
    compared: list[Row] = []
    rated: list[Row] = []
    for n, stratum in enumerate(people, 1):
        citizen = f"c{n:04}"
        compared += voting.comparisons(citizen, stratum, users["comparisons_per_person"])
        rated += voting.ratings(citizen, stratum, list(known.rules.questions), users["ratings_per_person"])
    return compared, rated


def _place(name: str) -> int:
    """Where in a row of this file stands what was recognised."""
    return [*DATA[name].columns, *DATA[name].optional].index(RECOGNISED)
