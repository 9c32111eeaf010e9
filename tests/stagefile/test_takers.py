"""Which rule takes which field is told as it is counted."""

import pytest

from evaluations.scoring.rules import Rules, RulesError
from evaluations.stagefile.schema import ITEM, TAKEN_BY

RULES = next(field.choices for field in ITEM if field.name == "rule")
OF_USERS = ("share_of_scale", "expected_win_share", "rank_points")


@pytest.mark.parametrize("rule", RULES)
def test_what_scoring_does_not_know_is_what_the_rule_does_not_take(rule):
    kind = "users" if rule in OF_USERS else "measured"
    item = dict.fromkeys(TAKEN_BY, "1") | {"rule": rule}

    with pytest.raises(RulesError) as raised:
        Rules.from_config({"teams": [{"slug": "ga"}], "parts": [{"kind": kind, "items": [item]}]})

    unknown = {fault.path[-1] for fault in raised.value.faults if fault.why == "알 수 없는 이름입니다."}
    assert unknown == {name for name, rules in TAKEN_BY.items() if rule not in rules}
