"""A project for runs that are made of another one, and what tests ask of them."""

from __future__ import annotations

from typing import Any

import pytest

from core import blame
from core.importing import import_catalog
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import Settings, with_workspace
from core.store import Store, views
from tests.unit.llm_project import quiet

TARGET = "sample-ner-hau"
Place = tuple[Store, Settings]


def labels(store: Store, run_id: str, stage: str = "stage2") -> dict[int, tuple[str, ...]]:
    return {at: row.labels for at, row in views.predictions(store, run_id, stage).items()}


def sure(store: Store, run_id: str, stage: str = "stage2") -> dict[int, Any]:
    return {at: row.confidences for at, row in views.predictions(store, run_id, stage).items()}


def prompts(store: Store, run_id: str) -> dict[int, list[tuple[str, int]]]:
    return {
        row["position"]: [(item["dataset"], item["position"]) for item in row["exemplars"]]
        for row in views.selections(store, run_id)
    }


def again(place: Place, parent: str, *ban: str, pin: tuple[str, ...] = (), **overrides: str) -> str:
    store, settings = place
    request = Request(parent=parent, ban=ban, pin=pin, overrides=overrides)
    return run_here(store, settings, request, quiet)[0]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The sample's Hausa names with their sources."""
    settings = with_workspace(tmp_path_factory.mktemp("without"))
    store = Store.open(settings.workspace)
    for name in (TARGET, "sample-ner-eng", "sample-ner-swa"):
        import_catalog(store, settings, name, quiet)
    return store, settings


@pytest.fixture(scope="module")
def parent(place: Place) -> str:
    return run_here(*place, Request("ssp", TARGET), quiet)[0]


@pytest.fixture(scope="module")
def most(place: Place, parent: str) -> list[int]:
    """The exemplars of the target by what they broke."""
    table = blame.by_exemplar(blame.load(place[0], parent))
    return [int(at) for at in table[table.dataset == TARGET].position]
