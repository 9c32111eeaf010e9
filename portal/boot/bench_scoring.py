"""script/bench scoring: each contender in a process of its own, all of a case in turn, on the same data."""

import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.boot import install
from portal.boot.children import Command, attend, carry_out, guarded
from portal.boot.say import Stop, say
from portal.environment import BASE_DIR

BENCH = BASE_DIR / "portal" / "bench"
REQUIREMENTS = BENCH / "requirements.txt"
ROUNDS = 3
LONG = 10.0
"""A run of so many seconds is not repeated."""
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1"
    for name in ("OMP", "OPENBLAS", "MKL", "RAYON", "NUMEXPR", "VECLIB_MAXIMUM")
} | {"POLARS_MAX_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}  # fmt: skip


@dataclass(frozen=True)
class Peer:
    """`bar` is how many times faster ours should be; below 1, how many times slower it may be. Repeated `times`, its run does our work."""

    label: str
    name: str
    bar: float | None = None
    times: int = 1
    ours: bool = False


@dataclass(frozen=True)
class Case:
    title: str
    ours: str
    peers: tuple[Peer, ...]


CASES = (
    Case("Bradley–Terry, 로버스트 구간, 8개 모델, 행부터", "bt8", (Peer("evalica", "evalica8"), Peer("arena-rank", "arena_rank8"), Peer("np.bincount 한 번", "pass8", ours=True))),
    Case("Bradley–Terry, 로버스트 구간, 64개 모델, 행부터", "bt64", (Peer("evalica", "evalica64", 100), Peer("evalica, 이름 목록부터", "evalica64_names", 100), Peer("arena-rank", "arena_rank64", 300), Peer("np.bincount 한 번", "pass64", 1 / 2.5, ours=True))),
    Case("Bradley–Terry, 로버스트 구간, 256개 모델, 행부터", "bt256", (Peer("evalica", "evalica256", 60), Peer("evalica, 이름 목록부터", "evalica256_names", 60), Peer("np.bincount 한 번", "pass256", ours=True))),
    Case("세어 놓은 수에서 맞추기, 64개 모델", "counts", (Peer("choix", "choix"),)),
    Case("부트스트랩 1,000번, 64개 모델, 백만 행", "resampled", (Peer("evalica × 1,000", "evalica_refit", 50, times=1_000),)),
    Case("Krippendorff α, 순서, 1,000 × 5,000, 행렬부터", "alpha", (Peer("krippendorff", "krippendorff", 4),)),
    Case("Krippendorff α, 순서, 값의 수부터", "alpha_counts", (Peer("krippendorff", "krippendorff_counts", 1),)),
    Case("별점 표, 30,600칸", "stars", (Peer("polars", "polars", 4), Peer("duckdb", "duckdb", 4), Peer("pandas", "pandas", 15), Peer("np.bincount 한 번", "pass_stars", ours=True))),
    Case("루브릭 합계, 재표집 10,000번, 50 × 10 × 20", "composite", (Peer("scipy.stats.bootstrap", "scipy", 2),)),
    Case("레이킹, 주변분포 5개", "raked", (Peer("weightipy", "weightipy", 40), Peer("samplics", "samplics", 40), Peer("ipfn", "ipfn", 40))),
    Case("다국면 라쉬와 표준오차, 50 × 10 × 20", "rasch10", (Peer("RaschPy(표준오차 없음)", "raschpy10", 20),)),
    Case("다국면 라쉬와 표준오차, 50 × 100 × 20", "rasch100", (Peer("RaschPy(표준오차 없음)", "raschpy100", 4),)),
)  # fmt: skip


@dataclass
class Runs:
    """What one contender was seen to take: seconds on the clock and on the processor, and bytes above its data."""

    wall: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    above: int = 0
    answer: list[float] = field(default_factory=list)
    why_not: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.busy)


class Contender:
    """The other end of rounds.py. What goes wrong in there becomes a reason and not an error: a peer may be missing."""

    def __init__(self, process: "subprocess.Popen[str]", errors: Path) -> None:
        self._process, self._errors, self.runs = process, errors, Runs()
        self._ready = self._hear().get("ready", 0)

    def _hear(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if line:
            heard: dict[str, Any] = json.loads(line)
            return heard
        self._process.wait()
        said = self._errors.read_text("utf-8", "replace").strip().splitlines()
        telling = [one for one in said if "Error" in one] or said or [f"exit {self._process.returncode}"]
        self.runs.why_not = telling[-1][:160]
        return {}

    def run(self) -> None:
        if self.runs.why_not or (self.runs.wall and self.runs.wall[0] > LONG) or not self._process.stdin:
            return
        try:
            self._process.stdin.write("run\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # _hear says why
        heard = self._hear()
        if heard:
            self.runs.wall.append(heard["seconds"])
            self.runs.busy.append(heard["busy"])
            self.runs.above = max(self.runs.above, heard["peak"] - self._ready)
            self.runs.answer = heard["answer"]


def main(*, quick: bool) -> int:
    install.ensure(tools=False)
    python, missing = environment_of_peers()
    began = time.monotonic()
    size = "quick" if quick else "full"
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        say("데이터를 만듭니다 … (drawing the data)")
        carry_out([install.PYTHON, BENCH / "samples.py", folder, size], os.environ | ONE_THREAD, BASE_DIR)
        say(heading(size))
        for case in CASES:
            for line in measured(case, python, folder, judged=not quick):
                say(line)
    for line in missing:
        say(line)
    say(f"\n모두 {time.monotonic() - began:.0f}초 (total)")
    return 0


def environment_of_peers() -> tuple[Path, list[str]]:
    """Its Python, and a line for each package that could not be installed. Kept under DATA_DIR until the list changes."""
    text = REQUIREMENTS.read_text("utf-8")
    key = hashlib.sha256(f"{sys.version}\n{text}".encode()).hexdigest()[:12]
    place = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").resolve() / "bench" / key
    python, stamp = place / "bin" / "python", place / ".missing"
    if not stamp.exists():
        say("비교할 라이브러리를 설치합니다 … (installing the peers)")
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if attend([sys.executable, "-m", "venv", place], os.environ, lambda line: None):
            raise Stop(f"{place}: 가상 환경을 만들 수 없습니다. (no virtual environment)")
        pip: Command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        missing = [] if not failed(pip, ["-r", REQUIREMENTS]) else one_by_one(pip, text)
        stamp.write_text("\n".join(missing), "utf-8")
    return python, stamp.read_text("utf-8").splitlines()


def one_by_one(pip: Command, text: str) -> list[str]:
    wanted = [line.split("#")[0].strip() for line in text.splitlines() if "==" in line and not line.startswith("#")]
    found = []
    for package in wanted:
        reason = failed(pip, ["-c", REQUIREMENTS, package])
        if reason:
            found.append(f"재지 못함: {package}: {reason} (not measured)")
    return found


def failed(pip: Command, more: Command) -> str:
    """The last line pip said when it could not; nothing when it could."""
    lines: list[str] = []
    return (lines or ["?"])[-1].strip() if attend([*pip, *more], os.environ, lines.append) else ""


def heading(size: str) -> str:
    machine = f"{os.cpu_count()} CPU, {platform.machine()}, Python {platform.python_version()}"
    return (
        f"\n{time.strftime('%Y-%m-%d')} · {machine} · 크기 {size} · 스레드 하나씩 · 번갈아 {ROUNDS}번의 중앙값\n"
        "비율은 프로세서 시간의 비. 부하는 잰 때의 load average(1분).\n\n"
        "| 일 | 누가 | 프로세서 초 | 시계 초 | 우리보다 몇 배 | 목표 | 데이터 밖 메모리 MB | 부하 |\n|---|---|---|---|---|---|---|---|"
    )


def measured(case: Case, python: Path, folder: Path, *, judged: bool) -> Iterator[str]:
    """The lines of one case, ours first; each round runs everybody once. The bars are about the full sizes and hold for no others."""
    with ExitStack() as stack:
        ours = stack.enter_context(contender(install.PYTHON, "ours.py", case.ours, folder))
        others = [
            stack.enter_context(
                contender(install.PYTHON if peer.ours else python, "ours.py" if peer.ours else "peers.py", peer.name, folder)
            )
            for peer in case.peers
        ]  # fmt: skip
        for _ in range(ROUNDS):
            for one in (ours, *others):
                one.run()
        load = os.getloadavg()[0]
    if ours.runs.why_not:
        raise Stop(f"{case.title}: {ours.runs.why_not}")
    yield line_of(case.title, "우리", ours.runs, "", "", load)
    for peer, other in zip(case.peers, others, strict=True):
        if other.runs.why_not:
            yield f"| {case.title} | {peer.label} | 재지 못함: {other.runs.why_not} | | | | | |"
            continue
        ratio = other.runs.median * peer.times / ours.runs.median
        bar = verdict(peer.bar, ratio) if judged else ""
        yield line_of(case.title, peer.label, other.runs, f"{ratio:.2f}", bar, load, peer.times)


def verdict(bar: float | None, ratio: float) -> str:
    if bar is None:
        return ""
    wanted = f"≥ {bar:g}" if bar >= 1 else f"≥ 1/{1 / bar:g}"
    return f"{wanted} {'이룸' if ratio >= bar else '못 미침'}"


def line_of(title: str, who: str, runs: Runs, ratio: str, bar: str, load: float, times: int = 1) -> str:
    busy, wall = (times * statistics.median(values) for values in (runs.busy, runs.wall))
    # One run stands for all of them: who is measured once a thousand times over is not waited for.
    once = f" (한 번 × {times:,})" if times > 1 else ""
    return (
        f"| {title} | {who} | {busy:.4f}{once} | {wall:.3f} | {ratio} | {bar} | {runs.above / 1e6:.1f} | {load:.1f} |"
    )


@contextmanager
def contender(python: Path, file: str, name: str, folder: Path) -> Iterator[Contender]:
    errors = folder / f"{name}.log"
    env = os.environ | ONE_THREAD | {"PYTHONPATH": str(BASE_DIR) if file == "ours.py" else "", "PYTHONUTF8": "1"}
    command: Command = [python, "-P", BENCH / "rounds.py", BENCH / file, name, folder]
    with (
        open(errors, "w") as log,
        subprocess.Popen(
            guarded(command), env=env, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, encoding="utf-8"
        ) as process,
    ):  # fmt: skip
        try:
            yield Contender(process, errors)
        finally:
            if process.stdin:
                process.stdin.close()
