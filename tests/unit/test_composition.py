"""The parts of other papers inside SSP: each is one setting; what they cannot do is said in one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from core import settings
from core.comparison import GOLD, Side, load, scores
from core.jobs import parallel
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import with_workspace
from core.store import Store, views
from dashboard import queries, resources
from dashboard.widgets.compare import names
from dashboard.widgets.compare.presets import presets
from tests.needs import needs
from tests.small_topics import OTHER, PAIRS, SOURCE, TARGET, small_topics
from tests.tiny_masked import TOPICS, cloze_model

pytestmark = [pytest.mark.slow, needs("torch", "transformers", "sentence-transformers")]
PROMPT = {"stage1.shots": "2", "stage1.prompt_length": "2", "stage1.max_length": "32"}
ROSPROMPT = {**PROMPT, "stage1": "rosprompt", "stage1.epochs": "1", "stage1.neighbours": "1"}
MPT = {
    **PROMPT,
    "stage1": "mpt",
    "stage1.parallel": PAIRS,
    "stage1.steps": "2",
    "stage1.translator_steps": "2",
}
XAMPLER = {
    "embedder": "xampler",
    "embedder.epochs": "1",
    "embedder.candidates": "3",
    "embedder.positives": "gold",
}
ASKED: Mapping[str, tuple[Mapping[str, str], str]] = {
    "plain": ({}, SOURCE),
    "rosprompt": (ROSPROMPT, SOURCE),
    "mpt": (MPT, SOURCE),
    "unseen": ({**ROSPROMPT, "stage1.drift": "0.2"}, OTHER),
    "xampler": (XAMPLER, SOURCE),
}
"""What each run sets, and what it learns from. They end at once: what is learned is not looked at here."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_topics(tmp_path_factory.mktemp("composed") / "workspace")


@pytest.fixture(scope="module")
def runs(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The runs of ASKED, by the command's own way, in one workspace."""
    model = str(cloze_model("bert", tmp_path_factory.mktemp("model") / "bert"))
    chosen, made = with_workspace(place), {}
    with Store.open(place) as store:
        for name, (asked, source) in ASKED.items():
            named = {"embedder.base": model} if name == "xampler" else {"stage1.model": model}
            overrides = {"k": "2", **asked, **(named if asked else {})}
            request = Request("ssp", TARGET, overrides, (source,))
            made[name], _ = run_here(store, chosen, request, lambda *_: None)
    return made


@pytest.fixture
def store(place: Path, runs: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The workspace, as the dashboard looks at it."""
    monkeypatch.setenv("SSP_WORKSPACE", str(place))
    settings.reset()
    st.cache_data.clear()
    yield resources.store()
    resources.close()
    settings.reset()


@pytest.mark.parametrize("labeler", ["rosprompt", "mpt"])
def test_a_prompt_is_stage_one_of_ssp(store: Store, runs: Mapping[str, str], labeler: str) -> None:
    run = views.run(store, runs[labeler])
    assert run["stages"] == ["stage1", "stage2"]
    assert run["meta"]["training"]["method"] == labeler
    found = views.predictions(store, runs[labeler], "stage1")
    assert len(found) == 9
    assert all(1 / 3 - 1e-6 <= sure <= 1 for row in found.values() for sure in row.confidences or ())
    chosen = list(views.selections(store, runs[labeler]))
    assert [len(row["exemplars"]) for row in chosen] == [2] * 9
    assert {row["status"] for row in chosen} <= {"certificate", "search"}, "the integer program chose"
    compared = load(store, TARGET, [Side(runs[labeler], stage) for stage in run["stages"]], GOLD)
    assert [set(scores(compared, side)) for side in (0, 1)] == [{"accuracy", "macro_f1"}] * 2


def test_a_learned_retriever_is_the_similarity_of_the_integer_program(
    store: Store, runs: Mapping[str, str]
) -> None:
    recipe = views.run(store, runs["xampler"])["params"]
    assert (recipe["selector"]["name"], recipe["embedder"]["name"]) == ("ilp", "xampler")
    assert recipe["embedder"]["trained"]
    near = {
        name: [one["similarity"] for row in views.selections(store, runs[name]) for one in row["exemplars"]]
        for name in ("xampler", "plain")
    }
    assert len(near["xampler"]) == len(near["plain"]) == 18
    assert near["xampler"] != pytest.approx(near["plain"])
    labels = [views.predictions(store, runs[name], "stage1") for name in near]
    assert labels[0] == labels[1], "Stage I is the same"


def test_a_class_that_no_source_has_is_a_candidate(store: Store, runs: Mapping[str, str]) -> None:
    """The source has no politics."""
    told = views.run(store, runs["unseen"])["meta"]["training"]
    assert set(told["seen"]) == {"sports", "health"}
    assert set(told["words"]) == set(TOPICS)
    assert views.dataset(store, TARGET).labels == TOPICS


def test_sentence_pairs_are_offered_where_one_side_is_the_targets(store: Store) -> None:
    found = {name: views.dataset(store, name) for name in (TARGET, SOURCE, PAIRS)}
    offered = {name: parallel.offered(store, dataset) for name, dataset in found.items()}
    assert offered == {TARGET: [PAIRS], SOURCE: [PAIRS], PAIRS: []}
    assert queries.parallel_sets(found[TARGET]) == [PAIRS]


def test_what_was_composed_goes_by_its_parts(store: Store, runs: Mapping[str, str]) -> None:
    """Told apart by Stage I and by similarity, and one click from each other."""
    told = dict(zip(runs, names.names([Side(run, "stage2") for run in runs.values()]), strict=True))
    assert "from: translated soft prompt (MPT)" in told["mpt"]
    assert told["xampler"].endswith("XAMPLER")
    assert len(set(told.values())) == len(told)
    rows = queries.runs(TARGET)
    learned = next(row for row in rows if row["id"] == runs["xampler"])
    offered = presets(learned, rows, people=0)
    beside = [side.run for side in offered["The same with another similarity"]]
    assert beside == [runs["xampler"], runs["plain"]]
    ours = next(row for row in rows if row["id"] == runs["mpt"])
    started = [side.run for side in presets(ours, rows, people=0)["The same with another Stage I"]]
    assert started[0] == runs["mpt"]
    assert set(started[1:]) == {runs["plain"], runs["unseen"]}


def test_runs_of_all_languages_tell_them_apart_too(store: Store, runs: Mapping[str, str]) -> None:
    from core import across

    told: dict[str, Any] = {entry.run["id"]: str(entry.method) for entry in across.across(store, "topic")}
    assert told[runs["plain"]] == "ssp/ngram_lr/ilp 2/offline"
    assert told[runs["mpt"]] == "ssp/mpt bert/ilp 2/offline"
    assert told[runs["xampler"]] == "ssp/ngram_lr/ilp 2/xampler bert/offline"
