"""The line of every key, whatever way it is written."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from evaluations.stagefile.configuration import normal_form
from evaluations.stagefile.toml_lines import key_lines, line_of
from evaluations.stagefile.write_toml import stage_toml
from tests.factories.stagefile import example_files

TEXT = '''# a comment with = and [brackets]
a = 1
"b c" = """
two # no comment
lines \\
joined"""
d.e = [
  { f = 1 },   # one
  { f = "]", g = '}' },
]
[t]
x = {y = [1,
  2]}
[[rows]]
k = 'a"b'
[[rows.below]]
n = 1979-05-27T07:32:00Z
[[rows.below]]
n = QUOTED
[rows.table]
z = true
[[rows]]
k = 2
[[rows.below]]
n = 3
"\\u0061x" = 4
'''.replace("QUOTED", "''''quoted''''")


def test_each_way_of_writing_a_key():
    tomllib.loads(TEXT)
    lines = key_lines(TEXT)

    assert {path: lines[path] for path in lines if path and isinstance(path[-1], str)} == {
        ("a",): 2,
        ("b c",): 3,
        ("d",): 7,
        ("d", "e"): 7,
        ("d", "e", 0, "f"): 8,
        ("d", "e", 1, "f"): 9,
        ("d", "e", 1, "g"): 9,
        ("t",): 11,
        ("t", "x"): 12,
        ("t", "x", "y"): 12,
        ("rows",): 14,
        ("rows", 0, "k"): 15,
        ("rows", 0, "below"): 16,
        ("rows", 0, "below", 0, "n"): 17,
        ("rows", 0, "below", 1, "n"): 19,
        ("rows", 0, "table"): 20,
        ("rows", 0, "table", "z"): 21,
        ("rows", 1, "k"): 23,
        ("rows", 1, "below"): 24,
        ("rows", 1, "below", 0, "n"): 25,
        ("rows", 1, "below", 0, "ax"): 26,
    }


def test_list_elements_have_lines_of_their_own():
    lines = key_lines(TEXT)

    assert [lines["d", "e", 0], lines["d", "e", 1]] == [8, 9]
    assert [lines["t", "x", "y", 0], lines["t", "x", "y", 1]] == [12, 13]
    assert [lines["rows", 0], lines["rows", 1]] == [14, 22]


def test_what_is_missing_is_found_by_what_is_around_it():
    lines = key_lines(TEXT)

    assert line_of(lines, ("rows", 1, "below", 0, "missing")) == 24
    assert line_of(lines, ("nothing",)) == 0


def test_every_key_of_the_example_has_its_line():
    text = example_files()["stage.toml"]
    lines = key_lines(text)

    for path in _paths(tomllib.loads(text)):
        assert path in lines, path
        assert str(path[-1]) in text.splitlines()[lines[path] - 1]


def _paths(value, path=()):
    if isinstance(value, dict):
        for name, member in value.items():
            yield (*path, name)
            yield from _paths(member, (*path, name))
    elif isinstance(value, list):
        for position, member in enumerate(value):
            yield from _paths(member, (*path, position))


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8),
        min_size=1,
        unique=True,
    )
)
def test_any_text_as_key_and_value_keeps_its_line(texts):
    config = {"teams": [{"slug": text, "model_name": text} for text in texts]}

    lines = key_lines(stage_toml(config))

    assert [lines["teams", n, "model_name"] for n in range(len(texts))] == [4 * n + 3 for n in range(len(texts))]


def test_the_writer_ends_where_the_reader_began():
    config, problems = normal_form(tomllib.loads(example_files()["stage.toml"]))

    assert problems == []
    assert normal_form(tomllib.loads(stage_toml(config))) == (config, [])
