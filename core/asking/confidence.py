"""How sure a language model is of the labels it gave.

In order of preference: label scoring (P(label | prompt) over the label set), probabilities of the generated
label tokens (geometric mean), self-consistency (agreement of several answers; Wang et al., 2023), verbalised
(unreliable), none. Source: SSP, arXiv 2406.18880, and docs/decisions/0019-asking.md.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, get_args

from core.asking.styles import read
from core.errors import RecipeError, UnknownName
from core.llms import Style
from core.tasks import Task
from core.tasks.answers import read_label
from core.tasks.reading import Reading, Span
from core.types import Completion, Instance, Labels, Posterior

Method = Literal["scoring", "tokens", "samples", "verbalised", "none"]
METHODS: tuple[Method, ...] = get_args(Method)
UNRELIABLE: tuple[Method, ...] = ("verbalised",)
NEEDS: dict[Method, str] = {"scoring": "scoring", "tokens": "logprobs"}
"""What a model has to be able to for a method, as a probe calls it."""


@dataclass(frozen=True, slots=True)
class Sure:
    """Probabilities of the labels given, and the whole distributions where they are known."""

    confidences: tuple[float, ...] | None = None
    posterior: Posterior | None = None


NOT_KNOWN = Sure()


def method_of(asked: str, capabilities: object | None = None) -> Method | None:
    """The method that is meant; None = `auto`: the best that each answer allows.

    Args:
        capabilities: what a probe found, with `scoring` and `logprobs`; None = nobody tried.

    Raises:
        UnknownName: there is no such method.
        RecipeError: the model cannot give what it needs.
    """
    if asked == "auto":
        return None
    for method in METHODS:
        if method == asked:
            if getattr(capabilities, NEEDS.get(method, ""), None) is False:
                raise RecipeError(
                    f"llm.confidence={method} needs probabilities, and this model gives none of that kind.",
                    "Use --set llm.confidence=auto, samples, verbalised or none.",
                )
            return method
    raise UnknownName("way to tell confidence", asked, ("auto", *METHODS))


def scored(completion: Completion, reading: Reading, labels: Labels) -> Sure:
    """From the model's probabilities of every label; nothing where it gave none, or not one row per label."""
    rows = completion.label_probabilities
    if rows is None or len(rows) != len(reading.labels) or any(len(row) != len(labels) for row in rows):
        return NOT_KNOWN
    column = {label: index for index, label in enumerate(labels)}
    found = [
        row[column[label]] if label in column else _chance(labels)
        for row, label in zip(rows, reading.labels, strict=True)
    ]
    return Sure(tuple(found), rows)


def with_chance(sure: Sure, reading: Reading, labels: Labels) -> Sure:
    """The same with chance where the label did not come from the answer."""
    if sure.confidences is None or reading.complete:
        return sure
    pairs = zip(sure.confidences, reading.known, strict=True)
    return Sure(tuple(value if known else _chance(labels) for value, known in pairs))


def generated(
    completion: Completion, reading: Reading, style: Style, task: Task, instance: Instance, labels: Labels
) -> Sure:
    """From the tokens that a label was written with: the geometric mean of their probabilities.

    A word without a label in the answer gets chance. Nothing where the model gave no probabilities, or its
    tokens are not the text of its answer.
    """
    if not completion.logprobs:
        return NOT_KNOWN
    text = "".join(token for token, _ in completion.logprobs)
    if text != completion.text:
        reading, given = read(style, text, task, instance, labels), reading.labels
        if reading.labels != given:
            return NOT_KNOWN
    if not any(reading.spans):
        return NOT_KNOWN
    ends = list(accumulate(len(token) for token, _ in completion.logprobs))
    return Sure(tuple(_mean(completion.logprobs, ends, span, _chance(labels)) for span in reading.spans))


def _mean(
    tokens: Sequence[tuple[str, float]], ends: Sequence[int], span: Span | None, chance: float
) -> float:
    if span is None:
        return chance
    starts = [0, *ends[:-1]]
    inside = [
        value for (_, value), first, end in zip(tokens, starts, ends, strict=True)
        if first < span[1] and end > span[0]
    ]  # fmt: skip
    return min(1.0, math.exp(math.fsum(inside) / len(inside))) if inside else chance


def agreed(readings: Sequence[Reading], labels: Labels, fallback: str) -> tuple[Reading, Sure]:
    """The labels most answers give, and how many of them do; the first answer decides between equals.

    An answer that gives a word no label agrees with nothing.
    """
    rows = [_votes(reading) for reading in readings]
    size = len(readings[0].labels)
    counts = [Counter(row[place] for row in rows if row[place] is not None) for place in range(size)]
    chosen = [max(count, key=lambda label, c=count: c[label]) if count else None for count in counts]  # type: ignore[misc]
    shares = tuple(
        count[label] / len(readings) if label else _chance(labels)
        for count, label in zip(counts, chosen, strict=True)
    )
    worst = next((reading for reading in readings if not reading.complete), readings[0])
    known = tuple(label is not None for label in chosen)
    said = Reading((), None, None) if all(known) else worst
    settled = tuple(label or fallback for label in chosen)
    return Reading(settled, said.fault, said.problem, known), Sure(shares)


def _votes(reading: Reading) -> list[str | None]:
    """A label per word, None where the answer gave none that is known."""
    return [label if known else None for label, known in zip(reading.labels, reading.known, strict=True)]


def verbalised(text: str, reading: Reading, percentages: Iterable[str]) -> Sure:
    """The number a model names of itself, for every label of its answer; nothing where it names none."""
    found = read_label(text.replace("%", " "), tuple(percentages))
    if not found.usable:
        return NOT_KNOWN
    return Sure((int(found.labels[0]) / 100,) * len(reading.labels))


def _chance(labels: Labels) -> float:
    return 1.0 / max(len(labels), 1)
