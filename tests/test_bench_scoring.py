"""What script/bench scoring needs to be right about itself. What it measures is written down and never asserted."""

import json
import subprocess
import sys

import numpy as np
import pytest

from portal.bench import ours, peers, samples
from portal.boot import bench, bench_scoring, install
from portal.boot.say import Stop

SMALL = {"votes64": (20_000, 64), "resampled": (20_000, 64)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every data set in a size of no weight."""
    place, rng = tmp_path_factory.mktemp("bench"), np.random.default_rng(1)
    drawn = {name: samples.votes(rng, rows, models) for name, (rows, models) in SMALL.items()}
    drawn |= {"stars": samples.stars(rng, 60_000), "agreement": samples.agreement(rng, 40)}
    drawn |= {"people": samples.people(rng, 5_000), "sheets10": samples.sheets(rng, 10)}
    for name, arrays in drawn.items():
        for column, values in arrays.items():
            np.save(place / f"{name}.{column}.npy", values)
    return place


def test_every_case_has_its_contenders():
    ours_named = {case.ours for case in bench_scoring.CASES}
    ours_named |= {peer.name for case in bench_scoring.CASES for peer in case.peers if peer.ours}
    peers_named = {peer.name for case in bench_scoring.CASES for peer in case.peers if not peer.ours}

    assert ours_named == ours.CONTENDERS.keys()
    assert peers_named == peers.CONTENDERS.keys()


@pytest.mark.parametrize("name", ["bt64", "counts", "alpha", "alpha_counts", "stars", "composite", "raked", "rasch10"])
def test_ours_answer_in_finite_numbers(folder, name):
    answer = ours.CONTENDERS[name](str(folder))()

    assert answer
    assert np.isfinite(answer).all()


def test_both_ways_to_alpha_agree(folder):
    assert ours.CONTENDERS["alpha"](str(folder))() == ours.CONTENDERS["alpha_counts"](str(folder))()


def test_a_contender_runs_once_a_line(folder):
    command = [
        sys.executable,
        "-P",
        bench_scoring.BENCH / "rounds.py",
        bench_scoring.BENCH / "ours.py",
        "raked",
        folder,
    ]
    env = {"PYTHONPATH": str(bench_scoring.BASE_DIR)}

    done = subprocess.run(command, input="run\nrun\n", capture_output=True, text=True, env=env, check=True)

    ready, *runs = map(json.loads, done.stdout.splitlines())
    assert list(ready) == ["ready"]
    assert [list(run) for run in runs] == [["seconds", "busy", "peak", "answer"]] * 2
    assert runs[0]["answer"] == runs[1]["answer"]


def test_what_fails_to_load_is_told_with_its_reason(folder):
    with bench_scoring.contender(install.PYTHON, "ours.py", "no-such-work", folder) as other:
        other.run()

    assert (other.runs.why_not, other.runs.busy) == ("KeyError: 'no-such-work'", [])


@pytest.mark.parametrize(
    ("bar", "ratio", "told"),
    [(None, 3.0, ""), (4, 4.0, "≥ 4 이룸"), (4, 3.9, "≥ 4 못 미침"), (0.4, 0.5, "≥ 1/2.5 이룸"), (0.4, 0.3, "≥ 1/2.5 못 미침")],
)  # fmt: skip
def test_bars(bar, ratio, told):
    assert bench_scoring.verdict(bar, ratio) == told


@pytest.mark.parametrize(("args", "status"), [(["--help"], 0), ([], 2), (["scoring", "--fast"], 2), (["tea"], 2)])
def test_usage(args, status):
    with pytest.raises(Stop, match="script/bench") as stopped:
        bench.main(args)

    assert stopped.value.status == status
