"""Runs by languages: what tells one method from another, the newest first, published figures beside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import across
from core.scoring import score_run
from core.store import Store, facts
from core.store.views_runs import scores
from core.store.views_scores import scores_of
from core.types import Score
from tests.ssp_command import Ssp
from tests.stored_release import ENTITIES, imported, labelled, release, span_f1


def recipe(**changes: Any) -> dict[str, Any]:
    return {
        "stage1": {"labeler": "imported", "labels": "zgul"},
        "selector": {"name": "recorded"},
        "stage2": {"llm": "replay"},
        "llm": {},
    } | changes


def run_row(params: dict[str, Any], kind: str = "run", name: str = "ssp") -> dict[str, Any]:
    return {"id": "d/zgul", "kind": kind, "recipe": name, "params": params}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (run_row(recipe()), "ssp/zgul/recorded/replay"),
        (run_row({"recipe": recipe()}), "ssp/zgul/recorded/replay"),
        (run_row(recipe(selector={"name": "ilp", "k": 8})), "ssp/zgul/ilp 8/replay"),
        (run_row(recipe(stage1={"labeler": "crf"}), name="transfer"), "transfer/crf/recorded/replay"),
        (run_row(recipe(stage2={"llm": "none"})), "ssp/zgul"),
        (run_row(recipe(stage2={"llm": "endpoint"}, llm={"model": "org/m"})), "ssp/zgul/recorded/org/m"),
        (
            run_row(recipe(stage1={"labeler": "imported", "labels": "0123456789abcdef"})),
            "ssp/run/recorded/replay",
        ),
        (run_row({}, kind="import"), "import/zgul"),
    ],
)
def test_a_method_is_named_by_what_was_done(row: dict[str, Any], wanted: str) -> None:
    assert str(across.method(row)) == wanted


def test_scores_of_many_runs_are_those_of_each(store: Store) -> None:
    dataset = release(store, "hau")
    runs = [imported(store, dataset, name, 40, right) for name, right in (("zgul", 60), ("zgul_plus", 30))]
    assert scores_of(store, [*runs, "nobody"]) == {run: scores(store, run) for run in runs}


def test_all_runs_stand_side_by_side_with_what_was_published(store: Store) -> None:
    for code, after in (("hau", 50), ("ibo", 90)):
        imported(store, release(store, code), "zgul_plus", 60, after)
    found = across.across(store, "ner")
    assert [entry.language.name for entry in found] == ["Hausa", "Igbo"]
    hausa, igbo = found
    assert hausa.value("paper_f1") == pytest.approx(span_f1(50))
    assert hausa.before("paper_f1") == pytest.approx(span_f1(60))
    assert (hausa.earlier, hausa.last, hausa.complete) == ("stage1", "stage2", True)
    between = replace(hausa, scores={**hausa.scores, "consensus": {"paper_f1": 0.1}})
    assert between.before("paper_f1") == hausa.before("paper_f1"), "Stage II is held against Stage I"
    assert {round(100 * figure.value, 2) for figure in hausa.of_paper("paper_f1")} == {78.53, 74.62}
    assert {round(100 * figure.value, 2) for figure in igbo.of_paper("paper_f1")} == {68.85, 84.73}
    assert hausa.of_paper("span_f1") == ()
    assert across.across(store, "pos") == []


def test_only_the_same_method_is_held_against_a_published_figure(store: Store) -> None:
    dataset = release(store, "hau")
    imported(store, dataset, "codec", None, 50)
    (entry,) = across.across(store, "ner")
    assert entry.published, "the data are the same"
    assert entry.of_paper("paper_f1") == ()
    assert entry.before("paper_f1") is None
    assert entry.earlier == ""


def computed(store: Store, dataset: str, run: str, right: int, params: dict[str, Any], seed: int) -> None:
    facts.start_run(store, run, dataset, "ssp", params, seed, "test")
    facts.finish_run(store, run, "done")
    value = span_f1(right)
    facts.put_scores(store, run, [Score("span_f1", value, "stage2", f"{dataset}/gold", ENTITIES, 100)])


def test_the_newest_run_of_a_method_comes_first(store: Store) -> None:
    dataset = release(store, "hau")
    for number, right in enumerate((20, 30, 40)):
        computed(store, dataset, f"{number:016x}", right, recipe(), seed=number)
    computed(store, dataset, "f" * 16, 5, recipe(selector={"name": "ilp", "k": 8}), seed=0)
    grouped = across.newest(across.across(store, "ner"), lambda entry: str(entry.method))
    assert {name: len(kept) for name, kept in grouped.items()} == {
        "ssp/zgul/ilp 8/replay": 1,
        "ssp/zgul/recorded/replay": 3,
    }
    newest = grouped["ssp/zgul/recorded/replay"][0]
    assert (newest.run["seed"], newest.value("span_f1")) == (2, pytest.approx(span_f1(40)))


def test_a_run_of_a_part_is_neither_complete_nor_beside_a_paper(store: Store) -> None:
    dataset = release(store, "hau")
    run = facts.add_import_run(store, dataset, "zgul", stage1=labelled(5, 20), stage2=None, meta={})
    score_run(store, run)
    (entry,) = across.across(store, "ner")
    assert (entry.n, entry.complete, entry.published) == (20, False, ())


def test_records_are_a_row_per_run_and_metric(store: Store) -> None:
    imported(store, release(store, "hau"), "zgul_plus", 60, 50)
    table = across.table(across.across(store, "ner"))
    row = table.set_index("metric").loc["paper_f1"]
    assert row["gain"] == pytest.approx(span_f1(50) - span_f1(60))
    assert (row["published_before"], row["published"]) == (pytest.approx(0.7853), pytest.approx(0.7462))
    assert (row["family"], row["script"], row["n"], row["labels"]) == ("Afro-Asiatic, Chadic", "Latn", 100, 9)
    assert list(across.table([]).columns) == list(across.COLUMNS)


def test_a_single_stage_is_held_against_the_figure_of_its_stage(store: Store) -> None:
    imported(store, release(store, "hau"), "zgul_plus", 60, None)
    row = next(row for row in across.records(across.across(store, "ner")) if row["metric"] == "paper_f1")
    assert row["published"] == pytest.approx(0.7853)
    assert row["published_before"] is None
    assert row["gain"] is None


@pytest.mark.real
@pytest.mark.usefixtures("mirror")
def test_the_release_scores_what_was_published(ssp: Ssp) -> None:
    for code in ("fao", "gsw", "hau", "ibo", "lug", "aym", "grn"):
        assert ssp("import", f"ssp-release-{code}").code == 0
    compared = 0
    for task, metric in (("pos", "paper_f1"), ("ner", "paper_f1"), ("nli", "accuracy")):
        for row in ssp("across", "--task", task, "--metric", metric).document["runs"]:
            for ours, theirs in (("before", "published_before"), ("value", "published")):
                if row[theirs] is not None:
                    assert round(100 * row[ours], 2) == round(100 * row[theirs], 2), row
                    compared += 1
    assert compared == 2 * 2 * 5 + 2


def test_the_command_prints_rows_and_a_document(ssp: Ssp, tmp_path: Path) -> None:
    with Store.open(tmp_path / "workspace") as store:
        imported(store, release(store, "hau"), "zgul_plus", 60, 50)
    document = ssp("across", "--task", "ner").document
    assert {row["metric"] for row in document["runs"]} >= {"paper_f1", "span_f1"}
    one = ssp("across", "--task", "ner", "--metric", "paper_f1").document["runs"]
    assert [round(row["value"], 6) for row in one] == [round(span_f1(50), 6)]
    text = ssp("across", "--task", "ner", "--metric", "paper_f1", json_too=False).out
    assert text.splitlines()[2].split() == [
        "Hausa", "ssp-release-hau", "import/zgul_plus", "ssp-release-hau/zgul_plus", "100",
        "75.00", "66.67", "-8.33", "74.62",
    ]  # fmt: skip
    assert ssp("across", "--task", "pos").document == {"task": "pos", "runs": []}
    wrong = ssp("across", "--task", "ner", "--metric", "bleu")
    assert wrong.code != 0
    assert "bleu" in wrong.message
