"""What goes wrong when a server is asked, and when to stop asking."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from core.errors import RecipeError

SHOWN = 300
"""Characters of a server's own words that are kept."""
AT_ONCE = frozenset({"key", "model", "address", "redirect", "unreachable", "certificate"})
"""Troubles that every call of a session would have: where nothing was answered yet, one of them is enough."""
ALIKE = 3
"""Calls that fail alike, before any was answered, after which no more are made."""
IN_A_ROW = 25
"""Calls that fail one after the other, though others were answered before, after which no more are made."""
GO_ON = "What was answered is kept: start the run again, and it goes on from there."


class Trouble(Exception):
    """A call got no answer.

    Attributes:
        problem: what happened, as the rest of a sentence about the host.
        kind: of trouble; `AT_ONCE` or anything else.
        hint: what to do about it.
    """

    def __init__(self, problem: str, kind: str = "", hint: str = "") -> None:
        super().__init__(problem)
        self.problem, self.kind, self.hint = problem.rstrip("."), kind, hint


class Again(Trouble):
    """Another attempt may get one. `wait` is what the server asks for, in seconds.

    `lost`: the request was sent, and may have been carried out and paid for.
    """

    def __init__(self, problem: str, kind: str = "", *, wait: float = 0.0, lost: bool = False) -> None:
        super().__init__(problem, kind)
        self.wait, self.lost, self.last = wait, lost, False


@dataclass
class Health:
    """How the calls of a session have ended so far; `over` says why nothing else is to be asked."""

    host: str
    answered: int = 0
    over: RecipeError | None = None
    _in_a_row: int = 0
    _alike: Counter[str] = field(default_factory=Counter)

    def good(self) -> None:
        """A call was answered."""
        self.answered += 1
        self._in_a_row = 0

    def bad(self, trouble: Trouble) -> None:
        """A call got no answer after all attempts.

        Raises:
            RecipeError: it makes no sense to ask anything else.
        """
        self._in_a_row += 1
        first = not self.answered
        alike = re.sub(r"\d+", "#", trouble.problem)
        self._alike[alike] += first and trouble.kind != "long"
        if trouble.kind == "credit" or (first and (trouble.kind in AT_ONCE or self._alike[alike] >= ALIKE)):
            self.over = RecipeError(f"{self.host} {trouble.problem}.", trouble.hint)
        elif self.answered and self._in_a_row >= IN_A_ROW:
            said = f"{IN_A_ROW} calls in a row failed; the last: {self.host} {trouble.problem}."
            self.over = RecipeError(said, GO_ON)
        self.check()

    def check(self) -> None:
        """Raises RecipeError where it makes no sense to ask anything else."""
        if self.over:
            raise self.over
