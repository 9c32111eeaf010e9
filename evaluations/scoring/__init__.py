"""Arithmetic of a stage: (rules, evidence) in, one result out. Pure: no database, no clock, no request, no Django.

    rules = Rules.from_config(configuration)
    result = count(rules, evidence)
    print(result.to_json())

The method in words is docs/scoring.md. A change that could alter a digit of any result, or a word of
its explanation, gets a new METHOD_VERSION.
"""

from evaluations.scoring.canonical import SALT_BYTES, CanonicalError, canonical_bytes, digest, sealed
from evaluations.scoring.counting import METHOD_VERSION, count
from evaluations.scoring.evidence import Choices, Evidence, EvidenceError, LineDecision, Measurement
from evaluations.scoring.explain import explain, explain_all
from evaluations.scoring.places import Fault
from evaluations.scoring.rules import Rules, RulesError
from evaluations.scoring.steps import Step
from evaluations.scoring.tables import Result, TeamResult

__all__ = [
    "METHOD_VERSION",
    "SALT_BYTES",
    "CanonicalError",
    "Choices",
    "Evidence",
    "EvidenceError",
    "Fault",
    "LineDecision",
    "Measurement",
    "Result",
    "Rules",
    "RulesError",
    "Step",
    "TeamResult",
    "canonical_bytes",
    "count",
    "digest",
    "explain",
    "explain_all",
    "sealed",
]
