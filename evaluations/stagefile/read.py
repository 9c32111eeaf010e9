"""A stage directory as one checked record. Touches files, never the database."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from evaluations.scoring.canonical import digest
from evaluations.stagefile import csv_rows
from evaluations.stagefile.configuration import Problem, Table, normal_form
from evaluations.stagefile.data import READERS, Known, Reader
from evaluations.stagefile.faults import Faults, StageFileError
from evaluations.stagefile.files import Content, known_names, printable, take
from evaluations.stagefile.records import Data
from evaluations.stagefile.schema import DATA, DOCUMENT_LARGEST, DOCUMENTS, STAGE_FILE, STAGE_FILE_LARGEST
from evaluations.stagefile.toml_lines import key_lines, line_of


@dataclass
class StageFile:
    """What a directory says. `files` has the SHA-256 of every data file and document by name."""

    config: Table
    data: Data = field(default_factory=Data)
    files: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.config["slug"]

    @property
    def digest(self) -> str:
        return digest(self.config)


def read_directory(directory: Path) -> StageFile:
    """All of it, checked. Raises StageFileError with every fault."""
    faults = Faults()
    names = known_names(directory, faults)
    contents = {
        name: content
        for name in names
        if (content := take(directory, name, DATA[name].largest if name in DATA else STAGE_FILE_LARGEST, faults))
    }
    config = read_stage(contents[STAGE_FILE], faults) if STAGE_FILE in contents else None
    if config is None:
        _check_forms(contents, faults)
        raise StageFileError(faults)
    stage = StageFile(config)
    known = Known(config)
    unread = set(names) - contents.keys()
    if "prompts.csv" in unread:
        known.prompts = None
    if not unread.isdisjoint(known.bear_sheets):
        known.sheets = None
    for name in READERS:
        if name in contents:
            stage.rows[name] = read_data(name, contents[name], known, stage.data, faults)
            stage.files[name] = contents[name].sha256
    _read_documents(directory, stage, faults)
    if faults:
        raise StageFileError(faults)
    return stage


def read_stage(content: Content, faults: Faults) -> Table | None:
    """The configuration in `stage.toml`; None when there are faults."""
    text = csv_rows.decoded(STAGE_FILE, content.data, faults)
    if text is None:
        return None
    deep = _DEEP.search(text)
    if deep:
        faults.add(STAGE_FILE, text.count("\n", 0, deep.start()) + 1, "점으로 이은 이름이 너무 깊습니다.")
        return None
    try:
        raw = tomllib.loads(text)
        lines = key_lines(text)
    except RecursionError:
        faults.add(STAGE_FILE, 0, "목록이나 표가 너무 깊이 겹쳐 있습니다.")
        return None
    except ValueError as error:
        faults.add(STAGE_FILE, *_syntax(str(error)))
        return None
    config, problems = normal_form(raw)
    _tell(problems, lines, faults)
    return None if problems else config


def _tell(problems: list[Problem], lines: dict, faults: Faults) -> None:
    located = [(line_of(lines, problem.path), problem.sentence) for problem in problems]
    for line, sentence in sorted(located, key=lambda fault: fault[0]):
        faults.add(STAGE_FILE, line, sentence)


_DEEP = re.compile(r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){20}""")
"""A dotted name far deeper than any table here: a few kilobytes of it keep `tomllib` busy for minutes, in gigabytes of memory."""

_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_SYNTAX = (
    ("Cannot overwrite a value", "같은 이름이 두 번 있습니다."),
    ("Cannot redefine", "같은 표가 두 번 있습니다."),
    ("Cannot declare", "같은 표가 두 번 있습니다."),
    ("Cannot mutate", "이미 닫힌 목록이나 표에 더할 수 없습니다."),
    ("Expected '=' after a key", "이름 뒤에 ‘=’이 있어야 합니다."),
    ("Expected ']'", "‘]’이 없습니다."),
    ("Unclosed array", "목록의 ‘]’이 없습니다."),
    ("Unclosed inline table", "표의 ‘}’가 없습니다."),
    ("Duplicate inline table key", "같은 이름이 두 번 있습니다."),
    ("Illegal character", "쓸 수 없는 문자입니다(줄바꿈이나 제어 문자)."),
    ("Unescaped", "글 안의 ‘\\’ 하나는 두 번 적어야 합니다."),
    ("Escaped character", "없는 글자의 번호입니다."),
    ("Invalid hex value", "‘\\u’나 ‘\\U’ 뒤가 글자의 번호가 아닙니다. ‘\\’ 자체는 ‘\\\\’로 적어 주세요."),
    ("Found invalid character", "쓸 수 없는 문자입니다(줄바꿈이나 제어 문자)."),
    ("Unterminated string", "따옴표가 닫히지 않았습니다."),
    ("Invalid date", "달력에 없는 날짜나 시각입니다."),
    ("Invalid statement", "‘이름 = 값’이나 ‘[표]’가 아닙니다."),
    ("Invalid initial character for a key part", "이름이 올 자리입니다."),
    ("Invalid value", "값이 올 자리입니다(글자는 따옴표로 묶어 주세요)."),
    ("Expected newline or end of document", "값 뒤에 다른 글자가 있습니다."),
)


def _syntax(message: str) -> tuple[int, str]:
    """tomllib's English as line and Korean reason. A number that Python refuses to read comes without a place."""
    found = _AT.search(message)
    why = next((korean for english, korean in _SYNTAX if english in message), "문법에 맞지 않습니다.")
    if "digits" in message:
        why = "수가 너무 깁니다."
    return (int(found[1]), f"TOML {found[2]}번째 칸: {why}") if found else (0, f"TOML: {why}")


def _check_forms(contents: dict[str, Content], faults: Faults) -> None:
    """Without a stage to hold them against, data files are looked at for their form only."""
    for name, content in contents.items():
        if name in DATA and not DATA[name].strata:
            for _ in csv_rows.rows(DATA[name], content.data, faults):
                pass


def read_data(name: str, content: Content, known: Known, data: Data, faults: Faults) -> int:
    """Read one data file into `data`; how many rows it has."""
    rows = csv_rows.rows(DATA[name], content.data, faults, tuple(known.strata))
    counted = 0

    def counting():
        nonlocal counted
        for row in rows:
            counted += 1
            yield row

    READERS[name](Reader(name, known, data, faults), counting())
    return counted


def _read_documents(directory: Path, stage: StageFile, faults: Faults) -> None:
    folder = directory / DOCUMENTS
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        faults.add(DOCUMENTS, 0, "보통 디렉터리가 아닙니다(링크는 따라가지 않습니다).")
        return
    for document in stage.data.documents:
        name = f"{DOCUMENTS}/{document.file}"
        content = take(directory, name, DOCUMENT_LARGEST, faults)
        text = csv_rows.decoded(name, content.data, faults) if content else None
        if content and text is not None:
            stage.files[name] = content.sha256
            stage.documents[document.file] = text
    if folder.is_dir() and not faults:
        named = {document.file for document in stage.data.documents}
        for path in sorted(folder.iterdir()):
            if path.name not in named:
                faults.add(f"{DOCUMENTS}/{printable(path.name)}", 0, "documents.csv에 없는 파일입니다.")
