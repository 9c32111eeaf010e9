"""Everything that is estimated beside a result, in one record: how firm the order is, who is severe, what citizens prefer, whether it
was judged blind.

    estimate(rules, evidence, result, people, blinding, seed=1) → plain data, every number as text, rounded

Nothing here enters a point, a rank or a seat. Each section says by which method, from how many and with which seed; a section
that cannot be had says why instead (`absent`, a word of ESTIMATES in wording.py), and the others stand.
"""

from collections.abc import Callable
from typing import Any

from evaluations.scoring.blinding import Blinding
from evaluations.scoring.comparisons import NoEstimate
from evaluations.scoring.designs import NotEstimable
from evaluations.scoring.estimates_blinding import blinding_sections
from evaluations.scoring.estimates_citizens import citizens_sections
from evaluations.scoring.estimates_order import order_sections
from evaluations.scoring.estimates_panel import panel_sections
from evaluations.scoring.evidence import Evidence
from evaluations.scoring.people import People
from evaluations.scoring.raking import Infeasible
from evaluations.scoring.rules import Rules
from evaluations.scoring.shown import AbsentSection
from evaluations.scoring.tables import Result

ESTIMATES_VERSION = "10"
"""Changes with every change of this package that could alter a digit of any estimate."""

Json = dict[str, Any]


def estimate(
    rules: Rules, evidence: Evidence, result: Result, people: People, blinding: Blinding | None = None, *, seed: int
) -> Json:
    """All sections. `result` is the count of these rules and this evidence; `people` said what the evidence has tallied, and `blinding`
    is what those who gave it said of whom they recognised, None where nobody was asked."""
    builders: dict[str, Callable[[], Any]] = {
        **panel_sections(rules, evidence, result),
        **order_sections(rules, evidence, result, people, seed),
        **citizens_sections(rules, people),
        **blinding_sections(rules, evidence, people, blinding or Blinding()),
    }
    return {
        "stage": rules.stage,
        "config_digest": result.config_digest,
        "input_digest": result.input_digest,
        "method_version": result.method_version,
        "estimates_version": ESTIMATES_VERSION,
        "seed": seed,
        "sections": {name: section_of(build) for name, build in builders.items()},
    }


def section_of(build: Callable[[], Any]) -> Any:
    """What a section tells, or why it tells nothing. Only known reasons are caught: anything else is a defect and is raised."""
    try:
        return build()
    except AbsentSection as absent:
        return {"absent": absent.code, "detail": absent.detail}
    except NoEstimate as none:
        return {"absent": "no_estimate", "detail": none.why, "components": [list(part) for part in none.components]}
    except NotEstimable as none:
        return {"absent": none.code, "detail": str(none)}
    except Infeasible as none:
        return {"absent": "infeasible", "detail": str(none)}
