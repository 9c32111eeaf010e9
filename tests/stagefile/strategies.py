"""Stages that nobody would think of, all of them allowed: tables as `tomllib` would read them."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import strategies as st

from portal.unseen import UNSEEN

ZONES = ("Asia/Seoul", "UTC", "America/St_Johns", "Asia/Kathmandu")
LETTERS = st.characters(
    codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"], exclude_characters=UNSEEN
)
lines = st.text(LETTERS, min_size=1, max_size=12)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join)
decimals = st.from_regex(r"\A[1-9][0-9]{0,3}(\.[0-9]{1,3})?\Z")


def keys(number: int, prefix: str = "k") -> list[str]:
    return [f"{prefix}{n}" for n in range(number)]


@st.composite
def words(draw, text=lines):
    return {"ko": draw(text)} | ({"en": draw(text)} if draw(st.booleans()) else {})


def maybe(draw, name, strategy):
    return {name: draw(strategy)} if draw(st.booleans()) else {}


def split(draw, total: int, parts: int) -> list[int]:
    """`total` points over `parts` places, none empty."""
    if parts == 1:
        return [total]
    cuts = sorted(draw(st.lists(st.integers(1, total - 1), min_size=parts - 1, max_size=parts - 1, unique=True)))
    return [high - low for low, high in zip([0, *cuts], [*cuts, total], strict=True)]


@st.composite
def teams(draw):
    found = []
    for n in range(draw(st.integers(1, 3))):
        members = [
            {"organisation": draw(lines)}
            | maybe(draw, "unit", lines)
            | maybe(draw, "aliases", st.lists(lines, max_size=2, unique=True))
            | maybe(draw, "from", st.dates(date(2024, 1, 1), date(2025, 1, 1)))
            | maybe(draw, "to", st.dates(date(2025, 1, 2), date(2027, 1, 1)))
            for _ in range(draw(st.integers(0, 2)))
        ]
        # Names of a team carry its number, because two teams may not answer to one name.
        name = words(lines.map(lambda text, n=n: f"{text}{n}번"))
        found.append(
            {"slug": f"team-{n}", "name": draw(name), "members": members}
            | maybe(draw, "model_name", st.just(f"Model {n}"))
            | maybe(draw, "aliases", st.just([f"별명 {n}", f"alias-{n}"]))
        )
    return found


@st.composite
def items(draw, part: str, points: int, slugs: list[str]):
    number = draw(st.integers(1, min(3, points)))
    found = []
    for n, share in enumerate(split(draw, points, number)):
        rule = draw(st.sampled_from(["share", "mean", "ratio_to_target", "ratio_to_best", "given"]))
        item = {"key": f"{part}_i{n}", "name": draw(words()), "points": share, "rule": rule} | maybe(
            draw, "source", lines
        )
        if rule == "share":
            item |= {"maximum": draw(decimals)}
        if rule == "mean":
            item |= maybe(draw, "values", st.just(keys(2, "v")))
        if rule == "ratio_to_target":
            item |= maybe(draw, "target", decimals) | maybe(
                draw, "targets", st.fixed_dictionaries({slugs[0]: decimals})
            )
        if rule in ("ratio_to_target", "ratio_to_best"):
            item |= maybe(draw, "direction", st.sampled_from(["higher", "lower"]))
        if rule in ("share", "mean", "ratio_to_target"):
            item |= maybe(draw, "given", st.just({slugs[0]: "0.5"}))
        found.append(item)
    return found


@st.composite
def user_items(draw, part: str, points: int, number_of_teams: int):
    rules = ["share_of_scale", "expected_win_share", "ratio_to_best", "rank_points"]
    found = []
    for n, share in enumerate(split(draw, points, draw(st.integers(1, min(2, points))))):
        rule = draw(st.sampled_from(rules))
        source = {"share_of_scale": "ratings", "expected_win_share": "comparisons"}.get(rule) or draw(
            st.sampled_from(["ratings", "comparisons"])
        )
        item = {"key": f"{part}_u{n}", "name": draw(words()), "points": share, "rule": rule, "source": source}
        if source == "ratings":
            item |= maybe(draw, "prior", st.sampled_from(["0", "15", "2.5"]))
        if rule == "rank_points":
            item |= {"table": [str(share)] * number_of_teams}
        found.append(item)
    return found


@st.composite
def criteria(draw, part: str, points: int, *, below: bool = True):
    found = []
    for n, share in enumerate(split(draw, points, draw(st.integers(1, min(3, points))))):
        criterion = {"key": f"{part}_c{n}", "name": draw(words()), "points": share}
        criterion |= maybe(draw, "guide", words(texts)) | maybe(
            draw, "comment", st.sampled_from(["required", "optional", "none"])
        )
        criterion |= maybe(draw, "floor", st.just("0.5"))
        if below and draw(st.booleans()):
            criterion["criteria"] = draw(criteria(f"{part}_{n}", share, below=False))
        else:
            criterion |= maybe(draw, "levels", st.just(5)) | maybe(
                draw, "anchors", st.just([{"mark": 1, "ko": "낮음"}])
            )
        found.append(criterion)
    return found


@st.composite
def parts(draw, slugs: list[str]):
    found = []
    for n in range(draw(st.integers(1, 3))):
        kind, points = draw(st.sampled_from(["measured", "experts", "users"])), draw(st.integers(3, 60))
        part = {"key": f"p{n}", "kind": kind, "name": draw(words()), "points": points} | maybe(
            draw, "floor", st.just("1.5")
        )
        if draw(st.integers(0, 4)) == 0:
            part["rule"] = "given"
        elif kind == "measured":
            part["items"] = draw(items(f"p{n}", points, slugs))
        elif kind == "users":
            part["items"] = draw(user_items(f"p{n}", points, len(slugs)))
        else:
            part["criteria"] = draw(criteria(f"p{n}", points))
            part |= maybe(draw, "aggregate", st.sampled_from(["mean", "drop_high_low", "trimmed_criteria"]))
            part |= maybe(draw, "cannot_judge", st.sampled_from(["renormalise", "zero", "refuse"]))
        found.append(part)
    return found


@st.composite
def gates(draw):
    sides, components = keys(draw(st.integers(1, 2)), "s"), keys(draw(st.integers(1, 3)), "c")
    asked = [
        {"key": f"q{n}", "side": draw(st.sampled_from(sides)), "text": draw(words(texts))}
        | maybe(draw, "components", st.lists(st.sampled_from(components), min_size=1, unique=True))
        for n in range(draw(st.integers(1, 3)))
    ]
    named = {
        name: [{"key": key, "name": draw(words())} for key in found]
        for name, found in (("sides", sides), ("components", components))
    }
    return {"decided_by": draw(st.sampled_from(["committee", "majority"])), "items": asked} | named


@st.composite
def users(draw):
    strata = [
        {
            "key": f"t{n}",
            "name": draw(words()),
            "categories": [
                {"key": "a", "ko": "가", "share": "0.25"},
                {"key": "b", "ko": "나", "share": "0.75", "quota": 3},
            ],
        }
        for n in range(draw(st.integers(0, 2)))
    ]
    questions = [{"key": key, "text": draw(words(texts))} for key in keys(draw(st.integers(1, 2)), "q")]
    return {"purpose": draw(words(texts)), "questions": questions, "strata": strata} | maybe(
        draw, "comparisons_per_person", st.integers(0, 20)
    )


@st.composite
def stages(draw):
    """A stage in every shape the file allows, points adding up and names apart."""
    found = draw(teams())
    slugs = [team["slug"] for team in found]
    offset = timezone(timedelta(hours=draw(st.integers(-11, 13))))
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 1_000_000)))
    majority = draw(st.booleans())
    stage = {
        "schema": 1,
        "slug": draw(st.from_regex(r"\A[a-z0-9]{1,8}(-[a-z0-9]{1,4})?\Z")),
        "programme": draw(words()),
        "name": draw(words()),
        "timetable": {
            name: (start + timedelta(days=n)).astimezone(offset)
            for n, name in enumerate(("frozen", "opens", "closes", "published"))
        },
        "advance": {
            "by": "majority" if majority else "points",
            "quota": 1,
            "line_ties": draw(st.sampled_from(["all", "none", "committee"])),
        }
        | ({"quorum": 3} if majority else maybe(draw, "pass_on_seats", st.booleans())),
        "teams": found,
        "parts": draw(parts(slugs)),
        "rounds": [
            {"key": "r0", "name": draw(words()), "blind": draw(st.booleans())},
            {"key": "r1", "name": draw(words()), "counts": False},
        ],
        "users": draw(users()),
    }
    stage |= (
        maybe(draw, "note", words(texts))
        | maybe(draw, "sample", st.booleans())
        | maybe(draw, "time_zone", st.sampled_from(ZONES))
    )
    stage |= maybe(draw, "rounding", st.just({"item": 2, "rule": "ROUND_HALF_EVEN"})) | maybe(draw, "gate", gates())
    stage |= maybe(draw, "tie_break", st.just([stage["parts"][-1]["key"]]))
    stage |= maybe(draw, "published", st.just([{"what": "rank", "team": slugs[0], "value": 1}]))
    return stage
