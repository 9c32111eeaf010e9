"""The virtual environment: built when it is missing, brought up to date when requirements.txt has changed, left alone otherwise."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from portal.boot.children import Command, attend
from portal.boot.say import Stop, say
from portal.environment import BASE_DIR

VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".stamp"
REQUIREMENTS = BASE_DIR / "requirements.txt"
TOOLS = "# == 시험과 도구"
SECONDS_OF_SILENCE = 5


def wanted(text: str, *, tools: bool) -> str:
    """The part of requirements.txt that is needed: a site does without the last section."""
    portal, mark, _ = text.partition(TOOLS)
    if not mark:
        raise Stop(f"requirements.txt에 ‘{TOOLS}’ 구역이 없습니다. (section missing)")
    return text if tools else portal


def stamp(text: str) -> str:
    return hashlib.sha256(f"{sys.version}\n{sys.executable}\n{text}".encode()).hexdigest()


def stamps() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_current(text: str, *, tools: bool) -> bool:
    return PYTHON.exists() and stamps().get("tools" if tools else "portal") == stamp(wanted(text, tools=tools))


@contextmanager
def locked() -> Iterator[None]:
    """One launcher at a time builds; a second one waits and then finds the work done."""
    with open(BASE_DIR / ".venv.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("      다른 설치가 끝나기를 기다립니다. (waiting for another installation)")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure(*, tools: bool) -> None:
    text = REQUIREMENTS.read_text("utf-8")
    if is_current(text, tools=tools):
        return
    with locked():
        if is_current(text, tools=tools):
            return
        if not works():
            create()
        install(wanted(text, tools=tools))
        done = stamps() | {"portal": stamp(wanted(text, tools=False))}
        if tools:
            done["tools"] = stamp(text)
        STAMP.write_text(json.dumps(done), "utf-8")


def works() -> bool:
    """Whether there is a virtual environment of this very Python; one of another version cannot be brought up to date."""
    if not PYTHON.exists():
        return False
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([PYTHON, "-I", "-c", question], capture_output=True, text=True)
    return answer.stdout.strip() == f"{sys.version_info[0]}.{sys.version_info[1]}"


def create() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    if attend([sys.executable, "-m", "venv", VENV], os.environ, print_nothing):
        # Debian parts ensurepip from Python: then the environment has no pip of its own and is filled from outside.
        bare: Command = [sys.executable, "-m", "venv", "--clear", "--without-pip", VENV]
        if (
            attend(bare, os.environ, print_nothing)
            or subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode
        ):
            raise Stop(
                "가상 환경을 만들 수 없습니다. apt-get install python3-venv 뒤에 다시 실행하세요. (python3-venv is missing)"
            )


def print_nothing(_: str) -> None:
    """What venv says on its way to its exit code is of no use to anybody."""


def pip() -> Command:
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [PYTHON, "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", PYTHON]


def progress(lines: list[str], total: int) -> str:
    """How far pip has come, from what it has said so far."""
    count = sum(line.startswith(("Collecting ", "Requirement already satisfied:")) for line in lines)
    if any(line.startswith("Installing collected packages") for line in lines):
        return f"      꾸러미 {total}개를 설치하는 중 … (installing)"
    return f"      {min(count, total)}/{total} 내려받는 중 … (downloading)"


@contextmanager
def told_every(seconds: float, sentence: Callable[[], str]) -> Iterator[None]:
    """Say this as long as the work goes on, also while the worker itself is silent."""
    done = threading.Event()

    def tell() -> None:
        while not done.wait(seconds):
            say(sentence())

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def install(text: str) -> None:
    """Install the pinned packages, counting them as they come: the first start takes a while and should look alive."""
    wanted_file = VENV / ".requirements.txt"
    wanted_file.write_text(text, "utf-8")
    total = sum(1 for line in text.splitlines() if "==" in line and not line.startswith("#"))
    command = [
        *pip(),
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--progress-bar",
        "off",
        "-r",
        wanted_file,
    ]
    env = os.environ | {"PIP_NO_COLOR": "1", "PYTHONUTF8": "1"}
    lines: list[str] = []
    with told_every(SECONDS_OF_SILENCE, lambda: progress(lines, total)):
        status = attend(command, env, lines.append)
    if status:
        raise Stop(
            "".join(lines[-12:]).strip()
            + "\n꾸러미를 설치하지 못했습니다. 네트워크 연결을 확인하고 다시 실행하세요. (pip install failed)"
        )
