"""Keeps the processes of one site alive, and stops them in order."""

import signal
import time
from collections.abc import Callable
from types import FrameType

from portal.boot.children import Child
from portal.boot.say import Stop, say

POLL_SECONDS = 0.2
# A child that lived this long is healthy again; five deaths faster than that in a row mean that a restart does not help.
HEALTHY_SECONDS = 30.0
MAX_DEATHS = 5


def backoff(deaths: int) -> float:
    """Seconds to wait before the next start: 1, 2, 4, 8 …"""
    return float(2 ** (deaths - 1))


class Supervisor:
    """Children in the order of their start; they are stopped in the opposite order."""

    def __init__(self, pause: Callable[[int], float] = backoff) -> None:
        self._pause = pause
        self.children: list[Child] = []
        self.asked_to_stop = False
        self._watching = False
        self._deaths: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        """Whatever step of the start is running ends at once. Asked a second time nothing happens: stopping must not be cut short."""
        if self.asked_to_stop:
            return
        self.asked_to_stop = True
        if not self._watching:
            raise KeyboardInterrupt

    def start(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def look_after(self) -> None:
        """One round: whoever died is started again, a little later each time; who keeps dying ends the whole site."""
        now = time.monotonic()
        for child in self.children:
            if child.is_running():
                if self._deaths.get(child.name) and now - child.started_at > HEALTHY_SECONDS:
                    self._deaths[child.name] = 0
                continue
            if child.name not in self._due:
                child.end_session()
                deaths = self._deaths[child.name] = self._deaths.get(child.name, 0) + 1
                if deaths > MAX_DEATHS:
                    raise Stop(f"{child.last_words()}\n{child.name}: 거듭 멈춰 모두 끝냅니다. (keeps dying)")
                pause = self._pause(deaths)
                self._due[child.name] = now + pause
                say(f"{child.name}: 멈췄습니다. {pause:.0f}초 뒤 다시 시작합니다. (restarting)")
            elif now >= self._due[child.name]:
                del self._due[child.name]
                child.start()

    def demand_alive(self) -> None:
        """While starting, a death is a fault to be shown and not to be tried again."""
        for child in self.children:
            if not child.is_running():
                raise Stop(f"{child.last_words()}\n{child.name}: 시작하지 못했습니다. (did not start)")

    def watch(self) -> None:
        self._watching = True
        while not self.asked_to_stop:
            self.look_after()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        while self.children:
            child = self.children.pop()
            child.stop()
