"""Uploaded files → a stage directory, refusing what could hurt: bombs, paths that climb, strange names."""

import lzma
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from django.core.files.uploadedfile import UploadedFile

from evaluations.stagefile.schema import DOCUMENTS

MAX_FILES = 200
MAX_BYTES = 64 * 1024 * 1024
MAX_RATIO = 100
CHUNK = 1 << 16

RUBBISH = re.compile(r"\A(\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)\Z", re.IGNORECASE)
"""What macOS and Windows put beside every file; nobody means to send it."""
UTF8_NAMES = 0x800
UNREADABLE = (
    zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, OverflowError, RuntimeError, zlib.error, lzma.LZMAError,
)  # fmt: skip
"""What Python's `zipfile` raises on a file that was damaged, by accident or with intent."""

PLAIN = re.compile(r"\A[\w가-힣][\w가-힣 .()-]{0,119}\Z")


class UploadFault(ValueError):
    """What is wrong with the upload, as a Korean sentence."""


def unpack(files: Iterable[UploadedFile], into: Path) -> Path:
    """Write the files, or the contents of one ZIP, below `into`; returns the stage directory."""
    files = list(files)
    if len(files) == 1 and (files[0].name or "").lower().endswith(".zip"):
        return _unzip(files[0], into)
    left = MAX_BYTES
    for file in files:
        target = _target(PurePosixPath(file.name or ""), into)
        left = _copy(iter(lambda f=file: f.read(CHUNK), b""), target, left)
    return into


def _target(path: PurePosixPath, into: Path) -> Path:
    """Where a file of this name goes: Markdown lies under documents/, everything else at the top."""
    name = unicodedata.normalize("NFC", path.name)  # macOS takes Hangul syllables apart
    if not PLAIN.match(name) or name == DOCUMENTS:  # a file of that name would stand where the folder goes
        raise UploadFault(f"파일 이름을 쓸 수 없습니다: {name[:80]!r}")
    folder = into / DOCUMENTS if path.suffix.lower() in (".md", ".markdown") else into
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / name).exists():
        raise UploadFault(f"같은 이름의 파일이 두 개입니다: {name}")
    return folder / name


def _copy(chunks: Iterable[bytes], target: Path, left: int) -> int:
    with target.open("xb") as out:
        for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                raise UploadFault(f"올린 파일이 모두 {MAX_BYTES // 1024 // 1024} MB를 넘습니다.")
            out.write(chunk)
    return left


def _unzip(file: UploadedFile, into: Path) -> Path:
    try:
        archive = zipfile.ZipFile(file)
        entries = [
            (entry, PurePosixPath(_name_of(entry))) for entry in archive.infolist() if not entry.filename.endswith("/")
        ]
    except UNREADABLE:
        raise UploadFault("ZIP 파일을 읽을 수 없습니다. 깨졌거나 다른 형식입니다.") from None
    entries = [(entry, path) for entry, path in entries if not _is_rubbish(path)]
    if not entries:
        raise UploadFault("ZIP 안에 파일이 없습니다.")
    if len(entries) > MAX_FILES:
        raise UploadFault(f"ZIP 안의 파일은 {MAX_FILES}개까지입니다.")
    left = MAX_BYTES
    for entry, path in entries:
        if path.is_absolute() or ".." in path.parts or entry.flag_bits & 1:
            raise UploadFault(f"ZIP 안의 파일을 풀 수 없습니다: {str(path)[:80]!r}")
        if entry.file_size > MAX_RATIO * max(entry.compress_size, 1024):
            raise UploadFault(f"ZIP 안의 파일이 지나치게 압축되어 있습니다: {path.name[:80]}")
        target = _target(path, into)
        try:
            with archive.open(entry) as source:
                left = _copy(iter(lambda s=source: s.read(CHUNK), b""), target, left)
        except UploadFault:
            raise
        except UNREADABLE:
            raise UploadFault(f"ZIP 안의 파일을 읽을 수 없습니다: {path.name[:80]}") from None
    return into


def _is_rubbish(path: PurePosixPath) -> bool:
    return "__MACOSX" in path.parts or bool(RUBBISH.match(path.name))


def _name_of(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant. Without the mark for UTF-8 a ZIP says nothing about its letters, and Korean Windows writes CP949."""
    if entry.flag_bits & UTF8_NAMES:
        return entry.filename
    for encoding in ("utf-8", "cp949"):
        try:
            return entry.filename.encode("cp437").decode(encoding)
        except UnicodeError:
            continue
    return entry.filename
