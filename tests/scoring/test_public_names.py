"""Everything that docs/scoring.md says is found somewhere is found there, and tells what it does."""

import importlib
import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z]+)` \| (.+) \|$", TEXT[TEXT.index("| 모듈 | 이름 |") :], re.MULTILINE)
TOLD = {module: re.findall(r"`(\w+)`", names) for module, names in ROWS}

ASKED = {
    "averages": {"weighted_mean", "trimmed_mean", "weigh", "below_floors"},
    "ranking": {"ranks", "rounded", "seats", "margins"},
    "severity": {"additive_model", "many_facet_rasch"},
    "comparisons": {
        "bradley_terry",
        "clustered",
        "two_way",
        "bootstrap",
        "pairwise_ranks",
        "rank_ranges",
        "votes_to_flip",
    },
    "ratings": {"shrunk_mean", "star_table", "fair_means"},
    "raking": {"rake"},
    "stability": {
        "leave_one_out",
        "votes_to_flip",
        "resample_means",
        "resample_trimmed",
        "level_weight",
        "weight_study",
    },
}
"""What each module has to offer at least."""


@pytest.mark.parametrize("module", TOLD)
def test_what_is_told_is_there(module):
    found = importlib.import_module(f"evaluations.scoring.{module}")

    assert [name for name in TOLD[module] if not getattr(found, name).__doc__] == []
    public = getattr(found, "__all__", TOLD[module])
    assert (sorted(set(TOLD[module]) - set(public)), [name for name in public if not hasattr(found, name)]) == ([], [])
    assert len(set(TOLD[module])) == len(TOLD[module])


def test_what_is_asked_for_is_told():
    assert {module: sorted(names - set(TOLD[module])) for module, names in ASKED.items()} == {
        module: [] for module in ASKED
    }
