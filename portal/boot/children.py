"""Processes started by the launcher: how they start, how they are stopped, and that nothing of them stays behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from portal.boot.say import Stop, say

Command = list[str | Path]

GUARD = Path(__file__).with_name("guard.py")


def guarded(command: Sequence[str | Path], user: str = "-", farewell: signal.Signals = signal.SIGTERM) -> list[str]:
    """The same command, told to go with this signal when this process has died."""
    return [sys.executable, "-I", "-S", str(GUARD), str(os.getpid()), str(farewell.value), user, *map(str, command)]


def carry_out(
    command: Sequence[str | Path], env: Mapping[str, str], cwd: Path, *, quiet: bool = True, user: str = "-"
) -> str:
    """Run a command to its end. A failure stops the launcher with the last lines the command wrote."""
    done = subprocess.run(
        guarded(command, user),
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode:
        tail = "\n".join((done.stdout or "").strip().splitlines()[-15:])
        shown = " ".join([Path(command[0]).name, *map(str, command[1:])])
        raise Stop(f"{tail}\n실패했습니다: {shown} (failed with exit code {done.returncode})")
    return done.stdout or ""


def attend(command: Sequence[str | Path], env: Mapping[str, str], hear: Callable[[str], object]) -> int:
    """Run a Python command that starts others in its turn, as pip and venv do, and pass on its lines; its exit code.

    It runs in a session of its own and ends with all that is in it. When this process is killed, the kernel tells it to go by SIGINT,
    upon which it takes along what it has started.
    """
    with subprocess.Popen(
        guarded(command, farewell=signal.SIGINT),
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            for line in process.stdout or ():
                hear(line)
        except BaseException:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
    return process.returncode


class Child:
    """One server process with all it starts itself: a session of its own, so that it can be ended as a whole."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        patience: float,
        pass_fds: Sequence[int] = (),
        echo: bool = False,
        user: str = "-",
        farewell: signal.Signals = signal.SIGTERM,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.patience = patience
        self.log = log
        self._echo = echo
        self._stop_signal = stop_signal
        self._start = lambda: subprocess.Popen(
            guarded(command, user, farewell),
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=tuple(pass_fds),
        )
        self.process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread()
        self.started_at = 0.0

    def start(self) -> None:
        self.process = self._start()
        self.started_at = time.monotonic()
        self._keeper = threading.Thread(target=self._keep_output, args=(self.process,), daemon=True)
        self._keeper.start()

    def _keep_output(self, process: "subprocess.Popen[bytes]") -> None:
        """Write what the process says to its log, and to the terminal where people wait for it (sign-in codes of the demo)."""
        if process.stdout is None:
            return
        with process.stdout as output:
            for line in output:
                self._note(line)
                if self._echo:
                    say(line.decode("utf-8", "replace").rstrip("\n"))

    def _note(self, line: bytes) -> None:
        """Opened for each line, so that a full log may be moved away. On a full disk the log has a gap: a process whose output nobody
        reads would stand still."""
        with suppress(OSError), open(self.log, "ab") as log:
            log.write(line)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask, wait, then insist; in the end nothing of its session is left."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self._stop_signal)
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                say(f"{self.name}: {self.patience:.0f}초 안에 멈추지 않아 강제로 끝냅니다. (killed)")
        self.end_session()

    def end_session(self) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._keeper.join(1)

    def last_words(self, lines: int = 15) -> str:
        try:
            return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])
        except OSError:
            return ""
