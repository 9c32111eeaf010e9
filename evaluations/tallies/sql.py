"""The fold as the database does it: the same two statements for what is kept and for what is only looked at."""

_SAID = {
    "compare": (
        "'compare', {b}.stratum, {b}.left_team_id, {b}.right_team_id, NULL, {b}.choice",
        "",
    ),
    "rate": (
        "'rate', {b}.stratum, {b}.left_team_id, NULL, star.question_id, CAST(star.rating AS varchar(16))",
        "JOIN ratings_star star ON star.ballot_id = {b}.id",
    ),
}

_HOUR = """
    FROM tallies_hour hour
    JOIN ratings_ballot ballot {by_hour} ON ballot.stage_id = hour.stage_id AND ballot.cast_at >= hour.since AND ballot.cast_at < hour.until"""

_BY_HOUR = {"sqlite": "INDEXED BY ballot_hour", "postgresql": ""}
"""SQLite would rather find the ballots of an hour by their stage, which is to read all of them for every hour."""

_REPLACED = """
    JOIN ratings_ballot replaced ON replaced.stage_id = ballot.stage_id AND replaced.voter_tag = ballot.voter_tag
     AND replaced.thing = ballot.thing AND replaced.revision = ballot.revision - 1"""

COLUMNS = "hour_id, kind, stratum, left_team_id, right_team_id, question_id, answer, votes"


def _lines(which: str, vendor: str) -> str:
    """One line per thing said in the hours `which` picks, with +1, and one with −1 for what it replaced."""
    hour, parts = _HOUR.format(by_hour=_BY_HOUR[vendor]), []
    for kind, (said, stars) in _SAID.items():
        for row, replaced, sign, more in (
            ("ballot", "", 1, ""),
            ("replaced", _REPLACED, -1, " AND ballot.revision > 1"),
        ):
            parts.append(
                f"SELECT hour.id AS hour_id, {said.format(b=row)}, {sign}{hour}{replaced} {stars.format(b=row)} "
                f"WHERE {which} AND ballot.kind = '{kind}'{more}"
            )
    names = "(hour_id, kind, stratum, left_team_id, right_team_id, question_id, answer, vote)"
    return f"WITH line{names} AS ({' UNION ALL '.join(parts)})"


def _folded(which: str, columns: str, vendor: str) -> str:
    """`columns` of the cells of the hours `which` picks, with their votes; cells that cancel out are left away."""
    return f"{_lines(which, vendor)} SELECT {columns}, SUM(vote) FROM line GROUP BY {columns} HAVING SUM(vote) <> 0"  # noqa: S608 – words of ours only


EVERY_COLUMN = "hour_id, kind, stratum, left_team_id, right_team_id, question_id, answer"
PENDING = "hour.stage_id = %s AND hour.tallied_at IS NULL"
ALL = "hour.stage_id = %s"


def keep(hours: int, vendor: str) -> str:
    """Parameters: the ids of so many hours, four times over."""
    folded = _folded(f"hour.id IN ({', '.join(['%s'] * hours)})", EVERY_COLUMN, vendor)
    # SQLite and PostgreSQL both take WITH inside the SELECT of an INSERT.
    return f"INSERT INTO tallies_cell ({COLUMNS}) {folded}"


def look(which: str, vendor: str) -> str:
    """Cells without their hour; parameters: the stage's id, four times."""
    return _folded(which, EVERY_COLUMN.removeprefix("hour_id, "), vendor)
