"""Files of the user's own that a recipe names (a model, learned weights), as part of a run's identity."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAMED = (
    ("stage1", "model"),
    ("stage1", "prompt"),
    ("stage2", "weights"),
    ("embedder", "model"),
    ("embedder", "base"),
    ("llm", "model"),
    ("translation", "model"),
)
"""Table and setting of a recipe that may hold a path."""
WHOLE = 1 << 20
"""Bytes up to which a file is read; of a larger one its length and the time it was changed count."""


def fingerprints(recipe: Mapping[str, Any]) -> dict[str, str]:
    """`table.setting` -> a hash of the file or folder it names; what is no path here is left out."""
    found = {}
    for table, key in NAMED:
        named = str(recipe.get(table, {}).get(key) or "")
        path = Path(named).expanduser()
        if named and path.exists():
            found[f"{table}.{key}"] = _hash(path)
    return found


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(item for item in path.rglob("*") if item.is_file()):
        said = file.stat()
        digest.update(f"{file.relative_to(path).as_posix()}\0{said.st_size}\0".encode())
        digest.update(file.read_bytes() if said.st_size <= WHOLE else str(said.st_mtime_ns).encode())
    return digest.hexdigest()[:16]
