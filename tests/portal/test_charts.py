"""The geometry of charts, exactly."""

from fractions import Fraction

import pytest

from portal import charts
from portal.charts import bars, coordinate, fitted, intervals, stacked_bars, text_width, twins


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (5, "5"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 200), "0.01"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(-1, 1000), "0"),
        (Fraction(1999, 1000), "2"),
        (Fraction(5, 2), "2.5"),
        (1200, "1200"),
    ],
)
def test_a_coordinate_is_a_plain_decimal_with_two_places_at_most(value, text):
    assert coordinate(value) == text


def test_hangul_is_measured_wider_than_latin_and_long_names_are_shortened():
    assert text_width("가A") == 24
    assert fitted("업스테이지", 75) == "업스테이지"
    assert fitted("업스테이지", 74) == "업스테…"


def test_stacked_bars_lay_the_parts_end_to_end():
    chart = stacked_bars([("가팀", ["30", "20.5"], "50.5")], ["벤치마크", "전문가"], head=("팀", "총점"))

    (row,) = chart.rows
    assert [(part.x, part.width, part.text_x, part.value) for part in row.segments] == [
        ("0%", "30%", "15%", "30"),
        ("30%", "20.5%", "40.25%", "20.5"),
    ]
    assert (row.place.label, row.place.text) == ("가팀", "50.5")
    assert [(tick.x, tick.label) for tick in chart.frame.ticks] == [(f"{n}%", f"{n}") for n in (0, 20, 40, 60, 80, 100)]
    assert chart.table == charts.Table(
        columns=("팀", "벤치마크", "전문가", "총점"), rows=(("가팀", "30", "20.5", "50.5"),)
    )


def test_a_line_between_two_rows_touches_neither():
    rows = [("가팀", ["30"], "30"), ("나팀", ["20"], "20"), ("다팀", ["10"], "10")]
    above, below = (row.place for row in stacked_bars(rows, ["전문가"]).rows[1:])

    chart = stacked_bars(rows, ["전문가"], divide=(2, "점선: 진출선"))

    assert chart.divide.label == "점선: 진출선"
    assert int(above.y) + int(above.height) < int(chart.divide.y) < int(below.text_y) - charts.BASELINE
    assert stacked_bars(rows, ["전문가"]).divide is None
    for after in (0, 3):
        with pytest.raises(ValueError, match="no line"):
            stacked_bars(rows, ["전문가"], divide=(after, ""))


def test_a_row_stands_under_its_words_and_above_the_next():
    first, second = (row.place for row in bars([("가팀", "50"), ("나팀", "25")]).rows)

    edges = [int(first.text_y), int(first.y), int(first.middle), int(first.inside_y), int(first.y) + int(first.height)]
    assert edges == sorted(edges)
    assert int(second.text_y) - edges[-1] >= 14
    assert bars([("가팀", "50"), ("나팀", "25")]).frame.bottom == str(charts.TOP + 2 * charts.ROW)


def test_a_long_name_leaves_room_for_its_number_on_a_phone():
    name = "아주아주아주아주아주아주아주아주아주 긴 이름"
    (row,) = intervals([(name, "-0.43", "-0.33", "-0.23")], -1, 1).rows

    assert row.place.text == "-0.33 (-0.43 ~ -0.23)"
    assert (row.place.label, row.place.short[-1]) == (name, "…")
    assert text_width(row.place.short) + text_width(row.place.text) <= charts.NARROW
    assert bars([("가팀", "50")]).rows[0].place.short == ""


def test_what_is_withheld_has_no_bar_and_a_word_in_the_table():
    chart = stacked_bars([("가팀", ["30", None], "–")], ["벤치마크", "전문가"], withheld="비공개")

    assert [part.part for part in chart.rows[0].segments] == ["벤치마크"]
    assert chart.table.rows == (("가팀", "30", "비공개", "–"),)


def test_a_number_is_printed_inside_a_part_only_where_it_has_room():
    chart = stacked_bars([("가팀", ["90", "8", "2"], "100")], ["큰", "작은", "아주 작은"])

    assert [part.fits for part in chart.rows[0].segments] == ["everywhere", "wide", ""]


def test_parts_that_exceed_the_whole_are_refused():
    with pytest.raises(ValueError, match="101 is not between 0 and 100"):
        stacked_bars([("가팀", ["101"], "101")], ["벤치마크"])
    with pytest.raises(ValueError):
        stacked_bars([("가팀", ["60", "60"], "120")], ["벤치마크", "전문가"])


def test_a_row_with_a_missing_part_is_refused():
    with pytest.raises(ValueError, match="가팀: 1 values for 2 parts"):
        stacked_bars([("가팀", ["60"], "60")], ["벤치마크", "전문가"])


def test_bars_with_a_line_across():
    chart = bars([("가팀", "50"), ("나팀", "25")], cut=(50, "반반"), head=("팀", "점수"))

    assert [(row.width, row.place.text) for row in chart.rows] == [("50%", "50"), ("25%", "25")]
    assert chart.cut == charts.Tick("50%", "반반")
    assert chart.table == charts.Table(("팀", "점수"), (("가팀", "50"), ("나팀", "25")))


def test_intervals_put_the_dot_on_its_span():
    chart = intervals([("가팀", "1", "2", "3")], 1, 5, ticks=range(1, 6), head=("팀", "순위", "최선", "최악"))

    (row,) = chart.rows
    assert (row.low_x, row.dot_x, row.high_x, row.place.text) == ("0%", "25%", "50%", "2 (1 ~ 3)")
    assert [tick.label for tick in chart.frame.ticks] == ["1", "2", "3", "4", "5"]
    assert chart.cut is None
    assert chart.table.rows == (("가팀", "2", "1", "3"),)


def test_a_value_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="가팀: 4 is not between 1 and 3"):
        intervals([("가팀", "1", "4", "3")], 1, 5)


def test_twins_stand_one_above_the_other_within_their_row():
    rows = [("가팀", ("-1", "0", "1"), ("0", "0.5", "1")), ("나팀", ("0", "0", "0"), ("-1", "-1", "1"))]
    chart = twins(rows, -1, 1, ("앞", "뒤"), cut=(0, "평균"), head="팀", more=[("순위", ["1", "2"])])

    first, second = chart.rows
    assert (first.first.low_x, first.first.dot_x, first.first.high_x) == ("0%", "50%", "100%")
    assert (first.second.low_x, first.second.dot_x, first.second.high_x) == ("50%", "75%", "100%")
    assert int(first.place.y) < int(first.first.y) < int(first.place.middle) < int(first.second.y)
    assert int(first.second.y) < int(first.place.y) + int(first.place.height)
    assert first.place.text == "0 → 0.5"
    assert int(second.first.y) - int(first.first.y) == charts.ROW
    assert chart.cut == charts.Tick("50%", "평균")
    assert chart.table == charts.Table(
        ("팀", "앞", "뒤", "순위"),
        (("가팀", "0 (-1 ~ 1)", "0.5 (0 ~ 1)", "1"), ("나팀", "0 (0 ~ 0)", "-1 (-1 ~ 1)", "2")),
    )


def test_a_twin_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="가팀: 2 is not between 0 and 1"):
        twins([("가팀", ("0", "0", "1"), ("0", "2", "1"))], 0, 3, ("앞", "뒤"))


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, "0 20 40 60 80 100"),
        (-1, 1, "-1 -0.5 0 0.5 1"),
        (40, 70, "40 50 60 70"),
        (3, 4, "3 3.2 3.4 3.6 3.8 4"),
        (-3, 2, "-3 -2 -1 0 1 2"),
        (0, 35, "0 10 20 30"),
    ],
)
def test_the_lines_across_stand_at_round_numbers(low, high, ticks):
    chart = intervals([], low, high)

    assert [tick.label for tick in chart.frame.ticks] == ticks.split()


def test_a_chart_without_rows_is_still_a_frame():
    assert bars([]).rows == ()
    assert bars([]).frame.height == str(charts.TOP + charts.BOTTOM)
