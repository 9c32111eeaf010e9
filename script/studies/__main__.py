"""script/study [NAME …] [--seed N] [--replications N] [--write | --check]: run studies and print their tables."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from zlib import crc32

import numpy as np

from script.studies import agreement, blinding, citizens, document, panels, power, strengths, style
from script.studies.records import Study

SEED = 20261124
STUDIES: dict[str, tuple[Callable[[np.random.Generator, int], Study], int]] = {
    "independent": (strengths.independent, 1000),
    "clusters": (strengths.clusters, 400),
    "style": (style.style, 1000),
    "styles": (style.styles, 500),
    "stars": (citizens.stars, 1000),
    "severity": (panels.severity, 1000),
    "rasch": (panels.rasch, 1000),
    "agreement": (agreement.agreement, 2000),
    "resampled": (panels.resampled, 1000),
    "few": (panels.few, 1000),
    "few-people": (citizens.few, 1000),
    "ranks": (panels.ranks, 1000),
    "raking": (citizens.raking, 2000),
    "blinding": (blinding.blinding, 2000),
    "guessing": (blinding.guessing, 2000),
    "recovery-severity": (panels.recovery, 200),
    "recovery-strengths": (strengths.recovery, 200),
    "power": (power.power, 1000),
}
"""Each study and its usual number of replications: together they take about fourteen minutes of one processor."""


def run(name: str, seed: int, replications: int | None) -> Study:
    """One study with a generator of its own, so that it gives the same numbers alone and among the others."""
    study, usual = STUDIES[name]
    rng = np.random.Generator(np.random.PCG64([seed, crc32(name.encode())]))
    return study(rng, replications or usual)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="script/study", description="추정의 구간과 식을 모의실험으로 살핍니다.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"모의실험: {', '.join(STUDIES)} (없으면 모두)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--replications", type=int, help="반복 수 (없으면 모의실험마다 정한 수)")
    parser.add_argument(
        "--write", action="store_true", help="돌린 모의실험의 것을 docs/study와 docs/scoring-study.md에 새로 씁니다"
    )
    parser.add_argument("--check", action="store_true", help="돌리지 않고, 문서와 그림이 저장된 결과와 같은지 봅니다")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.names if name not in STUDIES]
    if unknown:
        parser.error(f"그런 모의실험은 없습니다: {', '.join(unknown)}")
    if asked.replications is not None and asked.replications < 2:
        parser.error("--replications는 2 이상이어야 합니다")
    if asked.write and asked.replications is not None:
        parser.error("--write는 정한 반복 수로만 씁니다")
    if asked.write and asked.names and not document.agrees(asked.seed, np.__version__):
        parser.error("다른 시드나 다른 numpy로 쓴 문서에 일부만 새로 쓸 수 없습니다. 모두 돌리세요")
    if asked.check:
        different = document.differing()
        sys.stdout.writelines(
            f"{path}: 저장된 결과와 다릅니다. script/study --write로 새로 쓰세요.\n" for path in different
        )
        return bool(different)
    found = {}
    for name in asked.names or STUDIES:
        began = time.process_time()
        found[name] = run(name, asked.seed, asked.replications)
        sys.stdout.write(f"{document.markdown(found[name])}\n")
        sys.stderr.write(f"{name}: CPU {time.process_time() - began:.1f} s\n")
    if asked.write:
        how = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "seed": asked.seed, "numpy": np.__version__}
        document.store(found, how, list(STUDIES))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
