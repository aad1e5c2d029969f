"""Runs over words that humans changed: the worker sees them, notes them, and older runs are stale."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import blame, workbench
from core.advice import preflight
from core.comparison.sides import GOLD, Side, load
from core.errors import FormatError
from core.jobs import bundle
from core.jobs.launch import run_here
from core.jobs.prepare import Request, prepare
from core.label_import import LabelChoice, import_labels
from core.pipeline import note_words, pool_of
from core.run_input import RunInput
from core.scoring import score_run
from core.settings import Settings
from core.store import Store, facts, views
from core.tokenization import words_of
from core.types import Dataset, Instance, Prediction, Record
from tests.unit.job_project import chosen, project
from tests.unit.llm_project import quiet

__all__ = ["chosen", "project"]
REQUEST = Request("ssp", "target", {"k": "2"}, ("source",))


class Notes:
    """A sink that keeps what is noted."""

    def __init__(self) -> None:
        self.said: dict[str, Any] = {}

    def note(self, name: str, said: Any) -> None:
        self.said[name] = said


def split(store: Store, position: int, dataset: str = "target") -> None:
    facts.retokenize(store, dataset, position, 1, 1, ["syng", "ur"], author="Anna")


def test_a_run_gets_the_words_of_now_and_is_another_run(project: Store, tmp_path: Any) -> None:
    before = prepare(project, REQUEST)
    split(project, 2)
    now = prepare(project, REQUEST)
    assert now.run_id != before.run_id
    assert now.instances[2].tokens == ("Hon", "syng", "ur", "væl", ".", "ord2")
    assert now.instances[:2] == before.instances[:2]
    bundle.save(now, tmp_path)
    (item,) = [found for found in bundle.load(tmp_path).instances if words_of(found)]
    assert (item.position, item.tokens) == (2, now.instances[2].tokens)
    facts.undo_tokenization(project, "target", 2, author="Anna")
    assert prepare(project, REQUEST).run_id == before.run_id, "the words are those of before"


def test_a_source_with_changed_words_teaches_what_is_known(project: Store) -> None:
    before = prepare(project, REQUEST)
    split(project, 3, "source")
    now = prepare(project, REQUEST)
    assert [len(one.sources[0].records) for one in (before, now)] == [8, 7]
    assert now.run_id != before.run_id


def test_gold_that_is_not_known_is_never_shown(project: Store) -> None:
    request = Request("skyline", "target", {"k": "2", "llm.base_url": "http://127.0.0.1:9", "llm.model": "m"})
    split(project, 1)
    found = prepare(project, request).stage1
    assert sorted(found) == [0, 2, 3, 4, 5]


def test_words_are_noted_where_some_were_changed(project: Store) -> None:
    notes = Notes()
    note_words(prepare(project, REQUEST), notes)  # type: ignore[arg-type]
    assert notes.said == {}
    split(project, 2)
    facts.retokenize(project, "source", 0, 4, 4, ["ord"], author="Anna")
    facts.undo_tokenization(project, "source", 0, author="Anna")
    note_words(prepare(project, REQUEST), notes)  # type: ignore[arg-type]
    assert notes.said == {"tokens": {"*": {"2": 1}, "@source": {"0": 2}}}


def test_words_that_a_bulk_action_labelled_are_certain_and_no_others() -> None:
    item = Instance(0, "test", ("a", "b"), "a b")
    job = RunInput("r", Dataset("d", "D", "fao", "pos", ("X", "Y")), {}, 0, [item], partial={0: {1: "Y"}})
    (found,) = pool_of(job, [Prediction(0, ("X", "X"), (0.5, 0.25))])
    assert (found.labels, found.confidences, found.origin) == (("X", "Y"), (0.5, 1.0), "target")
    whole = replace(job, corrections={0: ("Y", "Y")}, partial={})
    assert pool_of(whole, [])[0].origin == "corrected"


@pytest.mark.slow
def test_a_new_run_labels_the_new_words_and_the_old_one_is_stale(project: Store, chosen: Settings) -> None:
    old, _ = run_here(project, chosen, REQUEST, quiet)
    assert views.stale(project, old) == []
    split(project, 2)
    shown = {row["position"] for row in views.selections(project, old) if 2 in _exemplars(row)}
    assert set(views.stale(project, old)) == {2} | shown
    assert views.influence(project, old, 2) is None
    new, _ = run_here(project, chosen, REQUEST, quiet)
    assert new != old
    assert views.stale(project, new) == []
    assert views.run(project, new)["meta"]["tokens"] == {"*": {"2": 1}}
    for stage in ("stage1", "consensus", "stage2"):
        assert len(views.predictions(project, new, stage)[2].labels) == 6
        assert "" not in views.predictions(project, new, stage)[2].labels
    assert views.predictions(project, old, "stage2")[2].labels[1:3] == ("", "")
    split_again = ["v", "æl"]
    facts.retokenize(project, "target", 2, 3, 3, split_again, author="Anna")
    assert 2 in views.stale(project, new)


@pytest.mark.slow
def test_a_run_over_stage_one_of_another_goes_on_with_what_it_said(project: Store, chosen: Settings) -> None:
    old, _ = run_here(project, chosen, REQUEST, quiet)
    split(project, 2)
    later = Request("ssp", "target", {"k": "2", "stage1": "imported", "stage1.labels": old})
    new, _ = run_here(project, chosen, later, quiet)
    before, after = (views.predictions(project, run, "stage1")[2] for run in (old, new))
    assert len(after.labels) == 6
    assert after.labels[1] == after.labels[2] != ""
    assert after.confidences is not None
    assert after.confidences[1:3] == (0, 0)
    assert before.labels[3:] == after.labels[3:]
    assert views.stale(project, new) == []


def _exemplars(row: dict[str, Any]) -> set[int]:
    return {item["position"] for item in row["exemplars"] if item["dataset"] == "target"}


@pytest.mark.parametrize("words", ["imported", "now"])
def test_labels_made_elsewhere_may_be_of_either_words(project: Store, tmp_path: Path, words: str) -> None:
    imported = list(views.records(project, "target"))
    split(project, 2)
    rows = imported if words == "imported" else list(views.records(project, "target"))
    given = [replace(row, labels=("NOUN",) * len(row.instance.tokens)) for row in rows]
    path = tmp_path / "labels.tsv"
    lines = [f"{form}\t{label}\n" for row in given for form, label in (*_pairs(row), ("", ""))]
    path.write_text("".join(line if line.strip() else "\n" for line in lines), "utf8")
    found = import_labels(project, LabelChoice(path, "target", "theirs", format="bio"))
    said = views.predictions(project, found["run"], "stage1")
    unknown = "" if words == "imported" else "NOUN"
    assert said[2].labels == ("NOUN", unknown, unknown, "NOUN", "NOUN", "NOUN")
    assert said[1].labels == ("NOUN",) * 5
    assert views.stale(project, found["run"]) == ([2] if words == "imported" else [])
    path.write_text("Hon\tNOUN\n", "utf8")
    with pytest.raises(FormatError, match="not in the data set"):
        import_labels(project, LabelChoice(path, "target", "more", format="bio"))


def _pairs(row: Record) -> list[tuple[str, str]]:
    return list(zip(row.instance.tokens, row.labels or (), strict=True))


@pytest.mark.slow
def test_everything_that_reads_a_run_survives_changed_words(project: Store, chosen: Settings) -> None:
    old, _ = run_here(project, chosen, REQUEST, quiet)
    facts.annotate(project, "target", 1, ["PRON", "VERB", "ADV", "PUNCT", "NOUN"], author="Anna")
    for position in range(3):
        split(project, position)
    facts.retokenize(project, "target", 4, 0, 1, ["Honsyngur"], author="Anna")
    new, _ = run_here(project, chosen, REQUEST, quiet)
    for run in (old, new):
        bench = workbench.of_run(project, run)
        assert all(len(item.labels) == len(item.instance.tokens) for item in bench.pool)
        assert not any("" in item.labels for item in bench.pool)
        found = blame.load(project, run)
        blame.by_exemplar(found)
        assert not set(found.spoken.positions.tolist()) & set(views.stale(project, run))
        assert preflight.of_run(project, run).reasons is not None
        assert load(project, "target", [Side(run, "stage2")], GOLD).n_sentences >= 2
        views.sentences(project, run, "stage2", gold_label="VERB", changed="changed")
        assert score_run(project, run)["stage2"]["token_accuracy"] >= 0
    both = load(project, "target", [Side(old, "stage2"), Side(new, "stage2")], GOLD)
    assert both.positions.tolist() == [3, 5]
    corrected = prepare(project, REQUEST).corrections
    assert corrected == {1: ("PRON", "VERB", "VERB", "ADV", "PUNCT", "NOUN")}
