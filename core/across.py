"""All runs of all languages side by side: what each scored, and what told it from the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core import languages
from core.catalog.paper_table import PaperFigure
from core.published import beside
from core.store import Store, views
from core.types import Dataset, Language, Score, TaskName

if TYPE_CHECKING:
    import pandas as pd

STAGES = ("stage1", "consensus", "stage2")
LOOKING = ("vote", "incontext")
"""Labelers of Stage I that look at exemplars of the sources."""
USUAL = "ngrams"
COMPUTED = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Method:
    """What tells one way of labelling from another, whatever the language and the seed.

    Attributes:
        recipe: of a run; "" for imported labels.
        stage1: the labeler of Stage I, or the name of the labels that were imported.
        selector: which exemplars Stage II was shown; "" without a Stage II or where it is not known.
        k: how many; 0 where it is not said.
        model: who gave the labels of Stage II; "" without, or where it is not known.
        encoder: the last part of the name of the model that Stage I used, if it used one.
        similarity: what exemplars were compared by; "" for n-grams, and where none were.
    """

    recipe: str
    stage1: str
    selector: str
    k: int
    model: str
    encoder: str = ""
    similarity: str = ""

    def __str__(self) -> str:
        chosen = f"{self.selector} {self.k}".removesuffix(" 0") if self.selector else ""
        first = f"{self.stage1} {self.encoder}".rstrip()
        parts = (self.recipe or "import", first, chosen, self.similarity, self.model)
        return "/".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One run of one data set, as it was scored; `scores` are those against `gold`, by stage and metric."""

    dataset: Dataset
    language: Language
    run: Mapping[str, Any]
    method: Method
    gold: str
    n: int
    labels: tuple[str, ...]
    scores: Mapping[str, Mapping[str, float]]
    published: tuple[PaperFigure, ...]

    @property
    def last(self) -> str:
        """The stage whose labels are the run's result."""
        return next(stage for stage in reversed(STAGES) if stage in self.scores)

    @property
    def earlier(self) -> str:
        """The first stage, which the last is held against; "" where there is only one."""
        return next((stage for stage in STAGES if stage in self.scores and stage != self.last), "")

    @property
    def complete(self) -> bool:
        """Whether every item of the data set was scored."""
        return self.n == self.dataset.n_instances

    def value(self, metric: str) -> float | None:
        """The score of the last stage."""
        return self.scores[self.last].get(metric)

    def before(self, metric: str) -> float | None:
        """The score of the earlier stage; None where there is none."""
        return self.scores[self.earlier].get(metric) if self.earlier else None

    def of_paper(self, metric: str) -> tuple[PaperFigure, ...]:
        """Published figures by this metric on the same data that were made by the same method.

        The same method: Stage II started from the same labels, and was the recorded one.
        """
        recorded = self.method.recipe in ("", "ssp") and self.method.model in ("", "replay", "recorded")
        if not recorded or self.method.selector not in ("", "recorded"):
            return ()
        return tuple(
            figure
            for figure in self.published
            if figure.metric == metric and figure.stage1_labels == self.method.stage1
        )


def across(store: Store, task: TaskName) -> list[Entry]:
    """Every scored run of every data set of a task: by data set, the newest run first."""
    found = {item.id: item for item in views.datasets(store) if item.task == task}
    runs = [run for run in views.runs(store) if run["dataset"] in found and run["kind"] != "gold"]
    runs.sort(key=lambda run: str(run["created_at"]), reverse=True)
    scores = views.scores_of(store, [run["id"] for run in runs]) if runs else {}
    entries = [_entry(found[run["dataset"]], run, scores[run["id"]]) for run in runs if run["id"] in scores]
    return sorted(entries, key=lambda entry: (entry.language.name, entry.dataset.id))


def _entry(dataset: Dataset, run: Mapping[str, Any], scores: Sequence[Score]) -> Entry:
    told: dict[str, dict[str, float]] = {}
    for score in scores:
        told.setdefault(score.stage, {})[score.metric] = score.value
    first = scores[0]
    return Entry(
        dataset=dataset,
        language=languages.of(dataset),
        run=run,
        method=method(run),
        gold=first.gold,
        n=first.n_instances,
        labels=first.label_set,
        scores={stage: told[stage] for stage in STAGES if stage in told},
        published=beside(dataset, scores),
    )


def method(run: Mapping[str, Any]) -> Method:
    """What a run did, from its resolved recipe; of imported labels only their name is known."""
    if run["kind"] == "import":
        return Method("", str(run["id"]).rpartition("/")[2], "", 0, "")
    values = run.get("params") or {}
    recipe = values.get("recipe", values)
    recipe = recipe if isinstance(recipe, Mapping) else values
    stage1, stage2 = recipe.get("stage1", {}), recipe.get("stage2", {})
    labels = _plain(str(stage1.get("labels") or ""))
    name = str(recipe.get("selector", {}).get("name") or "none")
    asked = str(stage2.get("llm") or "none")
    return Method(
        recipe=str(run["recipe"] or "run"),
        stage1=labels if stage1.get("labeler") == "imported" and labels else str(stage1.get("labeler", "")),
        selector="" if "none" in (name, asked) else name,
        k=0 if asked == "none" else int(recipe.get("selector", {}).get("k") or 0),
        model="" if asked == "none" else str(recipe.get("llm", {}).get("model") or asked),
        encoder=str(stage1.get("model") or "").rstrip("/").rpartition("/")[2],
        similarity=_compared(recipe),
    )


def _compared(recipe: Mapping[str, Any]) -> str:
    """What finds exemplars, unless it is what every recipe begins with."""
    table = recipe.get("embedder", {})
    ends = recipe.get("stage2", {}).get("labeler") == "none"
    unused = ends and recipe.get("stage1", {}).get("labeler") not in LOOKING
    if unused or table.get("name", USUAL) == USUAL:
        return ""
    model = str(table.get("base") or table.get("model") or "").rstrip("/").rpartition("/")[2]
    return f"{table['name']} {model}".rstrip()


def _plain(labels: str) -> str:
    """The name of labels; those of a run go by its number, which says nothing across languages."""
    name = labels.rpartition("/")[2]
    return "run" if COMPUTED.fullmatch(name) else name


def newest(entries: Iterable[Entry], key: Any) -> dict[Any, list[Entry]]:
    """Entries by `key(entry)`, in the order given: of each list the first is the newest."""
    found: dict[Any, list[Entry]] = {}
    for entry in entries:
        found.setdefault(key(entry), []).append(entry)
    return found


def table(entries: Iterable[Entry]) -> pd.DataFrame:
    """`records` as a table with the columns of COLUMNS."""
    import pandas as pd

    return pd.DataFrame(records(entries), columns=list(COLUMNS))


def records(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """A row per run and metric: what it scored on what, and what was published of the same."""
    return [row for entry in entries for row in _rows(entry)]


COLUMNS = (
    "language", "code", "family", "script", "dataset", "run", "method", "seed", "created", "metric",
    "before", "value", "gain", "n", "labels", "gold", "published_before", "published",
)  # fmt: skip


def _rows(entry: Entry) -> list[dict[str, Any]]:
    spoken, rows = entry.language, []
    for metric, value in entry.scores[entry.last].items():
        before = entry.before(metric)
        told = {figure.stage: figure.value for figure in entry.of_paper(metric)}
        rows.append(
            {
                "language": spoken.name,
                "code": spoken.code,
                "family": spoken.family,
                "script": spoken.script,
                "dataset": entry.dataset.id,
                "run": entry.run["id"],
                "method": str(entry.method),
                "seed": entry.run["seed"],
                "created": str(entry.run["created_at"]),
                "metric": metric,
                "before": before,
                "value": value,
                "gain": None if before is None else value - before,
                "n": entry.n,
                "labels": len(entry.labels),
                "gold": entry.gold,
                "published_before": None if entry.last == "stage1" else told.get("stage1"),
                "published": told.get(entry.last),
            }
        )
    return rows
