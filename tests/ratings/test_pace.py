"""How long taking part takes."""

import pytest

from evaluations.ratings.pace import minutes


@pytest.mark.parametrize(("asked", "expected"), [
    # 20 answers of 390 signs: 13 minutes to read; 8 + 4 × 3 decisions: 5 minutes. 18 becomes 20.
    ({"comparisons": 8, "ratings": 4, "questions": 3, "characters": 390}, 20),
    ({"comparisons": 8, "ratings": 4, "questions": 3, "characters": 3000}, 105),
    ({"comparisons": 4, "ratings": 0, "questions": 0, "characters": 600}, 10),
    ({"comparisons": 0, "ratings": 1, "questions": 1, "characters": 10}, 5),
    ({"comparisons": 0, "ratings": 0, "questions": 0, "characters": 0}, 5),
])  # fmt: skip
def test_minutes_follow_what_there_is_to_read_and_to_decide(asked, expected):
    assert minutes(**asked) == expected
