"""What a reader of a result wants to know first, in two or three sentences: who goes on, who fell at the gate, how narrow it was. Pure."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from evaluations.results.pictures import Block

Json = dict[str, Any]


@dataclass(frozen=True)
class Headline:
    """`decided` in full words; `narrow` repeats what the estimates say of the line between going on and not, and `where` leads there."""

    decided: tuple[str, ...]
    narrow: tuple[str, ...] = ()
    where: str = ""


def headline(
    told: list[Json], names: dict[str, str], blocks: list[Block], quota: int | None, *, undecided: bool
) -> Headline:
    """Of the teams `told`, by rank, as `release.told` hands them out, with all that advance among them; `names` are those of all teams of
    the stage. Where some team is `undecided`, told of or not, the list of those that advance is not said to be all of them, and how
    many do is not said at all.

    The estimates know of points alone, so they are repeated only where the points drew the line, after `quota` teams.
    """
    going = [names[team["team"]] for team in told if team["advances"]]
    said = {"all": len(names), "some": len(going), "teams": ", ".join(going)}
    if undecided:
        decided = [_("진출 여부가 아직 정해지지 않은 팀이 있습니다.")]
        if going:
            decided.append(_("진출이 정해진 팀: %(teams)s.") % said)
    elif not going:
        decided = [_("%(all)s팀 가운데 진출하는 팀이 없습니다.") % said]
    elif len(going) == len(names):
        decided = [_("%(all)s팀이 모두 진출합니다.") % said]
    else:
        decided = [_("%(all)s팀 가운데 %(some)s팀이 진출합니다: %(teams)s.") % said]
    fell = [names[team["team"]] for team in told if team.get("gate") == "not_met" and not team["advances"]]
    if fell:
        decided.append(_("독자성 관문을 충족하지 못한 팀: %(teams)s.") % {"teams": ", ".join(fell)})
    line = next((block for block in blocks if block.key == "line"), None)
    if undecided or line is None or quota is None or last_before_the_line(told) != quota:
        return Headline(tuple(decided))
    return Headline(tuple(decided), line.sentences[::-1], line.key)


def last_before_the_line(told: list[Json]) -> int | None:
    """After how many of the teams, in the order of their ranks, a line can be drawn between those that advance and those that do not.

    None where there is no such line: a rank is not told, nobody or everybody advances, somebody fell at the gate from among those who do, or
    both sides of it have the same rank and the committee chose between them.
    """
    answers = [team.get("advances") for team in told]
    going = answers.count(True)
    if not all(team.get("rank") for team in told) or not 0 < going < len(answers):
        return None
    drawn = answers == [True] * going + [False] * (len(answers) - going)
    return going if drawn and told[going - 1]["rank"] < told[going]["rank"] else None
