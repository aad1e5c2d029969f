"""A workspace of topics in words that a tiny language model knows: a target, sources, sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.store import Store, facts
from core.types import Dataset, Instance, Record
from tests.tiny_masked import CONTENT, TOPICS

TARGET, SOURCE, PAIRS, OTHER = "news-deu", "news-eng", "pairs-eng-deu", "news-eng-other"
SEEN = ("sports", "health")
"""The labels of OTHER: a label set of its own, without politics."""


def small_topics(place: Path) -> Path:
    """Fill the workspace `place`; returns it."""
    with Store.open(place) as store:
        facts.add_dataset(
            store, _about(TARGET, "deu", TOPICS), [*_items("train", 3), *_items("test", 9, start=9)]
        )
        facts.add_dataset(store, _about(SOURCE, "eng", TOPICS), _items("train", 18))
        facts.add_dataset(store, _about(OTHER, "eng", SEEN), _items("train", 12, SEEN))
        facts.add_dataset(store, _about(PAIRS, "eng", ()), _pairs())
    return place


def _about(name: str, language: str, labels: Sequence[str]) -> Dataset:
    return Dataset(name, name, language, "topic", tuple(labels))


def _items(split: str, n: int, labels: Sequence[str] = TOPICS, *, start: int = 0) -> list[Record]:
    """Items of each label in turn, all of them different; `start` counts on from other splits."""
    first = 3 if start else 0
    return [
        Record(Instance(first + at, split, (), _text(labels, start + at)), (labels[at % len(labels)],))
        for at in range(n)
    ]


def _text(labels: Sequence[str], at: int) -> str:
    words = CONTENT[labels[at % len(labels)]]
    turn = at // len(labels)
    first, second, third = (words[(turn + step) % 3] for step in range(3))
    return f"the {first} is a {second} about {'the ' * (turn // 3)}{third}"


def _pairs() -> list[Record]:
    """The same words, turned round."""
    texts = [_text(TOPICS, at) for at in range(12)]
    return [
        Record(
            Instance(at, "train", (), text, meta={"translations": {"deu": " ".join(text.split()[::-1])}}),
            None,
        )
        for at, text in enumerate(texts)
    ]
