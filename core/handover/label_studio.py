"""Label Studio's JSON: tasks with the run's labels as predictions and what people said as annotations.

Offsets are characters, as Label Studio stores them since version 1.5. `config` is the labelling configuration
that such a project needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import quoteattr

from core import tagsets
from core.handover.pieces import Piece
from core.handover.spans import Mark, Place, marks, text_of
from core.handover.tasks import (
    Odd,
    Task,
    Vote,
    about,
    listed,
    number,
    read_each,
    score,
    table,
    text_in,
    words_in,
    write_list,
)
from core.types import Dataset, Labels

FROM, TO = "label", "text"
PER_TOKEN = frozenset({"pos", "ner"})


def write(found: Iterable[Piece], out: BinaryIO, dataset: Dataset) -> None:
    """Stream pieces as a JSON list of tasks, for the import of Label Studio."""
    write_list((_task(piece, dataset) for piece in found), out)


def config(dataset: Dataset) -> str:
    """The labelling configuration (XML) of a project for this data set."""
    direction = ' style="direction: rtl"' if dataset.meta.get("direction") == "rtl" else ""
    infos = tagsets.of(dataset)
    if dataset.task in PER_TOKEN:
        wanted = {info.label.removeprefix("B-").removeprefix("I-"): info for info in reversed(infos)}
        wanted.pop("O" if dataset.task == "ner" else "", None)
        rows = [_label("Label", name, wanted[name].color) for name in sorted(wanted)]
        shown = f'<Text name="{TO}" value="$text" granularity="word"/>'
        asked = f'<Labels name="{FROM}" toName="{TO}">' + "".join(rows) + "</Labels>"
    else:
        rows = [_label("Choice", info.label, "") for info in infos]
        pair = dataset.task == "nli"
        more = '<Text name="hypothesis" value="$hypothesis"/>' if pair else ""
        shown = f'<Text name="{TO}" value="{"$premise" if pair else "$text"}"/>' + more
        asked = f'<Choices name="{FROM}" toName="{TO}" choice="single">' + "".join(rows) + "</Choices>"
    return f"<View>{asked}<View{direction}>{shown}</View></View>"


def _label(tag: str, name: str, color: str) -> str:
    background = f" background={quoteattr(color)}" if color else ""
    return f"<{tag} value={quoteattr(name)}{background}/>"


def _task(piece: Piece, dataset: Dataset) -> dict[str, Any]:
    item = piece.record.instance
    text, places = text_of(item) if item.tokens else (item.text, [])
    data: dict[str, Any] = about(piece, dataset)
    if item.tokens:
        data |= {"text": text, "tokens": list(item.tokens)}
    elif item.text_b is None:
        data["text"] = text
    else:
        data |= {"premise": text, "hypothesis": item.text_b}
    task: dict[str, Any] = {"data": data}
    if piece.predicted is not None and any(piece.predicted.labels):
        sure = piece.predicted.confidences
        result = _result(piece.predicted.labels, dataset, text, places, sure, "p")
        model = {"model_version": piece.run, "result": result}
        task["predictions"] = [model | ({"score": min(sure)} if sure else {})]
    task["annotations"] = [
        {
            "created_username": who,
            "was_cancelled": False,
            "result": _result(labels, dataset, text, places, None, f"a{n}"),
        }
        for n, (who, labels) in enumerate(piece.said.items())
    ]
    return task


def _result(
    labels: Labels,
    dataset: Dataset,
    text: str,
    places: Sequence[Place],
    scores: Sequence[float] | None,
    stem: str,
) -> list[dict[str, Any]]:
    if dataset.task not in PER_TOKEN:
        region = {"id": stem, "from_name": FROM, "to_name": TO, "type": "choices"}
        sure = {"score": scores[0]} if scores else {}
        return [region | {"value": {"choices": [labels[0]]}} | sure]
    return [
        {
            "id": f"{stem}-{n}",
            "from_name": FROM,
            "to_name": TO,
            "type": "labels",
            "value": {"start": mark.start, "end": mark.end, "text": mark.text, "labels": [mark.label]},
        }
        | ({} if mark.score is None else {"score": mark.score})
        for n, mark in enumerate(marks(dataset.task, labels, text, places, scores))
    ]


def read(path: Path) -> tuple[list[Task], list[str]]:
    """The tasks of an export (JSON), and what is wrong with those left out. Raises FormatError."""
    return read_each(path, "task", _read)


def _read(item: Mapping[str, Any], where: str) -> Task:
    data = table(item.get("data"), "data")
    second = data.get("hypothesis")
    people = [
        _vote(table(said, "an annotation"), _who(table(said, "an annotation")))
        for said in listed(item.get("annotations", item.get("completions")), "annotations")
        if not table(said, "an annotation").get("was_cancelled")
    ]
    models = [
        _vote(table(said, "a prediction"), str(table(said, "").get("model_version") or "label-studio"))
        for said in listed(item.get("predictions"), "predictions")
        if isinstance(said, Mapping)  # an export without them in full lists their numbers
    ]
    return Task(
        where=where,
        text=text_in(data, "text", "premise"),
        text_b=second if isinstance(second, str) else None,
        tokens=words_in(data),
        dataset=str(data.get("dataset") or ""),
        position=number(data.get("position")),
        split=str(data.get("split") or ""),
        people=tuple(people),
        models=tuple(models),
    )


def _who(said: Mapping[str, Any]) -> str:
    """Who made an annotation: as we wrote it, by e-mail address, or by number."""
    by = said.get("completed_by")
    if isinstance(by, Mapping):
        name = " ".join(str(by.get(part) or "") for part in ("first_name", "last_name")).strip()
        return str(by.get("email") or name or by.get("id") or "label-studio")
    named = said.get("created_username")
    if isinstance(named, str) and named.strip():
        return named.strip()
    return f"label-studio {by}" if isinstance(by, int) else "label-studio"


def _vote(said: Mapping[str, Any], who: str) -> Vote:
    found: list[Mark] = []
    label = ""
    for region in listed(said.get("result"), "result"):
        value = table(table(region, "a region").get("value"), "a value")
        if region.get("type") == "choices":
            choices = listed(value.get("choices"), "choices")
            if len(choices) != 1 or label:
                raise Odd(f"{who} chose {len(choices)} labels")
            label = str(choices[0])
        elif region.get("type") == "labels":
            found.append(_mark(region, value))
    return Vote(who, tuple(found), label)


def _mark(region: Mapping[str, Any], value: Mapping[str, Any]) -> Mark:
    names = listed(value.get("labels"), "labels")
    start, end = number(value.get("start")), number(value.get("end"))
    if start is None or end is None or len(names) != 1:
        raise Odd("a mark without a place, or not with one label")
    text = value.get("text")
    return Mark(start, end, str(names[0]), text if isinstance(text, str) else "", score(region.get("score")))
