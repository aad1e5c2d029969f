"""When to stop iterating: the labels have settled, or the corrected items say that it does not get better.

Source: SSP (arXiv 2406.18880) iterates Stage II without a rule; this one is ours. Gold is never asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.types import Labels, Prediction

SETTLED = 0.01
"""Fewer labels than this share moved: nothing more is to be expected."""
ENOUGH = 10
"""Corrected labels that an audit needs to be heard."""
ROUNDS = 5
"""Runs at most, unless said otherwise."""


@dataclass(frozen=True, slots=True)
class Round:
    """One run of an iteration.

    `moved` is the share of labels that differ from those it started from, `audit` the share of human labels
    it gave to corrected items (which it never sees as their own exemplars) of `audited` labels; None = none.
    """

    run: str
    stage: str
    moved: float
    audit: float | None = None
    audited: int = 0


def moved(before: Mapping[int, Prediction], after: Mapping[int, Prediction]) -> float:
    """The share of labels that differ, over the items both have; 0 without any."""
    pairs = [
        pair
        for position in before.keys() & after.keys()
        for pair in zip(before[position].labels, after[position].labels, strict=False)
    ]
    return sum(old != new for old, new in pairs) / len(pairs) if pairs else 0.0


def audit(found: Mapping[int, Prediction], human: Mapping[int, Labels]) -> tuple[float | None, int]:
    """The share of human labels that were found on corrected items, and of how many; None without any."""
    pairs = [
        pair
        for position in found.keys() & human.keys()
        for pair in zip(found[position].labels, human[position], strict=False)
    ]
    return (sum(mine == theirs for mine, theirs in pairs) / len(pairs) if pairs else None), len(pairs)


def reason(rounds: Sequence[Round], *, at_most: int = ROUNDS) -> str:
    """Why to stop after these rounds, the first of which is the run that was begun with; "" = go on."""
    last, done = rounds[-1], len(rounds) - 1
    if done and last.moved < SETTLED:
        return f"{last.moved:.1%} of the labels moved, less than {SETTLED:.0%}: they have settled."
    if done and (said := _audited(rounds[-2], last)):
        return said
    if done >= at_most:
        return f"{at_most} rounds were asked for; in the last, {last.moved:.1%} of the labels still moved."
    return ""


def _audited(before: Round, last: Round) -> str:
    if before.audit is None or last.audit is None or last.audited < ENOUGH:
        return ""
    if last.audit > before.audit:
        return ""
    return (
        f"The corrected items did not get better: {last.audit:.1%} of {last.audited} labels right after "
        f"{before.audit:.1%}."
    )


def best(rounds: Sequence[Round]) -> Round:
    """The round whose labels to use: the best of the audit where there is one, else the last."""
    heard = [one for one in rounds if one.audit is not None and one.audited >= ENOUGH]
    return max(heard, key=lambda one: one.audit or 0.0) if heard else rounds[-1]
