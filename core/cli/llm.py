"""`ssp llm`: what a language model can do, knows and costs, before its labels are believed or paid for."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from core.calls.pricing import REMARK, Price, delete_price, price, prices, save_price
from core.cli.app import Json, Workspace, app, configured, opened
from core.cli.cost_text import cost_text, estimate_document, estimate_text, scale_text
from core.cli.output import answer, table
from core.cli.run_options import Limit, Named, Seed, Set, Sources, Split, request_of
from core.costs import afterwards
from core.costs.estimating import estimate_of
from core.costs.pace import recipe_pace
from core.costs.scale import table as projected
from core.errors import StudioError
from core.jobs.prepare import prepare
from core.store import views

llm = typer.Typer(no_args_is_help=True, help="Language models: what they can do, know and cost.")
app.add_typer(llm, name="llm")


@llm.command()
def estimate(
    recipe: Annotated[str, typer.Argument(help="As for `ssp run`.")],
    dataset: Named,
    source: Sources = None,
    split: Split = None,
    limit: Limit = None,
    seed: Seed = 0,
    setting: Set = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """What a run would ask for, where text would go and what that costs. Nothing is sent."""
    request = request_of(recipe, dataset, source, split, limit, seed, setting)
    with opened(workspace) as (store, chosen):
        job = prepare(store, request)
        found = estimate_of(store, job, chosen.workspace)
        paid = price(found.model, found.host, chosen.workspace) if found.per_item else None
        rows = projected(found.per_item, recipe_pace(store, job.recipe), paid) if found.per_item else []
    text = estimate_text(found) + (f"\n\n{scale_text(rows)}" if rows else "")
    answer(estimate_document(found, rows), text, as_json=as_json)


@llm.command()
def cost(
    run_id: Annotated[str, typer.Argument(metavar="RUN")], as_json: Json = False, workspace: Workspace = None
) -> None:
    """What a run took, per item and per label it put right; larger sizes projected from it."""
    with opened(workspace) as (store, chosen):
        found = afterwards.cost_of(store, run_id, chosen.workspace)
        if found is None:
            raise StudioError(f"{run_id} asked no language model.", "`ssp runs` lists the others.")
        spent = found.spending
        pace = recipe_pace(store, views.run(store, run_id)["params"])
        paid = afterwards.price_of(spent, chosen.workspace)
        rows = projected(afterwards.per_item(spent), pace, paid)
    document = {"run": run_id, **asdict(found), "scale": [asdict(row) for row in rows]}
    answer(document, f"{cost_text(found)}\n\n{scale_text(rows)}", as_json=as_json)


@llm.command("prices")
def listed(
    setting: Annotated[
        str | None, typer.Option("--set", metavar="MODEL=PROMPT/ANSWER", help="Per million tokens.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where the model is asked; empty = in process.")] = "",
    currency: Annotated[str, typer.Option(help="Three capitals.")] = "USD",
    source: Annotated[str, typer.Option(help="Where the price was read.")] = "",
    delete: Annotated[str | None, typer.Option(metavar="MODEL", help="Forget a price of your own.")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Prices that estimates use; your own take precedence. What is not listed has no known price."""
    place = configured(workspace).workspace
    if setting is not None:
        save_price(place, _price(setting, host, currency, source))
    if delete is not None and not delete_price(place, delete, host):
        raise StudioError(f"there is no price of your own for {delete} at {host or 'this machine'}.")
    rows = [asdict(row.price) | {"own": row.own} for row in prices(place)]
    answer({"prices": rows, "remark": REMARK}, f"{_prices_table(rows)}\n{REMARK}", as_json=as_json)


def _price(setting: str, host: str, currency: str, source: str) -> Price:
    model, equals, numbers = setting.rpartition("=")
    prompt, slash, completion = numbers.partition("/")
    try:
        return Price(model, host, float(prompt), float(completion), currency, source)
    except ValueError:
        ok = equals and slash
        what = "holds something else than numbers" if ok else "is not MODEL=PROMPT/ANSWER"
        raise StudioError(f"--set {setting!r} {what}.", "For example --set gpt-4o-mini=0.15/0.60") from None


def _prices_table(rows: list[dict[str, Any]]) -> str:
    lines = [
        (
            row["model"],
            row["host"] or "-",
            f"{row['prompt']:g}",
            f"{row['completion']:g}",
            row["currency"],
            row["date"],
            "own" if row["own"] else "shipped",
            row["source"],
        )
        for row in rows
    ]
    return table(lines, ("model", "host", "prompts", "answers", "per million", "read on", "whose", "source"))
