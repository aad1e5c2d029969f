"""Pools of any size for the selection bench: real sentences where the mirror is, drawn ones elsewhere.

Labels are gold tags (3 labels: one drawn label per item, as in NLI), confidences are drawn, and
embeddings are hashed character n-grams projected to 384 dimensions, float32, length 1.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.embedders import build as build_embedder
from core.selectors.exact import Wish, unit_rows
from core.selectors.statistics import confidence_term, thresholds
from tests.real_pools import TYPES, UPOS, sentences

DIMENSIONS = 384
BIO = ("B-DATE", "I-DATE", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "O")
LABELS = {3: ("entailment", "neutral", "contradiction"), 4: TYPES, 9: BIO, 17: tuple(UPOS)}


@dataclass(frozen=True)
class Drawn:
    """A pool: (n, 384) embeddings, (n, L) counts and mean confidences."""

    embeddings: np.ndarray
    counts: np.ndarray
    confidence: np.ndarray

    def wish(self, mode: str) -> Wish:
        """The default program over it, with this confidence term."""
        taus = thresholds(self.counts, self.confidence)
        worth = confidence_term(self.counts, self.confidence, taus, mode)
        labels = np.ones(self.counts.shape[1])
        return Wish(8, self.counts, worth, labels, labels)


def pool(width: int, size: int) -> Drawn:
    """`size` items with `width` labels."""
    embeddings, counts = _sentences("pos" if width in (3, 17) else "ner")
    generator = np.random.default_rng(width)
    rows = np.resize(generator.permutation(len(embeddings)), size)
    vectors = embeddings[rows]
    if size > len(embeddings):
        vectors = unit_rows(vectors + 0.02 * generator.normal(size=vectors.shape).astype(np.float32))
    chosen = _narrowed(counts[rows], width, generator)
    reliable = generator.uniform(4, 20, width)
    confidence = np.where(chosen > 0, generator.beta(reliable, 1.5, (size, width)), 0.0)
    return Drawn(vectors, chosen, confidence)


def _narrowed(counts: np.ndarray, width: int, generator: np.random.Generator) -> np.ndarray:
    if width == 3:
        return np.eye(3, dtype=np.int64)[generator.choice(3, len(counts), p=[0.45, 0.3, 0.25])]
    if width == 4:
        merged = [
            counts[:, [BIO.index(f"B-{name}"), BIO.index(f"I-{name}")]].sum(axis=1) for name in TYPES[:3]
        ]
        return np.stack([*merged, counts[:, BIO.index("O")]], axis=1)
    return counts


@cache
def _sentences(task: str) -> tuple[np.ndarray, np.ndarray]:
    names = UPOS if task == "pos" else BIO
    folder = os.environ.get("SSP_MIRROR", "")
    if not folder:
        return _invented(len(names))
    kept = [(text, tags) for text, tags in sentences(Path(folder), task) if set(tags) <= set(names)]
    counts = np.array([[tags.count(name) for name in names] for _, tags in kept])
    found = build_embedder("ngrams", {"bits": 14}).embed([text for text, _ in kept])
    projection = np.random.default_rng(0).normal(size=(found.shape[1], DIMENSIONS)).astype(np.float32)
    return unit_rows(np.asarray(found @ projection)), counts


def _invented(width: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(width)
    topics = generator.normal(size=(50, DIMENSIONS))
    rows = topics[generator.integers(0, 50, 30_000)] + generator.normal(size=(30_000, DIMENSIONS))
    rates = np.geomspace(0.01, 2.5, width)
    return unit_rows(rows), generator.poisson(generator.gamma(2, 0.5, (30_000, 1)) * rates)
