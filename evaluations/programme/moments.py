"""The years in which anything of an evaluation can happen. Pure."""

YEARS = range(2000, 2101)
"""Outside of these a date is a slip, and the first and last years of the calendar do not survive another time zone."""
OTHER_YEARS = f"{YEARS[0]}년부터 {YEARS[-1]}년까지의 날짜여야 합니다."
