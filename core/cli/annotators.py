"""Commands about several people: agreement, history, assign, adjudicate."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.annotators import adjudication, assigning, effort, history
from core.annotators.agreement import Agreement, Figure
from core.annotators.agreement import agreement as agreement_of
from core.annotators.history import Filter
from core.annotators.independent import ratings
from core.cli.app import Json, Workspace, app, opened
from core.cli.output import answer, table
from core.errors import StudioError, UnknownName
from core.store import Store, views
from core.store.views_history import Entry, batch_of, batches, entry

if TYPE_CHECKING:
    import pandas as pd

Data = Annotated[str, typer.Argument(metavar="DATASET")]
Who = Annotated[str, typer.Option("--who", help="Who does it (default: $SSP_ANNOTATOR).")]


@app.command()
def agreement(
    dataset: Data,
    blind: Annotated[bool, typer.Option("--blind", help="Only labels given without seeing any.")] = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """How far people agree: alpha, Fleiss' and Cohen's kappa, per label and per pair, with 95 % intervals."""
    with opened(workspace) as (store, _):
        task = views.dataset(store, dataset).task
        found = agreement_of(ratings(store, dataset, blind=True if blind else None), entities=task == "ner")
    if found is None:
        raise StudioError(
            f"no two people labelled the same item of {dataset}.", "Give some to several: ssp assign."
        )
    answer(asdict(found), _agreed(found), as_json=as_json)


def _agreed(found: Agreement) -> str:
    lines = [
        f"{', '.join(found.people)}: {found.items} items, {found.words} words labelled by two or more",
        f"Krippendorff's alpha  {_figure(found.alpha)}",
        f"Fleiss' kappa         {_figure(found.fleiss)}  ({found.fleiss_words} words of {found.raters})",
        "",
        table(
            [
                (pair.a, pair.b, pair.items, pair.words, f"{100 * pair.same:.1f}", _figure(pair.kappa))
                for pair in found.pairs
            ],
            ("pair", "", "items", "words", "same (%)", "Cohen's kappa"),
        ),
        "",
        table(
            [(one.label, one.given, _figure(one.alpha), _figure(one.fleiss)) for one in found.labels],
            ("label", "given", "alpha", "Fleiss' kappa"),
        ),
    ]
    return "\n".join(lines)


def _figure(figure: Figure) -> str:
    if figure.value is None:
        return "-"
    return f"{figure.value:.3f}" + ("" if figure.low is None else f" ({figure.low:.3f} to {figure.high:.3f})")


@app.command(name="history")
def said(
    dataset: Data,
    undo: Annotated[str, typer.Option(help="An entry's number, or a bulk action's name: take it back.")] = "",
    author: Annotated[str, typer.Option(help="Only what this person said.")] = "",
    action: Annotated[str, typer.Option(help="Only these: set, accept, repeat, undo ...")] = "",
    label: Annotated[str, typer.Option(help="Only where this label came or went.")] = "",
    item: Annotated[int | None, typer.Option(help="Only this position.")] = None,
    bulk: Annotated[bool, typer.Option("--bulk", help="Bulk actions instead of entries.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Entries at most.")] = 50,
    who: Who = "",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """What people said, newest first; `--undo` takes an entry or a bulk action back (a new entry)."""
    with opened(workspace) as (store, _):
        views.dataset(store, dataset)
        if undo:
            document, text = _take_back(store, dataset, undo, _name(who))
        elif bulk:
            document, text = _bulk(store, dataset, limit)
        else:
            wanted = Filter(author=author, action=action, label=label, position=item)
            document, text = _log(store, dataset, wanted, limit)
    answer(document, text, as_json=as_json)


def _take_back(store: Store, dataset: str, undo: str, who: str) -> tuple[dict[str, Any], str]:
    if undo.isdecimal():
        found = entry(store, int(undo))
        if found is None or found[0] != dataset:
            raise UnknownName("entry", undo, (), f"See `ssp history {dataset}`.")
        step = history.revert(store, int(undo), who)
        said = f"item {step.position}: {'taken back' if step.done else 'nothing was changed'}. {step.message}"
        return asdict(step), said.strip()
    known = batch_of(store, undo)
    if known is None or known[0] != dataset:
        raise UnknownName("bulk action", undo, (), f"See `ssp history {dataset} --bulk`.")
    done = history.undo_batch(store, undo, who)
    why = "".join(f"\nitem {position}: {text}" for position, text in done.skipped.items())
    document = {
        "n": done.n,
        "batch": done.batch,
        "skipped": {str(position): text for position, text in done.skipped.items()},
    }
    return document, f"taken back in {done.n} items.{why}"


def _bulk(store: Store, dataset: str, limit: int) -> tuple[dict[str, Any], str]:
    found = batches(store, dataset, limit=limit)
    when = [f"{row['at']:%Y-%m-%d %H:%M}" for row in found]
    rows = [
        (row["batch"], at, row["author"], row["action"], row["items"], row["comment"])
        for row, at in zip(found, when, strict=True)
    ]
    text = table(rows, ("bulk action", "when (UTC)", "who", "what", "items", ""))
    return {"bulk": [{**row, "at": row["at"].isoformat()} for row in found]}, text


def _log(store: Store, dataset: str, wanted: Filter, limit: int) -> tuple[dict[str, Any], str]:
    found = history.log(store, dataset, wanted, limit=limit)
    lines = [
        (row.id, f"{row.at:%Y-%m-%d %H:%M:%S}", row.author, row.position, row.action, _change(row))
        for row in found.rows
    ]
    text = table(lines, ("entry", "when (UTC)", "who", "item", "what", "change"))
    rows = [{**asdict(row), "at": row.at.isoformat()} for row in found.rows]
    return {"total": found.total, "entries": rows}, f"{text}\n{found.total} in all"


def _change(row: Entry) -> str:
    if row.before is None or row.after is None or len(row.before) != len(row.after):
        return " ".join(row.after) if row.after else "-"
    return ", ".join(f"{place}: {row.before[place]} to {row.after[place]}" for place in row.changed) or "none"


@app.command()
def assign(
    dataset: Data,
    people: Annotated[str, typer.Option(help="Names with commas between them.")] = "",
    queue: Annotated[int | None, typer.Option(help="A queue's number; default: the whole data set.")] = None,
    overlap: Annotated[float, typer.Option(help="Share of items that several label.")] = 0.2,
    times: Annotated[int, typer.Option(help="People for each of these.")] = 2,
    seed: Annotated[int, typer.Option(help="Decides which items several label.")] = 0,
    withdraw: Annotated[str, typer.Option(help="Take away what this person has not labelled.")] = "",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Give items out among people, some to several of them; without --people: how far everybody is."""
    with opened(workspace) as (store, _):
        found = views.dataset(store, dataset)
        if withdraw:
            assigning.withdraw(store, dataset, withdraw)
        if people:
            positions = range(found.n_instances) if queue is None else _queued(store, dataset, queue)
            given = assigning.split([*positions], people.split(","), overlap=overlap, times=times, seed=seed)
            assigning.assign(store, dataset, given)
        rows = assigning.progress(store, dataset)
    lines = [(one.who, one.assigned, one.done, one.overlap, one.overlap_done, one.skipped) for one in rows]
    text = table(lines, ("who", "items", "done", "with others", "of these done", "skipped"))
    document = [{**asdict(one), "last": one.last.isoformat() if one.last else None} for one in rows]
    answer({"people": document}, text, as_json=as_json)


def _queued(store: Store, dataset: str, number: int) -> list[int]:
    known = {row["id"]: row["positions"] for row in views.queues(store, dataset)}
    if number not in known:
        raise UnknownName("queue", str(number), [str(one) for one in known])
    return list(known[number])


@app.command()
def adjudicate(
    dataset: Data,
    accept_agreed: Annotated[
        bool, typer.Option("--accept-agreed", help="Accept what everybody said the same of.")
    ] = False,
    out: Annotated[str, typer.Option("--as", help="Make what humans say a data set of this name.")] = "",
    doubly: Annotated[bool, typer.Option("--doubly", help="With --as: only what several labelled.")] = False,
    who: Who = "",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Where people differ; accept what they agree on; what humans say as a data set of its own."""
    with opened(workspace) as (store, _):
        views.dataset(store, dataset)
        document: dict[str, Any] = {}
        if accept_agreed:
            done = adjudication.accept_agreed(store, dataset, _name(who))
            document |= {"accepted": done.n, "batch": done.batch}
        document["open"] = adjudication.open_positions(store, dataset)
        document["agreed"] = adjudication.agreed_positions(store, dataset)
        if out:
            document["dataset"] = adjudication.adjudicated(store, dataset, out, doubly=doubly)[0]
    answer(document, _decided(document), as_json=as_json)


def _decided(document: dict[str, Any]) -> str:
    lines = [f"accepted {document['accepted']} items"] if "accepted" in document else []
    lines.append(f"people differ in {len(document['open'])} items")
    lines.append(f"all agree on {len(document['agreed'])} items that nobody decided")
    if "dataset" in document:
        lines.append(f"made the data set {document['dataset']}")
    return "\n".join(lines)


@app.command(name="effort")
def effort_of(dataset: Data, as_json: Json = False, workspace: Workspace = None) -> None:
    """What labelling cost: seconds and keys per word and correction, per person and label."""
    with opened(workspace) as (store, _):
        views.dataset(store, dataset)
        found = effort.read(store, dataset)
    whole = effort.total(found)
    people, labels = _records(effort.by_person(found)), _records(effort.by_label(found))
    shown = ("person", "items", "corrections", "seconds_per_word", "keys_per_word")
    rows = [tuple(_two(row[name]) for name in shown) for row in people]
    text = table(rows, ("who", "saved", "corrections", "seconds per word", "keys per word"))
    document = {"whole": asdict(whole) if whole else None, "people": people, "labels": labels}
    answer(document, text if whole else "no time was taken yet", as_json=as_json)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: what is not known is null."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _two(value: object) -> str:
    return "-" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _name(who: str) -> str:
    """Who does it. Raises StudioError where nobody said."""
    name = who.strip() or os.environ.get("SSP_ANNOTATOR", "").strip()
    if not name:
        raise StudioError("this is kept under a name.", "Give --who NAME, or set SSP_ANNOTATOR.")
    return name
