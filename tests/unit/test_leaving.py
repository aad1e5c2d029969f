"""Before anything is sent: what goes where, in a sentence, and who has to agree."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.costs import translations
from core.costs.leaving import destinations, statement, to_agree
from core.egress import EgressRefused
from core.run_input import RunInput, Source
from core.types import Dataset, Egress, Instance, Record

AWAY = "https://api.example.org/v1"
ITEMS = [Instance(n, "test", ("a",), "a") for n in range(3)]
RECORDS = [Record(Instance(n, "train", ("b",), "b"), ("X",)) for n in range(20)]


def job(
    base_url: str = AWAY,
    *,
    egress: Egress = "ask",
    theirs: Egress = "ask",
    first: dict[str, Any] | None = None,
    from_sources: int = 0,
    agreed: str = "",
    embedder: dict[str, Any] | None = None,
    llm: str = "endpoint",
) -> RunInput:
    recipe = {
        "stage1": first or {"labeler": "imported"},
        "stage2": {"labeler": "incontext", "llm": llm, "from_sources": from_sources},
        "embedder": embedder or {"name": "ngrams"},
        "llm": {"base_url": base_url, "model": "gpt", "agreed": agreed}
        if llm == "endpoint"
        else {"model": "m"},
    }
    target = Dataset("fo", "Faroese", "fao", "pos", ("X",), egress=egress)
    return RunInput("r", target, recipe, 0, ITEMS, [Source("is", "isl", RECORDS, egress=theirs)])


def said(found: RunInput) -> str:
    return statement(destinations(found), "pos")


def test_the_sentence_names_text_host_and_model() -> None:
    assert said(job()) == "3 sentences of fo go to api.example.org (model gpt)."


def test_exemplars_of_the_sources_are_named_too() -> None:
    """Eight for each of three sentences in Stage I and one in Stage II: no more than there are."""
    few = job(first={"labeler": "incontext", "k": 2}, from_sources=1)
    assert said(few) == (
        "3 sentences of fo (and up to 9 exemplar sentences of is) go to api.example.org (model gpt)."
    )
    assert "up to 20 exemplar sentences" in said(job(first={"labeler": "incontext", "k": 8}))


@pytest.mark.parametrize("url", ["http://localhost:8000/v1", "http://127.0.0.1:11434/v1"])
def test_nothing_leaves_for_a_server_here(url: str) -> None:
    found = job(url, egress="local")
    assert said(found).startswith("Nothing leaves this machine: gpt is asked at ")
    assert to_agree(destinations(found)) == ()


def test_nothing_leaves_for_a_model_in_process_or_none() -> None:
    assert said(job(llm="transformers")) == "Nothing leaves this machine: m works in this process."
    assert said(job(llm="offline")) == "Nothing leaves this machine: no language model is asked."


def test_a_server_of_vectors_is_a_place_of_its_own() -> None:
    away = {"name": "endpoint", "base_url": "https://vectors.example.org/v1", "model": "e5"}
    found = job("http://localhost:1/v1", embedder=away)
    assert said(found) == "3 sentences of fo go to vectors.example.org (model e5, for vectors)."
    assert to_agree(destinations(found)) == ("vectors.example.org",)


@pytest.mark.parametrize(
    ("found", "hosts"),
    [
        (job(), ("api.example.org",)),
        (job(egress="any"), ()),
        (job(agreed="api.example.org"), ()),
        (job(agreed=AWAY), ()),
        (job(agreed="other.example.org"), ("api.example.org",)),
        (job(egress="any", from_sources=1), ("api.example.org",)),
    ],
)
def test_who_has_to_agree(found: RunInput, hosts: tuple[str, ...]) -> None:
    assert to_agree(destinations(found)) == hosts


@pytest.mark.parametrize(
    "found",
    [job(egress="local"), job(egress="local", agreed="api.example.org"), job(theirs="local", from_sources=1)],
)
def test_what_has_to_stay_is_refused_before_anything_is_counted(found: RunInput) -> None:
    with pytest.raises(EgressRefused, match="stay on this machine"):
        to_agree(destinations(found))


def test_a_source_that_is_not_shown_may_be_local() -> None:
    assert to_agree(destinations(job(theirs="local"))) == ("api.example.org",)


def translating(mode: str) -> RunInput:
    found = job()
    recipe = {
        **found.recipe,
        "stage1": {"labeler": "crf", "translate": mode},
        "stage2": {"labeler": "icl_tagger", "llm": "endpoint"},
        "translation": {"name": "llm"},
    }
    return replace(found, recipe=recipe)


def test_what_the_model_translates_is_named_and_counted() -> None:
    test, train = translating("test"), translating("train")
    assert said(test) == "3 sentences of fo go to api.example.org (model gpt, for translations)."
    assert said(train) == "20 sentences of is go to api.example.org (model gpt, for translations)."
    counted = translations.counted(test, "gpt", 50)
    assert counted
    assert counted.calls.likely == 1  # the same text three times
    assert translations.counted(job(), "gpt", 50) is None
    with pytest.raises(EgressRefused, match="is is set to stay"):
        to_agree(destinations(replace(train, sources=job(theirs="local").sources)))


def test_pairs_and_texts_are_called_so() -> None:
    one = replace(job(), instances=ITEMS[:1])
    assert statement(destinations(one), "nli").startswith("1 pair of sentences of fo go")
    assert statement(destinations(job()), "topic").startswith("3 texts of fo go")
