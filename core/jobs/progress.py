"""How far a worker has come, how fast it goes, and what is left: `progress.json`."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.errors import Cancelled
from core.whole_files import read_json, replace_json

SECONDS_BETWEEN_REPORTS = 0.2
WINDOW = 30.0
"""Seconds of a stage that its rate is taken from."""


class FileReport:
    """A progress sink that writes `progress.json` and stops the run when the user asked for that.

    `rate` is items of the stage per second over the last WINDOW seconds, `left` the seconds the stage
    takes at that rate (None while nothing can be said), `spent` the seconds of work of this and all
    earlier workers.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock = folder, clock
        self._began = clock()
        self._stage, self._written = "", float("-inf")
        self._seen: deque[tuple[float, int]] = deque()
        self._before = _spent(folder)

    def __call__(self, stage: str, done: int, total: int) -> None:
        if (self._folder / "cancel").exists():
            raise Cancelled("stopped by the user.")
        now = self._clock()
        if stage != self._stage:
            self._stage, self._written = stage, float("-inf")
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > WINDOW:
            self._seen.popleft()
        if done >= total or now - self._written > SECONDS_BETWEEN_REPORTS:
            self._write(stage, done, total, now)

    def _write(self, stage: str, done: int, total: int, now: float) -> None:
        since, first = self._seen[0]
        rate = (done - first) / (now - since) if now > since and done > first else None
        said = {
            "stage": stage,
            "done": done,
            "total": total,
            "rate": rate,
            "left": (total - done) / rate if rate else None,
            "spent": self._before + now - self._began,
        }
        replace_json(self._folder / "progress.json", said, durable=False)
        self._written = now


def _spent(folder: Path) -> float:
    with suppress(OSError, ValueError):
        return float(read_json(folder / "progress.json").get("spent", 0.0))
    return 0.0


def duration(seconds: float | None) -> str:
    """`1:05`, `2:00:09`; - where it is not known."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
