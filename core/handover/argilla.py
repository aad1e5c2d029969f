"""Argilla's JSON (`records.to_json`, version 2): a run's labels as suggestions, people's as responses.

People are numbers there (UUID); ours are made from their names, which the record's metadata lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5

from core import tagsets
from core.handover.pieces import Piece
from core.handover.spans import Mark, marks, text_of
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

QUESTION = "labels"
PER_TOKEN = frozenset({"pos", "ner"})


def user_id(name: str) -> str:
    """The UUID that stands for a person."""
    return str(uuid5(NAMESPACE_URL, f"ssp-annotator:{name}"))


def settings(dataset: Dataset) -> dict[str, Any]:
    """Fields, questions and metadata that a dataset in Argilla needs for these records."""
    names = [info.label for info in tagsets.of(dataset)]
    if dataset.task in PER_TOKEN:
        kinds = dict.fromkeys(name.removeprefix("B-").removeprefix("I-") for name in names)
        kinds.pop("O" if dataset.task == "ner" else "", None)
        question: dict[str, Any] = {"type": "span", "field": "text", "labels": list(kinds)}
    else:
        question = {"type": "label_selection", "labels": names}
    fields = ["premise", "hypothesis"] if dataset.task == "nli" else ["text"]
    metadata = ["dataset", "position", "split", "annotators", "tokens"]
    return {"fields": fields, "questions": {QUESTION: question}, "metadata": metadata}


def write(found: Iterable[Piece], out: BinaryIO, dataset: Dataset) -> None:
    """Stream pieces as a JSON list of records, for `rg.Dataset.records.from_json`."""
    write_list((_record(piece, dataset) for piece in found), out)


def _record(piece: Piece, dataset: Dataset) -> dict[str, Any]:
    item = piece.record.instance
    text, places = text_of(item) if item.tokens else (item.text, [])

    def value(labels: Labels) -> Any:
        if not item.tokens:
            return labels[0]
        return [
            {"start": mark.start, "end": mark.end, "label": mark.label}
            for mark in marks(dataset.task, labels, text, places)
        ]

    metadata: dict[str, Any] = about(piece, dataset)
    metadata |= {"annotators": list(piece.said)} if piece.said else {}
    metadata |= {"tokens": list(item.tokens)} if item.tokens else {}
    suggestions = {}
    if piece.predicted is not None and any(piece.predicted.labels):
        labels, sure = piece.predicted.labels, piece.predicted.confidences
        scores: Any = sure[0] if sure and not item.tokens else None
        if item.tokens and sure:
            scores = [mark.score for mark in marks(dataset.task, labels, text, places, sure)]
        suggestions[QUESTION] = {"value": value(labels), "score": scores, "agent": piece.run}
    answers = [{"value": value(labels), "user_id": user_id(who)} for who, labels in piece.said.items()]
    fields = {"text": text} if item.text_b is None else {"premise": text, "hypothesis": item.text_b}
    return {
        "id": f"{dataset.id}:{item.position}",
        "fields": fields,
        "metadata": metadata,
        "suggestions": suggestions,
        "responses": {QUESTION: answers} if answers else {},
        "vectors": {},
        "_server_id": None,
    }


def read(path: Path) -> tuple[list[Task], list[str]]:
    """The records of an export (JSON), and what is wrong with those left out. Raises FormatError."""
    return read_each(path, "record", _read)


def _read(item: Mapping[str, Any], where: str) -> Task:
    fields, metadata = table(item.get("fields"), "fields"), table(item.get("metadata"), "metadata")
    second = fields.get("hypothesis")
    known = {user_id(name): name for name in map(str, listed(metadata.get("annotators"), "annotators"))}
    people = []
    for said in _of_question(item.get("responses"), "responses", []):
        vote = table(said, "a response")
        if vote.get("status") in {"discarded", "draft"}:
            continue
        number_of = str(vote.get("user_id") or "argilla")
        people.append(_vote(vote, known.get(number_of, number_of)))
    model = table(_of_question(item.get("suggestions"), "suggestions", None), "a suggestion")
    models = [_vote(model, str(model.get("agent") or "argilla"))] if model.get("value") is not None else []
    return Task(
        where=where,
        text=text_in(fields, "text", "premise"),
        text_b=second if isinstance(second, str) else None,
        tokens=words_in(metadata),
        dataset=str(metadata.get("dataset") or ""),
        position=number(metadata.get("position")),
        split=str(metadata.get("split") or ""),
        people=tuple(people),
        models=tuple(models),
    )


def _of_question(value: object, what: str, nothing: Any) -> Any:
    """What is said to our question, or to the only one there is."""
    said = table(value, what)
    if QUESTION in said:
        return said[QUESTION] or nothing
    if len(said) > 1:
        raise Odd(f"{what} to {len(said)} questions, and none is called {QUESTION!r}")
    return next(iter(said.values()), nothing) or nothing


def _vote(said: Mapping[str, Any], who: str) -> Vote:
    value, scores = said.get("value"), said.get("score")
    if isinstance(value, str):
        return Vote(who, label=value)
    found = []
    for n, one in enumerate(listed(value, "the value of an answer")):
        span = table(one, "a span")
        start, end, label = number(span.get("start")), number(span.get("end")), span.get("label")
        if start is None or end is None or not isinstance(label, str):
            raise Odd("a span without a place or a label")
        sure = scores[n] if isinstance(scores, list) and n < len(scores) else None
        found.append(Mark(start, end, label, score=score(sure)))
    return Vote(who, tuple(found))
