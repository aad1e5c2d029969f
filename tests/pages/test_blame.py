"""The part Blame of the page Compare: who broke what, one exemplar at length, and the run without it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.jobs.launch import finish_here, run_here
from core.jobs.prepare import Request
from core.settings import with_workspace
from core.store import facts, views
from core.types import Dataset, Instance, Record
from dashboard import actions, queries, resources
from dashboard.current import Here
from dashboard.widgets import blame
from tests.pages.test_pages import assert_well, exports, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]
pytestmark = pytest.mark.slow
WORDS = (("Hon", "PRON"), ("syngur", "VERB"), ("væl", "ADV"), (".", "PUNCT"))
HOSTILE = '<img src=x onerror="x">'


@pytest.fixture
def run(workspace: Path) -> str:
    """A run of the offline tagger on six sentences whose last word differs; one word is hostile."""
    store = resources.store()
    labels = ("NOUN", "VERB", "PRON", "ADV", "PUNCT")
    for name, n, split in (("target", 6, "test"), ("source", 8, "train")):
        items = []
        for at in range(n):
            tokens = (*(word for word, _ in WORDS), HOSTILE if at == 3 else f"ord{at}")
            gold = (*(label for _, label in WORDS), "VERB" if name == "target" and at % 2 else "NOUN")
            items.append(Record(Instance(at, split, tokens, " ".join(tokens)), gold))
        facts.add_dataset(store, Dataset(name, name.title(), "fao", "pos", labels), items)
    request = Request("ssp", "target", {"k": "2"}, ["source"])
    made, _ = run_here(store, with_workspace(workspace), request, lambda *_: None)
    return made


def shown_first(run: str) -> str:
    found = queries.selection(run, 0)
    assert found is not None
    return f"target@{found['exemplars'][0]['position']}"


def test_errors_and_exemplars_are_listed(run: str) -> None:
    app = visit("compare.py", dataset="target", run=run, part="blame")
    assert_well(app)
    said = texts(app)
    assert "Exemplars that broke or fixed most" in said
    assert "**3 wrong labels** in Stage II" in said
    (kinds,) = [item for item in app.button_group if item.label == "By the gravest that their prompts show"]
    kinds.set_value("recorded").run()
    assert_well(app)
    assert any("Errors evidence recorded" in name for name in exports(app))
    assert "Do without it" not in said


def test_the_tables_go_into_a_report_and_an_export(run: str) -> None:
    here = Here(queries.dataset("target"), queries.run(run), "target/gold")
    found = blame.tables(here)["Exemplars that broke or fixed most"]
    assert isinstance(found, pd.DataFrame)
    assert {"uses", "broken", "fixed", "text"} <= set(found)
    assert any(HOSTILE in text for text in found.text)


def test_an_exemplar_is_looked_at_and_what_banning_takes_is_told(run: str) -> None:
    ref = shown_first(run)
    uses = sum(
        ref == f"{item['dataset']}@{item['position']}"
        for row in views.selections(resources.store(), run)
        for item in row["exemplars"]
    )
    app = visit("compare.py", dataset="target", run=run, part="blame", blamed=ref)
    assert_well(app)
    assert "Do without it" in texts(app)
    assert f"{uses} sentence{'s change' if uses != 1 else ' changes'}, no calls" in texts(app)
    assert [button.label for button in app.button if button.label.startswith("Label ")] == [
        f"Label {uses} sentence{'s' if uses != 1 else ''} again"
    ]


def test_banning_starts_a_job_and_leads_to_the_comparison(run: str, workspace: Path) -> None:
    ref = shown_first(run)
    app = visit("compare.py", dataset="target", run=run, part="blame", blamed=ref)
    next(button for button in app.button if button.label.startswith("Label ")).click().run()
    assert not app.exception
    (job,) = actions.all_jobs()
    assert app.query_params["job"] in (job.id, [job.id])
    made = finish_here(resources.store(), with_workspace(workspace).jobs / job.id, lambda *_: None)
    row = views.run(resources.store(), made)
    assert row["parent"] == run
    assert row["params"]["rerun"]["ban"] == [ref]
    app = visit("compare.py", dataset="target", run=run, part="blame", job=job.id)
    assert_well(app)
    assert "labelled again" in texts(app)
    app.button(key="before-and-after").click().run()
    assert_well(app)
    assert app.query_params["sides"] in (f"{run}@stage2,{made}@stage2", [f"{run}@stage2,{made}@stage2"])
    assert "job" not in app.query_params


def test_a_swap_needs_the_sentence_that_takes_its_place(run: str) -> None:
    ref = shown_first(run)
    app = visit("compare.py", dataset="target", run=run, part="blame", blamed=ref)
    next(item for item in app.segmented_control if item.label == "Its place").set_value("swap").run()
    assert not [button for button in app.button if button.label.startswith("Label ")]
    app.number_input(key=f"instead-{ref}").set_value(3).run()
    assert_well(app)
    assert [button for button in app.button if button.label.startswith("Label ")]


def test_presenting_changes_nothing(run: str) -> None:
    app = visit("compare.py", dataset="target", run=run, part="blame", blamed=shown_first(run), present="1")
    assert_well(app)
    assert "Do without it" not in texts(app)


@pytest.mark.parametrize("ref", ["target@77", "nowhere@1", "x", "@", "target@²"])
def test_an_exemplar_that_is_none_is_said(run: str, ref: str) -> None:
    app = visit("compare.py", dataset="target", run=run, part="blame", blamed=ref)
    assert_well(app)
    assert any("stands in no prompt" in item.value for item in app.info)


def test_recorded_answers_are_told_of_before(filled: Path) -> None:
    """The run `zgul` of `words` was imported with its exemplars."""
    app = visit("compare.py", dataset="words", run="words/zgul", part="blame", blamed="words@1")
    assert_well(app)
    assert "the offline tagger labels them" in texts(app)


@pytest.mark.parametrize("dataset", ["pairs", "texts"])
def test_without_a_stage_two_it_says_so(filled: Path, dataset: str) -> None:
    assert_well(visit("compare.py", dataset=dataset, part="blame"))


def test_an_export_is_there(run: str) -> None:
    app = visit("compare.py", dataset="target", run=run, part="blame")
    assert any("Exemplars that broke or fixed most" in name for name in exports(app))
