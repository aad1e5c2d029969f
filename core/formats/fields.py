"""Records as named fields (jsonl, csv, parquet): one reading of the names people give them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import FormatError
from core.formats.labels import check_label, token_labels
from core.types import Instance, Labels, Record, TaskName

NAMES: Mapping[str, tuple[str, ...]] = {
    "tokens": ("tokens", "words", "forms"),
    "text": ("text", "sentence", "premise", "sentence1"),
    "text_b": ("text_b", "hypothesis", "sentence2"),
    "labels": ("labels", "label", "tags", "upos", "pos_tags", "ner_tags", "category", "gold_label"),
    "confidences": ("confidences", "confidence"),
}
"""Our name of a field, and the names it is read under, best first."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands and what it is read as."""

    name: str
    line: int
    task: TaskName
    split: str
    position: int

    def wrong(self, message: str, hint: str) -> FormatError:
        """A FormatError at this place."""
        return FormatError(self.name, self.line, message, hint)


def record_from_fields(fields: Mapping[str, object], place: Place) -> Record:
    """A record of one row, its fields found under any of `NAMES`.

    Token tasks need tokens or text (then split at white space); nli needs text and text_b, topic
    text. `split` of the row, when there is one, wins over the file's. An `id` that is not the
    row's own number is kept in meta.

    Raises:
        FormatError: a field missing or of the wrong kind, counts that differ, an unknown label.
    """
    tokens = _tokens(fields, place)
    text = _text(fields, place, tokens)
    text_b = _string(fields, "text_b", place) if place.task == "nli" else None
    if place.task == "nli" and not text_b:
        raise place.wrong("no hypothesis, expected a field hypothesis or text_b.", "Add it.")
    labels = _labels(fields, place, len(tokens))
    confidences = _confidences(fields, place, len(tokens))
    split = fields.get("split")
    where = split if isinstance(split, str) and split else place.split
    return Record(
        Instance(place.position, where, tokens, text, text_b, _meta(fields, place)), labels, confidences
    )


def find(fields: Mapping[str, object], field: str) -> object:
    """The value of a field under the first of its names that has one, else None."""
    return next((fields[name] for name in NAMES[field] if fields.get(name) is not None), None)


def _tokens(fields: Mapping[str, object], place: Place) -> tuple[str, ...]:
    if place.task in ("nli", "topic"):
        return ()
    value = find(fields, "tokens")
    if value is None:
        value = (_string(fields, "text", place) or "").split()
    tokens = _strings(value, "tokens", place)
    if not tokens:
        raise place.wrong("no tokens, expected a field tokens or text.", "Add a list of words.")
    if "" in tokens:
        raise place.wrong(f"token {tokens.index('') + 1} is empty.", "Remove it, or write the word.")
    return tokens


def _text(fields: Mapping[str, object], place: Place, tokens: tuple[str, ...]) -> str:
    text = _string(fields, "text", place)
    if text is None and tokens:
        return " ".join(tokens)
    if not text and not tokens:
        what = "premise or text" if place.task == "nli" else "text"
        raise place.wrong(f"no text, expected a field {what}.", "Add it.")
    return text or ""


def _labels(fields: Mapping[str, object], place: Place, n_tokens: int) -> Labels | None:
    value = find(fields, "labels")
    if value is None or value == "" or value == []:
        return None
    labels = _strings([value] if isinstance(value, str) else value, "labels", place)
    expected = n_tokens or 1
    if len(labels) != expected:
        raise place.wrong(f"{len(labels)} labels, expected {expected}.", "Give each token one label.")
    if n_tokens:
        return token_labels(place.task, labels, place.name, [place.line])
    return (check_label(place.task, labels[0], place.name, place.line),)


def _confidences(fields: Mapping[str, object], place: Place, n_tokens: int) -> tuple[float, ...] | None:
    value = find(fields, "confidences")
    if value is None or value == []:
        return None
    numbers = value if isinstance(value, list | tuple) else [value]
    expected = n_tokens or 1
    if len(numbers) != expected:
        raise place.wrong(f"{len(numbers)} confidences, expected {expected}.", "Give one per label.")
    return tuple(_probability(number, place) for number in numbers)


def _probability(number: object, place: Place) -> float:
    good = isinstance(number, int | float) and not isinstance(number, bool)
    if not good or not math.isfinite(float(str(number))) or not 0 <= float(str(number)) <= 1:
        raise place.wrong(f"confidence {number!r}, expected a number from 0 to 1.", "Correct it.")
    return float(str(number))


def _meta(fields: Mapping[str, object], place: Place) -> dict[str, object]:
    meta = fields.get("meta")
    if meta is None:
        meta = {}
    if not isinstance(meta, Mapping):
        raise place.wrong("meta is not an object, expected names and values.", "Correct or remove it.")
    own = fields.get("id")
    return dict(meta) if own is None or own == place.position or "id" in meta else {"id": own, **meta}


def _string(fields: Mapping[str, object], field: str, place: Place) -> str | None:
    value = find(fields, field)
    if value is not None and not isinstance(value, str):
        raise place.wrong(f"{field} is {type(value).__name__}, expected text.", "Write it as a string.")
    return value


def _strings(value: object, field: str, place: Place) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        hint = "Write names, not class numbers, and one per token."
        raise place.wrong(f"{field} is not a list of strings.", hint)
    return tuple(value)


def fields_of(record: Record) -> dict[str, object]:
    """The fields of a record under our own names; `id` is its position. What it lacks is left out."""
    instance = record.instance
    fields: dict[str, object] = {"id": instance.position, "split": instance.split}
    if instance.tokens:
        fields["tokens"] = list(instance.tokens)
    fields["text"] = instance.text
    if instance.text_b is not None:
        fields["text_b"] = instance.text_b
    if record.labels is not None:
        fields["labels"] = list(record.labels)
    if record.confidences is not None:
        fields["confidences"] = list(record.confidences)
    if instance.meta:
        fields["meta"] = dict(instance.meta)
    return fields
