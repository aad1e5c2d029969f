"""The demo world in the catalog and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import catalog, parallel_texts, prompts
from core.importing import import_catalog
from core.recipe_context import Context
from core.recipe_llm import decide_template
from core.settings import Settings
from core.store import Store, views
from core.store.templates import templates
from core.tasks import tasks
from core.types import Exemplar
from core.world import LANGUAGES, MODELS, WORLD, corpora
from core.world.concepts import concepts
from tests.ssp_command import Ssp

WORLDS = [entry for entry in catalog.entries().values() if entry.kind == "world"]
SMALL = [entry for entry in WORLDS if "64k" not in entry.id]


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    """A workspace that can reach nothing."""
    return Settings(workspace=tmp_path / "work", mirror=str(tmp_path / "nowhere"))


def quiet(_doing: str, _done: int, _total: int) -> None:
    """Nobody listens."""


def test_its_languages_have_names_of_their_own() -> None:
    assert [catalog.language(code).name for code in LANGUAGES] == [f"Demo world {one}" for one in "ABC"]
    assert {entry.language for entry in WORLDS} == set(LANGUAGES)


@pytest.mark.parametrize("entry", SMALL, ids=lambda entry: entry.id)
def test_a_data_set_is_made_up_at_import(store: Store, chosen: Settings, entry: catalog.CatalogEntry) -> None:
    done = import_catalog(store, chosen, entry.id, quiet)
    found = views.dataset(store, entry.id)
    assert found.illustrative
    assert found.meta["kind"] == "world"
    assert found.labels == corpora.labels(WORLD)
    partner = entry.meta.get("partner")
    expected = {"train": entry.meta["pairs"]} if partner else corpora.SPLITS
    assert done["splits"] == expected
    assert [row.name for row in templates(store, entry.id)] == ([] if partner else [corpora.TEMPLATE])
    assert import_catalog(store, chosen, entry.id, quiet)["created"] is False


def test_pairs_are_read_as_those_of_any_parallel_data_set(store: Store, chosen: Settings) -> None:
    import_catalog(store, chosen, "demo-world-a-c", quiet)
    rows = list(views.instances(store, "demo-world-a-c", range(1000)).values())
    assert parallel_texts.pairs(rows, "qac") == list(corpora.pairs(WORLD, "qac", 1000))
    assert parallel_texts.pairs(rows, "qab") == []


def test_the_larger_sets_are_promised_as_many_pairs_as_they_say() -> None:
    sizes = {entry.id: entry.meta["pairs"] for entry in WORLDS if entry not in SMALL}
    assert sizes == {"demo-world-a-b-64k": 64_000, "demo-world-a-c-64k": 64_000}


def test_the_template_writes_what_the_causal_model_was_trained_on() -> None:
    one, two = corpora.items(WORLD, "qaa", "train", 2)
    shown = Exemplar("demo", one.instance, one.labels or (), (1.0,))
    text = prompts.render(
        corpora.template(WORLD), tasks["topic"], [shown], two.instance, corpora.labels(WORLD)
    )
    cue = concepts(WORLD).cue("qaa", "topic, named as above")
    assert one.labels
    assert text.text == f"{one.instance.text} {cue} {one.labels[0]}\n{two.instance.text} {cue}"


@pytest.mark.parametrize(("model", "expected"), [(MODELS[1], corpora.TEMPLATE), ("owner/other", "topic")])
def test_only_the_worlds_own_model_is_asked_by_its_own_template(
    store: Store, chosen: Settings, model: str, expected: str
) -> None:
    import_catalog(store, chosen, "demo-world-a", quiet)
    context = Context(views.dataset(store, "demo-world-a"), templates=frozenset({corpora.TEMPLATE}))
    recipe = {"stage2": {"template": "auto", "llm": "transformers"}, "llm": {"model": model}}
    decide_template(recipe, context)
    assert recipe["stage2"]["template"] == expected


def test_the_command_line_tells_words_models_and_data_sets(ssp: Ssp, tmp_path: Path) -> None:
    assert ssp("import", "demo-world-b").code == 0
    told = ssp("world").document
    assert [row["name"] for row in told["models"]] == list(MODELS)
    assert not any(row["ready"] for row in told["models"])
    assert all(row["folder"].startswith(str(tmp_path / "workspace" / "models")) for row in told["models"])
    assert [row["id"] for row in told["datasets"] if row["here"]] == ["demo-world-b"]
    assert told["languages"]["qac"]["topics"] == list(concepts(WORLD).names_in("qac"))
    text = ssp("world", json_too=False).out
    assert "trained at first use" in text
    assert concepts(WORLD).cue("qab", "topic") in text
