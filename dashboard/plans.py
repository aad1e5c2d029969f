"""A run that is being planned: what the address asks for, what the recipe makes of it, what will happen."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core import embedders, labelers, llms, recipes, retrieval, selectors
from core.egress import EgressRefused, check, host_of, is_this_machine
from core.errors import RecipeError, StudioError
from core.jobs import prepare
from core.llms import LIVE
from core.part_settings import defaults, typed
from core.recipes import Context, Recipe
from core.types import Dataset
from dashboard import actions, queries, resources, state

SCOPE = ("recipe", "sources", "split", "limit", "seed")
CONSENTS = {"embedder.agreed": "embedder.base_url", "llm.agreed": "llm.base_url"}
"""Consent to send text, and the address it is for. Never read from a link: who follows it has not agreed."""
TASKS_OF = {"crf": ("pos", "ner"), "overlap": ("nli",), "ngram_lr": ("topic",)}
"""Tasks of the Stage-I labelers that do not do all, and do not say so themselves."""
GIVEN = ("imported", "none", "gold")
"""Stage-I labelers that nothing is trained for."""
Rows = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planned. `rows` is the table of the address; `resolved` is None where `error` says why."""

    dataset: Dataset
    context: Context
    rows: Rows
    recipe: str
    sources: tuple[str, ...]
    resolved: Recipe | None
    error: StudioError | None

    @property
    def overrides(self) -> dict[str, str]:
        """Everything that differs from the recipe, as the command line spells it."""
        return {key: written(key, value) for key, value in self.rows.items() if key not in SCOPE}

    @property
    def split(self) -> str | None:
        return _word(self.rows.get("split")) or None

    @property
    def limit(self) -> int | None:
        return _number(self.rows.get("limit")) or None

    @property
    def seed(self) -> int:
        return _number(self.rows.get("seed"))

    @property
    def base(self) -> Recipe:
        """The recipe before anything was changed."""
        return dict(self.context.recipes[self.recipe])

    def said(self, key: str) -> Any:
        """A setting as it stands: the address's, else the recipe's; None where neither has it."""
        table, _, name = key.partition(".")
        return self.rows.get(key, self.base.get(table, {}).get(name))

    def decided(self, key: str) -> Any:
        """As `said`, with `auto` decided where the recipe could be resolved."""
        table, _, name = key.partition(".")
        return (self.resolved or self.base).get(table, {}).get(name)

    @property
    def fitted(self) -> bool:
        """Whether Stage I is trained here."""
        return bool(self.resolved and self.resolved["stage1"]["labeler"] not in GIVEN)

    @property
    def learns(self) -> bool:
        """Whether anything of it has to learn from labelled sources: Stage I, or a retriever."""
        if self.resolved is None:
            return False
        return retrieval.learns(self.resolved) or (self.fitted and _needs_sources(self.resolved))

    @property
    def n_items(self) -> int:
        """How many items of the target would be labelled."""
        splits = self.dataset.splits
        chosen = self.split.split("+") if self.split else ["test"] if "test" in splits else list(splits)
        total = sum(splits.get(name, 0) for name in chosen)
        return min(total, self.limit) if self.limit else total

    @property
    def live(self) -> str:
        """The language model that is asked; "" = none is."""
        name = str(self.said("stage2.llm"))
        return name if name in LIVE else ""

    @property
    def host(self) -> str:
        """The machine that text would be sent to for its similarity; "" = none."""
        return self._away("embedder.name", "embedder.base_url")

    @property
    def model_host(self) -> str:
        """The machine whose language model would be asked; "" = none, or this one."""
        return self._away("stage2.llm", "llm.base_url")

    def _away(self, kind: str, address: str) -> str:
        said = str(self.said(address) or "").strip() if self.said(kind) == "endpoint" else ""
        return host_of(said) if said and not is_this_machine(host_of(said)) else ""


@st.cache_data(show_spinner=False, max_entries=64)
def _context(dataset: str, version: tuple[str, int]) -> Context:
    return prepare.describe(resources.store(), queries.dataset(dataset))


def read(dataset: Dataset, recipe: str = "") -> Plan:
    """The plan the address describes; what it says of this page and makes no sense is left out.

    Args:
        recipe: where the page begins; "" = `ssp`.
    """
    every = {name: found for name, found in actions.recipes().items() if dataset.task in found["tasks"]}
    context = replace(_context(dataset.id, resources.version()), recipes=every)
    asked = {key: value for key, value in state.rows("plan").items() if key in SCOPE or "." in key}
    rows = {key: value for key, value in asked.items() if key not in CONSENTS}
    wanted = (str(rows.get("recipe", "")), recipe, "ssp", *every)
    recipe = next(name for name in wanted if name in every)
    named = rows.get("sources")
    sources = tuple(map(str, named)) if isinstance(named, list) else ()
    plan = Plan(dataset, context, rows, recipe, sources, None, None)
    try:
        stand_in = _stand_in(plan)
        plan = replace(plan, resolved=recipes.resolve(recipe, {**plan.overrides, **stand_in}, context))
        _check(plan, lacks_model=bool(stand_in))
    except StudioError as error:
        return replace(plan, error=error)
    return plan


def _stand_in(plan: Plan) -> dict[str, str]:
    """What the language model of a plan still lacks, so that the rest of the form can be shown meanwhile."""
    needed = {"llm.model": "none-chosen", "llm.base_url": "http://127.0.0.1/v1"}
    names = {"endpoint": list(needed), "transformers": ["llm.model"]}.get(plan.live, [])
    return {name: needed[name] for name in names if not str(plan.said(name) or "").strip()}


def used_sources(plan: Plan) -> list[str]:
    """The source data sets as the run would take them."""
    if plan.sources or not (plan.fitted or plan.learns):
        return list(plan.sources)
    return actions.default_sources(plan.dataset)


def _check(plan: Plan, *, lacks_model: bool) -> None:
    """What can be told of a run before its data are read. Raises RecipeError, UnknownName, EgressRefused."""
    if lacks_model:
        raise RecipeError("no language model is chosen yet.", "Choose a server and a model under Stage II.")
    used = used_sources(plan)
    if plan.learns and not used:
        who = f"Stage I ({plan.decided('stage1.labeler')})" if plan.fitted else "The retriever"
        raise RecipeError(
            f"{who} is trained here and needs labelled source data.",
            "Choose source languages, or use the advised ones.",
        )
    if pairs := str(plan.decided("stage1.parallel") or ""):
        queries.dataset(pairs)
    found = [queries.dataset(name.partition(":")[0]) for name in used]
    for source in found:
        if source.task != plan.dataset.task:
            raise RecipeError(f"{source.id} is a {source.task} data set.", "Choose sources of the same task.")
    for host in filter(None, (plan.host, plan.model_host)):
        check([item for item in (plan.dataset, *found) if item.egress == "local"], host)
    if not plan.n_items:
        raise RecipeError(f"{plan.dataset.id} has nothing to label there.", "Choose another split.")


def asks_consent(plan: Plan) -> bool:
    """Whether somebody has to agree that text goes to the server that tells similarities."""
    found = [queries.dataset(name.partition(":")[0]) for name in used_sources(plan)] if plan.host else []
    try:
        check([plan.dataset, *found] if plan.host else [], plan.host)
    except EgressRefused:
        return True
    return False


def shown(plan: Plan) -> list[Dataset]:
    """The data sets whose text a language model would see."""
    beside = int(plan.decided("stage2.from_sources") or 0) if plan.resolved else 0
    sources = used_sources(plan) if beside or plan.decided("stage1.labeler") == "incontext" else []
    return [plan.dataset, *(queries.dataset(name.partition(":")[0]) for name in sources)]


def stage1_names(task: str) -> list[str]:
    """The Stage-I labelers there are for a task."""
    parts = {name: labelers.labelers[name] for name in labelers.labelers}
    return [
        name
        for name, found in parts.items()
        if hasattr(found, "fit") and task in getattr(found, "tasks", TASKS_OF.get(name, (task,)))
    ]


def _needs_sources(recipe: Recipe) -> bool:
    """Whether the labeler of Stage I has nothing to go by without labelled sources."""
    name = recipe["stage1"]["labeler"]
    if name not in labelers.labelers:
        return True
    made = labelers.build(name, recipes.labeler_settings(recipe, "stage1"))
    return bool(getattr(made, "needs_sources", True))


def part(table: str, name: str) -> type[Any] | None:
    """The class whose fields are settings of a recipe's table; None for names that stand for no part."""
    registries: Mapping[str, Any] = {
        "selector": selectors.selectors,
        "llm": llms.llms,
        "embedder": embedders.embedders,
    }
    found: Any = registries.get(table, labelers.labelers)
    known = name in found
    return found[name] if known else None


def values(plan: Plan, table: str, name: str, found: type[Any] | None = None) -> dict[str, tuple[Any, Any]]:
    """Of each setting of a part (or of `found`): what it is without the address, and what it is now."""
    found = found or part(table, name)
    if found is None:
        return {}
    own = {key: value for key, value in plan.base.get(table, {}).items() if key in defaults(found)}
    given = {key.partition(".")[2]: value for key, value in plan.rows.items() if key.startswith(f"{table}.")}
    before, after = _made(table, name, found, own), _made(table, name, found, {**own, **given})
    return {key: (before[key], after[key]) for key in defaults(found)}


def _made(table: str, name: str, found: type[Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of a part, in its type; one that cannot be read is at its default."""
    known = dict(defaults(found))
    sound = {
        key: value for key, value in settings.items() if key in known and _reads(name, key, value, found)
    }
    read_as = {key.rstrip("_"): value for key, value in typed(table, name, found, sound).items()}
    preset = getattr(found, "preset_settings", dict)
    return {**known, **{key.rstrip("_"): value for key, value in preset(read_as).items()}}


def _reads(name: str, key: str, value: Any, found: type[Any]) -> bool:
    try:
        typed("part", name, found, {key: value})
    except RecipeError:
        return False
    return True


def written(key: str, value: Any) -> str:
    """A setting as the command line spells it; quotes keep the blank at the end of a prefix."""
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if key == "embedder.prefix" else str(value)


def command(plan: Plan) -> str:
    """The same run on the command line."""
    words = ["ssp", "run", plan.recipe, "--dataset", plan.dataset.id]
    for source in plan.sources:
        words += ["--source", source]
    for option, value in (("--split", plan.split), ("--limit", plan.limit), ("--seed", plan.seed)):
        words += [option, str(value)] if value else []
    for key, value in plan.overrides.items():
        words += ["--set", f"{key}={value}"]
    return shlex.join(words)


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
