"""How often each request came, and how often it was answered in full."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any


def content_of(body: Mapping[str, Any]) -> str:
    """What tells one request from another: the hash of all that is in it."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]


class Counts:
    """`asked` and `finished` by content; a finished call was answered with 200 and a whole document."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.finished: Counter[str] = Counter()
        self.fates: Counter[str] = Counter()
        self.at_once = self.most_at_once = 0

    @property
    def repeated(self) -> int:
        """Finished calls beyond the first of their content: what a user would have paid twice."""
        return sum(count - 1 for count in self.finished.values())

    def summary(self) -> dict[str, Any]:
        """Totals, as JSON."""
        return {
            "asked": self.asked.total(),
            "contents": len(self.asked),
            "finished": self.finished.total(),
            "repeated": self.repeated,
            "fates": dict(self.fates),
            "most_at_once": self.most_at_once,
        }
