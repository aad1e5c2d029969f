"""What a probe for known test data found, and what that means in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from core.trust.recall import Kind

Verdict = Literal["none", "some", "clear", "unclear"]
FLUENCY = (
    "A model that knows the language goes on a little better with real text than with shuffled words, too; "
    "items completed to the end are the telling sign."
)
ANSWERED = 0.5
"""Where fewer of the questions were answered, nothing can be said."""
SURE = 0.15
"""Labels right by number so much more often than chance (lower bound) are no accident."""
SHUFFLED = "the same items with their words shuffled"


@dataclass(frozen=True, slots=True)
class Measure:
    """What was found by one kind of question: shares in [0, 1].

    `rate` of test items, `control` what memory does not explain, `low` and `high` a 95 % interval of the
    difference. `exact` are test items that were completed to the last word, `control_exact` those of the
    control; `most` is how large the share of known items can be (95 %) for all that was seen.
    """

    kind: Kind
    asked: int
    answered: int
    rate: float
    control: float
    low: float
    high: float
    exact: int = 0
    control_exact: int = 0
    most: float = 1.0


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict in plain words, with what it rests on."""

    verdict: Verdict
    words: str
    control: str
    measures: tuple[Measure, ...]
    calls: int
    asked_at: str
    seed: int = 0
    examples: tuple[Mapping[str, object], ...] = field(default=())

    def document(self) -> dict[str, object]:
        """The report as JSON."""
        return asdict(self)


def judged(measures: Sequence[Measure], control: str = SHUFFLED) -> tuple[Verdict, str]:
    """What the measures mean, in plain words."""
    told = [one for one in measures if one.answered >= ANSWERED * one.asked and one.asked]
    if not told:
        return "unclear", "The model answered too few of the questions: this says nothing either way."
    said = " ".join(_said(one, control) for one in told)
    if any(_is_clear(one) for one in told):
        return "clear", f"The model knows this data: its scores here are not those of unseen text. {said}"
    if any(one.low > 0 for one in told):
        return "some", f"There are signs that the model has seen this data. {said} {FLUENCY}"
    most = min(one.most for one in told)
    return (
        "none",
        f"No sign that the model has seen this data. {said} With so few items that is no proof: up to "
        f"{most:.0%} of them could be known to the word without showing here (95 %).",
    )


def _is_clear(one: Measure) -> bool:
    if one.kind == "labels":
        return one.low > SURE
    return one.exact >= 2 and one.control_exact == 0 and one.low > 0


def _said(one: Measure, control: str) -> str:
    interval = f"difference {_points(one.low)} to {_points(one.high)} points"
    if one.kind == "labels":
        return (
            f"Labels by number: {one.rate:.0%} right, {one.control:.0%} by chance ({interval}; "
            f"{one.asked} items)."
        )
    return (
        f"It continued {one.rate:.0%} of the rest word for word, {one.control:.0%} with {control} "
        f"({interval}; {one.asked} items), and {one.exact} of them to the end."
    )


def _points(value: float) -> str:
    return f"{100 * value:+.0f}"
