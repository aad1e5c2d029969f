"""The weights that come with the program: numbers, and where they are from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

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
    if found["version"] != VERSION:
        raise ValueError(f"{task}.json: version {found['version']}, expected {VERSION}")
    return found


@lru_cache(maxsize=4)
def shipped(task: TaskName) -> Kernel:
    """The kernel of a task. Raises KeyError as `document` does."""
    return Kernel.of(document(task)["weights"])
