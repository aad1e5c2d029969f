"""What goes where: one JSON document on stdout, progress and errors on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer


def answer(document: Mapping[str, Any] | Sequence[Any], text: str, *, as_json: bool) -> None:
    """Print the answer: exactly one JSON document, or text for people."""
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else text)


def table(rows: Iterable[Sequence[object]], header: Sequence[str]) -> str:
    """Columns padded to their widest cell."""
    cells = [list(map(str, header)), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f}"


class StderrReport:
    """Progress for people: a line that moves on a terminal, a line per stage elsewhere."""

    def __init__(self) -> None:
        self._stage = ""
        self._moves = sys.stderr.isatty()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._moves:
            sys.stderr.write(f"\r\033[K{stage} {done}/{total}" if total else f"\r\033[K{stage}")
            sys.stderr.flush()
        elif stage != self._stage:
            print(f"{stage} ...", file=sys.stderr, flush=True)
        self._stage = stage

    def close(self) -> None:
        if self._moves and self._stage:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
