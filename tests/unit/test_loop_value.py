"""What counts of an item, and what a correction made since the run settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from core.loop.value import OPENING, TELLING, Material, Pairs, ordered


def items(*doubts: Sequence[float], spans: bool = False) -> Material:
    """Items by the doubts of their words, every word of another form."""
    flat = np.concatenate([np.array(row, dtype=np.float64) for row in doubts])
    sizes = [len(row) for row in doubts]
    pairs = Pairs(
        starts=np.concatenate([[0], np.cumsum(sizes)]),
        forms=np.arange(len(flat)),
        inside=flat,
        mass=flat.copy(),
        said=np.zeros(len(flat), dtype=np.int64),
    )
    return Material(
        positions=np.arange(len(doubts)),
        owners=np.repeat(np.arange(len(doubts)), sizes),
        doubts=flat,
        rarity=np.ones(len(flat)),
        pairs=pairs,
        prompts=np.zeros(len(doubts), dtype=np.int64),
        done=np.zeros(len(doubts), dtype=np.bool_),
        spans=spans,
    )


def test_many_small_doubts_are_no_lesson_where_labels_are_spans() -> None:
    long, short = [0.05] * 40, [0.6, 0.6]
    assert [row for row, _ in ordered(items(long, short))] == [0, 1]
    (first, worth), (second, less) = ordered(items(long, short, spans=True))
    assert (first, second) == (1, 0)
    assert worth == pytest.approx(1.2 * OPENING / (OPENING + 2))
    assert less == pytest.approx(TELLING * 0.05 * OPENING / (OPENING + 40))


def test_of_two_items_that_teach_alike_the_shorter_comes_first() -> None:
    alike = items([0.5, 0.5, *[0.0] * 30], [0.5, 0.5])
    assert [row for row, _ in ordered(alike)] == [0, 1]
    assert [row for row, _ in ordered(replace(alike, spans=True))] == [1, 0]


def test_own_doubt_of_settled_forms_counts_less() -> None:
    """Two twins and a lesser stranger: once a twin is taken, the stranger comes before the other one."""
    twins = items([0.5, 0.5], [0.5, 0.5], [0.45, 0.45])
    pairs = replace(
        twins.pairs,
        forms=np.array([0, 1, 0, 1, 2, 3]),
        mass=np.array([1.0, 1.0, 0.45, 0.45]),
        said=np.zeros(4, dtype=np.int64),
    )
    assert [row for row, _ in ordered(replace(twins, pairs=pairs))] == [0, 2, 1]


def test_a_label_since_the_run_settles_but_one_from_before_is_in_the_doubt_already() -> None:
    two = items([0.5], [0.45])
    before = replace(two.pairs, said=np.array([1, 0]), since=np.array([0, 0]))
    after = replace(two.pairs, said=np.array([1, 0]), since=np.array([1, 0]))
    assert ordered(replace(two, pairs=before))[0][0] == 0
    assert ordered(replace(two, pairs=after))[0][0] == 1


def test_words_without_a_form_still_count() -> None:
    odd = items([0.9], [0.3])
    pairs = replace(
        odd.pairs,
        starts=np.array([0, 0, 1]),
        forms=np.array([0]),
        inside=np.array([0.3]),
        mass=np.array([0.3]),
        said=np.array([0]),
    )
    assert ordered(replace(odd, pairs=pairs)) == [(0, 0.9), (1, 0.3)]
