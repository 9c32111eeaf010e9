"""What is wrong with a stage directory: every fault by file, line and reason, up to a readable number."""

from dataclasses import dataclass, field

SHOWN = 100
"""Faults told one by one; of the rest only the number."""

ENOUGH = 10_000
"""Nobody corrects more than this by hand: reading stops, so that a million bad rows cost no more time than ten thousand."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `line` is 0 where the fault is about the file as a whole."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


@dataclass(slots=True)
class Faults:
    """The faults of one reading. It only grows; a million bad rows cost no more memory than a hundred."""

    found: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, file: str, line: int, reason: str) -> None:
        self.total += 1
        if len(self.found) < SHOWN:
            self.found.append(Fault(file, line, reason))

    @property
    def enough(self) -> bool:
        return self.total >= ENOUGH

    def __bool__(self) -> bool:
        return self.total > 0

    def lines(self) -> list[str]:
        """What to print, one fault a line."""
        told = [str(fault) for fault in self.found]
        hidden = self.total - len(self.found)
        if self.enough:
            return [*told, f"그 밖에도 더 있습니다. 잘못된 곳이 {ENOUGH:,}군데가 넘어 끝까지 읽지 않았습니다."]
        return [*told, f"그 밖에 {hidden:,}건이 더 있습니다."] if hidden else told


class StageFileError(ValueError):
    """The directory or file cannot be taken over. `faults` says why; nothing was changed."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("\n".join(faults.lines()))
        self.faults = faults


def one_fault(file: str, reason: str) -> StageFileError:
    """The error of a file that is wrong as a whole."""
    faults = Faults()
    faults.add(file, 0, reason)
    return StageFileError(faults)
