"""Where we are: the view of the URL with its data set and run looked up and defaults decided."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core import languages
from core.errors import UnknownName
from core.types import Dataset
from dashboard import naming, queries, routes, state
from dashboard.widgets import run_link
from dashboard.widgets.empty import empty


@dataclass(frozen=True, slots=True)
class Here:
    """A data set, one of its runs and the run of its gold labels, if there are any."""

    dataset: Dataset
    run: queries.RunRow
    gold: str | None

    @property
    def direction(self) -> str:
        return languages.of(self.dataset).direction

    @property
    def colors(self) -> dict[str, str]:
        """Colours of the labels, as `chip_color` takes them."""
        return naming.label_colors(self.dataset)

    @property
    def guidelines(self) -> dict[str, str]:
        return naming.guidelines(self.dataset)

    @property
    def unit(self) -> str:
        return naming.unit(self.dataset.task)

    @property
    def items(self) -> str:
        """What an instance is called, in the plural."""
        return "sentences" if self.unit == "tokens" else "items"

    @property
    def stages(self) -> list[str]:
        return list(self.run["stages"])

    @property
    def both(self) -> bool:
        """Whether Stage I and Stage II can be compared."""
        return {"stage1", "stage2"} <= set(self.stages)

    @property
    def noisy_stage(self) -> str:
        """The stage whose labels Stage II started from: consensus where the run has that step."""
        return "consensus" if "consensus" in self.stages else "stage1"

    @property
    def gold_name(self) -> str:
        return f"the gold labels of {naming.plain(self.dataset.name)}"


def settle() -> None:
    """Decide what the URL leaves open: the data set and its best run."""
    told = state.asked()
    found = queries.datasets()
    if not found or (told.dataset and told.dataset not in {item.id for item in found}):
        state.decide("", "")
        return
    chosen = queries.dataset(told.dataset or queries.in_order(found)[0].id)
    best = None if told.run else queries.best_run(chosen)
    state.decide(chosen.id, told.run or (best["id"] if best else ""))


def dataset() -> Dataset:
    """The data set this page is about; stops the page with the next step where there is none.

    Raises:
        UnknownName: the URL names a data set that is not in the workspace.
    """
    view = state.view()
    if not view.dataset:
        _no_data()
        st.stop()
    return queries.dataset(view.dataset)


def stage1_labels(dataset: Dataset) -> Here | None:
    """The run of the view with its Stage-I labels, where it has some."""
    run = next((run for run in queries.runs(dataset.id) if run["id"] == state.view().run), None)
    if run is None or "stage1" not in run["stages"]:
        return None
    return Here(dataset, run, queries.gold_run(dataset.id))


def here(stage: str = "") -> Here:
    """The data set and run this page is about; stops the page with the next step where one is missing.

    Raises:
        UnknownName: the URL names a data set that is not in the workspace, or a run that is not of it.
    """
    told, view = dataset(), state.view()
    if not view.run:
        _no_run(told)
        st.stop()
    found = Here(told, _run_of(told, view.run), queries.gold_run(told.id))
    if stage and stage not in found.stages:
        _no_stage(found, stage)
        st.stop()
    return found


def _run_of(dataset: Dataset, run_id: str) -> queries.RunRow:
    """The run, if it is one of this data set: another's would be shown under the wrong gold and name."""
    if run_id not in {run["id"] for run in queries.runs(dataset.id)}:
        hint = f"Choose a run of {naming.language_task(dataset)} in the sidebar."
        raise UnknownName(f"run of {dataset.name}", run_id, (), hint)
    return queries.run(run_id)


def _no_data() -> None:
    empty(
        "No data yet",
        "Import a data set from the catalog, or prepare the embedded sample.",
        command="ssp sample",
        page=routes.IMPORT,
        go="Open the catalog",
    )


def _no_run(dataset: Dataset) -> None:
    empty(
        f"No labels for {naming.plain(naming.language_task(dataset))} yet",
        "Start a run: Stage I labels everything, the selector picks exemplars, Stage II labels again.",
        command=f"ssp run ssp --dataset {dataset.id}",
        button=lambda: run_link.run_link(dataset),
    )


def _no_stage(found: Here, stage: str) -> None:
    empty(
        f"This run has no {naming.STAGES.get(stage, stage)}",
        f"{naming.run_title(found.run)}: choose another run in the sidebar, or start one with both stages.",
        command=f"ssp run ssp --dataset {found.dataset.id}",
        button=lambda: run_link.run_link(found.dataset),
    )
