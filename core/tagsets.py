"""What annotators are told of labels: the catalog's words, or those of whoever made the label set."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from core import catalog
from core.errors import FormatError
from core.types import Dataset, LabelInfo

FIELDS = ("description", "key", "color")
EXAMPLE = '[NOUN]\ndescription = "..."\nkey = "n"\ncolor = "#0072B2"'


def of(dataset: Dataset) -> tuple[LabelInfo, ...]:
    """Every label of a data set (types, for entities), with what its owner or else the catalog says."""
    own = {info.label: info for info in dataset.tagset}
    usual = catalog.tagset(dataset.task, dataset.labels)
    merged = [_merged(own.get(info.label), info) for info in usual]
    keys = [info.key for info in own.values() if info.key]
    return tuple(
        info
        if info.label in own or info.key not in keys
        else LabelInfo(info.label, info.description, "", info.color)
        for info in merged
    )


def _merged(own: LabelInfo | None, usual: LabelInfo) -> LabelInfo:
    if own is None:
        return usual
    return LabelInfo(
        usual.label, own.description or usual.description, own.key or usual.key, own.color or usual.color
    )


def read(path: Path) -> tuple[LabelInfo, ...]:
    """Guidelines of a TOML file: a table per label with description, key (one character), color (#RRGGBB).

    Raises:
        FormatError: it is no such file.
    """
    hint = f"Write a table per label, such as: {' '.join(EXAMPLE.split())}"
    try:
        table = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormatError(path.name, 0, f"no readable TOML ({error}).", hint) from error
    return checked([_info(path.name, label, facts, hint) for label, facts in table.items()], path.name)


def _info(name: str, label: str, facts: object, hint: str) -> LabelInfo:
    if not isinstance(facts, Mapping) or not facts.keys() <= set(FIELDS):
        raise FormatError(name, 0, f"[{label}] has other fields than {', '.join(FIELDS)}.", hint)
    if not all(isinstance(value, str) for value in facts.values()):
        raise FormatError(name, 0, f"[{label}]: every field is text.", hint)
    return LabelInfo(label, **facts)


def checked(infos: list[LabelInfo], name: str) -> tuple[LabelInfo, ...]:
    """The guidelines, if their keys and colours can be used.

    Raises:
        FormatError: a key is no single character or used twice, a colour is not #RRGGBB.
    """
    taken: dict[str, str] = {}
    for info in infos:
        if info.color and not re.fullmatch(r"#[0-9A-Fa-f]{6}", info.color):
            raise FormatError(
                name, 0, f"{info.label}: the colour {info.color!r} is not #RRGGBB.", "Correct it."
            )
        if info.key and (len(info.key) != 1 or info.key.isspace()):
            raise FormatError(
                name, 0, f"{info.label}: the key {info.key!r} is no single character.", "Correct it."
            )
        other = taken.setdefault(info.key.lower(), info.label) if info.key else info.label
        if other != info.label:
            raise FormatError(name, 0, f"{info.label} and {other} have the same key.", "Change one of them.")
    return tuple(infos)
