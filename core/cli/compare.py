"""`ssp compare`: what several labelings of one data set have in common, and where they part."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core import comparison
from core.cli.app import Json, Workspace, app, opened, progress
from core.cli.output import answer, percent, table
from core.comparison import GOLD, HUMAN, Comparison, Side
from core.costs.comparing import prices
from core.errors import StudioError, UnknownName
from core.store import Store, views

if TYPE_CHECKING:
    import pandas as pd

NONE = "none"
AGAINST = (GOLD, HUMAN, NONE)
SHOWN = 20
"""Rows of a table that people are shown; JSON holds all of them."""

PRICE = "price"


def _agreement(compared: Comparison) -> pd.DataFrame:
    """With the names of the sides in the place of their numbers."""
    found = comparison.agreement(compared)
    for column in ("a", "b"):
        found[column] = [str(compared.sides[place]) for place in found[column]]
    return found


Frames = Callable[[Comparison], "pd.DataFrame"]
PARTS: Mapping[str, Frames] = {
    "changes": comparison.flow,
    "switches": comparison.switches,
    "labels": comparison.by_label,
    "lengths": comparison.by_length,
    "words": comparison.by_form,
    "confidence": comparison.by_confidence,
    "agreement": _agreement,
}


@app.command()
def compare(
    sides: Annotated[
        list[str], typer.Argument(metavar="SIDE...", help="RUN@STAGE, RUN (its last stage), or human.")
    ],
    dataset: Annotated[str | None, typer.Option(help="Whose labels; a run tells it.")] = None,
    against: Annotated[
        str | None,
        typer.Option(help="What is held to be right: gold, human or none; gold where there is some."),
    ] = None,
    part: Annotated[
        str | None, typer.Option(help=f"One table, of the first two sides: {', '.join([*PARTS, PRICE])}.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the bootstrap and the permutations.")] = 0,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Hold labelings against each other: scores, what changed, and whether it could be luck.

    Differences are of each side to the first: with a 95 % interval (paired bootstrap over sentences) and the
    p of a permutation test that swaps sentences.
    """
    if part is not None and part not in (*PARTS, PRICE):
        raise UnknownName("part", part, (*PARTS, PRICE))
    with opened(workspace) as (store, chosen):
        compared = _loaded(store, sides, dataset, against)
        found = _part(store, compared, part, chosen.workspace) if part else None
    heading = _heading(compared)
    if found is not None:
        document = heading | {"part": part, "rows": _records(found)}
        answer(document, f"{_headline(compared)}\n\n{_frame_text(found)}", as_json=as_json)
    else:
        document = heading | _whole(compared, seed)
        answer(document, _text(compared, document), as_json=as_json)


def _loaded(store: Store, sides: Sequence[str], dataset: str | None, against: str | None) -> Comparison:
    if against is not None and against not in AGAINST:
        raise UnknownName("reference", against, AGAINST)
    read = [_side(store, text) for text in sides]
    named = dataset or next((views.run(store, side.run)["dataset"] for side in read if side.run), None)
    if named is None:
        raise StudioError("nothing says whose labels are compared.", "Give --dataset, or name a run.")
    if against is None:
        runs = {run["id"] for run in views.runs(store, named)}
        against = GOLD if f"{named}/gold" in runs else NONE
    return comparison.load(store, named, read, "" if against == NONE else against)


def _side(store: Store, text: str) -> Side:
    """`RUN@STAGE`, `human`, or a run, which means its last stage."""
    if text == HUMAN or "@" in text:
        side = Side.read(text)
        if side.run and side.stage not in (stages := views.run(store, side.run)["stages"]):
            raise UnknownName("stage", side.stage, stages)
        return side
    stages = views.run(store, text)["stages"]
    if not stages:
        raise StudioError(f"run {text} holds no labels.", "`ssp runs` lists what each holds.")
    return Side(text, stages[-1])


def _part(store: Store, compared: Comparison, part: str, workspace: Path) -> pd.DataFrame:
    if part == PRICE:
        return prices(store, compared, workspace)
    if len(compared.sides) < 2:
        raise StudioError("one labeling cannot differ from itself.", "Name two: RUN@stage1 RUN@stage2.")
    return PARTS[part](compared)


def _heading(compared: Comparison) -> dict[str, Any]:
    return {
        "dataset": compared.dataset.id,
        "sides": list(map(str, compared.sides)),
        "against": compared.against or None,
        "label_set": list(compared.labels),
        "n_sentences": compared.n_sentences,
        "n_tokens": compared.n_tokens,
        "left_out": list(compared.missing),
    }


def _whole(compared: Comparison, seed: int) -> dict[str, Any]:
    """Scores, changes and differences to the first side; without a reference, agreement."""
    others = range(1, len(compared.sides))
    sides = list(map(str, compared.sides))
    found: dict[str, Any] = {
        "scores": {name: comparison.scores(compared, place) or None for place, name in enumerate(sides)},
        "changes": [
            {"side": sides[place]} | comparison.change_counts(compared, 0, place) for place in others
        ],
        "differences": [],
        "agreement": [] if len(sides) < 2 else _records(_agreement(compared)),
        "alpha": comparison.alpha(compared),
        "seed": seed,
    }
    with progress() as report:
        for place in others:
            differences = comparison.headline(compared, 0, place, seed=seed, report=report)
            found["differences"] += [{"side": sides[place]} | asdict(one) for one in differences.values()]
    if compared.against == HUMAN and (audited := comparison.audited(compared)) is not None:
        found["remark"] = audited.remark
    return found


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: what is missing is null."""
    return [
        {str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict(orient="records")
    ]


def _plain(value: Any) -> Any:
    import pandas as pd

    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def _headline(compared: Comparison) -> str:
    against = {GOLD: "gold labels", HUMAN: "human labels", "": "nothing"}[compared.against]
    left = "".join(
        f"\n{number} sentences of {side} are left out: not all sides have them."
        for side, number in zip(compared.sides, compared.missing, strict=True)
        if number
    )
    counted = f"{compared.n_sentences:,} sentences, {compared.n_tokens:,} labels"
    return f"{compared.dataset.id}: {counted}, held against {against}{left}"


def _text(compared: Comparison, found: Mapping[str, Any]) -> str:
    blocks = [_headline(compared)]
    scored = [(side, values) for side, values in found["scores"].items() if values]
    if scored:
        metrics = [name for name in comparison.METRICS[compared.dataset.task] if name in scored[0][1]]
        rows = [(side, *(percent(values[name]) for name in metrics)) for side, values in scored]
        blocks.append(table(rows, ("side", *metrics)))
    if found["changes"]:
        kinds = [name for name in found["changes"][0] if name not in ("side", "total")]
        rows = [(one["side"], *(f"{one[name]:,}" for name in kinds)) for one in found["changes"]]
        blocks.append(table(rows, (f"to, from {compared.sides[0]}", *kinds)))
    if found["differences"]:
        rows = [_difference(one) for one in found["differences"]]
        header = ("side", "metric", "difference", "95 % interval", "p")
        blocks.append(table(rows, header))
    elif found["agreement"]:
        blocks.append(_agreed(found))
    return "\n\n".join([*blocks, *([found["remark"]] if "remark" in found else [])])


def _difference(one: Mapping[str, Any]) -> tuple[str, ...]:
    low, high = (f"{100 * one[name]:+.2f}" for name in ("low", "high"))
    return one["side"], one["metric"], f"{100 * one['value']:+.2f}", f"{low} to {high}", f"{one['p']:.4f}"


def _agreed(found: Mapping[str, Any]) -> str:
    rows = [
        (row["a"], row["b"], percent(row["agreement"]), _number(row["kappa"])) for row in found["agreement"]
    ]
    pairs = table(rows, ("side", "and", "agree (%)", "kappa"))
    return f"{pairs}\n\nKrippendorff's alpha, all sides: {_number(found['alpha'])}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _frame_text(frame: pd.DataFrame) -> str:
    rows = [[_cell(value) for value in row.values()] for row in _records(frame.head(SHOWN))]
    more = f"\n... and {len(frame) - SHOWN} more: --json has all of them" if len(frame) > SHOWN else ""
    return table(rows, list(map(str, frame.columns))) + more


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    text = f"{value:.4f}" if isinstance(value, float) else str(value)
    # words are what somebody's file holds: no control character of theirs may reach a terminal
    return text if text.isprintable() else ascii(text)[1:-1]
