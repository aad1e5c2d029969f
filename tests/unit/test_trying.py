"""Settings that are tried: what an address may say, what a trial begins with, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from core import settings
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record
from core.workbench import Workbench, of_run
from dashboard import resources, trying

LABELS = ("NOUN", "VERB")


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workbench]:
    """Six sentences with imported labels."""
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path))
    settings.reset()
    st.cache_resource.clear()
    words = [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d"), ("d", "e"), ("a", "e")]
    items = [Record(Instance(p, "test", tokens, " ".join(tokens)), LABELS) for p, tokens in enumerate(words)]
    noisy = [Prediction(p, LABELS, (0.5 + p / 20, 0.9)) for p in range(6)]
    store: Store = resources.store()
    facts.add_dataset(store, Dataset("words", "Words", "fao", "pos", LABELS), items)
    run = facts.add_import_run(store, "words", "zgul", stage1=noisy, stage2=None, meta={})
    yield of_run(store, run)
    resources.close()
    settings.reset()


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ({"k": 3, "lambda": 0.5}, {"k": 3, "lambda": 0.5}),
        ({"k": "many", "coverage": "hard"}, {"coverage": "hard"}),
        ({"k": -1, "percentile": 7, "coverage": "maybe", "lambda": "1e400"}, {}),
        ({"k": [1], "price": {"NOUN": 1}, "nonsense": 1}, {}),
        ({"name": "mmr", "k": 3, "lambda": 2}, {"name": "mmr", "k": 3}),
        ({"name": "no such"}, {}),
        ({"pin": ["3"], "ban": []}, {"pin": ["3"], "ban": []}),
        ({"demands": ["NOUN=2"], "prices": ["NOUN"]}, {"demands": ["NOUN=2"]}),
    ],
)
def test_only_what_means_something_is_read(said: dict[str, object], means: dict[str, object]) -> None:
    assert trying.told(said) == means


def test_a_trial_begins_with_the_runs_own_settings(bench: Workbench) -> None:
    own = Workbench(
        bench.dataset, bench.queries, bench.pool, bench.ready, {"name": "ilp", "k": 3, "lambda": 2.0}
    )
    assert trying.effective(own, {}) == {"name": "ilp", "k": 3, "lambda": 2.0}
    assert trying.effective(own, {"k": 2}) == {"name": "ilp", "k": 2, "lambda": 2.0}
    found = trying.defaults(own, {})
    assert (found["k"], found["lambda"], found["coverage"], found["pin"]) == (3, 2.0, "soft", [])


def test_a_preset_and_another_selector_begin_afresh(bench: Workbench) -> None:
    own = Workbench(
        bench.dataset, bench.queries, bench.pool, bench.ready, {"name": "ilp", "k": 3, "lambda": 2.0}
    )
    assert trying.defaults(own, {"preset": "ssp_nli"})["lambda"] == 100.0
    assert trying.effective(own, {"preset": "ssp_nli"}) == {"name": "ilp", "k": 3, "preset": "ssp_nli"}
    assert trying.defaults(own, {"name": "mmr"})["k"] == 8
    assert "lambda" not in trying.effective(own, {"name": "mmr"})


def test_one_and_all_are_chosen_alike(bench: Workbench) -> None:
    asked = trying.effective(bench, {"k": 2})
    together, _ = trying.everything(bench, asked)
    for row, selection in enumerate(together):
        alone = trying.one(bench, asked, row).selection
        assert (alone.query, alone.chosen, alone.value) == (row, selection.chosen, selection.value)


def test_long_answers_are_kept_for_their_settings_alone(bench: Workbench) -> None:
    run = "words/zgul"
    done = trying.prove(run, bench, {"k": 2}, 3, lambda *_: None)
    assert done.solver == "cbc"
    assert done.largest <= 1e-9
    assert trying.kept(run, "proof", {"k": 2})["audit"] is done
    assert trying.kept(run, "proof", {"k": 3}) == {}
    trying.side_by_side(run, bench, {"k": 2}, lambda *_: None)
    table = trying.kept(run, "variants", {"k": 2})["table"]
    assert table["similarity only"]["queries"] == 6
