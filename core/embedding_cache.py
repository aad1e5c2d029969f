"""Vectors of texts, kept by content: the same text under the same model is embedded once.

Under `<workspace>/cache/embeddings/<identity>/` lie shards, `.npy` files of records (hash of the
text, checksum, float32 vector). A shard is written aside and put in place whole, and never changed, so
that any number of processes may write at once. A text itself is never written. A record or
shard that is damaged counts as absent. Of two vectors of one text the older one counts, so that a
value, once read, stays.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import tokenize
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import StudioError
from core.settings import settings
from core.transfer import replacing

Float32Array = npt.NDArray[np.float32]
Compute = Callable[[Sequence[str]], Float32Array]
Progress = Callable[[int, int], None]
"""Told (done, total) of the texts that have to be embedded; may raise."""
Shard = npt.NDArray[Any]

AT_A_TIME = 256
"""Texts computed before they are written: what a stopped run may lose."""
MANY = 16
SMALL = 32 << 20
"""More than MANY shards of fewer than SMALL bytes are merged."""
TEMPORARY = ".part-*"
DAMAGED = (
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    SyntaxError,
    AttributeError,
    OverflowError,
    tokenize.TokenError,
)
"""What NumPy raises on a file that is no array, or not the whole of one."""

_folder: ContextVar[Path | None] = ContextVar("embedding_cache", default=None)


def folder() -> Path:
    """Where vectors are kept: what `kept_in` said, else in the workspace."""
    return _folder.get() or settings().embeddings


@contextmanager
def kept_in(place: Path) -> Iterator[Path]:
    """Keep vectors in another folder for a while."""
    token = _folder.set(place)
    try:
        yield place
    finally:
        _folder.reset(token)


class Cache:
    """The vectors of one identity.

    Args:
        place: the folder of all identities.
        identity: everything that changes a vector, apart from the text.
    """

    def __init__(self, place: Path, identity: Sequence[str]) -> None:
        canonical = json.dumps(list(identity), ensure_ascii=True)
        self.folder = place / hashlib.sha256(canonical.encode()).hexdigest()
        self._known: dict[bytes, Float32Array] = {}
        self._read: set[str] = set()

    def rows(self, texts: Sequence[str], compute: Compute, report: Progress | None = None) -> Float32Array:
        """(len(texts), D) vectors; those not kept yet are computed and kept.

        Args:
            compute: vectors of some texts, all of one width. Texts come sorted by length, so that what is
                computed together does not depend on the order of the question.
            report: told (done, total) of the texts to compute, before each part of them; may raise.

        Raises:
            StudioError: vectors cannot be written, or those kept have another width.
        """
        keys = [_key(text) for text in texts]
        self._refresh(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        todo = sorted(missing.items(), key=lambda item: (len(item[1]), item[1]))
        for at in range(0, len(todo), AT_A_TIME):
            if report:
                report(at, len(todo))
            part = todo[at : at + AT_A_TIME]
            self._keep([key for key, _ in part], compute([text for _, text in part]))
        if todo:
            self._tidy()
        return self._stacked(keys)

    def _stacked(self, keys: Sequence[bytes]) -> Float32Array:
        widths = {len(self._known[key]) for key in keys}
        if len(widths) > 1:
            raise StudioError(
                f"the vectors kept in {self.folder} have {' or '.join(map(str, sorted(widths)))} numbers: "
                "the model has changed behind its name.",
                "Delete that folder and try again.",
            )
        width = widths.pop() if widths else 0
        return np.array([self._known[key] for key in keys], dtype=np.float32).reshape(len(keys), width)

    def _refresh(self, keys: Sequence[bytes]) -> None:
        """Read shards that are new since the last time, if any of these keys is not known."""
        if all(key in self._known for key in keys):
            return
        for path in self._shards():
            if path.name not in self._read:
                self._read.add(path.name)
                self._remember(_open(path))

    def _remember(self, shard: Shard | None) -> None:
        if shard is None:
            return
        for key, row in _sound(shard):
            self._known.setdefault(key, row)

    def _keep(self, keys: Sequence[bytes], rows: Float32Array) -> None:
        shard = np.empty(len(keys), dtype=_record(rows.shape[1]))
        shard["key"] = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(-1, 32)
        shard["row"] = rows
        shard["check"] = [zlib.crc32(row.tobytes()) for row in shard["row"]]
        self._write(shard, time.time_ns())
        self._known.update(zip(keys, shard["row"], strict=True))

    def _write(self, shard: Shard, moment: int) -> None:
        """Names sort by age: whoever reads in their order sees the oldest vector of a text first."""
        name = f"{moment:020d}-{os.urandom(4).hex()}.npy"
        try:
            with replacing(self.folder / name) as out:
                np.save(out, shard, allow_pickle=False)
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            raise StudioError(
                f"vectors cannot be kept in {self.folder}: {reason}.",
                "Make room, or correct its permissions.",
            ) from None
        self._read.add(name)

    def _shards(self) -> list[Path]:
        return sorted(self.folder.glob("*.npy"))

    def _tidy(self) -> None:
        """Remove damaged shards; merge small ones once they are many. A merged one keeps the oldest's age."""
        small = [path for path in self._shards() if _bytes(path) < SMALL]
        held = [(path, shard) for path in small if (shard := _open(path, remove=True)) is not None]
        if len(held) <= MANY:
            return
        for width in {shard["row"].shape[1] for _, shard in held}:
            same = [(path, shard) for path, shard in held if shard["row"].shape[1] == width]
            self._merge(same, width)

    def _merge(self, held: Sequence[tuple[Path, Shard]], width: int) -> None:
        unique: dict[bytes, Float32Array] = {}
        for _, shard in held:
            for key, row in _sound(shard):
                unique.setdefault(key, row)
        if not unique:
            return
        merged = np.empty(len(unique), dtype=_record(width))
        for at, (key, row) in enumerate(unique.items()):
            merged[at] = (np.frombuffer(key, dtype=np.uint8), zlib.crc32(row.tobytes()), row)
        self._write(merged, int(held[0][0].name.partition("-")[0]))
        for path, _ in held:
            with suppress(OSError):
                path.unlink()


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _record(width: int) -> np.dtype[Any]:
    return np.dtype([("key", "u1", (32,)), ("check", "<u4"), ("row", "<f4", (width,))])


def _open(path: Path, *, remove: bool = False) -> Shard | None:
    """A shard, read from the disk as it is needed; None if it is damaged (and removed if asked) or gone."""
    try:
        shard = np.load(path, mmap_mode="r", allow_pickle=False)
        if shard.ndim == 1 and shard.dtype == _record(shard.dtype["row"].shape[0]):
            return np.asarray(shard)
    except DAMAGED:
        pass
    except OSError:
        return None
    if remove:
        with suppress(OSError):
            path.unlink()
    return None


def _sound(shard: Shard) -> Iterator[tuple[bytes, Float32Array]]:
    """The records whose vectors are what was written."""
    keys = shard["key"].tobytes()
    for at, (check, row) in enumerate(zip(shard["check"], shard["row"], strict=True)):
        if zlib.crc32(row.tobytes()) == check:
            yield keys[32 * at : 32 * at + 32], row


def _bytes(path: Path) -> int:
    """Its size; 0 if it is gone, as when another process has merged it."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
