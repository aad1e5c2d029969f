"""Encoders that are suggested for fine-tuning, with their sizes: known before anything is fetched."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

BYTES = 4
"""Of a weight in 32 bits."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """An encoder: `parameters` in millions, `languages` as its authors count them, `licence` "" = unsure."""

    name: str
    title: str
    parameters: int
    languages: str
    licence: str
    best_for: str
    source: str

    @property
    def megabytes(self) -> int:
        """About what a download transfers, in 10^6 bytes: the weights in 32 bits."""
        return BYTES * self.parameters


@lru_cache(maxsize=1)
def models() -> Mapping[str, ModelEntry]:
    """The encoders by the hub's name of each, in the order of the table."""
    text = files("core.catalog").joinpath("models.toml").read_text(encoding="utf-8")
    return MappingProxyType({name: ModelEntry(name, **facts) for name, facts in tomllib.loads(text).items()})
