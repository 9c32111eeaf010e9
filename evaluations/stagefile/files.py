"""Taking files from a directory without trusting it: size before content, no links, nothing outside."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from evaluations.stagefile.faults import Faults
from evaluations.stagefile.schema import DATA, DOCUMENTS, MEGABYTE, STAGE_FILE


@dataclass(frozen=True)
class Content:
    """The bytes of a file and their SHA-256."""

    data: bytes
    sha256: str

    @classmethod
    def of(cls, data: bytes) -> "Content":
        return cls(data, hashlib.sha256(data).hexdigest())


def known_names(directory: Path, faults: Faults) -> list[str]:
    """The names in a stage directory that we know; a fault for every other, and for a directory that is none."""
    try:
        names = sorted(os.listdir(directory))
    except FileNotFoundError:
        faults.add(str(directory), 0, "디렉터리가 없습니다.")
        return []
    except NotADirectoryError:
        faults.add(str(directory), 0, "디렉터리가 아닙니다.")
        return []
    except (OSError, ValueError):
        faults.add(str(directory), 0, "디렉터리를 읽을 수 없습니다.")
        return []
    for name in names:
        if name not in (STAGE_FILE, DOCUMENTS, *DATA):
            faults.add(printable(name), 0, "단계 디렉터리에 둘 수 없는 파일입니다.")
    if STAGE_FILE not in names:
        faults.add(STAGE_FILE, 0, "파일이 없습니다.")
    return [name for name in names if name in (STAGE_FILE, *DATA)]


def take(directory: Path, name: str, largest: int, faults: Faults) -> Content | None:
    """A plain file of at most `largest` bytes, looked at before it is read; otherwise a fault and nothing."""
    try:
        descriptor = os.open(directory / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        faults.add(name, 0, "파일이 없습니다.")
        return None
    except (OSError, ValueError):  # a link, a socket, no right to read, a name no file can have
        faults.add(printable(name), 0, "읽을 수 있는 보통 파일이 아닙니다(링크는 따라가지 않습니다).")
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            faults.add(name, 0, "보통 파일이 아닙니다.")
            return None
        if found.st_size > largest:
            faults.add(name, 0, too_big(found.st_size, largest))
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(largest + 1)
    finally:
        os.close(descriptor)
    if len(data) > largest:
        faults.add(name, 0, too_big(len(data), largest))
        return None
    return Content.of(data)


def too_big(size: int, largest: int) -> str:
    return f"파일이 너무 큽니다({size / MEGABYTE:,.1f} MB). {largest // MEGABYTE} MB까지 읽습니다."


def document_fault(name: str) -> str | None:
    """Why this cannot be the name of a file directly under `documents/`."""
    if not name or name in (".", "..") or "/" in name or "\\" in name:
        return "documents/ 바로 아래의 파일 이름이어야 합니다."
    return name_fault(name) or (None if name.endswith((".md", ".markdown")) else "마크다운 파일(.md)이어야 합니다.")


NOT_IN_NAMES = frozenset('/\\<>:"|?*')
"""What climbs to another folder, or what Windows has no file with: an officer unpacks the export there."""
DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever follows the first dot."""
LONGEST_NAME = 200
LONGEST_NAME_IN_BYTES = 255


def name_fault(name: str) -> str | None:
    """Why no file of a stage can have this name, wherever it comes from: a directory, an upload, a ZIP."""
    if not name or not name.isprintable() or name[0] in ".-" or not NOT_IN_NAMES.isdisjoint(name):
        return '‘.’이나 ‘-’로 시작하거나 / \\ < > : " | ? *, 보이지 않는 문자가 있는 이름은 쓸 수 없습니다.'
    if name[-1] in ". " or DEVICE.fullmatch(name):
        return "Windows에서 쓸 수 없는 이름입니다(CON, AUX, COM1처럼 장치의 이름이거나 점이나 빈칸으로 끝남)."
    if len(name) > LONGEST_NAME or len(name.encode()) > LONGEST_NAME_IN_BYTES:
        return f"파일 이름이 너무 깁니다({LONGEST_NAME}자, UTF-8로 {LONGEST_NAME_IN_BYTES}바이트까지)."
    return None


def printable(name: str) -> str:
    """A name as a message may quote it: short, and without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "�" for sign in name)[:120]
