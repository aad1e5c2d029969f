"""An archive opened again: looked at, checked, and stored as it was."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from core.errors import FormatError, StudioError
from core.handover.archive import KIND, MANIFEST, README, VERSION, member
from core.store import Store, facts
from core.store.archive_tables import TABLES
from core.unpacking import LARGEST, RATIO, UNREADABLE

MOST = 8 * LARGEST
"""Bytes that may come out of one archive."""
LONGEST_LINE = 64 * 1024**2
SMALL = 1 << 20
AGAIN = "Copy it again, or make it again with `ssp archive`."


def unarchive(store: Store, path: Path) -> dict[str, Any]:
    """Store the data set of an archive exactly as it was. All or nothing.

    Nothing is unpacked to a path that the file names: its tables are read where they are, checked against
    size and SHA-256 of the manifest, and row by row.

    Returns:
        dataset, rows (table -> how many) and elsewhere: data sets its runs show exemplars of, not in it.

    Raises:
        FormatError: it is no archive of this program, or damaged. StudioError: its data set is here already.
    """
    name = path.name
    try:
        with zipfile.ZipFile(path) as packed:
            manifest = _manifest(packed, name)
            tables = _tables(packed, manifest, name)
            dataset = facts.add_archive(
                store, ((table, _rows(packed, table, told, name)) for table, told in tables.items())
            )
    except UNREADABLE as error:
        raise FormatError(name, 0, f"cannot be read ({error}).", AGAIN) from error
    rows = {table: int(told["rows"]) for table, told in tables.items()}
    return {"dataset": dataset, "rows": rows, "elsewhere": list(manifest.get("elsewhere", []))}


def _manifest(packed: zipfile.ZipFile, name: str) -> dict[str, Any]:
    infos = {info.filename: info for info in packed.infolist()}
    if MANIFEST not in infos or infos[MANIFEST].file_size > SMALL:
        raise FormatError(name, 0, "is no archive of SSP Studio: it has no manifest.", AGAIN)
    with packed.open(MANIFEST) as file:
        said = _json(file.read(SMALL), name)
    if said.get("kind") != KIND:
        raise FormatError(name, 0, "is no archive of SSP Studio.", AGAIN)
    if said.get("version") != VERSION:
        message = f"is an archive of version {said.get('version')!r}; this program reads {VERSION}."
        raise FormatError(name, 0, message, "Open it with the version that made it, or a newer one.")
    known = {MANIFEST, README, *map(member, TABLES)}
    if infos.keys() != known or len(packed.infolist()) != len(known):
        odd = sorted(infos.keys() ^ known)
        told = odd[0][:80] if odd else "a file twice"
        raise FormatError(name, 0, f"does not hold the files it should ({told!r}).", AGAIN)
    return said


def _json(text: bytes | str, name: str) -> dict[str, Any]:
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise FormatError(name, 0, f"holds what is no JSON ({error}).", AGAIN) from error
    if not isinstance(value, dict):
        raise FormatError(name, 0, "holds a line that is no object.", AGAIN)
    return value


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _tables(packed: zipfile.ZipFile, manifest: Mapping[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """What the manifest tells of the tables, in order; sizes are looked at before anything is read."""
    told = manifest.get("tables")
    if not isinstance(told, dict) or told.keys() != TABLES.keys():
        raise FormatError(name, 0, "has a manifest of other tables.", AGAIN)
    total = 0
    for table in TABLES:
        info, said = packed.getinfo(member(table)), told[table]
        if not isinstance(said, dict) or said.get("bytes") != info.file_size:
            raise FormatError(name, 0, f"{table} is not as large as the manifest says.", AGAIN)
        if info.flag_bits & 0x1 or stat.S_ISLNK(info.external_attr >> 16):
            raise FormatError(name, 0, f"{table} is encrypted or a link.", AGAIN)
        if info.file_size > RATIO * max(info.compress_size, 1):
            message = f"{table} unpacks to more than {RATIO} times its size, as no table does."
            raise FormatError(name, 0, message, AGAIN)
        total += info.file_size
    if total > MOST:
        raise FormatError(name, 0, f"holds more than {MOST / 1024**3:,.0f} GiB.", AGAIN)
    return {table: told[table] for table in TABLES}


def _rows(
    packed: zipfile.ZipFile, table: str, told: Mapping[str, Any], name: str
) -> Iterator[dict[str, Any]]:
    """The rows of a table; FormatError at its end where size, number or checksum are not what was said."""
    digest, size, n = hashlib.sha256(), 0, 0
    with packed.open(member(table)) as file:
        for line in _lines(file, int(told["bytes"]), name):
            digest.update(line)
            size += len(line)
            n += 1
            yield _json(line, name)
    if (size, n, digest.hexdigest()) != (told["bytes"], told.get("rows"), told.get("sha256")):
        raise FormatError(name, 0, f"{table} is not what the manifest says (size, rows or checksum).", AGAIN)


def _lines(file: IO[bytes], most: int, name: str) -> Iterator[bytes]:
    left = most
    while line := file.readline(min(LONGEST_LINE, left + 1)):
        left -= len(line)
        if left < 0 or len(line) == LONGEST_LINE:
            raise FormatError(name, 0, "holds more than it says, or a line without end.", AGAIN)
        yield line


def described(path: Path) -> dict[str, Any]:
    """What an archive says of itself, without opening it. Raises FormatError."""
    try:
        with zipfile.ZipFile(path) as packed:
            return _manifest(packed, path.name)
    except UNREADABLE as error:
        raise FormatError(path.name, 0, f"cannot be read ({error}).", AGAIN) from error


def is_archive(path: Path) -> bool:
    """Whether a file is an archive of this program."""
    try:
        described(path)
    except StudioError:
        return False
    return True
