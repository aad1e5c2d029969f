"""Which format a file has, told from its content and suffix, and which split from its name."""

from __future__ import annotations

import re
from pathlib import Path

from core.errors import FormatError
from core.formats import formats
from core.types import TaskName

HEAD = 64 * 1024
"""Bytes that are looked at."""

SPLITS = {
    "train": ("train", "trn", "training"),
    "dev": ("dev", "devel", "development", "valid", "validation", "val"),
    "test": ("test", "tst", "eval"),
}


def detect(path: Path, task: TaskName) -> str:
    """Name of the format that is surest about a file, among those that can carry the task.

    Raises:
        FormatError: the file is empty or unreadable, or no format knows it; says which were tried.
    """
    head = _head(path)
    tried = [name for name in formats if task in formats[name].tasks]
    sure = {name: formats[name].sniff(head, path) for name in tried}
    best = max(tried, key=lambda name: sure[name])
    if sure[best] > 0:
        return best
    message = f"not recognised as a {task} file; tried {', '.join(tried)}."
    raise FormatError(path.name, 1, message, "Name the format, or save the file as one of these.")


def guess_split(filename: str) -> str:
    """train, dev or test from the words of a file's name (not of its folders); test if none says."""
    words = re.split(r"[^a-z]+", Path(filename).name.lower())
    for split, names in SPLITS.items():
        if set(words) & set(names):
            return split
    return "test"


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            start = file.read(HEAD)
    except OSError as error:
        message = f"cannot be opened ({error.strerror or error})."
        raise FormatError(path.name, 0, message, "Check that the path names a readable file.") from error
    if not start:
        raise FormatError(path.name, 0, "the file is empty.", "Give a file that holds at least one sentence.")
    return start.decode("utf-8", errors="replace").removeprefix("\ufeff")
