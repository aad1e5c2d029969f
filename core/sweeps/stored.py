"""What stored runs tell of a setting: every scored run with its settings, and which of these differ."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from core.comparison import main_metric
from core.recipes import TABLES
from core.scoring import STAGES
from core.store import Store, views
from core.types import Score

if TYPE_CHECKING:
    import pandas as pd

DERIVED = ("embedder.trained", "embedder.seed")
"""Settings that follow from the others, and from the data and the seed."""
SOURCES = "sources"
FIRST = ("stage1", "selector", "embedder")
"""Tables whose settings say most of what tells runs apart."""


@dataclass(frozen=True, slots=True)
class Found:
    """One scored run. `score` is the task's main metric of its last stage, in [0, 1].

    Attributes:
        settings: its resolved recipe by full key (`stage1.alpha`), and `sources` as DATASET:SPLIT+SPLIT;
            without what follows from these, the data and the seed.
        n: items scored. labels: size of the label set. gold: what is held to be right.
        code: the engine that made it.
    """

    run: str
    recipe: str
    seed: int
    created: str
    settings: Mapping[str, Any]
    stage: str
    metric: str
    score: float
    n: int
    labels: int
    gold: str
    code: str


def found(store: Store, dataset: str, recipes: Collection[str] = ()) -> list[Found]:
    """The scored runs of a data set by these recipes (by any where none is named), the newest first.

    Runs that others were taken over into (reruns, rounds of corrections) are not among them.

    Raises:
        UnknownName: no such data set.
    """
    metric = main_metric(views.dataset(store, dataset).task)
    rows = [
        row
        for row in views.runs(store, dataset)
        if row["kind"] == "run"
        and row["status"] == "done"
        and not row["parent"]
        and (not recipes or row["recipe"] in recipes)
    ]
    scores = views.scores_of(store, [row["id"] for row in rows]) if rows else {}
    pairs = [(row, last_score(scores.get(row["id"], ()), metric)) for row in reversed(rows)]
    return [_found(row, score) for row, score in pairs if score is not None]


def last_score(scores: Sequence[Score], metric: str) -> Score | None:
    """A run's figure by this metric, of the stage whose labels are its result; None where it has none."""
    by_stage = {score.stage: score for score in scores if score.metric == metric}
    return next((by_stage[stage] for stage in reversed(STAGES) if stage in by_stage), None)


def _found(row: Mapping[str, Any], score: Score) -> Found:
    return Found(
        run=str(row["id"]),
        recipe=str(row["recipe"]),
        seed=int(row["seed"] or 0),
        created=str(row["created_at"]),
        settings=settings_of(row),
        stage=score.stage,
        metric=score.metric,
        score=score.value,
        n=score.n_instances,
        labels=len(score.label_set),
        gold=score.gold,
        code=str(row["code_version"]),
    )


def settings_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a stored run, flat."""
    recipe = row["params"] or {}
    flat = {
        f"{table}.{key}": tuple(value) if isinstance(value, list) else value
        for table in TABLES
        for key, value in (recipe.get(table) or {}).items()
        if key != "agreed"
    }
    sources = tuple(
        f"{source['dataset']}:{'+'.join(source.get('splits', ()))}"
        for source in row["meta"].get("sources", ())
    )
    return {key: value for key, value in flat.items() if key not in DERIVED} | {SOURCES: sources}


def varying(runs: Sequence[Found]) -> tuple[str, ...]:
    """The settings that are not the same in all of these, the most telling tables first.

    One that only some of them have is not the same in all.
    """
    keys = dict.fromkeys(key for run in runs for key in run.settings)
    differ = [key for key in keys if len({repr(run.settings.get(key)) for run in runs}) > 1]
    return tuple(sorted(differ, key=_rank))


def _rank(key: str) -> tuple[int, str]:
    table = key.partition(".")[0]
    return (FIRST.index(table) if table in FIRST else len(FIRST), key)


COLUMNS = ("run", "recipe", "seed", "created", "stage", "metric", "score", "n", "labels", "gold", "code")


def table(runs: Sequence[Found], settings: Sequence[str] = ()) -> pd.DataFrame:
    """A row per run: these settings, then what else is known of it."""
    import pandas as pd

    rows = [
        {key: _plain(run.settings.get(key)) for key in settings} | {key: asdict(run)[key] for key in COLUMNS}
        for run in runs
    ]
    return pd.DataFrame(rows, columns=[*settings, *COLUMNS])


def _plain(value: Any) -> Any:
    return " ".join(map(str, value)) if isinstance(value, tuple) else value
