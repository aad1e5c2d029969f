"""What another annotation program holds of an item, before it is looked up in a data set."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import FormatError
from core.handover.pieces import Piece
from core.handover.spans import Mark
from core.types import Dataset

LARGEST = 512 * 1024**2
"""Bytes of a file that is read whole."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person, or one model, says of an item: marks on its text, or one label in all."""

    who: str
    marks: tuple[Mark, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """An item of another program. `where` names it in a message; `position` and `dataset` are ours, where the
    file was made here.
    """

    where: str
    text: str
    text_b: str | None
    tokens: tuple[str, ...]
    dataset: str
    position: int | None
    split: str
    people: tuple[Vote, ...]
    models: tuple[Vote, ...]


class Odd(ValueError):
    """Something about one item that nobody can read; says what."""


def write_list(rows: Iterable[Mapping[str, Any]], out: BinaryIO) -> None:
    """A JSON list, one item per line."""
    lead = b"[\n"
    for row in rows:
        out.write(lead + json.dumps(row, ensure_ascii=False, allow_nan=False).encode())
        lead = b",\n"
    out.write(b"\n]\n" if lead == b",\n" else b"[]\n")


def read_list(path: Path) -> list[object]:
    """The items of a JSON list. Raises FormatError."""
    name = path.name
    try:
        if path.stat().st_size > LARGEST:
            raise FormatError(name, 0, "is larger than 512 MiB.", "Export it in parts.")
        found = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        message = f"cannot be opened ({error.strerror or error})."
        raise FormatError(name, 0, message, "Check that the path names a readable file.") from error
    except (ValueError, RecursionError) as error:
        raise FormatError(name, 0, f"is no JSON ({error}).", "Export it as JSON, in full.") from error
    if not isinstance(found, list) or not found:
        raise FormatError(name, 0, "is no list of items.", "Export it as JSON (not JSON-MIN or CSV).")
    return found


def table(value: object, what: str) -> Mapping[str, Any]:
    """`value` as an object, {} for none. Raises Odd."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Odd(f"{what} is no object")
    return value


def listed(value: object, what: str) -> list[Any]:
    """`value` as a list, [] for none. Raises Odd."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Odd(f"{what} is no list")
    return value


def text_in(data: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that is there. Raises Odd."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value:
            return value
    raise Odd(f"it has no {' or '.join(names)}")


def number(value: object) -> int | None:
    """A whole number from 0, as a number or as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    return int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 16 else None


def score(value: object) -> float | None:
    """A probability, None for anything else."""
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if good and isinstance(value, int | float) and 0 <= value <= 1 else None


def words_in(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The words, where an item has them. Raises Odd."""
    found = listed(data.get("tokens"), "tokens")
    if not all(isinstance(word, str) and word for word in found):
        raise Odd("tokens are not all words")
    return tuple(found)


def about(piece: Piece, dataset: Dataset) -> dict[str, Any]:
    """What says, in another program, which item of which data set this is."""
    item = piece.record.instance
    return {"dataset": dataset.id, "position": item.position, "split": item.split}


def read_each(
    path: Path, called: str, one: Callable[[Mapping[str, Any], str], Task]
) -> tuple[list[Task], list[str]]:
    """The tasks of a JSON list, each read by `one`, and what is wrong with others. Raises FormatError."""
    found: list[Task] = []
    problems: list[str] = []
    for n, item in enumerate(read_list(path), 1):
        where = f"{called} {item.get('id', n) if isinstance(item, Mapping) else n}"
        try:
            found.append(one(table(item, "it"), where))
        except Odd as error:
            problems.append(f"{where}: {error}")
    return found, problems
