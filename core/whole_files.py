"""Files that are there whole or not at all, even after `kill -9` or a full disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PART = ".part"


@contextmanager
def whole(path: Path, *, durable: bool = True) -> Iterator[Path]:
    """A path to write to; what was written takes the place of `path` when the block ends well.

    Args:
        durable: it must outlive a power cut too, not only the death of this process.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        yield part
        if durable:
            _sync(part)
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _sync(part: Path) -> None:
    with part.open("rb+") as written:
        os.fsync(written.fileno())


def replace_json(path: Path, value: object, *, durable: bool = True) -> None:
    """Write JSON so that a reader sees the old or the new file, never half of one."""
    with whole(path, durable=durable) as part:
        part.write_text(json.dumps(value, ensure_ascii=False), "utf8")


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; {} where there is no file.

    Raises:
        ValueError: it holds something else. OSError: it cannot be read.
    """
    try:
        value = json.loads(path.read_text("utf8"))
    except FileNotFoundError:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{path} does not hold a JSON object")
    return value
