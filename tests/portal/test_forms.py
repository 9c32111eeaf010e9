"""Lists, pairs and small tables as lines of text, there and back."""

import pytest
from django import forms

from portal.forms import Column, LinesField, PairsField, RowsField

COLUMNS = (
    Column("key", "키", required=True),
    Column("ko", "이름", required=True),
    Column("share", "비율"),
    Column("quota", "인원", whole=True),
)


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        (LinesField(), [], ""),
        (LinesField(), ["LG", "엘지"], "LG\n엘지"),
        (PairsField(), {}, ""),
        (PairsField(), {"lg": "9.2", "skt": "8 = 좋음"}, "lg = 9.2\nskt = 8 = 좋음"),
        (RowsField(columns=COLUMNS), [], ""),
        (
            RowsField(columns=COLUMNS),
            [
                {"key": "a", "ko": "가", "share": "0.4", "quota": 10},
                {"key": "b", "ko": "나"},
                {"key": "c", "ko": "다", "quota": 3},
            ],
            "a | 가 | 0.4 | 10\nb | 나\nc | 다 |  | 3",
        ),
    ],
)
def test_what_is_shown_is_what_is_read(field, value, text):
    assert field.prepare_value(value) == text
    assert field.clean(text) == value
    assert field.has_changed(value, text) is False
    assert field.has_changed(value, text + "\nz = y | z") is True


def test_empty_lines_and_spaces_around_say_nothing():
    assert LinesField().clean("\n  LG \r\n\n 엘지\n") == ["LG", "엘지"]
    assert PairsField().clean(" lg=1 \n\n") == {"lg": "1"}
    assert RowsField(columns=COLUMNS).clean("a|가") == [{"key": "a", "ko": "가"}]


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        (LinesField(required=True), " \n ", "필수 항목입니다."),
        (PairsField(), "lg = 1\nskt", "2번째 줄을 ‘이름 = 값’으로 적어 주세요: skt"),
        (PairsField(), "= 1", "1번째 줄을 ‘이름 = 값’으로 적어 주세요: = 1"),
        (PairsField(), "lg = 1\nlg = 2", "2번째 줄: ‘lg’이(가) 두 번 있습니다."),
        (RowsField(columns=COLUMNS), "a", "1번째 줄에 ‘이름’ 칸이 비어 있습니다: a"),
        (RowsField(columns=COLUMNS), "a | 가\n | 나", "2번째 줄에 ‘키’ 칸이 비어 있습니다: | 나"),
        (RowsField(columns=COLUMNS), "a | 가 | 1 | 2 | 3", "1번째 줄의 칸이 4개보다 많습니다: a | 가 | 1 | 2 | 3"),
        (RowsField(columns=COLUMNS), "a | 가 | | 열", "1번째 줄의 ‘인원’은(는) 숫자여야 합니다: 열"),
        (RowsField(columns=COLUMNS), "a | 가 | | -1", "1번째 줄의 ‘인원’은(는) 숫자여야 합니다: -1"),
        (RowsField(columns=COLUMNS), "a | 가 | | １", "1번째 줄의 ‘인원’은(는) 숫자여야 합니다: １"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(field, text, said):
    with pytest.raises(forms.ValidationError) as fault:
        field.clean(text)
    assert fault.value.messages == [said]
    assert field.has_changed([], text) is (bool(text.strip()))


def test_what_was_typed_comes_back_as_it_was_typed():
    """A form with a fault shows the words of the person, not what could be read of them."""
    assert PairsField().prepare_value("lg 9.2") == "lg 9.2"
    assert RowsField(columns=COLUMNS).prepare_value("a |") == "a |"


def test_the_help_tells_the_shape_of_a_line():
    assert RowsField(columns=COLUMNS).help_text == "한 줄에 하나씩: 키 | 이름 | 비율 | 인원"
