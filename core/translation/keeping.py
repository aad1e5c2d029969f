"""Translations, kept by content: the same text under the same model is translated once.

Under `<folder>/<identity>/` lie files of lines, each a JSON object with the hash of a text, its translation
and a checksum. A file is put in place whole and never changed, so that any number of processes may
write at once. A line that is damaged counts as absent. Of two translations of one text the older counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from core.errors import StudioError
from core.settings import settings
from core.transfer import replacing

Compute = Callable[[Sequence[str]], Sequence[str]]
AT_A_TIME = 64
"""Texts translated before they are written: what a stopped run may lose."""

_folder: ContextVar[Path | None] = ContextVar("kept_translations", default=None)


@contextmanager
def kept_in(place: Path) -> Iterator[Path]:
    """Keep translations in another folder for a while."""
    token = _folder.set(place)
    try:
        yield place
    finally:
        _folder.reset(token)


class KeptTranslations:
    """The translations of one model, in one direction, with one set of settings (`identity`)."""

    def __init__(self, identity: Mapping[str, Any]) -> None:
        said = json.dumps(dict(identity), sort_keys=True, ensure_ascii=True)
        place = _folder.get() or settings().workspace / "cache" / "translations"
        self.folder = place / hashlib.sha256(said.encode()).hexdigest()
        self._known: dict[str, str] = {}

    def of(self, texts: Sequence[str], compute: Compute, report: Callable[[int, int], None]) -> list[str]:
        """The translations of the texts, in order; those not kept yet are computed and kept.

        Args:
            compute: translations of some texts. Texts come sorted by length, so that what is computed
                together does not depend on the order of the question.
            report: told (done, total) of the texts to compute, before each part of them; may raise.

        Raises:
            StudioError: translations cannot be written.
        """
        self._read()
        missing = {text for text in texts if _key(text) not in self._known}
        todo = sorted(missing, key=lambda text: (len(text), text))
        for at in range(0, len(todo), AT_A_TIME):
            report(at, len(todo))
            part = todo[at : at + AT_A_TIME]
            self._keep(part, compute(part))
        return [self._known[_key(text)] for text in texts]

    def _read(self) -> None:
        """File names sort by age."""
        for path in sorted(self.folder.glob("*.jsonl")):
            for line in path.read_text("utf8", errors="replace").split("\n"):
                if found := _sound(line):
                    self._known.setdefault(*found)

    def _keep(self, texts: Sequence[str], translations: Sequence[str]) -> None:
        rows = dict(zip(map(_key, texts), translations, strict=True))
        lines = [json.dumps({"key": k, "text": t, "check": _check(k, t)}) for k, t in rows.items()]
        path = self.folder / f"{time.time_ns():020d}-{os.urandom(4).hex()}.jsonl"
        try:
            with replacing(path) as out:
                out.write("\n".join([*lines, ""]).encode("ascii"))
        except OSError as problem:
            raise StudioError(
                f"translations cannot be kept in {self.folder}: {problem.strerror or problem}.",
                "Make room, or correct its permissions.",
            ) from None
        self._known |= rows


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _check(key: str, text: str) -> int:
    return zlib.crc32(f"{key}\n{text}".encode("utf-8", "surrogatepass"))


def _sound(line: str) -> tuple[str, str] | None:
    """(key, translation) of a line that is what was written."""
    try:
        row = json.loads(line) if line else None
    except ValueError:
        return None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or "key" not in row:
        return None
    key, text = str(row["key"]), row["text"]
    return (key, text) if row.get("check") == _check(key, text) else None
