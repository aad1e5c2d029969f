"""The generated project as Python lists: what the views are measured against."""

from __future__ import annotations

from collections.abc import Iterator

from core.store import Store, views

N = 700
"""Sentences of the generated project."""


class Plain:
    """The generated project as Python lists."""

    def __init__(self, store: Store, dataset: str, run: str) -> None:
        self.items = views.instances(store, dataset, range(N))
        self.gold = views.predictions(store, f"{dataset}/gold", "gold")
        self.one = views.predictions(store, run, "stage1")
        self.two = views.predictions(store, run, "stage2")

    def tokens(self) -> Iterator[tuple[int, str, str, str, str, float]]:
        """position, form, gold, stage1, stage2, confidence of stage2"""
        for position, item in self.items.items():
            two = self.two[position]
            assert two.confidences is not None
            sides = (item.tokens, self.gold[position].labels, self.one[position].labels, two.labels)
            for token in zip(*sides, two.confidences, strict=True):
                yield (position, *token)


def kind(gold: str, one: str, two: str) -> str:
    if one == two:
        return "same_right" if one == gold else "same_wrong"
    return "fixed" if two == gold else "broken" if one == gold else "moved"
