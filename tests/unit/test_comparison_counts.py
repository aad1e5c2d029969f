"""Flows, label switches and confusions, against counting one token after the other, and scikit-learn."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.comparison import (
    OTHER,
    Comparison,
    Where,
    between,
    change_counts,
    confusion,
    flow,
    in_flow,
    mask,
    prominent,
    switches,
)
from core.comparison.counting import counted
from tests.small_comparison import comparison, drawn, each, flat, noisy
from tests.unit.plain_project import kind

MANY = tuple("ABCDEFGHIJKL")


def three(names: tuple[str, ...] = MANY, n: int = 200) -> tuple[Comparison, list[tuple[str, str, str]]]:
    """A comparison of two sides, and its tokens: before, after, gold."""
    gold = drawn(names, n)
    one, two = noisy(gold, names, 0.7, 1), noisy(gold, names, 0.8, 2)
    return comparison("pos", gold, one, two), list(zip(flat(one), flat(two), flat(gold), strict=True))


def test_the_flow_counts_every_token_once() -> None:
    compared, tokens = three()
    found = flow(compared, top=len(MANY))
    expected = Counter((one, two, gold, kind(gold, one, two)) for one, two, gold in tokens)
    columns = (found.from_label, found.to_label, found.gold_label, found.kind)
    assert dict(zip(zip(*columns, strict=True), found["count"], strict=True)) == expected
    assert found["count"].is_monotonic_decreasing


def test_labels_beyond_the_most_changed_are_other() -> None:
    compared, tokens = three()
    kept = prominent(compared, top=4)
    changed = Counter(name for one, two, _ in tokens if one != two for name in (one, two))
    assert len(kept) == 4
    assert min(changed[name] for name in kept) >= max(changed[name] for name in set(MANY) - set(kept))

    def called(name: str) -> str:
        return name if name in kept else OTHER

    expected = Counter(
        (called(one), called(two), called(gold), kind(gold, one, two)) for one, two, gold in tokens
    )
    found = flow(compared, top=4)
    columns = (found.from_label, found.to_label, found.gold_label, found.kind)
    assert dict(zip(zip(*columns, strict=True), found["count"], strict=True)) == expected


@pytest.mark.parametrize("known", [True, False])
def test_every_row_of_the_flow_opens_its_tokens(known: bool) -> None:
    compared, tokens = three()
    if not known:
        compared = comparison("pos", None, [tuple(t[0] for t in tokens)], [tuple(t[1] for t in tokens)])
    for row in each(flow(compared, top=4)):
        opened = in_flow(compared, (row.from_label, row.to_label, row.gold_label or "", row.kind), top=4)
        assert opened.sum() == row.count
    node = in_flow(compared, ("", OTHER, "", ""), top=4)
    kept = prominent(compared, top=4)
    assert node.sum() == sum(two not in kept for _, two, _ in tokens)


def test_one_label_too_many_keeps_its_name_and_a_label_called_other_loses_it() -> None:
    compared, _ = three(("A", "B", "C", "D"))
    assert OTHER not in set(flow(compared, top=3).from_label)
    odd, _ = three(("A", "B", "C", OTHER))
    assert prominent(odd, top=8) == ("A", "B", "C")
    assert in_flow(odd, (OTHER, "", "", "")).sum() == mask(odd, Where(given={0: OTHER})).sum()


def test_switches_and_what_they_brought() -> None:
    compared, tokens = three()
    found = switches(compared).set_index(["from_label", "to_label"])
    changed = [token for token in tokens if token[0] != token[1]]
    assert dict(found["count"]) == Counter((one, two) for one, two, _ in changed)
    for name in ("fixed", "broken", "moved"):
        expected = Counter((one, two) for one, two, gold in changed if kind(gold, one, two) == name)
        assert {pair: n for pair, n in found[name].items() if n} == expected
    assert (found[["fixed", "broken", "moved"]].sum(axis=1) == found["count"]).all()
    first = switches(compared).iloc[0]
    opened = mask(compared, Where(change="fixed", given={0: first.from_label, 1: first.to_label}))
    assert opened.sum() == first.fixed


def test_change_counts_are_those_of_the_tokens() -> None:
    compared, tokens = three()
    expected = Counter(kind(gold, one, two) for one, two, gold in tokens)
    changed = sum(one != two for one, two, _ in tokens)
    totals = {"changed": changed, "same": len(tokens) - changed, "total": len(tokens), "known": len(tokens)}
    assert change_counts(compared) == expected | totals
    back = change_counts(compared, 1, 0)
    assert (back["fixed"], back["broken"]) == (expected["broken"], expected["fixed"])


def test_without_a_reference_nothing_is_fixed_or_broken() -> None:
    gold = drawn(MANY, 50)
    compared = comparison("pos", None, gold, noisy(gold, MANY, 0.5, 1))
    assert set(change_counts(compared)) == {"changed", "same", "total"}
    assert set(flow(compared).kind) == {"changed", "same"}
    assert flow(compared).gold_label.isna().all()
    assert switches(compared)[["fixed", "broken", "moved"]].isna().all(axis=None)
    assert list(confusion(compared, 0)) == ["gold", "predicted", "count"]
    assert not len(confusion(compared, 0))
    assert not in_flow(compared, ("", "", "A", "")).any()
    assert not in_flow(compared, ("", "", "", "fixed")).any()


def test_what_nobody_judged_counts_nowhere_that_right_and_wrong_do() -> None:
    gold = drawn(MANY, 60)
    one, two = noisy(gold, MANY, 0.6, 1), noisy(gold, MANY, 0.6, 2)
    some = [row if place % 3 == 0 else None for place, row in enumerate(gold)]
    part = [place for place in range(60) if place % 3 == 0]
    whole = comparison("pos", some, one, two, against="human")
    judged = comparison("pos", [gold[p] for p in part], [one[p] for p in part], [two[p] for p in part])
    there, here = change_counts(whole), change_counts(judged)
    for name in ("fixed", "broken", "moved", "same_right", "same_wrong", "known"):
        assert there[name] == here[name]
    assert there["total"] == len(flat(gold))
    assert flow(whole, top=12).equals(flow(judged, top=12))
    assert confusion(whole, 1).equals(confusion(judged, 1))
    assert switches(whole)["count"].sum() == there["changed"]
    told = switches(whole)[["fixed", "broken", "moved"]].sum(axis=None)
    assert told == here["changed"]


def test_confusions_are_those_of_scikit_learn() -> None:
    compared, tokens = three()
    before, after, gold = zip(*tokens, strict=True)
    cases = [(confusion(compared, 1), gold, after), (between(compared, 0, 1), before, after)]
    for found, rows, columns in cases:
        table = found.pivot_table("count", "gold", "predicted", "sum", fill_value=0)
        expected = confusion_matrix(rows, columns, labels=MANY)
        assert np.array_equal(table.reindex(index=MANY, columns=MANY, fill_value=0), expected)


@pytest.mark.parametrize("widths", [(5, 7, 3), (70_000, 70_000, 3)])
def test_combinations_are_counted_whatever_their_number(widths: tuple[int, int, int]) -> None:
    dice = np.random.default_rng(0)
    columns = [dice.integers(0, width, 500).astype(np.int32) % 50 + max(0, width - 60) for width in widths]
    columns = [np.minimum(column, width - 1) for column, width in zip(columns, widths, strict=True)]
    found, counts = counted(columns, widths)
    expected = Counter(zip(*(column.tolist() for column in columns), strict=True))
    assert (
        dict(zip(zip(*(part.tolist() for part in found), strict=True), counts.tolist(), strict=True))
        == expected
    )
