"""A stored run as a request that would make it, and what is changed to ask a model again."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.catalog import entries
from core.errors import RecipeError
from core.importing import import_catalog
from core.jobs.again import asked_again, request_of
from core.jobs.launch import run_here
from core.jobs.prepare import Request, prepare
from core.settings import Settings
from core.store import Store, views
from tests.pages.answered_run import answered_run

pytestmark = pytest.mark.slow

TARGET = "sample-topic-gsw"


def silent(*_: object) -> None:
    return None


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The sample's Swiss German topics and their sources."""
    folder = tmp_path_factory.mktemp("again")
    made = Store.open(folder)
    settings = Settings(workspace=folder)
    sources = [entry.id for entry in entries().values() if entry.meta.get("target") == TARGET]
    for name in (TARGET, *sources):
        import_catalog(made, settings, name, silent)
    return made


@pytest.mark.parametrize(
    "request_",
    [
        Request("ssp", TARGET, {}),
        Request("ssp", TARGET, {"k": "3", "stage2": "none"}, limit=7, seed=4),
        Request("nearest", TARGET, {"stage1.strength": "2"}, ("sample-topic-deu",)),
        Request(
            "ssp", TARGET, {"selector.pin": "1 2", "selector.lambda": "0.5"}, ("sample-topic-deu:train",)
        ),
    ],
)
def test_a_run_tells_the_request_that_makes_it(store: Store, request_: Request) -> None:
    run_id, _ = run_here(store, Settings(workspace=store.path.parent), request_, silent)
    again = request_of(store, run_id)
    assert prepare(store, again).run_id == run_id
    assert all(
        name.partition(".")[0] in {"stage1", "stage2", "selector", "consensus"} for name in again.overrides
    )


def test_what_is_asked_again_is_added_up_and_consent_is_not_taken_over(store: Store, tmp_path: Path) -> None:
    run_id = answered_run(store, TARGET, tmp_path, llm={"agreed": "example.org", "again": ["4"]})
    assert views.run(store, run_id)["params"]["llm"]["agreed"] == "example.org"
    overrides = asked_again(store, run_id, [4, 7]).overrides
    assert overrides["llm.again"] == "4 4 7"
    assert not any("agreed" in name for name in overrides)


def test_a_template_is_for_those_asked_again_or_for_all(store: Store, tmp_path: Path) -> None:
    run_id = answered_run(store, TARGET, tmp_path, run_id="c" * 16)
    some = asked_again(store, run_id, [2], template="mine").overrides
    assert (some["llm.again"], some["llm.again_template"]) == ("2", "mine")
    whole = asked_again(store, run_id, [], template="mine", whole=True).overrides
    assert whole["stage2.template"] == "mine"
    assert "llm.again" not in whole


def test_imported_labels_cannot_be_asked_again(store: Store) -> None:
    gold = next(run["id"] for run in views.runs(store, TARGET) if run["kind"] == "gold")
    with pytest.raises(RecipeError, match="not computed"):
        request_of(store, gold)
