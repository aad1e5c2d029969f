"""Templates of prompts as the page of calls shows them: which there are, and what one makes of an item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from core import catalog, prompts
from core.asking.order import Order, ordered
from core.asking.styles import writing
from core.asking.token_counts import TokenCount, count_tokens
from core.llms import Style
from core.prompts import Preview
from core.tasks import tasks
from core.types import Exemplar
from dashboard import naming, queries
from dashboard.current import Here
from dashboard.widgets import exemplars

OURS = "default"
OWN = "own"
OF_RUN = "as in this run"


def told(here: Here, stage: str) -> Mapping[str, Any]:
    """What the run noted of how its model was asked in a stage."""
    found = here.run["meta"].get("llm", {})
    return dict(found.get(stage, {})) if isinstance(found, Mapping) else {}


def default(here: Here, stage: str) -> str:
    """The wording that comes along, in the run's language of instructions."""
    return catalog.prompt_template(here.dataset.task, str(told(here, stage).get("language") or "eng"))


def every(here: Here, stage: str) -> dict[str, str]:
    """The templates there are: name -> text. `default` comes along; the run's own is there in any case."""
    kept = {row.name: row.text for row in queries.ask("templates", here.dataset.id)}
    known = {OURS: default(here, stage), **kept}
    sent = str(told(here, stage).get("template") or "")
    return {**known, OF_RUN: sent} if sent and sent not in known.values() else known


def own(here: Here) -> list[str]:
    """Names of those that were written here, which may be replaced and deleted."""
    return [row.name for row in queries.ask("templates", here.dataset.id) if row.source == OWN]


def of_run(here: Here, stage: str) -> str:
    """Name of the template a run was asked with."""
    known = every(here, stage)
    sent = str(told(here, stage).get("template") or "")
    named = str(naming.resolved(here.run).get("stage2", {}).get("template", OURS))
    found = [name for name, text in known.items() if text == sent]
    return found[0] if found else named if named in known else OURS


def preview(here: Here, stage: str, position: int, text: str) -> Preview:
    """The prompt a template makes of one item with the exemplars it had, or what is wrong with it."""
    noted = told(here, stage)
    order = cast(Order, noted.get("order") or "similar_first")
    shown = ordered(_exemplars(here, stage, position), order, int(here.run["seed"] or 0), position)
    query = queries.instances(here.dataset.id, (position,))[position]
    task = tasks[here.dataset.task]
    style = writing(cast(Style, noted.get("style") or ("rows" if task.unit == "token" else "label")), task)
    return prompts.preview(text, task, shown, query, here.dataset.labels, style)


def _exemplars(here: Here, stage: str, position: int) -> list[Exemplar]:
    """Those of Stage II are stored with the run; those of Stage I are not."""
    found = queries.selection(here.run["id"], position) if stage == "stage2" else None
    if found is None:
        return []
    shown = zip(found["exemplars"], exemplars.stored(here, found["exemplars"]), strict=True)
    return [
        Exemplar(str(row["dataset"]), instance, line.labels, line.confidences or ())
        for row, (instance, line) in shown
        if instance is not None and line is not None
    ]


def length(here: Here, text: str) -> TokenCount:
    """How many tokens a prompt has, by the tokenizer of the run's model where that is here."""
    return count_tokens(text, str(naming.resolved(here.run).get("llm", {}).get("model", "")))
