"""How good a run is, from items that people labelled blind: drawn at random, no suggestion in sight.

Only these count; what was corrected by a queue was chosen for being wrong. The few blind items are combined
with what the run says of itself on all items (`core.loop.inference`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.comparison.scores import main_metric
from core.loop.inference import FEWEST, Estimate, Known, alone, change, combined
from core.loop.material import Said, said_of
from core.spans import strict_spans
from core.store import Store, facts, views
from core.types import Labels, TaskName


@dataclass(frozen=True, slots=True)
class Audited:
    """What blind items say of one stage of a run.

    Attributes:
        metric: `token_accuracy`, `span_f1` or `accuracy`.
        combined: with what the run says of all items; alone: from the blind items only; None with too few.
        n_items, n_labels: blind ones; of_items: all that the run labelled and they were drawn from.
        missing: drawn and not labelled blind yet.
        said: the same figure as the run's own confidences have it.
    """

    run: str
    stage: str
    metric: str
    combined: Estimate | None
    alone: Estimate | None
    n_items: int
    n_labels: int
    of_items: int
    missing: int
    said: float

    @property
    def remark(self) -> str:
        """For what the figures stand, in one line."""
        some = f"{self.n_items} of {self.of_items:,} items labelled blind"
        if self.combined is None:
            return f"{some}: at least {FEWEST} are needed for an interval."
        left = f"; {self.missing} that were drawn are still open" if self.missing else ""
        return f"{some}, drawn at random{left}."


def draw(positions: Sequence[int], n: int, seed: int) -> list[int]:
    """A random sample in random order: as many as were labelled, from the front, are a random sample too."""
    dice = np.random.default_rng(seed)
    return [int(positions[row]) for row in dice.permutation(len(positions))[:n]]


def blind_labels(store: Store, dataset_id: str) -> tuple[dict[int, Labels], set[int]]:
    """Blind labels of items that were drawn at random, and all positions that were drawn."""
    drawn = {
        position
        for queue in views.queues(store, dataset_id)
        if queue["kind"] == facts.AUDIT
        for position in queue["positions"]
    }
    found = views.annotations(store, dataset_id, layer=facts.BLIND)
    return {at: labels for at, labels in found.items() if at in drawn}, drawn


def estimates(store: Store, run_id: str, stage: str | None = None) -> list[Audited]:
    """What the blind items say of a run, the task's main metric first; empty where there are none.

    Args:
        stage: of the run; None = its last.

    Raises:
        UnknownName: no such run.
    """
    run = views.run(store, run_id)
    task: TaskName = views.dataset(store, run["dataset"]).task
    human, drawn = blind_labels(store, run["dataset"])
    stages = [name for name in run["stages"] if name != "pool"]
    last = stage or (stages[-1] if stages else "")
    if not human or last not in stages:
        return []
    said = said_of(views.column(store, run_id, last))
    metrics = list(dict.fromkeys([main_metric(task), *(["token_accuracy"] if task == "ner" else [])]))
    return [_audited(run_id, last, metric, said, human, drawn) for metric in metrics]


def difference(store: Store, before: str, after: str, stage: str | None = None) -> Estimate | None:
    """How much better the second run is (-1 to 1), from the blind items that both labelled.

    None where there are too few. Both runs are judged on the same items: what is hard in them cancels.
    """
    one, two = estimates(store, before, stage), estimates(store, after, stage)
    if not one or not two or one[0].metric != two[0].metric:
        return None
    return _difference(store, (before, one[0].stage), (after, two[0].stage), one[0].metric)


def _audited(
    run_id: str, stage: str, metric: str, said: Said, human: Mapping[int, Labels], drawn: set[int]
) -> Audited:
    known, labels = known_items(metric, said, human)
    enough = len(known.top) >= FEWEST
    here = set(said.positions.tolist())
    return Audited(
        run=run_id,
        stage=stage,
        metric=metric,
        combined=combined(known) if enough else None,
        alone=alone(known) if enough else None,
        n_items=len(known.top),
        n_labels=labels,
        of_items=len(said.positions),
        missing=len(drawn & here) - len(known.top),
        said=known.ratio_said,
    )


def known_items(metric: str, said: Said, human: Mapping[int, Labels]) -> tuple[Known, int]:
    """The blind items as ratios, and how many labels they have in all."""
    rows, parts, n_labels = [], [], 0
    for row, at in enumerate(said.positions.tolist()):
        given = said.labels(row)
        true = human.get(at)
        if true is None or len(true) != len(given):
            continue
        seen = [place for place, label in enumerate(true) if label and given[place]]
        if not seen:
            continue
        rows.append(row)
        parts.append(counts(metric, true, given, seen))
        n_labels += len(seen)
    top_said, bottom_said = said.expected(metric)
    true_parts = np.array(parts, dtype=np.float64).reshape(-1, 2)
    total = float(bottom_said.sum())
    return (
        Known(
            true_parts[:, 0],
            true_parts[:, 1],
            top_said[rows],
            bottom_said[rows],
            float(top_said.sum()) / total if total else 0.0,
            len(said.positions),
        ),
        n_labels,
    )


def counts(metric: str, true: Labels, given: Labels, seen: Sequence[int]) -> tuple[int, int]:
    """Numerator and denominator of the metric in one item; labels nobody knows are left out."""
    if metric == "span_f1":
        asked, found = strict_spans([true]), strict_spans([given])
        return 2 * len(asked & found), len(asked) + len(found)
    return sum(true[place] == given[place] for place in seen), len(seen)


def _difference(
    store: Store, before: tuple[str, str], after: tuple[str, str], metric: str
) -> Estimate | None:
    """The difference of the two ratios by their linearised errors, on the items that both have."""
    run = views.run(store, before[0])
    human, _ = blind_labels(store, run["dataset"])
    old, new = (said_of(views.column(store, *place)) for place in (before, after))
    shared = set(old.positions.tolist()) & set(new.positions.tolist()) & human.keys()
    one, _ = known_items(metric, old, {at: human[at] for at in shared})
    two, _ = known_items(metric, new, {at: human[at] for at in shared})
    if len(one.top) < FEWEST or len(one.top) != len(two.top):
        return None
    return change(one, two)
