"""Gold exemplars of the source languages behind those of the target."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.egress import EgressRefused
from core.run_input import RunInput, Source
from core.source_exemplars import source_pool, with_sources
from core.types import Dataset, Exemplar, Instance, Record, Selection

DATASET = Dataset("t", "T", "fao", "pos", ("NOUN", "VERB"))
SELECTION = Selection(0, (0,), (0.4,), (0.9,), (("NOUN",),), 0.4, 0.4, "search")


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


def item(position: int, text: str) -> Instance:
    return Instance(position, "train", tuple(text.split()), text)


def records(*pairs: tuple[str, str]) -> list[Record]:
    return [Record(item(at, text), tuple(labels.split())) for at, (text, labels) in enumerate(pairs)]


def job(n: int, embedder: dict[str, object] | None = None) -> RunInput:
    recipe = {"embedder": embedder or {"name": "ngrams"}, "stage2": {"from_sources": n}}
    first = records(("hestur rennur", "NOUN VERB"), ("bjorn sefur", "NOUN VERB"), ("hundur", "X"))
    second = records(("hundur gelur", "NOUN VERB"), ("", ""))
    sources = [Source("isl", "isl", first), Source("dan", "dan", second)]
    return RunInput("r", DATASET, recipe, 0, [item(0, "hundur gelar"), item(1, "maður")], sources)


POOL = [Exemplar("t", item(1, "maður"), ("NOUN",), (0.9,))]


def test_the_nearest_source_items_stand_behind_with_their_gold() -> None:
    (found,), pool = with_sources(job(2), POOL, [SELECTION], silent)
    shown = [pool[row] for row in found.chosen]
    assert [(row.origin, row.dataset) for row in shown] == [
        ("target", "t"),
        ("source", "dan"),
        ("source", "isl"),
    ]
    assert shown[1].instance.text == "hundur gelur"
    assert shown[2].labels == ("NOUN", "VERB")
    assert found.similarity[1] > found.similarity[2] > 0
    assert found.confidence == (0.9, 1.0, 1.0)
    assert found.covers[1] == ("NOUN", "VERB")
    assert (found.value, found.status) == (SELECTION.value, SELECTION.status)


def test_items_whose_labels_the_run_cannot_give_are_no_exemplars() -> None:
    assert [row.instance.text for row in source_pool(job(1))] == [
        "hestur rennur",
        "bjorn sefur",
        "hundur gelur",
    ]


def test_asking_for_more_than_there_is_gives_all_and_none_changes_nothing() -> None:
    (found,), _ = with_sources(job(50), POOL, [SELECTION], silent)
    assert len(found.chosen) == 1 + 3
    assert with_sources(job(0), POOL, [SELECTION], silent) == ([SELECTION], POOL)
    assert with_sources(job(2), POOL, [], silent) == ([], POOL)


def test_a_source_that_stays_on_this_machine_is_not_sent() -> None:
    host = "far.example"
    far = job(1, {"name": "endpoint", "base_url": f"https://{host}/v1", "model": "m", "agreed": host})
    kept = replace(far, sources=[replace(source, egress="local") for source in far.sources])
    with pytest.raises(EgressRefused, match="isl is set to stay"):
        with_sources(kept, POOL, [SELECTION], silent)
