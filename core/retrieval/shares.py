"""How often the exemplars a run was shown carry the query's own label: what a retriever is good for.

Source: XAMPLER, arXiv 2405.05116, looks at its retriever so; by language, script and family is ours. It needs
gold of the target and of the sources, reads nothing but the store, and concerns tasks with one label an item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Literal

from core import languages
from core.errors import RecipeError
from core.retrieval.naming import NAME
from core.store import Store, views
from core.store.views_blame import Shown
from core.tasks import tasks
from core.types import Dataset

By = Literal["language", "script", "family"]
Z = 1.959964
SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the exemplars of the sources that a run was shown, the share with the query's gold label.

    Attributes:
        retriever: the similarity that found them, in words.
        base: the model behind it; "" = none.
        k: exemplars for each query, on average.
        n: queries with gold.
        share: of their exemplars, in [0, 1]; low, high: 95 % of it, over queries (their exemplars are not
            independent of each other).
        expected: the share if exemplars were drawn at random from the sources.
    """

    run: str
    dataset: str
    language: str
    script: str
    family: str
    retriever: str
    base: str
    seed: int | None
    k: float
    n: int
    share: float
    low: float
    high: float
    expected: float


@dataclass(frozen=True, slots=True)
class Group:
    """One retriever over the data sets of one language, script or family: means over runs."""

    group: str
    retriever: str
    base: str
    k: float
    runs: int
    n: int
    share: float
    lowest: float
    highest: float
    expected: float


def chosen(store: Store, run_id: str) -> Shares | None:
    """The figure of one run; None where it shows no source items, has no gold, or labels words.

    Raises:
        UnknownName: no such run.
    """
    run = views.run(store, run_id)
    dataset = views.dataset(store, run["dataset"])
    if tasks[dataset.task].unit != "item" or run["kind"] != "run":
        return None
    shown = views.shown_exemplars(store, run_id)
    gold = _gold(store, dataset.id)
    theirs = {name: _gold(store, name) for name in shown.datasets}
    hits = _hits(shown, gold, theirs)
    if not hits:
        return None
    return _share(run, dataset, hits, _expected([gold[at] for at in hits], theirs.values()))


def of(store: Store, *, recipe: str = "", dataset: str = "") -> list[Shares]:
    """The figures of all finished runs that have one, oldest first.

    Args:
        recipe: only runs of this recipe. dataset: only runs on this data set.
    """
    rows = views.runs(store, dataset or None)
    wanted = [row for row in rows if row["kind"] == "run" and row["status"] == "done"]
    found = [chosen(store, row["id"]) for row in wanted if not recipe or row["recipe"] == recipe]
    return [row for row in found if row is not None]


def grouped(rows: Sequence[Shares], by: By) -> list[Group]:
    """Means over runs of one retriever with one k, by language, script or family.

    Raises:
        RecipeError: by something else.
    """
    if by not in ("language", "script", "family"):
        raise RecipeError(f"shares cannot be grouped by {by!r}.", "Give language, script or family.")
    together: dict[tuple[str, str, str, float], list[Shares]] = {}
    for row in rows:
        key = (getattr(row, by) or "-", row.retriever, row.base, round(row.k, 2))
        together.setdefault(key, []).append(row)
    return [_group(key, found) for key, found in sorted(together.items())]


def _group(key: tuple[str, str, str, float], rows: Sequence[Shares]) -> Group:
    values = [row.share for row in rows]
    return Group(
        *key,
        runs=len(rows),
        n=sum(row.n for row in rows),
        share=fmean(values),
        lowest=min(values),
        highest=max(values),
        expected=fmean(row.expected for row in rows),
    )


def _gold(store: Store, dataset: str) -> dict[int, str]:
    """Position -> its one gold label; empty where there is none."""
    found = views.predictions(store, f"{dataset}/gold", "gold")
    return {at: row.labels[0] for at, row in found.items() if row.labels}


def _hits(
    shown: Shown, gold: Mapping[int, str], theirs: Mapping[str, Mapping[int, str]]
) -> dict[int, list[bool]]:
    """Position of a query -> for each exemplar of a source whether it has the query's label."""
    found: dict[int, list[bool]] = {}
    rows = zip(shown.positions, shown.owners, shown.exemplars, shown.origins, strict=True)
    for position, owner, exemplar, origin in rows:
        label = theirs[shown.datasets[owner]].get(int(exemplar))
        if shown.kinds[origin] == SOURCE and label is not None and int(position) in gold:
            found.setdefault(int(position), []).append(label == gold[int(position)])
    return found


def _expected(gold: Sequence[str], theirs: Iterable[Mapping[int, str]]) -> float:
    """Chance that an item of the sources has the label of a query, both as frequent as they are."""
    pool = Counter(label for labels in theirs for label in labels.values())
    total = sum(pool.values())
    return fmean(pool[label] / total for label in gold) if total else 0.0


def _share(
    run: Mapping[str, Any], dataset: Dataset, hits: Mapping[int, Sequence[bool]], expected: float
) -> Shares:
    values = [fmean(row) for row in hits.values()]
    n, mean = len(values), fmean(values)
    spread = (sum((value - mean) ** 2 for value in values) / max(1, n - 1)) ** 0.5
    off = Z * spread / n**0.5
    language = languages.of(dataset)
    name, base = retriever_of(run["params"])
    return Shares(
        run=run["id"],
        dataset=dataset.id,
        language=language.name,
        script=language.script,
        family=language.family.partition(",")[0],
        retriever=name,
        base=base,
        seed=run.get("seed"),
        k=fmean(len(row) for row in hits.values()),
        n=n,
        share=mean,
        low=max(0.0, mean - off),
        high=min(1.0, mean + off),
        expected=expected,
    )


def retriever_of(params: Mapping[str, Any]) -> tuple[str, str]:
    """What found the exemplars of a run, from its resolved recipe: its name, and the model behind it."""
    recipe = params.get("recipe", params)
    table = (recipe if isinstance(recipe, Mapping) else params).get("embedder", {})
    name = str(table.get("name") or "")
    base = str(table.get("base") or table.get("model") or "")
    if name == NAME:
        layer = table.get("layer", -1)
        parts = [str(table.get("positives", "mined")), f"layer {layer}" if layer != -1 else ""]
        return " ".join(["xampler", *(part for part in parts if part)]), base
    return name, base
