"""Records as named fields (jsonl, csv, parquet): one reading of the names people give them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from core.errors import FormatError, UnknownName
from core.formats import DEFAULT
from core.formats.extras import glosses_in, translation_code, translations_in
from core.formats.labels import token_labels
from core.formats.words import words
from core.types import Instance, Labels, ReadOptions, Record, TaskName

NAMES: Mapping[str, tuple[str, ...]] = {
    "tokens": ("tokens", "words", "forms"),
    "text": ("text", "sentence", "premise", "sentence1"),
    "text_b": ("text_b", "hypothesis", "sentence2"),
    "labels": ("labels", "label", "tags", "upos", "pos_tags", "ner_tags", "category", "gold_label"),
    "confidences": ("confidences", "confidence"),
    "glosses": ("glosses", "gloss"),
    "id": ("id",),
    "split": ("split",),
    "meta": ("meta",),
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
    options: ReadOptions = DEFAULT

    def wrong(self, message: str, hint: str) -> FormatError:
        """A FormatError at this place."""
        return FormatError(self.name, self.line, message, hint)

    def called(self, usual: str, *fields: str) -> str:
        """What to call fields in an error: the columns the user chose for them, or `usual`."""
        chosen = [repr(self.options.columns[name]) for name in fields if self.options.columns.get(name)]
        return " or ".join(chosen) or usual


def check_chosen(columns: Mapping[str, str]) -> None:
    """UnknownName for a choice of columns that names a field there is not."""
    for field in columns:
        if field not in NAMES and translation_code(field) is None:
            raise UnknownName("field", field, [*NAMES, "translation:<code>"])


def named(row: Mapping[str, object], columns: Mapping[str, str]) -> dict[str, object]:
    """The values of a row under our own names, and its translations under theirs.

    A field is taken from the column `columns` gives for it ("" = from none), else from the first of
    its `NAMES` that has a value and is not chosen for another field.
    """
    fields: dict[str, object] = {field: row.get(column) for field, column in columns.items()}
    chosen = set(columns.values())
    for field, names in NAMES.items():
        if field not in fields:
            values = (row[name] for name in names if name not in chosen and row.get(name) is not None)
            fields[field] = next(values, None)
    for column, value in row.items():
        if column not in chosen and translation_code(column) is not None:
            fields.setdefault(column, value)
    return fields


def record_from_fields(fields: Mapping[str, object], place: Place) -> Record:
    """A record of one row, its fields under our own names (see `named`).

    Token tasks need tokens or text (then split as the options say); nli needs text and text_b, topic
    text. `split` of the row, when there is one, wins over the file's. An `id` that is not the
    row's own number is kept in meta, as are translations and glosses.

    Raises:
        FormatError: a field missing or of the wrong kind, counts that differ, an empty label.
    """
    tokens = _tokens(fields, place)
    text = _text(fields, place, tokens)
    text_b = _string(fields, "text_b", place) if place.task == "nli" else None
    if place.task == "nli" and not text_b:
        wanted = place.called("hypothesis or text_b", "text_b")
        raise place.wrong(f"no hypothesis, expected a field {wanted}.", "Add it.")
    labels = _labels(fields, place, len(tokens))
    confidences = _confidences(fields, place, len(tokens))
    split = fields["split"]
    where = split if isinstance(split, str) and split else place.split
    meta = _meta(fields, place) | _beside(fields, place, len(tokens))
    instance = Instance(place.position, where, tokens, text, text_b, meta)
    return Record(instance, labels, confidences, lines=(place.line,))


def unlabelled(text: str, meta: Mapping[str, object], place: Place) -> Record:
    """A record of a text alone, in a token task with its words told as the options say."""
    tokens = words(text, place.options.tokenization) if place.task in ("pos", "ner") else ()
    return Record(Instance(place.position, place.split, tokens, text, meta=meta), lines=(place.line,))


def _tokens(fields: Mapping[str, object], place: Place) -> tuple[str, ...]:
    if place.task in ("nli", "topic"):
        return ()
    value = fields["tokens"]
    if value is None:
        value = words(_string(fields, "text", place) or "", place.options.tokenization)
    tokens = _strings(value, "tokens", place)
    if not tokens:
        wanted = place.called("tokens or text", "tokens", "text")
        raise place.wrong(f"no tokens, expected a field {wanted}.", "Add a list of words.")
    if "" in tokens:
        raise place.wrong(f"token {tokens.index('') + 1} is empty.", "Remove it, or write the word.")
    return tokens


def _text(fields: Mapping[str, object], place: Place, tokens: tuple[str, ...]) -> str:
    text = _string(fields, "text", place)
    if text is None and tokens:
        return " ".join(tokens)
    if not text and not tokens:
        wanted = place.called("premise or text" if place.task == "nli" else "text", "text")
        raise place.wrong(f"no text, expected a field {wanted}.", "Add it.")
    return text or ""


def _labels(fields: Mapping[str, object], place: Place, n_tokens: int) -> Labels | None:
    value = fields["labels"]
    if value is None or value == "" or value == []:
        return None
    labels = _strings([value] if isinstance(value, str) else value, "labels", place)
    expected = n_tokens or 1
    if len(labels) != expected:
        raise place.wrong(f"{len(labels)} labels, expected {expected}.", "Give each token one label.")
    if "" in labels:
        raise place.wrong(f"label {labels.index('') + 1} is empty.", "Write its name.")
    return token_labels(labels) if n_tokens else labels


def _confidences(fields: Mapping[str, object], place: Place, n_tokens: int) -> tuple[float, ...] | None:
    value = fields["confidences"]
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
    meta = fields["meta"]
    if meta is None:
        meta = {}
    if not isinstance(meta, Mapping):
        raise place.wrong("meta is not an object, expected names and values.", "Correct or remove it.")
    own = fields["id"]
    return dict(meta) if own is None or own == place.position or "id" in meta else {"id": own, **meta}


def _beside(fields: Mapping[str, object], place: Place, n_tokens: int) -> dict[str, object]:
    """What meta has of translations and glosses."""
    found: dict[str, object] = {}
    try:
        if texts := translations_in(fields):
            known = _meta(fields, place).get("translations")
            found["translations"] = {**(known if isinstance(known, Mapping) else {}), **texts}
        if n_tokens and fields["glosses"] is not None:
            found["glosses"] = _glosses(fields["glosses"], place, n_tokens)
    except TypeError as error:
        raise place.wrong(f"{error} is not text.", "Write it as a string.") from error
    return found


def _glosses(value: object, place: Place, n_tokens: int) -> list[str]:
    glosses = glosses_in(value)
    if len(glosses) != n_tokens:
        hint = "Give each token one gloss, _ for none, or say that no column holds glosses."
        raise place.wrong(f"{len(glosses)} glosses, expected {n_tokens}.", hint)
    return glosses


def _string(fields: Mapping[str, object], field: str, place: Place) -> str | None:
    value = fields[field]
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
