"""Plain JSON lists of labels and of probabilities, and padded probability matrices (SSP release)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from core.errors import FormatError
from core.types import Labels


def read_label_lists(path: Path, n_tokens: Sequence[int] | None = None) -> list[Labels]:
    """Labels per instance of `*_predictions.json`: a list of lists (tokens) or of strings (items).

    Args:
        n_tokens: how many labels each instance must have; None = do not check.

    Raises:
        FormatError: not such a list, or other lengths than `n_tokens`; names the item, from 1.
    """
    rows = [
        _labels([item] if isinstance(item, str) else item, path.name, n)
        for n, item in enumerate(_list(path), 1)
    ]
    if n_tokens is not None:
        _check_lengths(path.name, [len(row) for row in rows], n_tokens)
    return rows


def read_probabilities(path: Path, n_tokens: Sequence[int] | None = None) -> list[tuple[float, ...]]:
    """Probabilities per instance of `*_max_probs.json` or of a float matrix `.npy`.

    The matrix is (instances, width), padded with -1 at the end of each row; pickles are refused.

    Raises:
        FormatError: unreadable, a value outside 0 to 1, or other lengths than `n_tokens`.
    """
    if path.suffix == ".npy":
        rows = _matrix(path)
    else:
        rows = [
            _numbers(item if isinstance(item, list) else [item], path.name, n)
            for n, item in enumerate(_list(path), 1)
        ]
    if n_tokens is not None:
        _check_lengths(path.name, [len(row) for row in rows], n_tokens)
    return rows


def _list(path: Path) -> list[object]:
    hint = "Give the file as the release has it: a list with one entry per sentence."
    try:
        value = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FormatError(path.name, 0, "not UTF-8 text, expected a JSON list.", hint) from error
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise FormatError(path.name, line, f"not valid JSON ({error}), expected a list.", hint) from error
    except OSError as error:
        raise FormatError(path.name, 0, f"cannot be opened ({error.strerror}).", hint) from error
    if not isinstance(value, list):
        raise FormatError(path.name, 1, f"a JSON {type(value).__name__}, expected a list.", hint)
    return value


def _labels(item: object, name: str, n: int) -> Labels:
    if not isinstance(item, list) or not all(isinstance(label, str) for label in item):
        message = f"entry {n} is not a label or a list of labels."
        raise FormatError(name, 0, message, "Write the names of labels.")
    return tuple(item)


def _numbers(item: list[object], name: str, n: int) -> tuple[float, ...]:
    for value in item:
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if not good or not 0 <= float(str(value)) <= 1:
            message = f"entry {n} holds {value!r}, expected probabilities from 0 to 1."
            raise FormatError(name, 0, message, "Give one probability per label.")
    return tuple(float(str(value)) for value in item)


def _matrix(path: Path) -> list[tuple[float, ...]]:
    import numpy as np

    try:
        matrix = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        message = f"not a readable NumPy array ({error})."
        raise FormatError(path.name, 0, message, "Save it with numpy.save, numbers only.") from error
    if not isinstance(matrix, np.ndarray) or matrix.ndim != 2 or matrix.dtype.kind != "f":
        message = "not a matrix of floats (instances, width)."
        raise FormatError(path.name, 0, message, "Save one row per sentence, padded with -1.")
    return [_unpadded(row.tolist(), path.name, n) for n, row in enumerate(matrix, 1)]


def _unpadded(row: list[float], name: str, n: int) -> tuple[float, ...]:
    width = len(row)
    while width and row[width - 1] == -1:
        width -= 1
    return _numbers(list[object](row[:width]), name, n)


def _check_lengths(name: str, found: Sequence[int], expected: Sequence[int]) -> None:
    hint = "The file belongs to another data set or another version of it."
    if len(found) != len(expected):
        message = f"{len(found)} entries, expected {len(expected)}."
        raise FormatError(name, 0, message, hint)
    for n, (here, there) in enumerate(zip(found, expected, strict=True), 1):
        if here != there:
            raise FormatError(name, 0, f"entry {n} has {here} values, expected {there}.", hint)
