"""Matrices of the release: token confidences and recorded selections."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from core.availability import require
from core.errors import FormatError
from core.formats.label_lists import read_probabilities

SCRIPT = Path(__file__).with_name("torch_file.py")
SECONDS = 300


def read_confidences(path: Path, n_tokens: Sequence[int]) -> list[tuple[float, ...]]:
    """Probability of each token's label, from `.npy` or `.pth` (float32, padded with -1).

    Raises:
        FormatError: unreadable, or not one probability per token.
        NotInstalled: a `.pth` file, and torch was left out.
    """
    if path.suffix != ".pth":
        return read_probabilities(path, n_tokens)
    require("torch", purpose=f"reading {path.name}")
    with TemporaryDirectory() as folder:
        target = Path(folder) / "matrix.npy"
        _unpack(path, target)
        try:
            return read_probabilities(target, n_tokens)
        except FormatError as error:
            raise FormatError(path.name, error.line, error.problem, error.hint) from error


def _unpack(source: Path, target: Path) -> None:
    """Read a torch file in a process of its own, so that this one never imports torch."""
    command = [sys.executable, "-P", str(SCRIPT), str(source.resolve()), str(target)]
    hint = "Fetch the file again."
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FormatError(source.name, 0, f"not read within {SECONDS} s.", hint) from error
    if done.returncode != 0:
        raise FormatError(source.name, 0, f"not a readable torch file ({_reason(done.stderr)}).", hint)


def _reason(stderr: str) -> str:
    """The exception's own line: the last one of a traceback that is not indented."""
    lines = [line for line in stderr.splitlines() if ": " in line and not line.startswith((" ", "\t"))]
    return lines[0][:200] if lines else "the reading process ended without a message"


def read_selection(path: Path, n: int) -> list[tuple[int, ...]]:
    """Row numbers of the exemplars of each of `n` sentences, in prompt order: (n, K) integers.

    Raises:
        FormatError: not such a matrix, or a row number outside the file.
    """
    hint = "The file belongs to another data set or another version of it."
    try:
        rows = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(path.name, 0, f"not a readable NumPy array ({error}).", hint) from error
    if not isinstance(rows, np.ndarray) or rows.ndim != 2 or rows.dtype.kind not in "iu":
        raise FormatError(path.name, 0, "not a matrix of row numbers (sentences, exemplars).", hint)
    if len(rows) != n:
        raise FormatError(path.name, 0, f"{len(rows)} rows, expected {n}.", hint)
    if rows.size and not 0 <= rows.min() <= rows.max() < n:
        raise FormatError(path.name, 0, f"a row number outside 0 to {n - 1}.", hint)
    return [tuple(int(value) for value in row) for row in rows]
