"""Tensors and notes in one safetensors file: whole or absent, without anything that could run."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

Tensors = dict[str, Any]
Notes = dict[str, str]
ASIDE = ".part-"


def write(path: Path, tensors: Mapping[str, Any], notes: Mapping[str, str]) -> None:
    """Under its name only when every byte is on the disk; the folder is made. Raises OSError."""
    from safetensors.torch import save_file

    whole = {key: value.detach().cpu().contiguous() for key, value in tensors.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=ASIDE)
    os.close(handle)
    try:
        save_file(whole, aside, metadata=dict(notes))
        _put(Path(aside), path)
    finally:
        Path(aside).unlink(missing_ok=True)


def read(path: Path) -> tuple[Tensors, Notes] | None:
    """Tensors and notes; None where the file is absent or damaged."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            notes = dict(file.metadata() or {})
            return {key: file.get_tensor(key) for key in file.keys()}, notes  # noqa: SIM118 - no mapping
    except (OSError, SafetensorError, ValueError, TypeError):
        return None


def as_json(value: object) -> str:
    """JSON that is the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _put(aside: Path, target: Path) -> None:
    with aside.open("rb+") as file:
        os.fsync(file.fileno())
    aside.replace(target)
    with suppress(OSError):  # not every system lets a folder be opened
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
