"""What pages ask. Every answer is cached by (question, parameters, version of the data)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pandas as pd
import streamlit as st

from core import catalog, languages
from core.advice.sources import advise
from core.inspection import FileChoice, Inspection, inspect
from core.jobs import parallel
from core.labelers.kernel import weights
from core.store import views
from core.study import measured
from core.sweeps import Found, found
from core.types import Dataset, Influence, Instance, Language, Prediction, Report, Score
from dashboard import naming, resources
from dashboard.naming import MAIN_METRIC

RunRow = dict[str, Any]
AdviceRow = dict[str, Any]
LOOKED_AT = 16
"""Inspections of uploaded files that are remembered."""


@st.cache_data(show_spinner=False, max_entries=1024)
def _cached(
    question: str, parameters: tuple[Any, ...], options: tuple[tuple[str, Any], ...], version: tuple[str, int]
) -> Any:
    return getattr(views, question)(resources.store(), *parameters, **dict(options))


def ask(question: str, *parameters: object, **options: object) -> Any:
    """What a view of the store answers, cached for the data as they are."""
    return _cached(question, parameters, tuple(sorted(options.items())), resources.version())


def datasets() -> list[Dataset]:
    return cast(list[Dataset], ask("datasets"))


def dataset(dataset_id: str) -> Dataset:
    return cast(Dataset, ask("dataset", dataset_id))


def runs(dataset_id: str) -> list[RunRow]:
    """All runs of a data set but its gold: the newest computed first, then imported labels."""
    found = [run for run in cast(list[RunRow], ask("runs", dataset_id)) if run["kind"] != "gold"]
    found.sort(key=lambda run: str(run["created_at"]), reverse=True)
    return sorted(found, key=lambda run: run["kind"] != "run")


def run(run_id: str) -> RunRow:
    return cast(RunRow, ask("run", run_id))


def gold_run(dataset_id: str) -> str | None:
    """Id of the gold labels of a data set, if it has any."""
    found = [row["id"] for row in ask("runs", dataset_id) if row["kind"] == "gold"]
    return found[0] if found else None


def scores(run_id: str) -> list[Score]:
    return cast(list[Score], ask("scores", run_id))


def main_scores(run_id: str, task: str) -> dict[str, Score]:
    """The task's leading figure per stage."""
    return {score.stage: score for score in scores(run_id) if score.metric == MAIN_METRIC[task]}


def last_computed(dataset_id: str) -> float:
    """When the newest run of a data set was made, in seconds as a file's time has them; 0.0 without runs."""
    return max((run["created_at"].timestamp() for run in runs(dataset_id)), default=0.0)


def best_run(dataset: Dataset) -> RunRow | None:
    """The run to show first: computed before imported, both stages before one, then the leading figure."""
    found = runs(dataset.id)
    return max(found, key=lambda row: _rank(row, dataset.task)) if found else None


def _rank(row: RunRow, task: str) -> tuple[bool, bool, float]:
    figures = main_scores(row["id"], task)
    last = figures.get("stage2") or figures.get("stage1")
    return row["kind"] == "run", {"stage1", "stage2"} <= set(row["stages"]), last.value if last else -1.0


def in_order(found: list[Dataset]) -> list[Dataset]:
    """Targets before sources, real data before the sample, data with results before data without."""
    return sorted(
        found,
        key=lambda item: (not is_target(item), item.illustrative, not runs(item.id), item.name, item.id),
    )


def summary(run_id: str, stage: str) -> dict[str, Any]:
    return cast(dict[str, Any], ask("stage_summary", run_id, stage))


def label_counts(run_id: str, stage: str) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("label_counts", run_id, stage))


def histogram(run_id: str, stage: str) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("confidence_histogram", run_id, stage))


def confusion(run_id: str, stage: str, gold: str) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("confusion", run_id, stage, gold))


def reliability(run_id: str, stage: str, gold: str) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("reliability", run_id, stage, gold))


def ambiguous_forms(run_id: str, stage: str) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("ambiguous_forms", run_id, stage))


def sentences(run_id: str, stage: str, *, limit: int, offset: int, **filters: object) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("sentences", run_id, stage, limit=limit, offset=offset, **filters))


def n_sentences(run_id: str, stage: str, **filters: object) -> int:
    return int(ask("n_sentences", run_id, stage, **filters))


def positions(run_id: str, stage: str, **filters: object) -> list[int]:
    """Where everything lies that `sentences` lists, in its order."""
    return cast(list[int], ask("positions", run_id, stage, **filters))


def queues(dataset_id: str) -> list[dict[str, Any]]:
    """What was put aside of a data set, newest first."""
    return cast(list[dict[str, Any]], ask("queues", dataset_id))


def confidence_by_label(run_id: str, stage: str) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("confidence_by_label", run_id, stage))


def label_thresholds(run_id: str, stage: str, percentile: float) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("label_thresholds", run_id, stage, percentile))


def influence(run_id: str, position: int) -> Influence | None:
    """What spoke for the Stage-II labels of a sentence, where the run kept that."""
    return cast("Influence | None", ask("influence", run_id, position))


def instances(dataset_id: str, positions: Sequence[int]) -> dict[int, Instance]:
    return cast(dict[int, Instance], ask("instances", dataset_id, tuple(positions)))


def instance(dataset_id: str, position: int) -> Instance | None:
    return instances(dataset_id, (position,)).get(position)


def prediction(run_id: str, stage: str, position: int) -> Prediction | None:
    return predictions(run_id, stage, (position,)).get(position)


def predictions(run_id: str, stage: str, positions: Sequence[int]) -> dict[int, Prediction]:
    return cast(dict[int, Prediction], ask("predictions", run_id, stage, tuple(positions)))


def selection(run_id: str, position: int) -> Mapping[str, Any] | None:
    return cast("Mapping[str, Any] | None", ask("selection", run_id, position))


def diagnostics(run_id: str) -> dict[str, Any]:
    return cast(dict[str, Any], ask("selection_diagnostics", run_id))


def prompt(key: str) -> tuple[str, str] | None:
    """The prompt and the answer of a recorded call."""
    found = ask("completion", key)
    return (found.prompt, found.text) if found else None


def token_rate(dataset_id: str) -> tuple[str, float, int] | None:
    """The model of the recorded calls of a data set, its prompt tokens per byte, and the number of calls."""
    return cast("tuple[str, float, int] | None", ask("token_rate", dataset_id))


def catalog_table() -> pd.DataFrame:
    """The catalog as rows for the import page; `imported` says what the workspace has already."""
    present = {item.id for item in datasets()}
    rows = [
        {
            "id": entry.id,
            "name": entry.name,
            "language": catalog.language(entry.language).name,
            "code": entry.language,
            "task": entry.task,
            "licence": entry.licence,
            "kind": entry.kind,
            "imported": entry.id in present,
        }
        for entry in catalog.entries().values()
    ]
    return pd.DataFrame(rows)


def is_target(dataset: Dataset) -> bool:
    """Whether a data set is there to be labelled, not only to learn from."""
    role = dataset.meta.get("role")
    return role != "source" if role else True


def exemplar_use(run_id: str) -> pd.DataFrame:
    return cast(pd.DataFrame, ask("exemplar_use", run_id))


def exemplar_worth() -> dict[str, Any]:
    """The study of what exemplars are worth offline, as it was last measured for this version."""
    return measured()


@st.cache_data(show_spinner="Looking for related languages …", max_entries=64)
def _advice(dataset_id: str, version: tuple[str, int]) -> list[AdviceRow]:
    found = advise(resources.store(), dataset_id)
    return [
        {
            "dataset": item.dataset,
            "language": naming.language_of(views.dataset(resources.store(), item.dataset)),
            "score": float(item.score),
            "chosen": bool(item.chosen),
            "reasons": "; ".join(item.reasons),
        }
        for item in found
    ]


def advice(dataset_id: str) -> list[AdviceRow]:
    """Data sets to learn from, best first: dataset, language, score, chosen, reasons."""
    return _advice(dataset_id, resources.version())


def parallel_sets(target: Dataset) -> list[str]:
    """Data sets with sentences in the target's language beside their translations."""
    return _parallel_sets(target.id, resources.version())


@st.cache_data(show_spinner=False, max_entries=64)
def _parallel_sets(target: str, version: tuple[str, int]) -> list[str]:
    return parallel.offered(resources.store(), views.dataset(resources.store(), target))


def sweeps(dataset_id: str, recipes: Sequence[str] = ()) -> list[Found]:
    """The scored runs of a data set with their settings, newest first."""
    return _sweeps(dataset_id, tuple(recipes), resources.version())


@st.cache_data(show_spinner=False, max_entries=64)
def _sweeps(dataset_id: str, recipes: tuple[str, ...], version: tuple[str, int]) -> list[Found]:
    return found(resources.store(), dataset_id, recipes)


def tagger(task: str) -> Mapping[str, Any] | None:
    """What the weights of the offline tagger say of themselves; None for tasks it needs none for."""
    return next((weights.document(name) for name in weights.SHIPPED if name == task), None)


def own_languages() -> dict[str, Language]:
    """The languages that owners of data sets described, by code."""
    return languages.own(datasets())


@st.cache_resource(show_spinner=False)
def _inspections() -> OrderedDict[tuple[object, ...], Inspection]:
    return OrderedDict()


def inspection(choice: FileChoice, contents: tuple[str, ...], report: Report) -> Inspection:
    """What a file holds, read once for the same content and options; `contents` are the hashes of its bytes.

    An answer is never changed, so sessions share it. `report` hears only of a first reading.
    """
    options = choice.options
    said = (choice.name, choice.task, choice.language.code, choice.format, choice.split)
    read_as = (tuple(sorted(options.columns.items())), options.tokenization, options.partner_language)
    key = (contents, said, read_as)
    known = _inspections()
    found = known.get(key)
    if found is None:
        found = inspect(choice, report)
    known[key] = found
    while len(known) > LOOKED_AT:
        known.popitem(last=False)
    return found
