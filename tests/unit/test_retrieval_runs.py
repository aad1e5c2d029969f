"""Runs of the recipe xampler with nothing to train: stored exemplars, their labels, what mining will cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import settings
from core.costs.leaving import destinations
from core.costs.sampling import mines, sampled
from core.errors import RecipeError, UnknownName
from core.jobs.launch import run_here
from core.jobs.prepare import Request, prepare
from core.retrieval import shares
from core.settings import Settings
from core.store import Store, facts, views
from core.types import Dataset, Instance, Record
from tests.ssp_command import Ssp, ssp

__all__ = ["ssp"]

LABELS = ("health", "sport")
WORDS = {"health": ("doctor", "nurse", "pill"), "sport": ("goal", "team", "ball")}


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


def records(n: int, split: str, start: int) -> list[Record]:
    found = []
    for at in range(n):
        label = LABELS[at % 2]
        words = WORDS[label]
        text = f"{words[at % 3]} {words[(at + start) % 3]} number{at}"
        found.append(Record(Instance(at, split, (), text), (label,)))
    return found


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path / "workspace"))
    settings.reset()
    yield settings.settings()
    settings.reset()


@pytest.fixture
def project(chosen: Settings) -> Iterator[Store]:
    with Store.open(chosen.workspace) as store:
        for name, language, rows in (
            ("target", "fao", records(12, "test", 1)),
            ("other", "hau", records(8, "test", 2)),
            ("source", "eng", records(20, "train", 1)),
        ):
            facts.add_dataset(store, Dataset(name, name, language, "topic", LABELS), rows)
        token = Record(Instance(0, "test", ("Hon",), "Hon"), ("NOUN",))
        facts.add_dataset(store, Dataset("words", "W", "fao", "pos", ("NOUN",)), [token])
        yield store


def run(store: Store, chosen: Settings, target: str = "target", seed: int = 0, **said: str) -> str:
    overrides = {"stage1": "vote"} | {key.replace("__", "."): value for key, value in said.items()}
    request = Request("xampler", target, overrides, ["source"], seed=seed)
    return run_here(store, chosen, request, silent)[0]


def test_a_run_keeps_the_exemplars_it_was_shown_and_how_often_they_are_right(
    project: Store, chosen: Settings
) -> None:
    run_id = run(project, chosen, embedder="ngrams")
    assert views.run(project, run_id)["stages"] == ["stage1"]
    picked = views.selection(project, run_id, 0)
    assert picked is not None
    assert [item["dataset"] for item in picked["exemplars"]] == ["source"] * 3
    found = shares.chosen(project, run_id)
    assert found is not None
    assert (found.dataset, found.language, found.script, found.family) == (
        "target", "Faroese", "Latn", "Indo-European",
    )  # fmt: skip
    assert (found.retriever, found.base, found.k, found.n) == ("ngrams", "", 3, 12)
    assert found.expected == 0.5
    assert found.share == found.low == found.high == 1.0
    (accuracy,) = [score.value for score in views.scores(project, run_id) if score.metric == "accuracy"]
    assert accuracy == 1.0


def test_random_exemplars_are_right_by_chance_and_change_with_the_seed(
    project: Store, chosen: Settings
) -> None:
    rows = []
    for seed in range(4):
        found = shares.chosen(project, run(project, chosen, seed=seed, embedder="random"))
        assert found is not None
        rows.append(found)
    assert len({row.share for row in rows}) > 1
    assert 0.3 < sum(row.share for row in rows) / 4 < 0.7
    assert all(row.low < row.share < row.high for row in rows)


def test_shares_by_language_script_and_family(project: Store, chosen: Settings) -> None:
    for target in ("target", "other"):
        run(project, chosen, target, embedder="ngrams")
    run(project, chosen, embedder="random")
    run(project, chosen, seed=1, embedder="random")
    rows = shares.of(project, recipe="xampler")
    assert len(rows) == 4
    assert len(shares.of(project, dataset="other")) == 1
    by_language = {(row.group, row.retriever): row for row in shares.grouped(rows, "language")}
    assert set(by_language) == {("Faroese", "ngrams"), ("Hausa", "ngrams"), ("Faroese", "random")}
    drawn = by_language["Faroese", "random"]
    assert (drawn.runs, drawn.n) == (2, 24)
    assert drawn.lowest <= drawn.share <= drawn.highest
    latin = {row.retriever: row for row in shares.grouped(rows, "script")}
    assert (latin["ngrams"].group, latin["ngrams"].runs) == ("Latn", 2)
    with pytest.raises(RecipeError, match="language, script or family"):
        shares.grouped(rows, "size")  # type: ignore[arg-type]


def test_what_has_no_such_share(project: Store, chosen: Settings) -> None:
    plain = run_here(project, chosen, Request("transfer", "target", {}, ["source"]), silent)[0]
    assert shares.chosen(project, plain) is None
    assert shares.chosen(project, "target/gold") is None
    assert shares.chosen(project, "words/gold") is None
    with pytest.raises(UnknownName):
        shares.chosen(project, "none")


def test_the_command_reports_runs_and_lists_retrievers(ssp: Ssp, project: Store, chosen: Settings) -> None:
    run_id = run(project, chosen, embedder="ngrams")
    project.close()
    told = ssp("retriever", "report", "--by", "run").document
    assert [row["run"] for row in told["shares"]] == [run_id]
    assert "Faroese" in ssp("retriever", "report", json_too=False).out
    assert "No finished run" in ssp("retriever", "report", "--dataset", "other", json_too=False).out
    assert ssp("retriever").document == {"retrievers": []}
    gone = ssp("retriever", "remove", "0123456789abcdef")
    assert (gone.code, "is not in" in gone.message) == (2, True)


def test_words_cannot_be_voted_on_and_a_retriever_needs_its_encoder(project: Store) -> None:
    for target, said, message in (
        ("words", {"stage1": "vote", "embedder": "ngrams"}, "one label to a whole text"),
        ("target", {"stage1": "vote"}, "needs a base"),
        ("target", {"stage1": "vote", "embedder.base": "no such folder/x/y"}, "there is no folder"),
    ):
        with pytest.raises(RecipeError, match=message):
            prepare(project, Request("xampler", target, said, ["source"]))


def test_mining_is_counted_and_said_before_it_begins(project: Store, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    said = {
        "embedder.base": str(tmp_path), "embedder.candidates": "4", "llm": "endpoint", "llm.model": "m",
        "llm.base_url": "http://127.0.0.1:9/v1",
    }  # fmt: skip
    job = prepare(project, Request("xampler", "target", said, ["source"]))
    assert mines(job)
    first, second = sampled(job, 5)
    assert (first.stage, first.items, second.stage, second.items) == ("mining", 20 * 4, "stage1", 12)
    assert all(len(question.exemplars) == 1 for question in first.questions)
    few = {**said, "embedder.queries": "3"}
    assert sampled(prepare(project, Request("xampler", "target", few, ["source"])), 5)[0].items == 12
    (place,) = destinations(job)
    assert {(text.dataset, text.n) for text in place.texts} == {("target", 12), ("source", 20)}
    voted = prepare(project, Request("xampler", "target", {**said, "stage1": "vote"}, ["source"]))
    (only,) = destinations(voted)
    assert [text.dataset for text in only.texts] == ["source"]
    gold = prepare(project, Request("xampler", "target", {**said, "embedder.positives": "gold"}, ["source"]))
    assert not mines(gold)
    assert not mines(replace(job, recipe={**job.recipe, "embedder": {"name": "ngrams"}}))
