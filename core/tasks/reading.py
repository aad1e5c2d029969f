"""What could be read of an answer."""

from __future__ import annotations

from dataclasses import dataclass

from core.types import Labels

Span = tuple[int, int]
"""First character, and the one after the last."""
SHOWN = 3
"""How many words a problem names."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Labels read from an answer, and what was wrong with it.

    Attributes:
        labels: one per word, or one; the task's fallback where the answer gives none that is known.
        fault: what is wrong with the answer, as one would say it to its author; None = nothing.
        problem: the same with what became of it, as it is stored.
        known: which of the labels came from the answer.
        spans: where in the answer each label stands; None where it does not, or nobody looked.
    """

    labels: Labels
    fault: str | None = None
    problem: str | None = None
    known: tuple[bool, ...] = ()
    spans: tuple[Span | None, ...] = ()

    @property
    def usable(self) -> int:
        """How many of the labels came from the answer."""
        return sum(self.known)

    @property
    def complete(self) -> bool:
        """Whether every label came from the answer."""
        return self.usable == len(self.labels)


def some(items: list[str]) -> str:
    """The first few, quoted."""
    shown = ", ".join(repr(item) for item in items[:SHOWN])
    return f"{shown}, ..." if len(items) > SHOWN else shown
