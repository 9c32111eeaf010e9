"""The rules of a stage in sentences, as its page tells them."""

import pytest

from evaluations.programme.wording import part_view


def how(**part):
    return part_view({"key": "expert", "points": 10, "criteria": [{"key": "tech", "points": 10}], **part})["how"]


@pytest.mark.parametrize(
    ("aggregate", "small_panel", "sentences"),
    [
        ("mean", "mean", ["평가위원마다 낸 합계를 평균합니다."]),
        (
            "drop_high_low", "mean",
            ["평가위원마다 낸 합계에서 가장 높은 것과 가장 낮은 것을 하나씩 빼고 나머지를 평균합니다.", "평가표가 3장보다 적으면 빼지 않고 평균하며, 그 사실을 밝힙니다."],
        ),
        (
            "trimmed_criteria", "mean",
            ["항목마다 가장 높은 평점과 가장 낮은 평점을 하나씩 빼고 평균한 뒤, 항목의 점수를 더합니다.", "평점이 3개보다 적은 항목은 빼지 않고 평균하며, 그 사실을 밝힙니다."],
        ),
        (
            "trimmed_criteria", "refuse",
            ["항목마다 가장 높은 평점과 가장 낮은 평점을 하나씩 빼고 평균한 뒤, 항목의 점수를 더합니다.", "평점이 3개보다 적은 항목이 있으면 계산하지 않습니다."],
        ),
    ],
)  # fmt: skip
def test_each_way_to_put_sheets_together_has_its_sentence(aggregate, small_panel, sentences):
    assert how(aggregate=aggregate, small_panel=small_panel, cannot_judge="refuse") == [
        *sentences,
        "모든 항목에 평점을 매겨야 합니다.",
    ]
