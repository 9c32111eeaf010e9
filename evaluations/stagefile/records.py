"""What the data files of a stage say, as records. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Measured:
    team: str
    item: str
    score: str
    source: str
    measured_on: date | None


@dataclass(frozen=True, slots=True)
class Document:
    line: int
    team: str
    round: str
    title: str
    file: str


@dataclass(frozen=True, slots=True)
class AskedPrompt:
    key: str
    category: str
    text: str


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    prompt: str
    team: str
    sample: int
    text: str


@dataclass(slots=True)
class FilledSheet:
    """All that one panelist said about one team, from four files. `recognised` is "no", "maybe" or "yes", "" where she was not asked;
    `guess` the team she took it for, "" for none."""

    line: int
    marks: dict[str, tuple[int | None, str]] = field(default_factory=dict)
    findings: dict[tuple[str, str], tuple[str, str, str]] = field(default_factory=dict)
    recognition: tuple[str, str] | None = None
    recognised: str = ""
    guess: str = ""


@dataclass(slots=True)
class Rated:
    """The stars one citizen gave one team for one prompt, or for none: one ballot of one row for each question. `recognised` as in
    `Ballot.recognised`, "" where nobody asked."""

    line: int
    stars: dict[str, int]
    at: datetime | None
    recognised: str
    stratum: dict[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison; `recognised` as in `Ballot.recognised`, "" where nobody asked."""

    citizen: str
    prompt: str
    left: str
    right: str
    choice: str
    at: datetime | None
    recognised: str
    stratum: dict[str, str]


@dataclass(frozen=True, slots=True)
class Decided:
    """What the committee decided of a team: on its gate, or at the line and then between which teams."""

    line: int
    team: str
    decision: str
    reason: str
    decided_on: date | None
    source: str
    among: frozenset[str] = frozenset()


@dataclass(slots=True)
class Data:
    """Everything the data files of a stage say. `prompts` may be known already when a single file comes later; `barred` has who may
    not judge whom: (panelist, team) → line."""

    measured: list[Measured] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    prompts: list[AskedPrompt] = field(default_factory=list)
    answers: list[GivenAnswer] = field(default_factory=list)
    sheets: dict[tuple[str, str], FilledSheet] = field(default_factory=dict)
    barred: dict[tuple[str, str], int] = field(default_factory=dict)
    rated: dict[tuple[str, str, str], Rated] = field(default_factory=dict)
    compared: list[Compared] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)
    on_the_line: list[Decided] = field(default_factory=list)
