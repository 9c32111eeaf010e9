"""The script of the sheet counts as the server does: both get the same trees, marks and answers."""

import random
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from evaluations.reviews.live import live_data
from evaluations.reviews.outline import CANNOT_JUDGE, outline_of
from evaluations.reviews.points import Node, Running, running, running_within
from tests.factories import programme, rubrics
from tests.factories.reviews import COMPLETE
from tests.reviews.strategies import leaves
from tests.reviews.test_outline import a_deep_part

pytestmark = pytest.mark.django_db


@pytest.fixture
def outline():
    stage = programme.a_stage()
    rubrics.a_rubric(stage)
    a_deep_part(stage)
    return outline_of(stage, programme.a_round(stage))


def test_the_script_is_given_the_tree_and_what_each_line_needs(outline):
    data = live_data(outline)

    expert, deep = data["parts"]
    assert expert == {
        "key": "expert", "points": 35, "zero": False,
        "below": [
            {"name": "expert.technology", "points": 15, "levels": None},
            {"name": "expert.strategy", "points": 8, "levels": None},
            {"name": "expert.independence", "points": 12, "below": [
                {"name": "expert.independence.architecture", "points": 6, "levels": 5},
                {"name": "expert.independence.weights", "points": 6, "levels": 5},
            ]},
        ],
    }  # fmt: skip
    assert [node["name"] for node in deep["below"][1]["below"][0]["below"]] == [
        "deep.top.middle.one",
        "deep.top.middle.two",
    ]
    assert data["sections"][0][0] == [
        {"required": ["mark-expert.technology", "comment-expert.technology"], "unable": "unable-expert.technology"}
    ]
    assert data["sections"][2][0][0] == {
        "required": ["finding-technical.weights.model"],
        "needed": [["reason-technical.weights.model", "finding-technical.weights.model", ["not_met"]]],
    }
    assert data["sections"][3] == [
        [{"required": ["recognised"], "needed": [["guess", "recognised", ["maybe", "yes"]]]}]
    ]


# ---------------------------------------------------------------- the same numbers in the browser


def a_tree(rng: random.Random, name: str, depth: int) -> Node:
    if depth and rng.random() < 0.5:
        below = tuple(a_tree(rng, f"{name}.{number}", depth - 1) for number in range(rng.randint(1, 3)))
        return Node(name, rng.randint(1, 20), None, below)
    return Node(name, rng.randint(1, 20), rng.choice([None, None, 2, 3, 5, 7]))


def typed_for(rng: random.Random, leaf: Node) -> dict[str, str]:
    """A mark, a gap, a word that is no mark, or the two ways of not judging."""
    highest = leaf.levels or leaf.points
    text = rng.choice([str(rng.randint(0, highest + 1)), str(highest), "", CANNOT_JUDGE, "07", "x", " 1 "])
    typed = {f"mark-{leaf.name}": text} if text else {}
    return typed | ({f"unable-{leaf.name}": "on"} if rng.random() < 0.2 else {})


def marks_in(nodes: list[Node], typed: dict[str, str]) -> dict[str, int | None]:
    """As `Outline.marks` reads them, for leaves that no rubric holds."""
    found: dict[str, int | None] = {}
    for leaf in nodes:
        text = typed.get(f"mark-{leaf.name}", "").strip()
        if text in map(str, range(1 if leaf.levels else 0, (leaf.levels or leaf.points) + 1)):
            found[leaf.name] = int(text)
        elif text == CANNOT_JUDGE or (not text and f"unable-{leaf.name}" in typed):
            found[leaf.name] = None
    return found


def as_data(node: Node) -> dict:
    told = {"name": node.name, "points": node.points}
    return told | ({"below": [as_data(one) for one in node.below]} if node.below else {"levels": node.levels})


def in_the_browser(browser, calls: str, cases: list) -> list:
    """What the functions of sheet.js answer, each case an array of arguments."""
    page = browser.new_page()

    def answer(route, request):
        path = finders.find(request.url.split("/static/")[1]) if "/static/" in request.url else None
        if path:
            return route.fulfill(body=Path(path).read_text(encoding="utf-8"), content_type="text/javascript")
        return route.fulfill(body="<title>.</title>", content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://sheet.test/")
    script = f"async cases => {{ const sheet = await import('/static/reviews/sheet.js'); return cases.map(one => sheet.{calls}(...one)); }}"
    found = page.evaluate(script, cases)
    page.close()
    return found


def shown_as(counted: Running | None) -> str | None:
    return counted and counted.text


@pytest.mark.browser
def test_points_are_the_same_to_the_last_digit(browser):
    rng = random.Random(20260803)
    cases, wanted, within, wanted_within = [], [], [], []
    for _ in range(600):
        nodes = tuple(a_tree(rng, f"n{number}", 2) for number in range(rng.randint(1, 5)))
        marked = leaves(nodes)
        typed = {name: text for leaf in marked for name, text in typed_for(rng, leaf).items()}
        zero, of = rng.random() < 0.5, rng.randint(1, 100)
        part = {"key": "p", "points": of, "zero": zero, "below": [as_data(node) for node in nodes]}
        cases.append([part, typed])
        marks = marks_in(marked, typed)
        wanted.append(shown_as(running(nodes, of, marks, zero)))
        for node, data in zip(nodes, part["below"], strict=True):
            within.append([data, typed, zero])
            wanted_within.append(shown_as(running_within(node, marks, zero)))

    assert in_the_browser(browser, "partPoints", cases) == wanted
    assert in_the_browser(browser, "points", within) == wanted_within
    assert len(set(wanted)) > 300
    assert None in wanted and None in wanted_within


@pytest.mark.browser
def test_a_line_is_filled_for_both_or_for_neither(browser, outline):
    rng = random.Random(35)
    names = [question.name for question in outline.questions()]
    asked = [line for line in outline.lines if line.is_asked]
    data = [line for blocks in live_data(outline)["sections"] for lines in blocks for line in lines]
    cases, wanted = [], []
    for _ in range(200):
        extra = {name: rng.choice(["x", " ", "not_met", "yes"]) for name in rng.sample(names, 6)}
        typed = {name: text for name, text in COMPLETE.items() if rng.random() < 0.8} | extra
        cases += [[line, typed] for line in data]
        wanted += [line.is_done(typed) for line in asked]

    assert in_the_browser(browser, "isDone", cases) == wanted
    assert {True, False} == set(wanted)
