"""What a figure or table was made from, in one line: data, split, gold, label set, seed, size, code.

Plain text: a page writes it through `naming.plain`, LaTeX and HTML escape it themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.comparison import HUMAN, Comparison
from core.types import Dataset
from dashboard import naming, queries, resources
from dashboard.current import Here

SPLIT_NAMES = 4
"""Splits that are named; more are counted."""


@st.cache_data(show_spinner=False, max_entries=64)
def _of(_compared: Comparison, key: tuple[object, ...], version: tuple[str, int]) -> str:
    compared = _compared
    runs = [queries.run(run) for run in dict.fromkeys(side.run for side in compared.sides if side.run)]
    return _line(
        _data(compared.dataset, _splits(compared.dataset, compared.positions)),
        _right(compared),
        _labels(compared.dataset),
        f"Sides: {', '.join(map(str, compared.sides))}",
        _seeds(runs),
        _size(compared.n_sentences, compared.n_tokens, compared.dataset.task),
        _code(runs),
    )


def caption(compared: Comparison) -> str:
    """What a comparison was made from."""
    key = (compared.dataset.id, compared.sides, compared.against)
    return _of(compared, key, resources.version())


def of_run(here: Here, *, n: int | None = None) -> str:
    """What the figures of one run were made from, on pages about one run; `n` of its sentences, else all."""
    return _of_run(here, here.run["id"], n, resources.version())


@st.cache_data(show_spinner=False, max_entries=64)
def _of_run(_here: Here, run: str, n: int | None, version: tuple[str, int]) -> str:
    here, dataset = _here, _here.dataset
    positions = queries.positions(run, here.stages[0]) if len(dataset.splits) > 1 else []
    return _line(
        _data(dataset, _splits(dataset, np.array(positions, dtype=np.int64))),
        "Right: its gold labels" if here.gold else "No gold labels",
        _labels(dataset),
        f"Run {run}",
        _learned(here.run),
        _seeds([here.run]),
        naming.counted(here.run["n"] if n is None else n, dataset.task),
        _code([here.run]),
    )


def _line(*parts: str) -> str:
    return ". ".join(" ".join(part.split()) for part in parts if part) + "."


def _data(dataset: Dataset, splits: Sequence[str]) -> str:
    kind = "synthetic" if naming.is_synthetic(dataset) else "illustrative"
    illustrative = f"{kind} sentences, " if dataset.illustrative else ""
    named = ", ".join(splits[:SPLIT_NAMES]) + (" …" if len(splits) > SPLIT_NAMES else "")
    told = f"{'split' if len(splits) == 1 else 'splits'} {named}"
    return f"{naming.language_task(dataset)}: {dataset.name} ({dataset.id}), {illustrative}{told}"


def _splits(dataset: Dataset, positions: npt.NDArray[np.int64]) -> list[str]:
    """The splits these sentences are of, those with most first."""
    if len(dataset.splits) == 1:
        return list(dataset.splits)
    column = queries.ask("split_column", dataset.id)
    rows = np.searchsorted(column.positions, positions)
    counts = np.bincount(column.codes[rows], minlength=len(column.names))
    return [column.names[place] for place in np.argsort(-counts, kind="stable") if counts[place]]


def _right(compared: Comparison) -> str:
    if compared.reference is None:
        return "Nothing is held to be right"
    known = int(np.count_nonzero(compared.reference >= 0))
    whose = "what humans corrected" if compared.against == HUMAN else "its gold labels"
    unit = naming.unit(compared.dataset.task)
    every = known == compared.n_tokens
    return f"Right: {whose}" + ("" if every else f", known for {known:,} of {compared.n_tokens:,} {unit}")


def _labels(dataset: Dataset) -> str:
    return f"{len(dataset.labels)} labels"


def _learned(run: Mapping[str, Any]) -> str:
    """The model that Stage I of a run asked or trained, and the retriever that was trained for it."""
    recipe = naming.resolved(run)
    stage1, embedder = recipe.get("stage1", {}), recipe.get("embedder", {})
    model = f"Stage I: {naming.stage1_source(run)}, model {stage1['model']}" if stage1.get("model") else ""
    base = f"Retriever trained from {embedder['base']}" if embedder.get("base") else ""
    return ". ".join(part for part in (model, base) if part)


def _seeds(runs: Iterable[Mapping[str, Any]]) -> str:
    """Seeds of the runs that were computed; imported labels have none."""
    seeds = sorted({int(run["seed"]) for run in runs if run["kind"] == "run" and run["seed"] is not None})
    return f"{'Seed' if len(seeds) == 1 else 'Seeds'} {', '.join(map(str, seeds))}" if seeds else ""


def _size(sentences: int, tokens: int, task: str) -> str:
    counted = naming.counted(sentences, task)
    return f"{counted}, {tokens:,} tokens" if naming.unit(task) == "tokens" else counted


def _code(runs: Iterable[Mapping[str, Any]]) -> str:
    versions = sorted({str(run["code_version"]) for run in runs if run["code_version"]})
    return f"Code {', '.join(versions)}" if versions else ""
