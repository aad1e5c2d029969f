"""What decides the outcome of a training, as a hash: a checkpoint of anything else is of no use."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.labelers.fine_tuning.device import Device
from core.labelers.fine_tuning.material import Lesson, Material
from core.types import Labels

LIBRARIES = ("torch", "transformers", "tokenizers")


def identity(
    settings: Mapping[str, Any], folder: Path, found: Material, label_set: Labels, seed: int, device: Device
) -> str:
    """SHA-256 over the settings, the encoder's files, the texts and labels, the seed, and what computes."""
    stated = [
        dict(settings),
        _files(folder),
        label_set,
        seed,
        asdict(device),
        [version(name) for name in (*LIBRARIES, *(["peft"] if settings.get("lora") else []))],
        found.tokens,
    ]
    return _hash([stated, _lessons(found.train), _lessons(found.held_out)])


def _files(folder: Path) -> list[tuple[str, int, int]]:
    """Name, size and time of the files in the folder itself; where it lies does not matter."""
    stats = sorted((path.name, path.stat()) for path in folder.iterdir() if path.is_file())
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats if not name.startswith(".")]


def _lessons(lessons: Sequence[Lesson]) -> str:
    return _hash(
        (item.instance.tokens, item.instance.text, item.instance.text_b, item.targets, item.hidden)
        for item in lessons
    )


def _hash(parts: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(json.dumps(part, ensure_ascii=True).encode() + b"\n")
    return digest.hexdigest()
