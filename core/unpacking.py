"""A user's file as plain files: `.gz` and `.zip` are unpacked into a folder that vanishes afterwards."""

from __future__ import annotations

import gzip
import lzma
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from core.errors import FormatError, StudioError

LARGEST = 1024**3
"""Bytes that may come out of one archive."""
RATIO = 200
"""How many times its own size an archive may give, once more than `RATIO_FROM` bytes came out."""
RATIO_FROM = 10 * 1024**2
MEMBERS = 1_000
CHUNK = 1024**2
HEAD = 512

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OTHERS = (
    ("bzip2", 0, b"BZh"),
    ("xz", 0, b"\xfd7zXZ\x00"),
    ("7-Zip", 0, b"7z\xbc\xaf\x27\x1c"),
    ("RAR", 0, b"Rar!\x1a\x07"),
    ("Zstandard", 0, b"\x28\xb5\x2f\xfd"),
    ("tar", 257, b"ustar"),
    ("PDF", 0, b"%PDF-"),
    ("an old Office document", 0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
)
"""Kinds that are named and refused: offset and bytes they are known by."""
OFFICE = frozenset({"[Content_Types].xml", "mimetype"})
"""Zip members that tell docx, xlsx, odt, ods or epub from an archive of files."""
AS_ARCHIVE = "Unpack it, and give the file in it, or a .zip or .gz of it."
AS_TEXT = "Save it as plain text (or a table as CSV), in UTF-8, and give that file."
BROKEN = "Check that the file was copied whole, or pack it again."
UNREADABLE = (zipfile.BadZipFile, EOFError, OSError, zlib.error, lzma.LZMAError,
              RuntimeError, ValueError)  # fmt: skip
"""What the libraries raise at a damaged, encrypted or unknown archive."""
PAPERS = frozenset({"readme", "license", "licence", "copying", "citation", "notice", "changelog"})
"""Names (before the suffix) of members that are no data."""
PAPER_SUFFIXES = frozenset({"", ".txt", ".md", ".rst", ".pdf", ".cff", ".html", ".bib"})


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A plain file. `name` is what to call it in words; it is never used as a path."""

    path: Path
    name: str


@contextmanager
def unpacked(path: Path, name: str) -> Iterator[list[Unpacked]]:
    """The plain files of `path`: itself, what a `.gz` holds, or every data file of a `.zip`.

    What a file is, is told from its first bytes. Members of a zip are called `<name>/<member>`;
    folders, hidden files, `__MACOSX` and read-me or licence files are passed over.

    Raises:
        FormatError: broken, encrypted, too big, of another kind, or without data; says what to do.
        StudioError: there is no room to unpack it.
    """
    head = _head(path, name)
    if not head.startswith((GZIP, *ZIP)):
        _refuse_others(head, name)
        yield [Unpacked(path, name)]
        return
    with tempfile.TemporaryDirectory(prefix="ssp-unpacked-") as folder:
        budget = _Budget(name, path.stat().st_size)
        unpack = _gunzip if head.startswith(GZIP) else _unzip
        yield unpack(path, name, Path(folder), budget)


def _head(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        message = f"cannot be opened ({error.strerror or error})."
        raise FormatError(name, 0, message, "Check that the path names a readable file.") from error


def _refuse_others(head: bytes, name: str) -> None:
    for kind, offset, magic in OTHERS:
        if head[offset:].startswith(magic):
            hint = AS_TEXT if kind.startswith(("PDF", "an")) else AS_ARCHIVE
            raise FormatError(name, 0, f"this is {kind}, which is not read here.", hint)


class _Budget:
    """Counts the bytes that come out of one archive, and stops at the limits."""

    def __init__(self, name: str, packed: int) -> None:
        self._name = name
        self._packed = packed
        self._out = 0

    def spend(self, n: int) -> None:
        self._out += n
        self.check(self._out)

    def check(self, total: int) -> None:
        """FormatError if `total` bytes are more than this archive may give."""
        hint = "Unpack it yourself, and import its files one by one."
        if total > LARGEST:
            raise FormatError(self._name, 0, f"holds more than {LARGEST / 1024**2:,.0f} MiB.", hint)
        if total > RATIO_FROM and total > RATIO * self._packed:
            message = f"unpacks to more than {RATIO} times its size, as no text does."
            raise FormatError(self._name, 0, message, hint)


def _gunzip(path: Path, name: str, folder: Path, budget: _Budget) -> list[Unpacked]:
    inner = name[:-3] if name.lower().endswith(".gz") else name
    target = folder / f"file{_suffix(inner)}"
    with gzip.open(path) as source:
        _copy(source, target, name, budget)
    _refuse_archive(target, name)
    return [Unpacked(target, name)]


def _unzip(path: Path, name: str, folder: Path, budget: _Budget) -> list[Unpacked]:
    try:
        archive = zipfile.ZipFile(path)
    except UNREADABLE as error:
        raise FormatError(name, 0, f"a broken zip archive ({error}).", BROKEN) from error
    with archive:
        infos = archive.infolist()
        _check_archive(infos, name, budget)
        members: list[Unpacked] = []
        for info in infos:
            if _is_data(info):
                label = _label(info.filename, name, [member.name for member in members])
                target = folder / f"{len(members)}{_suffix(info.filename)}"
                members.append(_member(archive, info, Unpacked(target, label), budget))
    if not members:
        raise FormatError(name, 0, "holds no data file.", "Give an archive with files of sentences.")
    return members


def _check_archive(infos: list[zipfile.ZipInfo], name: str, budget: _Budget) -> None:
    if OFFICE & {info.filename for info in infos}:
        raise FormatError(name, 0, "this is an office document or e-book, which is not read here.", AS_TEXT)
    if len(infos) > MEMBERS:
        message = f"holds {len(infos):,} members, more than {MEMBERS:,}."
        raise FormatError(name, 0, message, "Put fewer files into one archive.")
    budget.check(sum(info.file_size for info in infos))
    for info in infos:
        if info.flag_bits & 0x1:
            raise FormatError(name, 0, "is encrypted.", "Pack it again without a password.")
        if stat.S_ISLNK(info.external_attr >> 16):
            message = f"holds a link ({_clean(info.filename)[:80]}) in place of a file."
            raise FormatError(name, 0, message, "Pack the file itself.")


def _is_data(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if info.is_dir() or "__MACOSX" in path.parts or path.name.startswith("."):
        return False
    is_paper = path.stem.lower() in PAPERS and path.suffix.lower() in PAPER_SUFFIXES
    return not is_paper and path.name not in ("Thumbs.db", "desktop.ini")


def _label(filename: str, name: str, taken: list[str]) -> str:
    """What to call a member; the same name again gets a number."""
    label = f"{name}/{_clean(filename)}"
    times = sum(other == label or other.startswith(f"{label} (") for other in taken)
    return f"{label} ({times + 1})" if times else label


def _clean(filename: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in filename)


def _suffix(filename: str) -> str:
    """The suffix, which formats are guessed by, when it is a plain one."""
    found = re.search(r"\.[A-Za-z0-9]{1,10}$", filename)
    return found[0].lower() if found else ""


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: Unpacked, budget: _Budget) -> Unpacked:
    try:
        source = archive.open(info)
    except UNREADABLE as error:
        raise FormatError(member.name, 0, f"cannot be unpacked ({error}).", BROKEN) from error
    with source:
        _copy(source, member.path, member.name, budget)
    _refuse_archive(member.path, member.name)
    return member


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, name: str, budget: _Budget) -> None:
    with target.open("xb") as out:
        while chunk := _read(source, name):
            budget.spend(len(chunk))
            try:
                _write(out, chunk)
            except OSError as error:
                message = f"{name} cannot be unpacked: {error.strerror}."
                raise StudioError(message, "Make room in the folder for temporary files.") from error


def _write(out: IO[bytes], chunk: bytes) -> None:
    out.write(chunk)
    out.flush()


def _read(source: IO[bytes] | gzip.GzipFile, name: str) -> bytes:
    try:
        return source.read(CHUNK)
    except UNREADABLE as error:
        raise FormatError(name, 0, f"is cut short or damaged ({error}).", BROKEN) from error


def _refuse_archive(path: Path, name: str) -> None:
    head = _head(path, name)
    if head.startswith((GZIP, *ZIP)):
        raise FormatError(name, 0, "an archive within an archive.", "Unpack the outer one first.")
    if not head.startswith(b"%PDF-"):  # a paper beside the data is no reason to refuse them
        _refuse_others(head, name)
