"""From a request to a run's inputs: resolves the recipe, reads what the run may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core import catalog, own_recipes
from core.advice.script_gap import script_warning
from core.errors import RecipeError
from core.jobs.parallel import aligned, parallel
from core.jobs.request import Request as Request
from core.jobs.source_data import default_sources as default_sources
from core.jobs.source_data import sources_of, splits_asked, splits_of, with_labels_of
from core.jobs.words import stored_labels, words_changed
from core.local_parts import fingerprints
from core.pipeline import strip_gold
from core.prompts import prompt_sha256
from core.recipe_stage1 import origin_of
from core.recipes import Context, Imported, Recipe, asking_settings, resolve
from core.retrieval import asks, learns, named
from core.run_identity import run_id
from core.run_input import RunInput, Source
from core.store import Store, views
from core.types import Completion, Dataset, Instance, Prediction

PER_SOURCE = 400
"""Items of the target and of each source that are looked at for warnings."""
GOLD_SHOWN = (
    "Gold labels of the target are shown as exemplars (never a sentence's own): a skyline, "
    "not what can be reached without labels."
)


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
    splits = splits_asked(dataset, request.split)
    fitted = recipe["stage1"]["labeler"] not in {"imported", "none", "gold"}
    wanted = fitted or learns(recipe) or (recipe["stage2"]["from_sources"] and request.sources)
    instances = _target(store, dataset, splits, request.limit)
    sources = sources_of(store, dataset, splits, instances, request) if wanted else []
    if not sources:
        recipe["stage2"]["from_sources"] = 0
    dataset = with_labels_of(dataset, sources)
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
        "sources": [[source.dataset, *splits_of(source)] for source in sources],
        "corrections": sorted((p, list(v)) for p, v in corrections.items()),
        "files": fingerprints(recipe),
        "template": prompt_sha256(template),
    } | ({"again_template": prompt_sha256(again)} if again else {})
    data = [dataset.fingerprint, *(views.dataset(store, s.dataset).fingerprint for s in sources)]
    pairs, more = aligned(store, dataset, recipe)
    data += [*beside.fingerprints, *more]
    recipe = named(recipe, sources, request.seed, dataset.labels, template)
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
        aligned=pairs,
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
    splits = (
        sorted(set(dataset.splits) - set(labelled)) if asked == "others" else splits_asked(dataset, asked)
    )
    if not splits or set(splits) & set(labelled):
        raise RecipeError(
            f"{dataset.id} has no unlabelled sentences in {asked}: this run labels {', '.join(labelled)}.",
            f"Give other splits of it (--set stage1.pool=...); it has {', '.join(sorted(dataset.splits))}.",
        )
    return strip_gold(views.records(store, dataset.id, splits=splits, with_gold=False))


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
    asked = "incontext" in {recipe["stage1"]["labeler"], recipe["stage2"]["labeler"]} or asks(recipe)
    if not (asked and name):
        return ""
    language = str(asking_settings(recipe).get("language", catalog.ENGLISH))
    return views.template(store, dataset.id, name) or catalog.prompt_template(dataset.task, language)
