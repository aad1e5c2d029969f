"""A selection problem from plain files: a matrix of similarities, labels, confidences."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.errors import FormatError
from core.selectors.problem import FloatArray, SelectionProblem
from core.selectors.statistics import counts_and_confidence


def read_problem(similarity: Path, labels: Path, confidence: Path | None) -> SelectionProblem:
    """A selection problem without a data set: an (N, N) or (Q, N) matrix and one line per item.

    Args:
        similarity: `.npy` file of floats; square = the queries are the items themselves.
        labels: JSON Lines, a list of labels per item; repeats are counts.
        confidence: JSON Lines, a list of probabilities parallel to the labels; None = all 1.

    Raises:
        FormatError: a file does not hold that, or the counts do not fit.
    """
    matrix = _matrix(similarity)
    tags = [tuple(map(str, row)) for row in _lists(labels, str)]
    if len(tags) != matrix.shape[1]:
        problem = f"{len(tags)} lines, and the similarities have {matrix.shape[1]} columns."
        raise FormatError(labels.name, 0, problem, "Give one line per item.")
    given = (
        [[float(str(value)) for value in row] for row in _lists(confidence, float)] if confidence else None
    )
    if confidence and given is not None:
        _check_parallel(confidence, given, tags)
    names = tuple(sorted({tag for row in tags for tag in row}))
    probabilities: Sequence[Sequence[float] | None] = given if given is not None else [None] * len(tags)
    counts, means = counts_and_confidence(tags, probabilities, names)
    square = matrix.shape[0] == matrix.shape[1]
    return SelectionProblem(
        similarity=matrix,
        own=np.arange(len(matrix)) if square else np.full(len(matrix), -1),
        counts=counts,
        confidence=means,
        item_confidence=np.array([float(np.mean(row)) if row else 1.0 for row in probabilities]),
        labels=names,
    )


def _matrix(path: Path) -> FloatArray:
    hint = "Save a matrix of floats with numpy.save: a row per query, a column per item."
    try:
        matrix = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(path.name, 0, f"not a readable NumPy array ({error}).", hint) from error
    if (
        not isinstance(matrix, np.ndarray)
        or matrix.ndim != 2
        or matrix.dtype.kind not in "fiu"
        or not matrix.size
    ):
        raise FormatError(path.name, 0, "not a matrix of numbers.", hint)
    if not np.isfinite(matrix).all():
        raise FormatError(path.name, 0, "holds values that are not finite.", hint)
    return matrix.astype(np.float64)


def _lists(path: Path, kind: type) -> list[list[object]]:
    hint = "Write a JSON list per line, and nothing else."
    rows = []
    try:
        with path.open(encoding="utf8") as file:
            for number, line in enumerate(file, 1):
                row = json.loads(line)
                if not isinstance(row, list) or not all(_is(value, kind) for value in row):
                    raise FormatError(path.name, number, f"not a list of {_NAMES[kind]}.", hint)
                rows.append(row)
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(path.name, len(rows) + 1, f"not readable JSON Lines ({error}).", hint) from error
    return rows


_NAMES = {str: "labels", float: "probabilities from 0 to 1"}


def _is(value: object, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _check_parallel(path: Path, given: list[list[float]], tags: Sequence[Sequence[str]]) -> None:
    hint = "Give one probability per label, line by line."
    if len(given) != len(tags):
        raise FormatError(path.name, 0, f"{len(given)} lines, and {len(tags)} items have labels.", hint)
    for number, (numbers, labels) in enumerate(zip(given, tags, strict=True), 1):
        if len(numbers) != len(labels):
            raise FormatError(path.name, number, f"{len(numbers)} values for {len(labels)} labels.", hint)
