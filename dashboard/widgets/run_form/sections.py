"""The sections of the form: what is run on what, Stage I, exemplars, Stage II."""

from __future__ import annotations

import streamlit as st

from core.recipe_stage1 import SHOWN
from dashboard import field_texts, naming, plans, queries
from dashboard.field_texts import FieldText
from dashboard.plans import Plan
from dashboard.widgets import tagger
from dashboard.widgets.language_model import choosing
from dashboard.widgets.run_form import similarity, sources
from dashboard.widgets.run_form.fields import bound, field, part_fields, pick, without

ANSWERS = {
    "offline": "offline in-context tagger",
    "replay": "recorded calls, replayed",
    "recorded": "stored labels, not replayed",
    "endpoint": "a language model on a server",
    "transformers": "a language model in this process",
    "none": "nobody: end with Stage I",
}
CONSENSUS = FieldText(
    "Same word, one opinion",
    "Every occurrence of a word is labelled in the light of all its occurrences.",
)


def scope(plan: Plan) -> None:
    """Recipe, split, how many, seed."""
    recipes = {name: str(found["title"]) for name, found in plan.context.recipes.items()}
    text = FieldText("Recipe", "Where the other fields begin. Changing it forgets what was set below.")
    kept = ("sources", "split", "limit", "seed")
    pick("recipe", "ssp" if "ssp" in recipes else "", plan.recipe, recipes, text, spares=kept)
    st.caption(naming.plain(str(plan.base["description"])))
    left, middle, right = st.columns(3)
    splits = {"": "the usual one", **{name: f"{name} ({n:,})" for name, n in plan.dataset.splits.items()}}
    with left:
        pick("split", "", plan.split or "", splits, FieldText("Split to label"))
    items = naming.items(plan.dataset.task)
    middle.number_input(
        f"Only the first … {items}", 1, None, placeholder="all", **bound("limit", None, plan.limit)
    )
    right.number_input("Seed", 0, None, **bound("seed", 0, plan.seed))


def stage_one(plan: Plan) -> None:
    """Who labels first, and from what it learns."""
    imported = {name for name, found in plan.context.imported.items() if "stage1" in found.stages}
    names = {"auto": f"automatic: {_labeler(plan.decided('stage1.labeler'))}"}
    names |= {"imported": "labels that are here"} if imported or plan.context.runs else {}
    names |= {name: _labeler(name) for name in plans.stage1_names(plan.dataset.task)}
    names |= {"incontext": _labeler("incontext")} if plan.live else {}
    now = str(plan.said("stage1.labeler"))
    names.setdefault(now, _labeler(now))
    default = str(plan.base["stage1"]["labeler"])
    pick("stage1.labeler", default, now, names, FieldText("Labelled by"), spares=without(plan, "stage1"))
    labeler = str(plan.decided("stage1.labeler") if now == "auto" else now)
    if labeler == "imported":
        known = _stored(plan)
        now = str(plan.decided("stage1.labels"))
        pick("stage1.labels", "auto", now, known, FieldText("Which labels"))
    elif labeler != "auto":
        part_fields(plan, "stage1", labeler)
    if labeler in SHOWN:
        _exemplars_of_sources(plan, labeler)
    sources.choice(plan)
    if plan.dataset.task in {"pos", "ner"} and plan.decided("stage2.labeler") != "none":
        options = {"auto": "automatic", "true": "yes", "false": "no"}
        now = str(plan.said("consensus.use")).lower()
        pick("consensus.use", str(plan.base["consensus"]["use"]).lower(), now, options, CONSENSUS)


def _stored(plan: Plan) -> dict[str, str]:
    """Labels to begin with: imported ones, and what earlier runs ended with."""
    runs = {run["id"]: run for run in queries.runs(plan.dataset.id) if run["id"] in plan.context.runs}
    titles = {name: f"{naming.run_title(run)} · {name[:6]}" for name, run in runs.items()}
    return {name: naming.imported(name) for name in sorted(plan.context.imported)} | titles


def _exemplars_of_sources(plan: Plan, labeler: str) -> None:
    if labeler == "incontext":
        st.caption("The language model of Stage II is asked here too, with gold exemplars of the sources.")
    now = plan.decided("stage1.k")
    st.number_input(
        "Exemplars of the sources per sentence",
        1,
        None,
        **bound("stage1.k", plan.base["stage1"].get("k"), now if isinstance(now, int) else None),
    )


def _labeler(name: object) -> str:
    return naming.LABELERS.get(str(name), "imported labels" if name == "imported" else str(name))


def exemplars(plan: Plan) -> None:
    """Which exemplars are shown, and by what similarity."""
    options = {name: naming.SELECTORS[name] for name in naming.METHODS}
    default = str(plan.base["selector"]["name"])
    if default == "auto":
        options = {
            "auto": f"automatic: {naming.SELECTORS.get(str(plan.decided('selector.name')), 'ILP')}",
            **options,
        }
    if any(found.selections for found in plan.context.imported.values()):
        options["recorded"] = naming.SELECTORS["recorded"]
    kept = [*without(plan, "selector"), "selector.k"]
    now = str(plan.said("selector.name"))
    pick("selector.name", default, now, options, FieldText("Chosen by"), spares=kept)
    chosen = str(plan.decided("selector.name"))
    if chosen == "none":
        st.caption("This run shows no exemplars: it ends with Stage I.")
        if plan.decided("stage1.labeler") in SHOWN:
            similarity.fields(plan)
        return
    part_fields(plan, "selector", "ilp" if chosen == "auto" else chosen)
    _from_sources(plan)
    similarity.fields(plan)


def _from_sources(plan: Plan) -> None:
    decided = plan.decided("stage2.from_sources")
    text = field_texts.text("stage2", "from_sources", None)
    now = decided if isinstance(decided, int) else None
    st.number_input(
        text.label,
        0,
        None,
        help=text.help,
        placeholder="automatic",
        **bound("stage2.from_sources", plan.base["stage2"].get("from_sources", "auto"), now),
    )


def stage_two(plan: Plan) -> None:
    """Who labels again with the exemplars in view."""
    stored = any("stage2" in found.stages for found in plan.context.imported.values())
    there = {"replay": plan.context.completions > 0, "recorded": stored}
    options = {name: title for name, title in ANSWERS.items() if there.get(name, True)}
    default = str(plan.base["stage2"]["llm"])
    now = str(plan.said("stage2.llm"))
    kept = without(plan, "stage2", "llm")
    pick("stage2.llm", default, now, options, FieldText("Answered by"), spares=kept)
    if plan.live:
        choosing.fields(plan)
        return
    labeler = str(plan.decided("stage2.labeler"))
    if labeler == "icl_tagger":
        tagger.card(plan.dataset.task)
    for key, (default_value, value) in plans.values(plan, "stage2", labeler).items():
        found = plans.part("stage2", labeler)
        field(f"stage2.{key}", default_value, value, field_texts.text("stage2", key, found))
