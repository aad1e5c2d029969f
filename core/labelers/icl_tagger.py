"""Stage II without a language model: an in-context tagger that reads the chosen exemplars.

For POS and NER every token of the exemplars votes for its label on every token of the query, by
the weight of `core.labelers.token_kernel` and its confidence; for NLI and topic every exemplar
votes by its similarity and confidence. The votes are added to Stage I's posterior. It has no
knowledge of words of its own: with noisy exemplars expect little over type consensus, with
corrected ones a clear gain. For NLI it cannot help: that needs a language model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import RecipeError
from core.labelers import labelers
from core.labelers.consensus import as_array
from core.labelers.posteriors import FloatArray, as_rows, decided, normalised, spread, type_table
from core.labelers.token_kernel import NER, POS, Kernel, weights
from core.types import Exemplar, Influence, Instance, Labels, Prediction, TaskName

KERNELS: dict[TaskName, Kernel] = {"pos": POS, "ner": NER}
TEMPERATURE = 0.05
ITEM_PRIOR = {"nli": 4.0, "topic": 2.0}
ITEM_CONFIDENCE = 3.0
FLOOR = 1e-6


@labelers.register("icl_tagger")
@dataclass(frozen=True)
class IclTagger:
    """The offline in-context tagger of one task."""

    task: TaskName = "pos"

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
        columns for them, after those of the label set. A label changes only where the votes
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
        if self.task in KERNELS:
            votes = _token_votes(query, own, exemplars, names, KERNELS[self.task])
            mixed = _mixed(own, votes, KERNELS[self.task].prior, names)
        else:
            votes = _item_votes(exemplars, similarities, names)
            mixed = _mixed(own, votes, ITEM_PRIOR[self.task], names)
        return _where_changed(prior, own, mixed, names), None


def known_labels(label_set: Labels, prior: Prediction, exemplars: Sequence[Exemplar]) -> Labels:
    """The label set and whatever else the prior and the exemplars carry, in order of appearance."""
    met = [label for exemplar in exemplars for label in exemplar.labels]
    return tuple(dict.fromkeys((*label_set, *prior.labels, *met)))


def _own(prior: Prediction, label_set: Labels, names: Labels) -> FloatArray:
    """The prior's posterior over all names."""
    if prior.posterior is None or any(len(row) != len(label_set) for row in prior.posterior):
        bare = Prediction(prior.position, prior.labels, prior.confidences)
        return as_array(bare, names)
    rows = np.zeros((len(prior.labels), len(names)))
    rows[:, : len(label_set)] = np.array(prior.posterior).reshape(len(prior.labels), -1)
    return rows


def beliefs(exemplar: Exemplar, names: Labels) -> FloatArray:
    """What an exemplar's labels say: its posterior if it has one, certainty if it was corrected."""
    posterior = exemplar.posterior
    if exemplar.origin == "corrected" or posterior is None or len(posterior) != len(exemplar.labels):
        sure = _trust(exemplar)
        pairs = zip(exemplar.labels, sure.tolist(), strict=True)
        return np.array([spread(label, trust, names) for label, trust in pairs]).reshape(-1, len(names))
    rows = np.zeros((len(posterior), len(names)))
    rows[:, : len(posterior[0]) if posterior else 0] = np.array(posterior).reshape(len(posterior), -1)
    return rows


def _trust(exemplar: Exemplar) -> FloatArray:
    """Confidence of each label; 1 where a human corrected it."""
    if exemplar.origin == "corrected":
        return np.ones(len(exemplar.labels))
    return np.array(exemplar.confidences or (1.0,) * len(exemplar.labels), dtype=np.float64)


def _token_votes(
    query: Instance, own: FloatArray, exemplars: Sequence[Exemplar], names: Labels, kernel: Kernel
) -> FloatArray:
    votes = np.zeros_like(own)
    for exemplar in exemplars:
        if not exemplar.instance.tokens:
            continue
        said = beliefs(exemplar, names)
        close = weights(query.tokens, exemplar.instance.tokens, own @ said.T, kernel)
        votes += (close * _trust(exemplar) ** kernel.confidence) @ said
    return votes


def _item_votes(exemplars: Sequence[Exemplar], similarities: Sequence[float], names: Labels) -> FloatArray:
    """One row; the most similar exemplar weighs e times one that is TEMPERATURE less similar."""
    close = np.exp((np.array(similarities) - max(similarities)) / TEMPERATURE)
    close /= close.sum()
    votes = np.zeros((1, len(names)))
    for exemplar, weight in zip(exemplars, close, strict=True):
        votes += weight * (_trust(exemplar)[:, None] ** ITEM_CONFIDENCE * beliefs(exemplar, names))[:1]
    return votes


def _mixed(own: FloatArray, votes: FloatArray, prior: float, names: Labels) -> FloatArray:
    """Posterior and votes added up by label type; B- and I- keep the token's own balance."""
    table = type_table(names)
    types = normalised((prior * own + votes) @ table)
    balance = own + FLOOR
    return normalised(balance / (balance @ table @ table.T) * (types @ table.T))


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
