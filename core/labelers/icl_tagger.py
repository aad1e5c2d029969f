"""Stage II without a language model: an in-context tagger that reads the chosen exemplars.

For POS and NER a learned kernel (`core.labelers.kernel`) weighs every token of the exemplars against
every token of the query, and their labels add up to evidence; for NLI and topic every exemplar votes
by its similarity and confidence. It has no knowledge of words of its own. For NLI it cannot help: that
needs a language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RecipeError
from core.labelers import labelers
from core.labelers.consensus import as_array
from core.labelers.influence import strongest
from core.labelers.kernel.model import Kernel, read, shares
from core.labelers.kernel.pairs import Array32, Side
from core.labelers.kernel.weights import SHIPPED, of_file, shipped
from core.labelers.kernel.words import Described, described
from core.labelers.posteriors import FloatArray, as_rows, decided, normalised, type_table
from core.types import Exemplar, Influence, Instance, Labels, Prediction, TaskName

TEMPERATURE = 0.05
ITEM_PRIOR = {"nli": 4.0, "topic": 2.0}
ITEM_CONFIDENCE = 3.0
GOLD = {"corrected": 0.97, "source": 0.95}
SURE = {"corrected": 1.0, "source": 0.95}
FLOOR = 1e-6
UNHEARD = 0.02
"""Probability to begin with of a label that only the exemplars have."""


@labelers.register("icl_tagger")
@dataclass(frozen=True)
class IclTagger:
    """The offline in-context tagger of one task.

    Attributes:
        weights: a file of weights of one's own (`ssp train-kernel --out FILE`); "" = those that come with
            the program. NLI and topic need none.

    Raises:
        FormatError: `weights` is no such file.
    """

    task: TaskName = "pos"
    weights: str = ""
    _kernel: Kernel | None = None

    def __post_init__(self) -> None:
        if self.weights:
            of_file(self.weights)

    def label(
        self,
        query: Instance,
        prior: Prediction,
        exemplars: Sequence[Exemplar],
        similarities: Sequence[float],
        label_set: Labels,
    ) -> tuple[Prediction, Influence | None]:
        """See `InContextLabeler.label`.

        Labels that only the exemplars have may be given too; the posterior then has further
        columns for them, after those of the label set. A label changes only where the exemplars
        change the most probable one.
        """
        if len(exemplars) != len(similarities):
            raise RecipeError(
                f"Stage II got {len(exemplars)} exemplars and {len(similarities)} similarities.",
                "Give one similarity for each exemplar.",
            )
        if not exemplars or not prior.labels:
            return prior, None
        names = known_labels(label_set, prior, exemplars)
        own = _own(prior, label_set, names)
        if self.task not in SHIPPED:
            return _by_items(self.task, prior, own, exemplars, similarities, names)
        return self._by_tokens(query, prior, own, exemplars, similarities, names)

    def _by_tokens(
        self,
        query: Instance,
        prior: Prediction,
        own: FloatArray,
        exemplars: Sequence[Exemplar],
        similarities: Sequence[float],
        names: Labels,
    ) -> tuple[Prediction, Influence | None]:
        table = type_table(names)
        side = side_of(exemplars, similarities, names, table)
        if side is None:
            return prior, None
        kernel = self._kernel or (of_file(self.weights) if self.weights else shipped(self.task))
        reading = read(kernel, described(query.tokens), (own @ table).astype(np.float32), side)
        balance = own + FLOOR
        mixed = normalised(balance / (balance @ table @ table.T) * (reading.posterior @ table.T))
        spoke = strongest(prior.position, shares(reading, side), side.rank, side.place)
        return _where_changed(prior, own, mixed, names), spoke


def side_of(
    exemplars: Sequence[Exemplar], similarities: Sequence[float], names: Labels, table: FloatArray
) -> Side | None:
    """The exemplars as the kernel reads them, label types as columns; None if they have no tokens."""
    parts = [
        _part(exemplar, names, table) if exemplar.instance.tokens else _nothing(table)
        for exemplar in exemplars
    ]
    side = Side.of(parts, similarities, [exemplar.origin for exemplar in exemplars])
    return side if len(side.words) else None


def _part(exemplar: Exemplar, names: Labels, table: FloatArray) -> tuple[Described, Array32, Array32]:
    said = (beliefs(exemplar, names) @ table).astype(np.float32)
    return described(exemplar.instance.tokens), said, trust(exemplar).astype(np.float32)


def _nothing(table: FloatArray) -> tuple[Described, Array32, Array32]:
    return described(()), np.zeros((0, table.shape[1]), dtype=np.float32), np.zeros(0, dtype=np.float32)


def known_labels(label_set: Labels, prior: Prediction, exemplars: Sequence[Exemplar]) -> Labels:
    """The label set and whatever else the prior and the exemplars carry, in order of appearance."""
    met = [label for exemplar in exemplars for label in exemplar.labels]
    return tuple(dict.fromkeys((*label_set, *prior.labels, *met)))


def _own(prior: Prediction, label_set: Labels, names: Labels) -> FloatArray:
    """The prior's posterior over all names."""
    if prior.posterior is None or any(len(row) != len(label_set) for row in prior.posterior):
        bare = Prediction(prior.position, prior.labels, prior.confidences)
        return as_array(bare, names)
    rows = np.full((len(prior.labels), len(names)), UNHEARD)
    rows[:, : len(label_set)] = np.array(prior.posterior).reshape(len(prior.labels), -1)
    return normalised(rows)


def beliefs(exemplar: Exemplar, names: Labels) -> FloatArray:
    """(labels, names): the posterior of a noisy exemplar; nearly all on the label a human gave.

    Gold of a source language may follow other conventions: .95 of its belief is the label's.
    """
    posterior = exemplar.posterior
    if exemplar.origin == "target" and posterior is not None and len(posterior) == len(exemplar.labels):
        rows = np.zeros((len(posterior), len(names)))
        rows[:, : len(posterior[0]) if posterior else 0] = np.array(posterior).reshape(len(posterior), -1)
        return rows
    sure = (
        trust(exemplar)
        if exemplar.origin == "target"
        else np.full(len(exemplar.labels), GOLD[exemplar.origin])
    )
    return _spread(exemplar.labels, sure, names)


def _spread(labels: Labels, sure: FloatArray, names: Labels) -> FloatArray:
    """`core.labelers.posteriors.spread` for all labels at once; each is one of the names."""
    if len(names) == 1:
        return np.ones((len(labels), 1))
    column = {name: at for at, name in enumerate(names)}
    rows = np.repeat(((1.0 - sure) / (len(names) - 1))[:, None], len(names), axis=1)
    rows[np.arange(len(labels)), [column[label] for label in labels]] = sure
    return rows


def trust(exemplar: Exemplar) -> FloatArray:
    """Confidence of each label; that of its origin where a human gave it."""
    if exemplar.origin != "target":
        return np.full(len(exemplar.labels), SURE[exemplar.origin])
    return np.array(exemplar.confidences or (1.0,) * len(exemplar.labels), dtype=np.float64)


def _by_items(
    task: TaskName,
    prior: Prediction,
    own: FloatArray,
    exemplars: Sequence[Exemplar],
    similarities: Sequence[float],
    names: Labels,
) -> tuple[Prediction, Influence | None]:
    """One row; the most similar exemplar weighs e times one that is TEMPERATURE less similar."""
    close = np.exp((np.array(similarities) - max(similarities)) / TEMPERATURE)
    close /= close.sum()
    said = np.array(
        [(trust(item)[:, None] ** ITEM_CONFIDENCE * beliefs(item, names))[0] for item in exemplars]
    )
    votes = close[:, None] * said
    mixed = normalised(ITEM_PRIOR[task] * own + votes.sum(axis=0))
    found = _where_changed(prior, own, mixed, names)
    label = names.index(found.labels[0])
    part = votes[:, label] / max(ITEM_PRIOR[task] * own[0, label] + votes[:, label].sum(), FLOOR)
    ranks = np.arange(len(exemplars))
    return found, strongest(prior.position, part[None, :], ranks, np.zeros_like(ranks))


def _where_changed(prior: Prediction, own: FloatArray, mixed: FloatArray, names: Labels) -> Prediction:
    before, after = own.argmax(axis=1), mixed.argmax(axis=1)
    labels = [
        label if old == new else names[int(new)]
        for label, old, new in zip(prior.labels, before, after, strict=True)
    ]
    settled = decided(prior.position, labels, mixed, names)
    return Prediction(
        prior.position, settled.labels, settled.confidences, as_rows(np.array(settled.posterior))
    )
