"""Figures that papers published, as data: what, on which data, by which metric, said where."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, get_args

from core.catalog.language_table import language
from core.types import Labels, TaskName

STAGES = ("stage1", "stage2")
UNITS = ("points", "%")
METRICS = frozenset({"token_accuracy", "macro_f1", "span_f1", "span_f1_lenient", "accuracy", "paper_f1", ""})


@dataclass(frozen=True, slots=True)
class PaperFigure:
    """A published figure, as a share.

    Attributes:
        method: what was done, in the paper's words; `stage1_labels` names the Stage-I labels of the release.
        language: ISO 639-3; "" for a mean over many, which has no `split`, `n`, `labels`.
        dataset: id of the data set it was measured on; for a mean the name of the collection.
        metric: one of ours; "" where the source does not say which it is.
        source: where the figure stands.
    """

    paper: str
    citation: str
    method: str
    task: TaskName
    metric: str
    stage: str
    language: str
    value: float
    dataset: str
    source: str
    split: str = ""
    n: int = 0
    labels: Labels = ()
    stage1_labels: str = ""


@dataclass(frozen=True, slots=True)
class PaperGain:
    """By how much a paper found its method better than another; `unit` is points or % of the other's score.

    Attributes:
        over: what it was held against. on: the data. source: where the figure stands.
    """

    paper: str
    over: str
    on: str
    value: float
    unit: str
    source: str


@lru_cache(maxsize=1)
def paper_figures() -> tuple[PaperFigure, ...]:
    """All published figures, in the order of `papers.toml`.

    Raises:
        ValueError: a row of the table names an unknown task, metric or paper, or no source.
        UnknownName: a language that nobody knows.
    """
    return read(_text())


@lru_cache(maxsize=1)
def paper_gains() -> tuple[PaperGain, ...]:
    """All published gains, in the order of `papers.toml`; `paper` is its key there.

    Raises:
        ValueError: a row names an unknown paper or unit, or no source.
    """
    return read_gains(_text())


@lru_cache(maxsize=1)
def citations() -> Mapping[str, str]:
    """The citation of each paper, by its key."""
    return {key: paper["citation"] for key, paper in tomllib.loads(_text())["papers"].items()}


def _text() -> str:
    return files("core.catalog").joinpath("papers.toml").read_text(encoding="utf-8")


def read_gains(text: str) -> tuple[PaperGain, ...]:
    """The gains of a table like `papers.toml`; raises as `paper_gains` does."""
    table = tomllib.loads(text)
    for row in table.get("gains", ()):
        if row["paper"] not in table["papers"] or row["unit"] not in UNITS or not row["source"]:
            raise ValueError(
                f"papers.toml: the gain over {row['over']} needs a known paper and unit, and a source"
            )
    return tuple(PaperGain(**row) for row in table.get("gains", ()))


def read(text: str) -> tuple[PaperFigure, ...]:
    """The figures of a table like `papers.toml`; raises as `paper_figures` does."""
    table = tomllib.loads(text)
    results = [figure for row in table.get("results", ()) for figure in _of_result(table, row)]
    return (*results, *(_of_mean(table, row) for row in table.get("means", ())))


def _of_result(table: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[PaperFigure]:
    shared, data = _shared(table, row), row["data"]
    for stage in STAGES:
        for code, value in row.get(stage, {}).items():
            yield PaperFigure(
                **shared,
                stage=stage,
                language=language(code).code,
                value=_share(value),
                dataset=data["dataset"].format(language=code),
                split=data["split"],
                n=data["n"],
                labels=tuple(table["labels"][data["labels"]]),
                stage1_labels=row.get("stage1_labels", ""),
            )


def _of_mean(table: Mapping[str, Any], row: Mapping[str, Any]) -> PaperFigure:
    value = _share(row["value"])
    return PaperFigure(
        **_shared(table, row), stage="stage2", language="", value=value, dataset=row["dataset"]
    )


def _shared(table: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    paper = table["papers"].get(row["paper"])
    known = paper and row["task"] in get_args(TaskName) and row["metric"] in METRICS
    if not known or not row["source"]:
        raise ValueError(f"papers.toml: {row['method']}: needs a known paper, task and metric, and a source")
    said = {name: row[name] for name in ("method", "task", "metric", "source")}
    return {**said, "paper": paper["title"], "citation": paper["citation"]}


def _share(percent: float) -> float:
    if not 0 <= percent <= 100:
        raise ValueError(f"papers.toml: {percent} is no percentage")
    return round(percent / 100, 6)
