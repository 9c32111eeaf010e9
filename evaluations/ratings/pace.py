"""How long taking part will take, reckoned from what there is to read. Pure.

Nobody has been timed: the two rates are assumptions, rather slow than fast, and the page says that the time is an estimate.
"""

from math import ceil

CHARACTERS_A_MINUTE = 600
SECONDS_A_DECISION = 15
STEP = 5
"""An estimate to the minute would claim more than it knows."""


def minutes(*, comparisons: int, ratings: int, questions: int, characters: float) -> int:
    """For so many comparisons and rated answers of `characters` signs on average, each rated on so many questions."""
    reading = (2 * comparisons + ratings) * characters / CHARACTERS_A_MINUTE
    deciding = (comparisons + ratings * questions) * SECONDS_A_DECISION / 60
    return STEP * max(1, ceil((reading + deciding) / STEP))
