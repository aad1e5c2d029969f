"""Findings on whether figures can be believed, kept in `<workspace>/trust/`: one JSON document each.

One per kind (contamination, formats), data set and model; a newer one takes the place of an older one.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from core.whole_files import read_json, replace_json


def folder(workspace: Path) -> Path:
    """Where findings lie."""
    return workspace / "trust"


def keep(workspace: Path, kind: str, dataset: str, model: str, host: str, said: dict[str, Any]) -> Path:
    """Keep a finding, in the place of an older one of the same kind, data set and model."""
    path = _path(workspace, kind, dataset, model, host)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_json(path, {"kind": kind, "dataset": dataset, "model": model, "host": host, **said})
    return path


def kept(workspace: Path, kind: str, dataset: str, model: str, host: str) -> dict[str, Any]:
    """What was found of this data set and model; {} = it was not looked at."""
    return _read(_path(workspace, kind, dataset, model, host))


def reports(workspace: Path, dataset: str | None = None, model: str | None = None) -> list[dict[str, Any]]:
    """Everything that was found (of one data set, of one model), by file name."""
    found = [_read(path) for path in sorted(folder(workspace).glob("*.json"))]
    return [
        said
        for said in found
        if said
        and (dataset is None or said["dataset"] == dataset)
        and (model is None or said["model"] == model)
    ]


def known(workspace: Path, dataset: str, model: str, host: str) -> dict[str, Any]:
    """What a run notes of the probe for known test data: verdict, words, asked_at; {} = nobody looked."""
    said = kept(workspace, "contamination", dataset, model, host)
    return {key: said[key] for key in ("verdict", "words", "asked_at") if key in said}


def _read(path: Path) -> dict[str, Any]:
    """A finding; one that cannot be read counts as none: it is found again."""
    try:
        said = read_json(path)
    except (ValueError, OSError):
        return {}
    return said if {"kind", "dataset", "model", "host"} <= said.keys() else {}


def _path(workspace: Path, kind: str, dataset: str, model: str, host: str) -> Path:
    """Names are cut for people to read; the hash tells them apart."""
    named = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{dataset}-{model.rsplit('/', 1)[-1]}")[:80]
    digest = hashlib.sha256("\n".join((dataset, model, host)).encode()).hexdigest()[:8]
    return folder(workspace) / f"{kind}-{named}-{digest}.json"
