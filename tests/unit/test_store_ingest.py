"""A finished job's directory becomes a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import StudioError, UnknownName
from core.store import Store, facts, views
from core.types import Completion, Dataset, Instance, Prediction, Record

pytestmark = pytest.mark.slow

STRINGS = pa.list_(pa.string())


@pytest.fixture
def job(store: Store, tmp_path: Path) -> Path:
    records = [Record(Instance(i, "test", ("a", "b"), "a b"), ("A", "B")) for i in range(3)]
    facts.add_dataset(store, Dataset("d", "D", "fao", "pos", ("A", "B")), records)
    folder = tmp_path / "jobs" / "20260101-1"
    (folder / "out").mkdir(parents=True)
    said = {
        "run_id": "r1",
        "dataset_id": "d",
        "recipe": {"name": "ssp", "stage1": {"labeler": "crf"}},
        "seed": 4,
        "code_version": "v",
        "sources": [{"dataset": "s"}],
    }
    write_json(folder / "job.json", said)
    for stage in ("stage1", "stage2"):
        write(
            folder / "out" / f"prediction-{stage}.parquet",
            {
                "stage": [stage] * 3,
                "position": [0, 1, 2],
                "labels": pa.array([["A", "B"], ["B", "B"], ["A", "A"]], STRINGS),
                "confidences": pa.array([[0.5, 1.0], None, [float("nan"), 0.25]], pa.list_(pa.float64())),
                "min_confidence": [0.5, None, float("nan")],
                "mean_confidence": [0.75, None, 0.25],
                "completion_key": pa.array(["k", None, None]),
                "error": pa.array([None, "refused", None]),
                "outcome": pa.array([None, "refused", None]),
            },
        )
    write(
        folder / "out" / "selection.parquet",
        {
            "position": [0],
            "status": ["search"],
            "value": [1.5],
            "upper_bound": [1.5],
            "seconds": [0.1],
            "uncovered": pa.array([["B"]], STRINGS),
            "uncoverable": pa.array([[]], STRINGS),
        },
    )
    write(
        folder / "out" / "exemplar.parquet",
        {
            "position": [0, 0],
            "rank": [0, 1],
            "exemplar_dataset": ["d", "d"],
            "exemplar_position": [2, 1],
            "similarity": [0.5, float("nan")],
            "confidence": [0.25, 0.5],
            "covers": pa.array([["A"], []], STRINGS),
            "origin": ["target", "corrected"],
        },
    )
    write(
        folder / "out" / "completion.parquet",
        {
            "key": ["k"],
            "dataset_id": ["d"],
            "model": ["m"],
            "prompt_sha256": ["h"],
            "prompt": ["p"],
            "text": ["t"],
            "finish_reason": ["stop"],
            "status": ["ok"],
            "prompt_tokens": pa.array([3]),
            "completion_tokens": pa.array([None], pa.int64()),
            "parameters": [""],
            "host": [""],
            "seconds": pa.array([None], pa.float64()),
            "error": pa.array([None], pa.string()),
        },
    )
    write_json(folder / "out" / "done.json", {"run_id": "r1", "status": "done", "seconds": 1.0, "stages": {}})
    return folder


def write(path: Path, columns: dict[str, Any]) -> None:
    pq.write_table(pa.table(columns), path)


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value), "utf8")


def test_a_job_becomes_a_run(store: Store, job: Path) -> None:
    assert facts.ingest(store, job) == "r1"
    run = views.run(store, "r1")
    assert (run["status"], run["kind"], run["recipe"], run["seed"], run["code_version"]) == (
        "done",
        "run",
        "ssp",
        4,
        "v",
    )
    assert run["params"]["stage1"] == {"labeler": "crf"}
    assert run["meta"]["sources"] == [{"dataset": "s"}]
    assert run["stages"] == ["stage1", "stage2"]
    found = views.predictions(store, "r1", "stage2")
    assert found[0] == Prediction(0, ("A", "B"), (0.5, 1.0), completion_key="k")
    assert found[1] == Prediction(1, ("B", "B"), error="refused", outcome="refused")
    chosen = views.selection(store, "r1", 0)
    assert chosen is not None
    assert [item["position"] for item in chosen["exemplars"]] == [2, 1]
    assert [item["origin"] for item in chosen["exemplars"]] == ["target", "corrected"]
    assert views.completion(store, "k") == Completion("k", "m", "h", "p", "t", "stop", 3)


def test_figures_nobody_knows_spoil_no_mean(store: Store, job: Path) -> None:
    facts.ingest(store, job)
    assert views.selection_diagnostics(store, "r1")["mean_similarity"] == 0.5
    assert views.stage_summary(store, "r1", "stage1")["min_confidence"] == 0.5


def test_twice_changes_nothing(store: Store, job: Path) -> None:
    facts.ingest(store, job)
    version, run = store.version(), views.run(store, "r1")
    assert facts.ingest(store, job) == "r1"
    assert (store.version(), views.run(store, "r1")) == (version, run)


def test_the_same_run_from_another_job_keeps_the_first_labels(store: Store, job: Path) -> None:
    facts.ingest(store, job)
    again = job.rename(job.with_name("20260102-2"))
    assert facts.ingest(store, again) == "r1"
    assert len(views.predictions(store, "r1", "stage1")) == 3
    assert len(views.runs(store, "d")) == 2


@pytest.mark.parametrize(("status", "kept"), [("failed", "t"), ("ok", "before")])
def test_a_failed_call_gives_way_to_its_answer(store: Store, job: Path, status: str, kept: str) -> None:
    before = Completion("k", "m", "h", "p", "before", status=status)  # type: ignore[arg-type]
    facts.add_completions(store, "d", [before])
    facts.ingest(store, job)
    found = views.completion(store, "k")
    assert found is not None
    assert (found.text, found.status) == (kept, "ok")


def test_a_deleted_run_may_come_back(store: Store, job: Path) -> None:
    facts.ingest(store, job)
    facts.delete_run(store, "r1")
    assert facts.ingest(store, job) == "r1"
    assert len(views.predictions(store, "r1", "stage1")) == 3


def test_an_unfinished_job_is_refused(store: Store, job: Path) -> None:
    (job / "out" / "done.json").unlink()
    with pytest.raises(StudioError, match="not finished"):
        facts.ingest(store, job)
    assert [run["id"] for run in views.runs(store)] == ["d/gold"]


@pytest.mark.parametrize("content", [b"", b"PAR1 nonsense"])
def test_a_broken_file_leaves_nothing_of_the_run(store: Store, job: Path, content: bytes) -> None:
    (job / "out" / "selection.parquet").write_bytes(content)
    with pytest.raises(StudioError, match=r"selection\.parquet"):
        facts.ingest(store, job)
    assert [run["id"] for run in views.runs(store)] == ["d/gold"]
    assert views.predictions(store, "r1", "stage1") == {}


def test_a_file_with_other_columns_is_refused(store: Store, job: Path) -> None:
    write(job / "out" / "prediction-stage1.parquet", {"stage": ["stage1"], "position": ["x"]})
    with pytest.raises(StudioError, match="not a result"):
        facts.ingest(store, job)


def test_a_job_whose_data_set_is_gone_is_refused(store: Store, job: Path) -> None:
    facts.delete_dataset(store, "d")
    with pytest.raises(UnknownName):
        facts.ingest(store, job)


def test_other_files_are_ignored(store: Store, job: Path) -> None:
    write(job / "out" / "notes.parquet", {"x": [1]})
    assert facts.ingest(store, job) == "r1"
