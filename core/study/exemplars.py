"""What exemplars are worth offline: Stage II with none, random, nearest and chosen ones, gains split up.

One bench target at a time: Stage I once per seed, then Stage II under every variant on the same noisy labels.
The gain over Stage I is split into what consensus, exemplars and corrections add, each held against the
step before on the same sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.pipeline import run, strip_gold
from core.recipes import Context, resolve
from core.run_input import RunInput, Source
from core.types import (
    Completion,
    Dataset,
    Exemplar,
    Influence,
    Labels,
    Prediction,
    Record,
    Report,
    Selection,
)

VARIANTS: Mapping[str, Mapping[str, str]] = {
    "no exemplars": {"selector": "none"},
    "random": {"selector": "random"},
    "nearest": {"selector": "similarity"},
    "ILP": {},
    "ILP without confidence": {"confidence": "none"},
    "ILP without coverage": {"coverage": "off"},
    "ILP, target only": {"stage2.from_sources": "0"},
    "ILP, 16 of the target": {"stage2.from_sources": "0", "k": "16"},
}
"""Overrides of the recipe `ssp`; all but the last two show 8 target and 8 source exemplars."""
CORRECTED = 20
"""Sentences that a simulated linguist corrects, those with the lowest mean confidence first."""

Answers = Mapping[int, Labels]


@dataclass
class Facts:
    """A sink that keeps the labels of every stage."""

    stages: dict[str, dict[int, Prediction]] = field(default_factory=dict)

    def predictions(self, stage: str, found: Sequence[Prediction]) -> None:
        self.stages[stage] = {row.position: row for row in found}

    def selections(self, found: Sequence[Selection], pool: Sequence[Exemplar]) -> None:
        """Not kept."""

    def influences(self, found: Sequence[Influence]) -> None:
        """Not kept."""

    def completions(self, found: Iterable[Completion]) -> None:
        """Not kept."""

    def note(self, name: str, said: Mapping[str, object]) -> None:
        """Not kept."""


@dataclass(frozen=True)
class Trial:
    """One target under one seed: labels by position, of every step and variant.

    `corrected` are the positions a human is taken to have corrected in step `corrections`; they are left
    out where that step is compared with others.
    """

    seed: int
    stage1: Answers
    consensus: Answers
    variants: Mapping[str, Answers]
    corrections: Answers
    corrected: frozenset[int]


def trial(
    dataset: Dataset,
    target: Sequence[Record],
    sources: Sequence[Source],
    seed: int,
    report: Report,
    weights: str = "",
) -> Trial:
    """Label a target under every variant.

    Args:
        target: with gold, which serves to simulate corrections alone; the run does not see it.
        weights: a file for the in-context tagger; "" = its own.
    """
    own = {"stage2.weights": weights} if weights else {}
    given = RunInput("study", dataset, _recipe(dataset, own), seed, strip_gold(target), sources)
    first = _facts(given, report)
    noisy = first.stages["stage1"]
    known = replace(given, stage1=noisy)
    variants = {}
    for number, (name, overrides) in enumerate(VARIANTS.items()):
        report(f"seed {seed}: {name}", number, len(VARIANTS))
        variant = replace(known, recipe=_imported(dataset, {**own, **overrides}))
        variants[name] = _labels(_facts(variant, _silent).stages["stage2"])
    corrections = _to_correct(target, noisy)
    report(f"seed {seed}: {len(corrections)} corrected", len(VARIANTS), len(VARIANTS))
    again = _facts(replace(given, corrections=corrections), report)
    return Trial(
        seed,
        _labels(noisy),
        _labels(first.stages["consensus"]),
        variants,
        _labels(again.stages["stage2"]),
        frozenset(corrections),
    )


def _recipe(dataset: Dataset, overrides: Mapping[str, str]) -> dict[str, object]:
    return resolve("ssp", overrides, Context(dataset))


def _imported(dataset: Dataset, overrides: Mapping[str, str]) -> dict[str, object]:
    """The recipe with the noisy labels as they are, so that every variant starts from the same."""
    found = _recipe(dataset, overrides)
    return {**found, "stage1": {"labeler": "imported", "labels": "study"}}


def _facts(given: RunInput, report: Report) -> Facts:
    facts = Facts()
    run(given, facts, report)
    return facts


def _labels(found: Mapping[int, Prediction]) -> dict[int, Labels]:
    return {position: row.labels for position, row in found.items()}


def _to_correct(target: Sequence[Record], noisy: Mapping[int, Prediction]) -> dict[int, Labels]:
    """Gold of the sentences whose labels are least sure, as a linguist would take them first."""
    gold = {record.instance.position: record.labels for record in target if record.labels}

    def sure(position: int) -> float:
        given = noisy[position].confidences or (1.0,)
        return sum(given) / len(given)

    doubtful = sorted(gold, key=sure)[: min(CORRECTED, len(gold) // 2)]
    return {position: gold[position] for position in doubtful}


def _silent(_doing: str, _done: int, _total: int) -> None:
    return None
