"""What a job's calls came to so far, in its folder, for whoever watches."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from core.calls.spending import Account
from core.whole_files import replace_json

NOTE = "llm.json"
SECONDS_BETWEEN_NOTES = 1.0


class Noting:
    """Writes `llm.json` when it is called: at most once a second, and when nothing is on its way."""

    def __init__(
        self,
        folder: Path,
        account: Account,
        model: str,
        host: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._account, self._clock = folder / NOTE, account, clock
        self._who = {"model": model, "host": host}
        self._written = float("-inf")

    def __call__(self) -> None:
        now = self._clock()
        if now - self._written < SECONDS_BETWEEN_NOTES and self._account.on_their_way:
            return
        self._written = now
        said = self._who | asdict(self._account.spent()) | {"projected": self._account.projected()}
        replace_json(self._path, said, durable=False)
