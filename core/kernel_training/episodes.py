"""Episodes: a query of a world, the exemplars it is shown, and its gold, as numbers for the kernel.

What varies is what varies in use: whether there was a consensus, how many exemplars there are and where
they are from, and how many of them a human has corrected. Without corrected exemplars among them the
kernel would learn to distrust all exemplars alike.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.kernel_training.worlds import K, Shown, State, World
from core.labelers.icl_tagger import side_of
from core.labelers.kernel.pairs import Array32, pair_features
from core.labelers.kernel.words import IntArray, described
from core.labelers.posteriors import posterior_from, type_table
from core.types import Exemplar

KINDS = ("mixed", "mixed", "mixed", "target", "target", "source", "random")
REPLACED = (0.0, 0.0, 0.0, 0.0, 0.3, 1.0)
CLEAN = 0.5
"""How often the state without any correction is drawn."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One query.

    Attributes:
        features: (T, E, F). own: (T, L) its posterior. beliefs: (E, L). gold: (T,) columns.
        corrected: share of the exemplar tokens that a human corrected.
        common: (L,) share of each label in the world's gold.
    """

    features: Array32
    own: Array32
    beliefs: Array32
    gold: IntArray
    corrected: float
    common: Array32


def draw(worlds: Sequence[World], dice: random.Random) -> Episode:
    """An episode of any of the worlds."""
    while True:
        found = _draw(dice.choice(worlds), dice)
        if found is not None:
            return found


def _draw(world: World, dice: random.Random) -> Episode | None:
    state = world.states[0] if dice.random() < CLEAN else dice.choice(world.states)
    query = dice.randrange(len(world.instances))
    if query in state.corrected or not world.gold[query]:
        return None
    shown = _exemplars(world, state, query, dice)
    table = type_table(world.labels)
    side = side_of([item for item, _ in shown], [near for _, near in shown], world.labels, table)
    if side is None:
        return None
    prior = np.array(posterior_from(state.priors[query], world.labels)) @ table
    words = described(world.instances[query].tokens)
    own = prior.astype(np.float32)
    gold = world.columns[query]
    return Episode(
        pair_features(words, own, side), own, side.beliefs, gold, float(side.corrected.mean()), world.common
    )


def _exemplars(world: World, state: State, query: int, dice: random.Random) -> list[tuple[Exemplar, float]]:
    kind, size = dice.choice(KINDS), dice.choice((K // 2, K, K))
    target: Shown = ()
    if kind == "random":
        others = [row for row in range(len(state.pool)) if row != query]
        target = tuple((row, 0.1) for row in dice.sample(others, min(size, len(others))))
    elif kind != "source":
        target = state.chosen[query][:size]
    gold: Shown = world.near[query][:size] if kind in ("mixed", "source") else ()
    share = dice.choice(REPLACED)
    found = [(_maybe_corrected(world, state, row, dice.random() < share), near) for row, near in target]
    return found + [(world.sources[row], near) for row, near in gold]


def _maybe_corrected(world: World, state: State, row: int, corrected: bool) -> Exemplar:  # noqa: FBT001
    if not corrected:
        return state.pool[row]
    labels = world.gold[row]
    return Exemplar("", world.instances[row], labels, (1.0,) * len(labels), "corrected")
