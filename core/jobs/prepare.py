"""From a request to a run's inputs: resolves the recipe, reads what the run may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core import catalog, own_recipes
from core.advice.script_gap import script_warning
from core.advice.sources import advised
from core.errors import RecipeError, UnknownName
from core.jobs.parallel import parallel
from core.jobs.request import Request as Request
from core.jobs.words import stored_labels, words_changed
from core.local_parts import fingerprints
from core.parallel_rows import without_translations
from core.pipeline import strip_gold
from core.prompts import prompt_sha256
from core.recipe_stage1 import origin_of
from core.recipes import Context, Imported, Recipe, asking_settings, resolve
from core.run_identity import run_id
from core.run_input import RunInput, Source
from core.store import Store, views
from core.tokenization import UNKNOWN
from core.types import Completion, Dataset, Instance, Prediction, Record

PER_SOURCE = 400
"""Items of the target and of each source that are looked at for warnings."""
GOLD_SHOWN = (
    "Gold labels of the target are shown as exemplars (never a sentence's own): a skyline, "
    "not what can be reached without labels."
)
ADVISED = "advised"
"""Stands for the sources that `core.advice.sources` would take."""


def prepare(store: Store, request: Request) -> RunInput:
    """Resolve a request against the store.

    Raises:
        UnknownName: a data set, split, recipe or setting that does not exist.
        RecipeError: the recipe does not fit the data set.
    """
    if request.corrected:
        from core.jobs.rounds import prepared as with_corrections

        return with_corrections(store, request)
    if request.parent:
        from core.jobs.without import prepared  # it stands on this module

        return prepared(store, request)
    dataset = views.dataset(store, request.dataset)
    context = describe(store, dataset)
    recipe = resolve(request.recipe, request.overrides, context)
    splits = _splits(dataset, request.split)
    fitted = recipe["stage1"]["labeler"] not in {"imported", "none", "gold"}
    wanted = fitted or (recipe["stage2"]["from_sources"] and request.sources)
    instances = _target(store, dataset, splits, request.limit)
    sources = _sources(store, dataset, splits, instances, request) if wanted else []
    if not sources:
        recipe["stage2"]["from_sources"] = 0
    dataset = _with_labels(dataset, sources)
    positions = [item.position for item in instances]
    origin, stage = origin_of(str(recipe["stage1"]["labels"]), context)
    if recipe["stage1"]["labeler"] == "gold":
        origin, stage = f"{dataset.id}/gold", "gold"
    recorded = _recorded(store, recipe, origin, positions)
    others = _others(store, dataset, recorded, set(positions)) or _pool(store, dataset, splits, recipe)
    beside = parallel(store, dataset, recipe)
    pool = {item.position for item in (*instances, *others)}
    said_until = views.last_said(store, dataset.id).isoformat()
    whole, words = views.corrections_of(store, dataset.id)
    corrections = {p: v for p, v in whole.items() if p in pool}
    partial = {p: v for p, v in words.items() if p in pool}
    template = _template(store, recipe, dataset, str(recipe["stage2"]["template"]))
    again = _template(store, recipe, dataset, str(recipe["llm"].get("again_template", "")))
    scope = {
        "split": splits,
        "limit": request.limit,
        "seed": request.seed,
        "sources": [[source.dataset, *_splits_of(source)] for source in sources],
        "corrections": sorted((p, list(v)) for p, v in corrections.items()),
        "files": fingerprints(recipe),
        "template": prompt_sha256(template),
    } | ({"again_template": prompt_sha256(again)} if again else {})
    data = [dataset.fingerprint, *(views.dataset(store, s.dataset).fingerprint for s in sources)]
    data += beside.fingerprints
    return RunInput(
        run_id=run_id(recipe, data, scope | words_changed(store, instances, others, sources, partial)),
        dataset=dataset,
        recipe=recipe,
        seed=request.seed,
        instances=beside.of_target(dataset, instances),
        sources=[beside.of_source(views.dataset(store, item.dataset), item) for item in sources],
        stage1={} if fitted else stored_labels(store, origin, stage, sorted(pool)),
        stage2=_stored_stage2(store, recipe, origin, positions),
        recorded=recorded,
        others=beside.of_target(dataset, others),
        parallel=tuple(beside.pairs),
        completions=_completions(store, recipe, dataset.id),
        template=template,
        again_template=again,
        corrections=corrections,
        partial=partial,
        said_until=said_until,
        warnings=(*_warnings(instances, sources), *_gold_shown(recipe, context)),
    )


def _warnings(instances: Sequence[Instance], sources: Sequence[Source]) -> tuple[str, ...]:
    """What the user should know before believing the labels."""
    if not sources:
        return ()
    theirs = [_words(record.instance) for source in sources for record in source.records[:PER_SOURCE]]
    said = script_warning([_words(item) for item in instances[:PER_SOURCE]], theirs)
    return (said,) if said else ()


def _gold_shown(recipe: Recipe, context: Context) -> tuple[str, ...]:
    """That a skyline is no result: it shows the model what it is judged by, other sentences' gold."""
    stage1 = recipe["stage1"]
    shown = stage1["labeler"] == "gold" or stage1["labels"] in context.shown_gold
    return (GOLD_SHOWN,) if shown else ()


def _words(item: Instance) -> Sequence[str]:
    return item.tokens or f"{item.text} {item.text_b or ''}".split()


def describe(store: Store, dataset: Dataset) -> Context:
    """What a recipe can draw on for this data set."""
    imported, finished, gold = {}, {}, False
    shown_gold: set[str] = set()
    for run in views.runs(store, dataset.id):
        gold = gold or run["kind"] == "gold"
        if run["kind"] == "run" and run["status"] == "done":
            finished[run["id"]] = frozenset(run["stages"])
            stage1 = run["params"].get("stage1", {})
            if stage1.get("labeler") == "gold" or stage1.get("labels") in shown_gold:
                shown_gold.add(run["id"])
        if run["kind"] == "import":
            chosen = next(iter(views.selections(store, run["id"])), None)
            name = run["id"].removeprefix(f"{dataset.id}/")
            imported[name] = Imported(frozenset(run["stages"]), chosen is not None)
    has_calls = next(iter(views.completions(store, dataset.id)), None) is not None
    return Context(
        dataset,
        imported,
        int(has_calls),
        frozenset(row.name for row in views.templates(store, dataset.id)),
        own_recipes.every(store.path.parent),
        finished,
        frozenset(shown_gold),
        gold,
    )


def _splits(dataset: Dataset, asked: str | None) -> list[str]:
    if asked is None:
        return ["test"] if "test" in dataset.splits else sorted(dataset.splits)
    names = asked.split("+")
    for name in names:
        if name not in dataset.splits:
            raise UnknownName(f"split of {dataset.id}", name, dataset.splits)
    return names


def _target(store: Store, dataset: Dataset, splits: list[str], limit: int | None) -> list[Instance]:
    found = strip_gold(views.records(store, dataset.id, splits=splits, limit=limit, with_gold=False))
    if not found:
        raise RecipeError(f"{dataset.id} has nothing to label in {', '.join(splits)}.")
    return found


def _others(
    store: Store, dataset: Dataset, recorded: Mapping[int, tuple[int, ...]], inside: set[int]
) -> list[Instance]:
    """What recorded exemplars name outside a run that labels only part of the data set."""
    named = {position for chosen in recorded.values() for position in chosen} - inside
    if not named:
        return []
    everything = strip_gold(views.records(store, dataset.id, with_gold=False))
    return [item for item in everything if item.position in named]


def _pool(
    store: Store, dataset: Dataset, labelled: list[str], recipe: Mapping[str, dict[str, object]]
) -> list[Instance]:
    """The unlabelled sentences of other splits that enter the pool (0-CLT-U)."""
    asked = str(recipe["stage1"].get("pool", ""))
    if not asked:
        return []
    splits = sorted(set(dataset.splits) - set(labelled)) if asked == "others" else _splits(dataset, asked)
    if not splits or set(splits) & set(labelled):
        raise RecipeError(
            f"{dataset.id} has no unlabelled sentences in {asked}: this run labels {', '.join(labelled)}.",
            f"Give other splits of it (--set stage1.pool=...); it has {', '.join(sorted(dataset.splits))}.",
        )
    return strip_gold(views.records(store, dataset.id, splits=splits, with_gold=False))


def _sources(
    store: Store, dataset: Dataset, labelled: list[str], instances: Sequence[Instance], request: Request
) -> list[Source]:
    asked = _named(store, dataset, request.sources) or default_sources(store, dataset)
    found = [_source(store, dataset, instances, name) for name in asked]
    for source in found:
        if source.dataset == dataset.id and set(_splits_of(source)) & set(labelled):
            raise RecipeError(
                f"{dataset.id} cannot be its own source: this run labels {', '.join(labelled)}.",
                "Give other splits of it (--source ID:SPLIT+SPLIT), or other data.",
            )
    return found


def _named(store: Store, dataset: Dataset, asked: Sequence[str]) -> list[str]:
    """The sources that a request names, `advised` spelled out, each once.

    Raises:
        RecipeError: advice was asked for and there is nothing to advise.
    """
    found = advised(store, dataset.id) if ADVISED in asked else []
    if ADVISED in asked and not found:
        raise RecipeError(
            f"there is no labelled {dataset.task} data set in another language to learn from.",
            "Import one (ssp catalog lists them), or name another --source.",
        )
    return list(dict.fromkeys([*(name for name in asked if name != ADVISED), *found]))


def _splits_of(source: Source) -> list[str]:
    return sorted({record.instance.split for record in source.records})


def default_sources(store: Store, dataset: Dataset) -> list[str]:
    """The data sets of the workspace that say of themselves that they are sources of this one."""
    return [item.id for item in views.datasets(store) if item.meta.get("target") == dataset.id]


def _source(store: Store, target: Dataset, instances: Sequence[Instance], asked: str) -> Source:
    name, _, splits = asked.partition(":")
    dataset = views.dataset(store, name)
    if dataset.task != target.task:
        raise RecipeError(f"{name} is a {dataset.task} data set, {target.id} needs {target.task}.")
    wanted = _splits(dataset, splits) if splits else _training_splits(dataset)
    records: list[Record] = [
        record
        for record in views.records(store, name, splits=wanted)
        if record.labels is not None and UNKNOWN not in record.labels
    ]
    if not records:
        raise RecipeError(f"source {name} has no labelled items in {', '.join(wanted)}.")
    kept = without_translations(dataset, records, target, instances)
    return Source(name, dataset.language, kept, len(records) - len(kept), dataset.egress)


def _with_labels(dataset: Dataset, sources: Sequence[Source]) -> Dataset:
    """A target that came without labels is labelled with those of its sources."""
    if dataset.labels:
        return dataset
    found = {label: None for source in sources for record in source.records for label in record.labels or ()}
    return replace(dataset, labels=tuple(sorted(found, key=lambda label: (label != "O", label[2:], label))))


def _training_splits(dataset: Dataset) -> list[str]:
    return ["train"] if "train" in dataset.splits else sorted(dataset.splits)


def _stored_stage2(
    store: Store, recipe: Mapping[str, dict[str, object]], origin: str, positions: list[int]
) -> dict[int, Prediction]:
    if recipe["stage2"]["labeler"] != "recorded":
        return {}
    return stored_labels(store, origin, "stage2", positions)


def _recorded(
    store: Store, recipe: Mapping[str, dict[str, object]], origin: str, positions: list[int]
) -> dict[int, tuple[int, ...]]:
    if recipe["selector"]["name"] != "recorded":
        return {}
    wanted = set(positions)
    return {
        row["position"]: tuple(item["position"] for item in row["exemplars"])
        for row in views.selections(store, origin)
        if row["position"] in wanted
    }


def _completions(store: Store, recipe: Mapping[str, dict[str, object]], dataset_id: str) -> list[Completion]:
    return list(views.completions(store, dataset_id)) if recipe["stage2"]["llm"] == "replay" else []


def _template(store: Store, recipe: Recipe, dataset: Dataset, name: str) -> str:
    """The text of a prompt template: one kept with the data set, else ours in the language asked for."""
    if "incontext" not in {recipe["stage1"]["labeler"], recipe["stage2"]["labeler"]} or not name:
        return ""
    language = str(asking_settings(recipe).get("language", catalog.ENGLISH))
    return views.template(store, dataset.id, name) or catalog.prompt_template(dataset.task, language)
