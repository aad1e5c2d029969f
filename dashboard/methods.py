"""What the page of methods asks: which runs are of a method, how they did beside others, what they noted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core import catalog, sweeps
from core.catalog.method_table import Method, methods, of_recipe
from core.comparison.seen import Seen, seen_scores
from core.guessing import Floor, floor
from core.jobs.request import Request
from core.retrieval import shares
from core.retrieval.shares import Shares
from core.store import views
from core.sweeps import Done, Figures, Found, Row
from core.sweeps.stored import settings_of
from core.types import Dataset
from dashboard import method_ways, queries, resources, state
from dashboard.method_ways import Way, is_own


def chosen() -> Method:
    """The method of the address; where it names none, that of the run in view, else SSP."""
    return methods()[state.view().method or usual()]


def usual() -> str:
    """The method that is shown where the address names none."""
    view = state.view()
    run = (
        next((run for run in queries.runs(view.dataset) if run["id"] == view.run), None)
        if view.dataset
        else None
    )
    return of_recipe(str(run["recipe"])) if run and of_recipe(str(run["recipe"])) else next(iter(methods()))


def tasks(method: Method) -> list[str]:
    """The tasks a method does."""
    known = catalog.recipes().get(method.recipe)
    return list(known["tasks"]) if known else []


@st.cache_data(show_spinner=False, max_entries=32)
def _found(dataset: str, version: tuple[str, int]) -> list[Found]:
    return sweeps.found(resources.store(), dataset)


def found(dataset: str) -> list[Found]:
    """The scored runs of a data set, newest first. Shared: never changed."""
    return _found(dataset, resources.version())


def ways(dataset: str, method: Method) -> list[Way]:
    """The runs of a data set, grouped (see `method_ways`); that of the run the address names stands first."""
    return method_ways.ways(found(dataset), method, run=state.asked().run)


@st.cache_data(show_spinner="Comparing runs …", max_entries=64)
def _figures(
    dataset: str, lines: tuple[tuple[str, tuple[tuple[int, str], ...]], ...], version: tuple[str, int]
) -> Figures:
    rows = [Row(name, {}, Request(dataset=dataset)) for name, _ in lines]
    done = [Done(place, seed, run) for place, (_, runs) in enumerate(lines) for seed, run in runs]
    return sweeps.figures(resources.store(), dataset, rows, done)


def figures(dataset: Dataset, shown: Sequence[Way]) -> Figures:
    """Mean and spread of each way, and how far it is from the first, with an interval."""
    lines = tuple((way.name, tuple((run.seed, run.run) for run in way.runs)) for way in shown)
    return _figures(dataset.id, lines, resources.version())


@st.cache_data(show_spinner=False, max_entries=256)
def _pairs(run: str, stage: str, gold: str, version: tuple[str, int]) -> tuple[list[str], list[str]]:
    right, given = views.paired_labels(resources.store(), run, stage, gold)
    return [labels[0] for labels in right], [labels[0] for labels in given]


def seen_of(run: Found, seen: Collection[str]) -> Seen:
    """Accuracy of a run of an item task on the classes that were trained on, and on the others."""
    return seen_scores(*_pairs(run.run, run.stage, run.gold, resources.version()), seen)


@st.cache_data(show_spinner=False, max_entries=64)
def _floor(
    run: str, stage: str, gold: str, metric: str, labels: int, version: tuple[str, int]
) -> Floor | None:
    right, _ = views.paired_labels(resources.store(), run, stage, gold)
    counts = pd.Series([label for item in right for label in item]).value_counts()
    return floor(metric, {str(label): int(n) for label, n in counts.items()}, labels)


def guess(run: Found) -> Floor | None:
    """What knowing nothing would score on the items of a run; None where a guess has no such score."""
    return _floor(run.run, run.stage, run.gold, run.metric, run.labels, resources.version())


def notes(dataset: str, method: Method) -> dict[str, Mapping[str, Any]]:
    """What runs noted of their training: the method’s own first, the newest in front."""
    name = "retriever" if "similarity" in method.sections else "training"
    noted = [run for run in queries.runs(dataset) if isinstance(run["meta"].get(name), Mapping)]
    own = [run for run in noted if is_own(settings_of(run), method)]
    beside = [run for run in noted if run["recipe"] in method.recipes and run not in own]
    return {run["id"]: run["meta"][name] for run in (*own, *beside)}


@st.cache_data(show_spinner=False, max_entries=16)
def _shares(recipe: str, version: tuple[str, int]) -> list[Shares]:
    return shares.of(resources.store(), recipe=recipe)


def same_label(recipe: str) -> list[Shares]:
    """How often a run's exemplars carry the label of their sentence, run by run, over all data sets."""
    return _shares(recipe, resources.version())
