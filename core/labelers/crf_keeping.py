"""What a tagger leaves behind so that an interrupted run need not train it again.

Files are named by the arguments they came from and appear only when they are whole, so a kill at any
moment leaves something usable or nothing.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

from core.labelers.calibration import Calibration, HeldOut
from core.labelers.crf_tagger import Part
from core.types import Instance, Labels

VERSION = 1
"""Raised whenever the same arguments give another tagger."""


def fingerprint(
    settings: Sequence[object],
    parts: Sequence[Part],
    human: Part,
    target: Sequence[Instance],
    label_set: Labels,
) -> str:
    """A name for everything a tagger depends on."""
    digest = blake2b(repr((VERSION, tuple(settings), label_set)).encode(), digest_size=12)
    for part in (*parts, human):
        digest.update(repr((part.language, part.copies, len(part.usage.counts))).encode())
        for sentence in part.sentences:
            digest.update(repr(sentence).encode())
    for instance in target:
        digest.update(repr(instance.tokens).encode())
    return digest.hexdigest()


class Kept:
    """The files of one tagger, in the folder given or in one that is gone when the `with` block ends."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self._folder = folder
        self._name = name
        self._stack = ExitStack()

    def __enter__(self) -> Kept:
        if self._folder is None:
            self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.aid.unlink(missing_ok=True)
        self._stack.close()

    @property
    def tagger(self) -> Path:
        """The trained tagger."""
        return self._file("crfsuite")

    @property
    def aid(self) -> Path:
        """A tagger that only helps to train it, removed at the end."""
        return self._file("aid")

    @property
    def has_tagger(self) -> bool:
        return self.tagger.is_file()

    @property
    def calibration(self) -> Calibration | None:
        """What was stored, if anything was."""
        path = self._file("json")
        if not path.is_file():
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
        return Calibration(found["temperature"], tuple(HeldOut(**item) for item in found["held_out"]))

    def store(self, calibration: Calibration) -> None:
        """Write the calibration beside the tagger."""
        path = self._file("json")
        unfinished = path.with_name(f"{path.name}.unfinished")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(asdict(calibration), file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    def _file(self, ending: str) -> Path:
        return (self._folder or Path()) / f"crf-{self._name}.{ending}"
