"""What a run is told of words that humans changed, and stored labels as they are of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.run_input import Source
from core.store import Store, views
from core.tokenization import UNKNOWN, words_of
from core.types import Instance, Prediction

GOLD = "gold"


def words_changed(
    store: Store,
    instances: Sequence[Instance],
    others: Sequence[Instance],
    sources: Sequence[Source],
    partial: Mapping[int, Mapping[int, str]],
) -> dict[str, object]:
    """What of a run's scope is about single words: empty where none was changed, or labelled alone.

    words: [data set ("" = the target), position, words] where these are not the imported ones. said: as
    `RunInput.partial`.
    """
    here = ((words_of(item), item.position) for item in (*instances, *others))
    changed: list[list[object]] = [
        ["", at, list(words.now.tokens)]
        for words, at in here
        if words and words.imported.tokens != words.now.tokens
    ]
    for name in {source.dataset for source in sources}:
        there = views.edited(store, name).items()
        changed += [[name, at, list(v[-1].tokens)] for at, v in there if v[-1].tokens != v[0].tokens]
    said = [[at, sorted(labels.items())] for at, labels in sorted(partial.items())]
    found = {"words": sorted(changed, key=str), "said": said}
    return {name: value for name, value in found.items() if value}


def stored_labels(store: Store, origin: str, stage: str, positions: Sequence[int]) -> dict[int, Prediction]:
    """A stored stage's labels to go on with: handed on to changed words; gold is known or left out."""
    found = views.predictions(store, origin, stage, positions, hand_on=stage != GOLD)
    return {at: row for at, row in found.items() if stage != GOLD or UNKNOWN not in row.labels}
