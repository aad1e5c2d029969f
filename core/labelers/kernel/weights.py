"""The weights that come with the program: numbers, and where they are from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.errors import FormatError
from core.labelers.kernel.model import Kernel
from core.types import TaskName

SHIPPED: tuple[TaskName, ...] = ("pos", "ner")
VERSION = 1


@lru_cache(maxsize=4)
def document(task: TaskName) -> Mapping[str, Any]:
    """All that the file of a task says: version, seed, date, data (with licences), figures, weights.

    Raises:
        KeyError: no weights come with the program for this task.
    """
    if task not in SHIPPED:
        raise KeyError(task)
    text = files("core.labelers.kernel").joinpath(f"{task}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@lru_cache(maxsize=4)
def shipped(task: TaskName) -> Kernel:
    """The kernel of a task. Raises KeyError as `document` does."""
    return Kernel.of(document(task)["weights"])


@lru_cache(maxsize=4)
def read_weights(path: str, changed: int) -> Kernel:
    """The kernel of a file that `ssp train-kernel --out` wrote; `changed` tells one version from the next.

    Raises:
        FormatError: it is not such a file.
    """
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
        if found["version"] != VERSION:
            raise ValueError(f"version {found['version']}, expected {VERSION}")
        return Kernel.of(found["weights"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        hint = "Give a file that `ssp train-kernel --out FILE` wrote."
        raise FormatError(path, 0, f"no weights of the in-context tagger ({error}).", hint) from error


def of_file(path: str) -> Kernel:
    """As `read_weights`, read again when the file has changed."""
    place = Path(path).expanduser()
    return read_weights(str(place), place.stat().st_mtime_ns if place.exists() else 0)
