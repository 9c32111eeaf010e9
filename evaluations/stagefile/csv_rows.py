"""Rows of a data file, each with the line it begins on. Pure: bytes in, rows and faults out."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evaluations.stagefile.faults import Faults
from evaluations.stagefile.schema import DataFile
from evaluations.stagefile.values import shown

MARK = "\ufeff"
"""The byte order mark that spreadsheets write before UTF-8."""


class Row(NamedTuple):
    """One row by column. A column that is not in the file is empty."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column):
        return self.values.get(column, "")


MANY_COLUMNS = 100
"""More than any data file has, with a column for every trait of a population."""

FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"-[0-9.]+", re.ASCII)


def guarded(cell: str) -> str:
    """A cell as it is written: an apostrophe before what a spreadsheet would take for a formula and run."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """The reverse: what was meant, without the apostrophe."""
    return cell[1:] if cell[:1] == "'" and FORMULA.match(cell) else cell


def decoded(file: str, content: bytes, faults: Faults) -> str | None:
    """The text of a file, or a fault with the line where it stops being UTF-8."""
    try:
        return content.decode("utf-8").removeprefix(MARK)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        faults.add(file, line, f"UTF-8이 아닌 글자가 있습니다(0x{content[error.start]:02X}). UTF-8로 저장해 주세요.")
        return None


def rows(file: DataFile, content: bytes, faults: Faults, strata: Sequence[str] = ()) -> Iterator[Row]:
    """The rows with the right number of columns; whatever else is wrong is in `faults`."""
    text = decoded(file.name, content, faults)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    empty = True
    while not faults.enough:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            faults.add(file.name, line, f"CSV 형식에 맞지 않습니다: {_why(str(error))}")
            return
        if not cells:
            continue
        if header is None:
            header = cells
            if not _known_header(file, header, line, strata, faults):
                return
        elif len(cells) != len(header):
            faults.add(file.name, line, f"칸이 {len(header)}개여야 하는데 {len(cells)}개입니다.")
            empty = False
        else:
            empty = False
            yield Row(line, dict(zip(header, map(unguarded, cells), strict=True)))
    if faults.enough:
        return
    if header is None:
        faults.add(file.name, 1, f"머리글이 없습니다. 첫 줄은 {','.join(file.columns)}입니다.")
    elif empty:
        # Taken over as it is, the file would stand in the way of the one that was meant: evidence is not overwritten.
        faults.add(file.name, 1, "머리글만 있고 자료가 한 줄도 없습니다. 자료가 없으면 파일을 빼 주세요.")


def _known_header(file: DataFile, header: list[str], line: int, strata: Sequence[str], faults: Faults) -> bool:
    if len(header) == 1 and re.search(r"[;\t|]", header[0]):
        faults.add(file.name, line, "칸을 쉼표(,)로 나누지 않은 파일입니다. 쉼표로 분리된 CSV(UTF-8)로 저장해 주세요.")
        return False
    if len(header) > MANY_COLUMNS:
        faults.add(file.name, line, f"열이 너무 많습니다({len(header):,}개).")
        return False
    allowed = [*file.columns, *file.optional, *(strata if file.strata else ())]
    wrong = [f"알 수 없는 열입니다: {shown(name)}" for name in header if name not in allowed]
    wrong += [f"열이 없습니다: {name}" for name in file.columns if name not in header]
    wrong += [f"열이 두 번 있습니다: {name}" for name in allowed if header.count(name) > 1]
    for reason in wrong:
        faults.add(file.name, line, reason)
    return not wrong


def _why(message: str) -> str:
    if "field larger" in message:
        return "한 칸이 131,072자보다 깁니다."
    if "unexpected end" in message:
        return "따옴표가 닫히지 않았습니다."
    if "expected after" in message:
        return "닫는 따옴표 뒤에 다른 글자가 있습니다."
    return "따옴표와 쉼표를 확인해 주세요."
