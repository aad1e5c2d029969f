"""Preflight: are Stage-I labels good enough to be exemplars, and what to do where they are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.advice import verdict
from core.advice.noise import LabelNoise, Noise, Share, estimate
from core.advice.scripts import overlap, scripts
from core.errors import StudioError
from core.store import Store, views
from core.types import Instance, Labels, Prediction, Record, TaskName

__all__ = ["LabelNoise", "Preflight", "Share", "of_run", "preflight"]

Advice = Literal["go", "mix", "correct"]
READ = 2_000
LOOKED_AT = 5_000
"""Items of a run that are looked at, evenly spread over it where it has more."""
"""Records of each source that are looked at: enough for its scripts and labels."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """What can be said before Stage II, without gold.

    Attributes:
        run: the run's id, "" where there is none.
        n_items, n_labels: items that have Stage-I labels, and these labels.
        noise: expected share of wrong labels, over all items.
        exemplar_noise: the same over the half of the items labelled most surely, which are the likelier
            exemplars; equal to `noise` where there are no confidences.
        by_label: most frequent first (NER: BIO labels).
        by_item: position -> expected share of its labels that is wrong.
        order: positions in the order to correct them, the probably worst first.
        confidences: whether every label came with a confidence.
        scripts: of the target's letters, by Unicode name, largest first; `source_scripts` of the sources'.
        script_overlap: share of the target's letters in a script of the sources; None = sources not known.
        never_predicted: labels of the label set that were never given; `never_but_in_sources` those of
            them that the sources do have.
        chance: accuracy of always giving the most frequent label (NLI, topic: of drawing one).
        advice: go (exemplars of the target alone), mix (gold exemplars of the sources beside them) or
            correct (some items first).
        reasons: plain sentences, the decisive one first.
        correct_first: how many items of `order` to correct, 0 unless that is the advice.
        from_llm: what is different where a language model does Stage II, "" where nothing is known.
    """

    run: str
    task: TaskName
    n_items: int
    n_labels: int
    noise: Share
    exemplar_noise: Share
    by_label: tuple[LabelNoise, ...]
    by_item: Mapping[int, float]
    order: tuple[int, ...]
    confidences: bool
    scripts: tuple[str, ...]
    source_scripts: tuple[str, ...]
    script_overlap: float | None
    never_predicted: Labels
    never_but_in_sources: Labels
    chance: float
    advice: Advice
    reasons: tuple[str, ...]
    correct_first: int
    from_llm: str


def of_run(store: Store, run_id: str) -> Preflight:
    """The preflight of a stored run, from its Stage-I labels; of a large run, from a sample of them.

    Raises:
        UnknownName: no such run. StudioError: it has no Stage-I labels.
    """
    run = views.run(store, run_id)
    dataset = views.dataset(store, run["dataset"])
    every = views.positions(store, run_id, "stage1")
    step = -(-len(every) // LOOKED_AT) or 1
    some = every[::step] if step > 1 else None
    found = views.predictions(store, run_id, "stage1", some, hand_on=True)
    if not any(row.labels for row in found.values()):
        raise StudioError(f"run {run_id} has no Stage-I labels.", "Choose a run that has, or start one.")
    items = views.instances(store, dataset.id, list(found))
    named = [str(source["dataset"]) for source in run["meta"].get("sources", [])]
    known = {item.id for item in views.datasets(store)}
    sources = [record for name in named if name in known for record in views.records(store, name, limit=READ)]
    answer = preflight(
        dataset.task,
        [items[position] for position in found],
        list(found.values()),
        dataset.labels,
        sources=sources or None,
        labeler=str(run["params"].get("stage1", {}).get("labeler", "imported")),
        run=run_id,
    )
    if step == 1:
        return answer
    sampled = (
        f"Judged by {len(found):,} of {len(every):,} items, evenly spread; figures of items are of these."
    )
    return replace(answer, reasons=(*answer.reasons, sampled))


def preflight(
    task: TaskName,
    instances: Sequence[Instance],
    predictions: Sequence[Prediction],
    label_set: Labels,
    *,
    sources: Sequence[Record] | None = None,
    labeler: str = "",
    run: str = "",
) -> Preflight:
    """The preflight of labels, parallel to their instances.

    Args:
        sources: labelled records of the source languages, None where they are not known.
        labeler: which Stage I it was: what is known of its weaknesses enters the advice.

    Raises:
        ValueError: there is not one label.
    """
    given = Counter(label for row in predictions for label in row.labels)
    label_set = label_set or tuple(sorted(given))
    noise = estimate(task, instances, predictions, len(label_set))
    positions = [row.position for row in predictions]
    order = np.argsort(-noise.items, kind="stable")
    target, theirs = scripts(instances), scripts([record.instance for record in sources or ()])
    missing = tuple(label for label in label_set if label not in given)
    in_sources = {label for record in sources or () for label in record.labels or ()}
    seen = verdict.Seen(
        task=task,
        labeler=labeler,
        exemplar_noise=noise.confident,
        script_overlap=overlap(target, theirs) if theirs else None,
        missing=tuple(label for label in missing if label in in_sources),
        chance=_chance(task, given, label_set),
        n_labels=len(label_set),
        confidences=all(row.confidences is not None for row in predictions),
    )
    decided = verdict.decide(seen, _pool(noise, predictions))
    return Preflight(
        run=run,
        task=task,
        n_items=len(predictions),
        n_labels=given.total(),
        noise=noise.overall,
        exemplar_noise=noise.confident,
        by_label=noise.by_label,
        by_item=dict(zip(positions, noise.items.tolist(), strict=True)),
        order=tuple(positions[row] for row in order),
        confidences=seen.confidences,
        scripts=tuple(target),
        source_scripts=tuple(theirs),
        script_overlap=seen.script_overlap,
        never_predicted=missing,
        never_but_in_sources=seen.missing,
        chance=seen.chance,
        advice=decided.advice,
        reasons=decided.reasons,
        correct_first=decided.correct_first,
        from_llm=verdict.with_a_language_model(task, noise.confident),
    )


def _chance(task: TaskName, given: Counter[str], label_set: Labels) -> float:
    if task in ("nli", "topic"):
        return 1 / max(len(label_set), 1)
    return max(given.values()) / given.total()


def _pool(noise: Noise, predictions: Sequence[Prediction]) -> list[tuple[float, float, int]]:
    """Per item: mean confidence (1 where none is known), expected share of wrong labels, labels."""
    return [
        (float(np.mean(row.confidences)) if row.confidences else 1.0, float(share), len(row.labels))
        for row, share in zip(predictions, noise.items, strict=True)
    ]
