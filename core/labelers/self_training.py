"""Self-training on unlabelled text of the target: the labels a tagger is surest of teach it once more.

The target's text is used, never its labels (the setting "0-CLT-U" of the SSP paper, arXiv 2406.18880,
section 4.3). Labels are those after type consensus.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.labelers.consensus import consensus
from core.labelers.crf_features import Usage
from core.labelers.crf_tagger import Part, Tagger
from core.labelers.posteriors import decided, is_bio
from core.types import Instance, Labels, Prediction

SOURCE_SENTENCES = 250
SHARE, COPIES = 0.6, 2


def own_part(
    tagger: Tagger, target: Sequence[Instance], label_set: Labels, usage: Usage, human: Part
) -> Part:
    """The surest sentences of the target as training data; those a human labelled are left out."""
    known = {tokens for tokens, _ in human.sentences}
    items = [item for item in target if item.tokens and item.tokens not in known]
    noisy = [decided(item.position, *tagger.labelled(item.tokens, usage), label_set) for item in items]
    settled = consensus(items, noisy, label_set, "ner" if is_bio(label_set) else "pos")
    pairs = sorted(zip(items, settled, strict=True), key=lambda pair: -_sureness(pair[1]))
    kept = pairs[: round(SHARE * len(pairs))]
    return Part("", tuple((item.tokens, found.labels) for item, found in kept), usage, COPIES)


def _sureness(prediction: Prediction) -> float:
    confidences = prediction.confidences or ()
    return sum(confidences) / max(len(confidences), 1)
