"""A view of the workspace: what a URL says of it, and what hangs on what. Pure: no session, no browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from core.types import OUTCOMES

TOUR_STEPS = 5
PAGE_SIZE = 50
ORDERS = ("position", "least_confident")
CHANGES = ("changed", "fixed", "broken", "moved")
ONE_OF = {
    "order": ORDERS,
    "changed": ("", *CHANGES),
    "task": ("", "pos", "ner", "nli", "topic"),
    "tab": ("", "file", "labels", "try", "set", "worth", "wording", "plan", "training", "results"),
    "stage": ("", "stage1", "stage2"),
    "outcome": ("", *OUTCOMES),
    "kind": ("", "ner"),
    "direction": ("", "ltr", "rtl"),
    "words": ("", "unicode"),
    "egress": ("", "local", "any"),
    "against": ("", "gold", "human", "none"),
    "part": ("", "labels", "words", "sure", "agree", "price", "blame"),
    "by": ("", "script"),
    "per": ("", "recipe", "model", "selector", "stage1"),
    "feed": ("", "unsure", "value", "disagreement", "audit", "adjudicate", "flagged", "mine", "file"),
    "method": ("", "ssp", "xampler", "mpt", "rosprompt"),
    "audited": ("", "agreement", "history", "effort", "people"),
}
"""Parts of the view that know only these values; the first is what anything else is read as."""


@dataclass(frozen=True, slots=True)
class View:
    """A view of the workspace, as far as the URL tells. `sentence` is a position; `page` counts from 1.

    From `tab` on it is the import page, where `own` means a language of one's own, called `called`;
    `columns` and `mapping` are tables (see `table`). `tries` is the table of settings tried on the
    exemplars page, `peek` the position of a candidate looked at there, `kind` the task whose figures it
    shows; `token` is the place of the word whose evidence is shown. `queue` is a queue the sentences are
    of. `plan` is the table of what the run page is to do, `job` one that was started or is looked at.
    `outcome` is that of the calls listed, `stage` whose calls they are ("" = the last that has some).
    `sides` are what is compared, as `RUN@STAGE` or `human`, with commas ("" = the stages of the run),
    `against` what is held to be right ("" = gold where there is some), `pair` which two of them are looked
    at ("0-1"), `where` the table of a `core.comparison.Where`, `part` the part of the page that is open,
    `blamed` the exemplar looked at there, as `DATASET@POSITION`. `metric` and `by` are the languages page's:
    which figure it shows ("" = the task's leading one), what its columns are grouped by ("" = family), and
    `per` what one of its rows stands for. `feed` is what the desk hands out where no `queue` is open ("" = by
    the value of a correction), `audited` the part of the audit page that is open. `method` is what the page
    of methods is about ("" = that of the run, else SSP), `over` the setting its results are drawn over.
    """

    dataset: str = ""
    run: str = ""
    sentence: int = -1
    page: int = 1
    order: str = "position"
    gold: str = ""
    label: str = ""
    changed: str = ""
    text: str = ""
    entry: str = ""
    task: str = ""
    language: str = ""
    find: str = ""
    tour: int = 0
    present: bool = False
    tab: str = ""
    own: bool = False
    called: str = ""
    script: str = ""
    direction: str = ""
    format: str = ""
    split: str = ""
    words: str = ""
    partner: str = ""
    columns: str = ""
    mapping: str = ""
    egress: str = ""
    name: str = ""
    tries: str = ""
    peek: int = -1
    kind: str = ""
    job: str = ""
    queue: int = 0
    token: int = -1
    plan: str = ""
    outcome: str = ""
    stage: str = ""
    sides: str = ""
    against: str = ""
    pair: str = ""
    where: str = ""
    part: str = ""
    blamed: str = ""
    metric: str = ""
    by: str = ""
    per: str = ""
    feed: str = ""
    audited: str = ""
    method: str = ""
    over: str = ""


OF_THE_FILE = ("format", "split", "columns", "mapping", "name")
"""What was said of one file and means nothing for another."""
FILTERS = ("page", "order", "gold", "label", "changed", "text")
COMPARED = ("sides", "against", "pair", "where", "blamed")
RESETS: dict[str, tuple[str, ...]] = {
    "dataset": (
        "run",
        "sentence",
        "tries",
        "peek",
        "queue",
        "feed",
        "token",
        "plan",
        "over",
        "job",
        "outcome",
        "stage",
        *COMPARED,
        *FILTERS,
    ),
    "run": (*FILTERS, *COMPARED, "tries", "peek", "token", "outcome", "stage"),
    "sentence": ("peek", "token"),
    "sides": ("pair", "where", "blamed", "page", "sentence"),
    "against": ("where", "page"),
    "pair": ("where", "page"),
    "where": ("page", "sentence", "gold", "label", "changed"),
    "queue": ("page", "sentence", "feed"),
    "feed": ("page", "sentence", "queue"),
    "outcome": ("page", "sentence"),
    "stage": ("outcome", "page", "sentence"),
    **{name: ("page",) for name in FILTERS if name != "page"},
    "find": ("entry",),
    "task": ("entry", "columns", "mapping"),
    "language": ("entry",),
    "format": ("columns", "mapping"),
    "columns": ("mapping",),
    "method": ("plan", "over", "job"),
    "own": ("language", "called", "script", "direction"),
}
DEFAULT = View()


def parse(params: Mapping[str, str]) -> View:
    """The view a URL describes; values that make no sense are left at their default."""
    read: dict[str, Any] = {}
    for field in fields(View):
        if field.name in params:
            read[field.name] = _typed(params[field.name], getattr(DEFAULT, field.name))
    strange = {name for name, values in ONE_OF.items() if read.get(name, values[0]) not in values}
    view = View(**{name: value for name, value in read.items() if name not in strange})
    return replace(view, page=max(1, view.page), tour=view.tour if 0 <= view.tour <= TOUR_STEPS else 0)


def _typed(text: str, default: object) -> object:
    if isinstance(default, bool):
        return text.lower() in {"1", "true", "yes"}
    if isinstance(default, int):
        return int(text) if text.lstrip("-").isdecimal() and len(text) < 12 else default
    return text


def params(view: View) -> dict[str, str]:
    """The query parameters of a view; what is at its default is left out."""
    changed = {
        f.name: getattr(view, f.name)
        for f in fields(View)
        if getattr(view, f.name) != getattr(DEFAULT, f.name)
    }
    return {name: "1" if value is True else str(value) for name, value in changed.items()}


def changed(view: View, **changes: object) -> View:
    """The view after a change; what hangs on the changed part (filters, page, run) is reset."""
    resets = {name for change in changes for name in RESETS.get(change, ())} - set(changes)
    values: dict[str, Any] = {name: getattr(DEFAULT, name) for name in resets}
    return replace(view, **{**values, **changes})
