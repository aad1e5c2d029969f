"""What a run cost, and what it brought: labels that Stage II put right, and those it broke."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.calls.pricing import Price, price, price_by_name
from core.costs import PerItem
from core.store import Store, views
from core.types import Completion, Labels, Prediction

BEFORE = ("stage1", "consensus")
"""Whose labels count as those before: the first of these that a run holds."""


@dataclass(frozen=True, slots=True)
class Spending:
    """The calls of a run; `untold` of them came without their number of tokens.

    `worth` is what they cost when they are made, `paid` what this run itself paid: what is in the log costs
    nothing again. Both are None where it is not known. `asked` is false of calls that came recorded.
    """

    items: int
    calls: int
    cached: int | None
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    worth: float | None
    paid: float | None
    currency: str
    model: str
    host: str
    untold: int = 0
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """Labels after Stage II against those before. Against gold: fixed and broken; else changed alone."""

    labels: int
    changed: int
    fixed: int | None
    broken: int | None
    against: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run cost, and per label fixed, gained (fixed less broken) and changed; None = not known."""

    spending: Spending
    changes: Changes | None
    per_item: float | None
    per_fixed: float | None
    per_gained: float | None
    per_changed: float | None
    remark: str


def cost_of(store: Store, run_id: str, workspace: Path) -> Cost | None:
    """What a stored run cost; None where it asked no language model.

    Raises:
        UnknownName: no such run.
    """
    run = views.run(store, run_id)
    spent = spending(run, views.call_log(store, run_id, run["stages"]), workspace)
    if spent is None:
        return None
    changes = _changes(store, run)
    money = spent.worth
    return Cost(
        spent,
        changes,
        _per(money, spent.items),
        _per(money, changes.fixed if changes else None),
        _per(money, _gained(changes)),
        _per(money, changes.changed if changes else None),
        _remark(spent, changes),
    )


def _per(money: float | None, n: int | None) -> float | None:
    return money / n if money is not None and n and n > 0 else None


def _gained(changes: Changes | None) -> int | None:
    if changes is None or changes.fixed is None:
        return None
    return changes.fixed - (changes.broken or 0)


def spending(run: Mapping[str, Any], calls: Iterable[Completion], workspace: Path) -> Spending | None:
    """The sums over a run's calls; None where there are none. Calls are streamed."""
    n = untold = prompt = completion = 0
    seconds = 0.0
    last: Completion | None = None
    for call in calls:
        n, last = n + 1, call
        untold += call.prompt_tokens is None or call.completion_tokens is None
        prompt += call.prompt_tokens or 0
        completion += call.completion_tokens or 0
        seconds += call.seconds or 0.0
    if last is None:
        return None
    asked = bool(last.host or last.parameters)
    table = _price(last.model, last.host, workspace, asked=asked)
    said = _told(run)
    return Spending(
        int(run["n"]),
        n,
        said.get("cached"),
        prompt,
        completion,
        seconds,
        table.of(prompt, completion) if table else None,
        said.get("price"),
        table.currency if table else str(said.get("currency") or ""),
        last.model,
        last.host,
        untold,
        asked,
    )


def _price(model: str, host: str, workspace: Path, *, asked: bool) -> Price | None:
    """Recorded calls do not say where they were sent: taken is whoever sells that model."""
    return price(model, host, workspace) if asked else price_by_name(model, workspace)


def _told(run: Mapping[str, Any]) -> dict[str, Any]:
    """What the run itself noted of its spending, over its stages."""
    stages = [part for part in run["meta"].get("llm", {}).values() if isinstance(part, Mapping)]
    found = [part["spent"] for part in stages if isinstance(part.get("spent"), Mapping)]
    return dict(found[-1]) if found else {}


def _changes(store: Store, run: Mapping[str, Any]) -> Changes | None:
    """Stage II against the labels before, counted per label (token, or item)."""
    stage = next((name for name in BEFORE if name in run["stages"]), None)
    if stage is None or "stage2" not in run["stages"]:
        return None
    before, after = (views.predictions(store, run["id"], name) for name in (stage, "stage2"))
    dataset = run["dataset"]
    known = any(other["id"] == f"{dataset}/gold" for other in views.runs(store, dataset))
    gold = views.predictions(store, f"{dataset}/gold", "gold") if known else {}
    return compared(before, after, gold)


def compared(
    before: Mapping[int, Prediction], after: Mapping[int, Prediction], gold: Mapping[int, Prediction]
) -> Changes:
    """Labels of the items that both have; against gold where an item has any."""
    both = sorted(set(before) & set(after))
    labels = changed = fixed = broken = 0
    for position in both:
        old, new = before[position].labels, after[position].labels
        right = gold[position].labels if position in gold else ()
        counts = _count(old, new, right)
        labels += len(old)
        changed, fixed, broken = changed + counts[0], fixed + counts[1], broken + counts[2]
    judged = any(position in gold for position in both)
    return Changes(labels, changed, *((fixed, broken, "gold") if judged else (None, None, "no gold")))


def _count(old: Labels, new: Labels, right: Labels) -> tuple[int, int, int]:
    """Labels that changed, that became right, that were right."""
    changed = sum(one != two for one, two in zip(old, new, strict=True))
    if not right:
        return changed, 0, 0
    triples = list(zip(old, new, right, strict=True))
    fixed = sum(one != gold == two for one, two, gold in triples)
    return changed, fixed, sum(one == gold != two for one, two, gold in triples)


def _remark(spent: Spending, changes: Changes | None) -> str:
    if spent.worth is None:
        return "No price is known for this model there: tokens are counted, money is not."
    if changes is None:
        return "There are no labels from before Stage II to compare with."
    if changes.fixed is None:
        return "There is no gold: the cost is per label that changed, and a change need not be a correction."
    if (_gained(changes) or 0) <= 0:
        return "Stage II broke at least as many labels as it fixed."
    return ""


def per_item(spent: Spending) -> PerItem:
    """What an item of a finished run took: the measured figures that others are projected from."""
    n = max(1, spent.items)
    return PerItem(
        spent.calls / n, spent.prompt_tokens / n, spent.completion_tokens / n, "measured", spent.items
    )


def price_of(spent: Spending, workspace: Path) -> Price | None:
    """The price of the model that a run asked."""
    return _price(spent.model, spent.host, workspace, asked=spent.asked)
