"""A whole data set as one file: text, labels, runs and every log, to be opened in any workspace.

A zip of JSON Lines, one file per table, with a manifest of their sizes and checksums. The same content is the
same file, byte by byte: no times, names or numbers of the machine are in it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from core.errors import StudioError
from core.exporting import plain_file
from core.store import Store, views
from core.store.archive_tables import TABLES
from core.store.schema import HEAD
from core.types import Dataset
from core.unpacking import RATIO
from core.whole_files import whole

KIND, VERSION = "ssp-archive", 1
MANIFEST, README = "manifest.json", "README.txt"
SUFFIX = ".ssp.zip"
EPOCH = (1980, 1, 1, 0, 0, 0)
CHUNK = 1 << 20
NOTE = """{name} ({id}), {task}, language {language}.
Licence: {licence}
Please cite: {citation}

This is a whole data set of SSP Studio: `ssp unarchive FILE` opens it in a workspace.
Each file under data/ is one table, one JSON object per line, in UTF-8:
  dataset       what it is: task, language, label set, guidelines, licence, where its text may go
  instance      the sentences as imported: words, text, and the lines of the file they are from
  run, prediction, selection, exemplar, influence, score, job   what was computed, with all settings
  completion, template   every recorded answer of a language model, and the prompts
  annotation, remark, tokenization, assignment, queue, saved   what people did, in the order they did it
manifest.json has the number of rows, the size and the SHA-256 of each.
"""


def member(table: str) -> str:
    """The name of a table inside an archive."""
    return f"data/{table}.jsonl"


def archive(store: Store, dataset_id: str, out: Path) -> dict[str, Any]:
    """Write a data set with everything that belongs to it to `out`.

    Returns:
        file, dataset, bytes, rows (table -> how many) and elsewhere: other data sets whose sentences its
        runs show as exemplars, and which are not in it.

    Raises:
        UnknownName: no such data set. StudioError: `out` cannot be written.
    """
    out = plain_file(store, out)
    with ExitStack() as stack:
        dataset = views.dataset(store, dataset_id)
        files = {name: stack.enter_context(tempfile.TemporaryFile()) for name in TABLES}
        with store.read() as moment:  # what is saved meanwhile is in all tables or in none
            told = {
                name: _spooled(views.archived_rows(moment, dataset_id, name), file)
                for name, file in files.items()
            }
            elsewhere = views.exemplar_datasets(moment, dataset_id)
        try:
            with whole(out) as part:
                _write(part, dataset, files, told, elsewhere)
        except OSError as error:
            raise StudioError(f"{out} cannot be written: {error.strerror}.") from error
    rows = {name: int(about["rows"]) for name, about in told.items()}
    size = out.stat().st_size
    return {"file": str(out), "dataset": dataset_id, "bytes": size, "rows": rows, "elsewhere": elsewhere}


def _spooled(rows: Iterable[Mapping[str, Any]], file: IO[bytes]) -> dict[str, Any]:
    digest, size, n = hashlib.sha256(), 0, 0
    for row in rows:
        line = json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        file.write(line)
        digest.update(line)
        size += len(line)
        n += 1
    file.seek(0)
    return {"rows": n, "bytes": size, "sha256": digest.hexdigest()}


def _write(
    part: Path,
    dataset: Dataset,
    files: Mapping[str, IO[bytes]],
    told: Mapping[str, Mapping[str, Any]],
    elsewhere: Iterable[str],
) -> None:
    manifest = {
        "kind": KIND,
        "version": VERSION,
        "schema": HEAD,
        "dataset": dataset.id,
        "name": dataset.name,
        "task": dataset.task,
        "language": dataset.language,
        "licence": dataset.licence,
        "citation": dataset.citation,
        "elsewhere": list(elsewhere),
        "tables": told,
    }
    note = NOTE.format(
        name=dataset.name,
        id=dataset.id,
        task=dataset.task,
        language=dataset.language,
        licence=dataset.licence or "none stated",
        citation=dataset.citation or "(nothing stated)",
    )
    with zipfile.ZipFile(part, "w") as packed:
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        _add(packed, MANIFEST, [text.encode()], compressed=True)
        _add(packed, README, [note.encode()], compressed=True)
        for name, file in files.items():
            _add(packed, member(name), _chunks(file), compressed=_ordinary(file, told[name]["bytes"]))


def _ordinary(file: IO[bytes], size: int) -> bool:
    """Whether packing makes a table no smaller than a reader, wary of bombs, takes for text."""
    import zlib

    packer, packed = zlib.compressobj(6, zlib.DEFLATED, -15), 0
    for chunk in _chunks(file):
        packed += len(packer.compress(chunk))
    packed += len(packer.flush())
    return size <= RATIO // 2 * packed


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


def _add(packed: zipfile.ZipFile, name: str, chunks: Iterable[bytes], *, compressed: bool) -> None:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    info.create_system, info.external_attr = 3, 0o644 << 16
    with packed.open(info, "w", force_zip64=True) as target:
        for chunk in chunks:
            target.write(chunk)
