"""What the sides of a comparison cost, and what each of their fixed labels came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.comparison import Comparison, Side, change_counts, load
from core.costs.afterwards import BEFORE, Spending, spending
from core.errors import StudioError
from core.store import Store, views

if TYPE_CHECKING:
    import pandas as pd

EARLIER: Mapping[str, tuple[str, ...]] = {"stage2": BEFORE, "consensus": BEFORE[:1]}
"""Over which stage of its own run a stage is judged: the first of these that the run holds."""
BROUGHT = ("imported", "recorded")
"""Labelers that only hand on labels somebody else made."""
LABELLING = ("stage1", "consensus", "stage2")


@dataclass(frozen=True, slots=True)
class _Row:
    """One side; None = not known. The docstring of `prices` says what each is."""

    side: str
    over: str = ""
    seconds: float | None = None
    calls: int | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    money: float | None = None
    paid: float | None = None
    currency: str = ""
    changed: int | None = None
    fixed: int | None = None
    broken: int | None = None
    net: int | None = None
    seconds_per_fixed: float | None = None
    money_per_fixed: float | None = None
    remark: str = ""


def prices(store: Store, compared: Comparison, workspace: Path) -> pd.DataFrame:
    """A row per side; what is not known is None, never 0.

    Columns: side (`RUN@STAGE`); over (the stage of the same run that its changes are counted from, as a
    side; "" = none); seconds (of work, of the whole run); calls, prompt_tokens, completion_tokens; money
    (what the calls cost when they are made), paid (what this run paid), currency; changed, fixed, broken and
    net labels, of all sentences of the run that can be judged; seconds_per_fixed, money_per_fixed; remark.

    Raises:
        UnknownName: a run is no longer there.
    """
    import pandas as pd

    rows = [_of(store, compared, place, workspace) for place in range(len(compared.sides))]
    names = list(_Row.__dataclass_fields__)
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names, dtype=object)


def _of(store: Store, compared: Comparison, place: int, workspace: Path) -> _Row:
    side = compared.sides[place]
    if not side.run:
        return _Row(str(side), remark="What human work cost is not counted here.")
    run = views.run(store, side.run)
    over = _earlier(run, side)
    counts = _counts(store, compared, place, over) if over else {}
    spent = spending(run, views.call_log(store, side.run, _stages(run, side)), workspace)
    seconds = _seconds(run, side, spent)
    fixed = counts.get("fixed")
    money = spent.worth if spent else None
    return _Row(
        side=str(side),
        over=str(over) if over else "",
        seconds=seconds,
        calls=spent.calls if spent else None,
        **_tokens(spent),
        money=money,
        paid=spent.paid if spent else None,
        currency=spent.currency if spent else "",
        changed=counts.get("changed"),
        fixed=fixed,
        broken=counts.get("broken"),
        net=fixed - counts["broken"] if fixed is not None else None,
        seconds_per_fixed=_per(seconds, fixed),
        money_per_fixed=_per(money, fixed),
        remark=" ".join(_remarks(run, side, spent, counts)),
    )


def _earlier(run: Mapping[str, Any], side: Side) -> Side | None:
    stage = next((name for name in EARLIER.get(side.stage, ()) if name in run["stages"]), None)
    return Side(side.run, stage) if stage else None


def _stages(run: Mapping[str, Any], side: Side) -> list[str]:
    """The stages that had to be there for this one: what comes after it is not its price."""
    if side.stage not in LABELLING:
        return [side.stage]
    upto = LABELLING[: LABELLING.index(side.stage) + 1]
    return [stage for stage in run["stages"] if stage in upto]


def _seconds(run: Mapping[str, Any], side: Side, spent: Spending | None) -> float | None:
    """Of work on the whole run, which is that of its last stage alone; None where nobody noted it.

    Labels and answers that were there already took no time: it is not known what they take.
    """
    noted = run["meta"].get("seconds")
    last = [stage for stage in LABELLING if stage in run["stages"]][-1:]
    found = last == [side.stage] and not _came(run, side.stage) and not (spent and _old(spent))
    return float(noted) if found and isinstance(noted, int | float) else None


def _came(run: Mapping[str, Any], stage: str) -> bool:
    """Whether the labels of this stage were brought along, not made by the run."""
    part = run["params"].get(stage)
    return not isinstance(part, Mapping) or part.get("labeler") in BROUGHT


def _old(spent: Spending) -> bool:
    """Whether all answers came recorded, or were in the log."""
    return not spent.asked or spent.cached == spent.calls


def _counts(store: Store, compared: Comparison, place: int, over: Side) -> dict[str, int]:
    """Changes over all sentences of the run, for which it was paid, not only those that other sides have."""
    if over in compared.sides:
        before = compared.sides.index(over)
        if not (compared.missing[before] or compared.missing[place]):
            return change_counts(compared, before, place)
    try:
        both = load(store, compared.dataset.id, [over, compared.sides[place]], compared.against)
    except StudioError:  # its stages have no sentence in common
        return {}
    return change_counts(both)


def _tokens(spent: Spending | None) -> dict[str, int | None]:
    """Tokens of the calls; None where not a single call told them."""
    if spent is None or spent.untold == spent.calls:
        return {"prompt_tokens": None, "completion_tokens": None}
    return {"prompt_tokens": spent.prompt_tokens, "completion_tokens": spent.completion_tokens}


def _per(amount: float | None, n: int | None) -> float | None:
    return amount / n if amount is not None and n else None


def _remarks(
    run: Mapping[str, Any],
    side: Side,
    spent: Spending | None,
    counts: Mapping[str, int],
) -> Iterator[str]:
    """Why a figure is missing, and what one leaves out."""
    yield from _of_changes(counts)
    if side.stage in LABELLING and _came(run, side.stage):
        yield "Its labels were brought along: what making them took is not known."
    elif side.stage == "stage2" and _came(run, "stage1"):
        yield "Its Stage-I labels were brought along: what making them took is not in the figures."
    if spent is not None:
        yield from _of_calls(spent)


def _of_changes(counts: Mapping[str, int]) -> Iterator[str]:
    if not counts:
        yield "The run holds no earlier stage that its changes could be counted from."
    elif "fixed" not in counts:
        yield "Nothing is held to be right: a change need not be a correction."
    elif not counts["fixed"]:
        yield "It fixed nothing."
    elif counts["fixed"] <= counts["broken"]:
        yield "It broke at least as many labels as it fixed."


def _of_calls(spent: Spending) -> Iterator[str]:
    if spent.untold:
        yield f"{spent.untold} of {spent.calls} calls did not tell their tokens, and are not in them."
    if spent.worth is None:
        yield "No price is known for this model there: tokens are counted, money is not."
    if not spent.asked:
        yield "The answers came recorded: how long they took is not known."
    elif spent.cached:
        yield f"{spent.cached} of {spent.calls} answers were in the log and took no time again."
