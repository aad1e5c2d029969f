"""A sweep from the page: jobs for every run of it, and nothing of it where one cannot be."""

from __future__ import annotations

import pytest

from core import jobs
from core.errors import StudioError
from core.settings import settings
from core.store import Store, facts
from core.types import Dataset, Instance, Record
from core.whole_files import read_json
from dashboard import actions, queries, state
from dashboard.state import View

LABELS = ("a", "b")


@pytest.fixture
def news(looked_at: Store) -> Store:
    for name, language in (("news", "fao"), ("theirs", "isl")):
        split = "test" if name == "news" else "train"
        records = [Record(Instance(at, split, (), f"{name} text {at}"), (LABELS[at % 2],)) for at in range(4)]
        facts.add_dataset(looked_at, Dataset(name, name, language, "topic", LABELS), records)
    return looked_at


def test_every_run_of_it_is_a_job(news: Store) -> None:
    asked = ("ssp", "news", {"selector.name": "similarity"}, {"selector.k": ["1", "2"]}, 2)
    started = actions.start_sweep(*asked, sources=["theirs"])
    assert len(set(started)) == 4
    said = [read_json(settings().jobs / name / "job.json") for name in started]
    assert [(one["seed"], one["recipe"]["selector"]["k"]) for one in said] == [(0, 1), (0, 2), (1, 1), (1, 2)]
    assert {job.state for job in jobs.open_jobs(settings())} == {"queued"}
    assert actions.start_sweep(*asked, sources=["theirs"]) == started, "asked for again, they are the same"
    assert queries.sweeps("news") == []


def test_variants_are_rows_too(news: Store) -> None:
    started = actions.start_sweep(
        "ssp", "news", {}, {}, 1, variants={"own": {}, "alone": {"recipe": "transfer"}}, sources=["theirs"]
    )
    recipes = [read_json(settings().jobs / name / "job.json")["recipe"]["name"] for name in started]
    assert recipes == ["ssp", "transfer"]


def test_nothing_is_started_where_one_cannot_be(news: Store) -> None:
    with pytest.raises(StudioError, match=r"selector\.k = x"):
        actions.start_sweep("ssp", "news", {}, {"selector.k": ["1", "x"]}, 3, sources=["theirs"])
    assert jobs.open_jobs(settings()) == []


def test_nothing_is_started_while_presenting(news: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "view", lambda: View(present=True))
    with pytest.raises(actions.ReadOnly):
        actions.start_sweep("ssp", "news", {}, {"selector.k": ["1"]}, 1, sources=["theirs"])
