"""A stage with many ballots, folded, and folded again after a few more. Run as `python -m portal.bench.ballots ROWS` on an empty database.

The ballots are made by the database itself and pass all its triggers and constraints, as every ballot does. Prints what was seen as JSON.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from evaluations.programme.models import Stage, Team  # noqa: E402
from evaluations.programme.phases import Phase  # noqa: E402
from evaluations.results.compute import evidence_of  # noqa: E402
from evaluations.tallies.actions import fold_next  # noqa: E402
from portal.audit.record import record  # noqa: E402

HOURS = 240
MORE = 10_000
TEAMS = 5
STRATA = 12

NUMBERS = {
    "sqlite": "WITH RECURSIVE number(n) AS (SELECT %(first)s UNION ALL SELECT n + 1 FROM number WHERE n < %(last)s)",
    "postgresql": "WITH number(n) AS (SELECT generate_series(%(first)s::bigint, %(last)s::bigint))",
}
ID = {
    "sqlite": "lower(hex(randomblob(13)))",
    "postgresql": "substr(replace(gen_random_uuid()::text, '-', ''), 1, 26)",
}
CAST_AT = {
    "sqlite": "strftime('%%Y-%%m-%%d %%H:00:00', %(start)s, (%(hour)s + (n - %(first)s) / %(an_hour)s) || ' hours')",
    "postgresql": "%(start)s::timestamptz + (%(hour)s + (n - %(first)s) / %(an_hour)s) * interval '1 hour'",
}
TAG = {"sqlite": "printf('%%064d', n)", "postgresql": "lpad(n::text, 64, '0')"}


def cast(stage: Stage, teams: list[Team], first: int, rows: int, hour: int, an_hour: int) -> None:
    """`rows` comparisons of as many voters from number `first` on, `an_hour` in each hour from this one on."""
    vendor = connection.vendor
    places = " ".join(f"WHEN {place} THEN '{team.id}'" for place, team in enumerate(teams))
    left, right = f"n %% {TEAMS}", f"(n + 1 + (n / {TEAMS}) %% {TEAMS - 1}) %% {TEAMS}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO ratings_ballot (id, stage_id, voter_tag, thing, revision, kind, left_team_id, right_team_id,
                choice, recognised, stratum, event_id, cast_at)
            {NUMBERS[vendor]}
            SELECT {ID[vendor]}, %(stage)s, {TAG[vendor]}, 'compare:bench', 1, 'compare',
                CASE {left} {places} END, CASE {right} {places} END,
                CASE WHEN (n * 7919) %% 100 < 42 THEN 'a' WHEN (n * 7919) %% 100 < 80 THEN 'b' WHEN (n * 7919) %% 100 < 90
                THEN 'both_good' WHEN (n * 7919) %% 100 < 97 THEN 'both_bad' ELSE 'skip' END,
                '', 'age=' || (n / 7) %% {STRATA}, %(event)s, {CAST_AT[vendor]}
            FROM number""",  # noqa: S608 – numbers and ids of our own only
            {
                "first": first,
                "last": first + rows - 1,
                "hour": hour,
                "an_hour": an_hour,
                "stage": stage.id,
                "event": record("ballot cast", stage=stage.slug).pk,
                "start": stage.opens_at.strftime(
                    "%Y-%m-%d %H:00:00+00:00" if vendor == "postgresql" else "%Y-%m-%d %H:00:00"
                ),
            },
        )


def recount(stage: Stage) -> int:
    """Fold what is pending and read what it comes to; how many ballots that are."""
    while fold_next(stage=stage):
        pass
    return sum(said.compared + said.skip for said in evidence_of(stage).comparisons.values())


def timed(work: Callable[[], object]) -> tuple[float, float, object]:
    """Seconds on the clock, seconds of this process on the processor, and what came out."""
    began, busy = time.perf_counter(), time.process_time()
    found = work()
    return time.perf_counter() - began, time.process_time() - busy, found


def main(rows: int) -> None:
    if Stage.objects.exists():
        sys.exit("DATABASE_URL: 빈 데이터베이스여야 합니다. (the database is not empty)")
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    stage = Stage.objects.create(
        slug="bench", programme_ko="측정", name_ko="측정용 단계", sample=True, quota=3, frozen_at=now - timedelta(days=30),
        opens_at=now - timedelta(days=20), closes_at=now - timedelta(days=5), published_at=now + timedelta(days=9),
        release={"public": ["total"], "own": ["total"], "teams": "all", "minimum_n": 5},
    )  # fmt: skip
    teams = Team.objects.bulk_create(
        Team(stage=stage, slug=f"team-{n}", name_ko=f"{n}번 팀", position=n) for n in range(TEAMS)
    )
    an_hour = rows // HOURS
    casting, _, _ = timed(lambda: cast(stage, teams, 0, an_hour * HOURS, 0, an_hour))
    for phase in (Phase.FROZEN, Phase.OPEN, Phase.CLOSED):
        Stage.objects.filter(pk=stage.pk).update(phase=phase)
    first, first_busy, counted = timed(lambda: recount(stage))
    cast(stage, teams, an_hour * HOURS, MORE, HOURS, MORE)
    again, again_busy, counted_again = timed(lambda: recount(stage))
    if (counted, counted_again) != (an_hour * HOURS, an_hour * HOURS + MORE):
        sys.exit(f"ballots are missing: {counted}, {counted_again}")
    seen = {"rows": counted, "casting": casting, "first": first, "first_busy": first_busy, "again": again}
    seen |= {"again_busy": again_busy, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    sys.stdout.write(json.dumps(seen) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
