"""A script: turns a torch file of probabilities into a NumPy matrix.

Run in a process of its own (`python -P torch_file.py SOURCE TARGET`), because importing torch
takes seconds and hundreds of megabytes which the caller must not pay. Weights only: no pickled code
is executed.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def matrix(value: Any) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(sentences, width) float32 from a matrix or a list of rows, padded with -1 at the end."""
    rows = [row.tolist() if hasattr(row, "tolist") else list(row) for row in value]
    width = max((len(row) for row in rows), default=0)
    return np.array([[*row, *[-1.0] * (width - len(row))] for row in rows], dtype=np.float32)


def main(source: str, target: str) -> None:
    """Convert one file; any failure ends the process with a message on stderr."""
    import torch

    value = torch.load(source, map_location="cpu", weights_only=True)
    with open(target, "wb") as file:  # noqa: PTH123 - the name must not gain a suffix
        np.save(file, matrix(value), allow_pickle=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
