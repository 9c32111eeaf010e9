"""Whatever bytes come, the answer is records or faults, never a crash."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluations.stagefile.configuration import normal_form
from evaluations.stagefile.data import READERS, Known
from evaluations.stagefile.faults import Faults
from evaluations.stagefile.files import Content
from evaluations.stagefile.read import read_data, read_stage
from evaluations.stagefile.records import Data
from tests.factories.stagefile import example_files

EXAMPLE = {name: text.encode() for name, text in example_files().items()}
CONFIG, _ = normal_form(tomllib.loads(example_files()["stage.toml"]))
SCRAPS = st.sampled_from([b"", b"\x00", b"\xff", b'"', b"'''", b"\n", b",", b"[", b"[[", b"}", b"=", b"#", b"\\u", b"\xef\xbb\xbf", b"9" * 5000, "가".encode()])  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), SCRAPS | st.binary(max_size=6)), min_size=1, max_size=4)


def torn(content: bytes, edits) -> bytes:
    """The bytes with some pieces cut out and others put in."""
    for place, length, scrap in edits:
        at = int(place * len(content))
        content = content[:at] + scrap + content[at + length :]
    return content


@settings(max_examples=400, deadline=None)
@given(EDITS)
def test_a_torn_stage_file(edits):
    faults = Faults()

    config = read_stage(Content.of(torn(EXAMPLE["stage.toml"], edits)), faults)

    assert (config is None) == bool(faults)
    assert all(line.startswith("stage.toml") for line in faults.lines())


@pytest.mark.parametrize("name", [name for name in READERS if name in EXAMPLE])
@settings(max_examples=100, deadline=None)
@given(EDITS)
def test_a_torn_data_file(name, edits):
    faults, known = Faults(), Known(CONFIG, prompts=["p1"], sheets=[("위원 01", "ga")])

    read_data(name, Content.of(torn(EXAMPLE[name], edits)), known, Data(), faults)

    assert all(line.startswith(name) for line in faults.lines())
    assert "".join(faults.lines()).isprintable()


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*CONFIG, "key", "items", "criteria", "name", "ko"]), inner, max_size=4), max_leaves=12))  # fmt: skip
def test_any_value_as_configuration(value):
    config, problems = normal_form(value if isinstance(value, dict) else {"parts": value, "teams": value})

    assert problems != []
    assert isinstance(config, dict)
