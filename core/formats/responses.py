"""`responses.json` of the SSP release: JSON Lines with the labels a language model gave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.json_lines import json_line, json_objects
from core.formats.labels import words_and_tags
from core.formats.text_input import at_least_one
from core.formats.text_output import checked_labels, checked_tokens, inexpressible
from core.types import Instance, Labels, ReadOptions, Record, TaskName

NEEDED = ("input", "output", "pred_labels")


@dataclass(frozen=True, slots=True)
class Responses:
    """Labels are `pred_labels`, as they stand: a model may give a tag that does not exist.

    After a failed call a label may be a `[word, tag]` pair; the tag is taken and meta says
    `label_pairs`. Meta also has `examples` (word_TAG strings in prompt order), `gold_labels` and
    `language`. Tokens are the words of `output`, or of `input` where there is no gold. Writing
    cannot say tokens with spaces, confidences or other meta.
    """

    name: str = "responses"
    suffixes: tuple[str, ...] = (".json",)
    tasks: tuple[TaskName, ...] = ("pos", "ner")
    title: str = "answers of a language model (SSP release)"

    def read(
        self,
        path: Path,
        *,
        task: TaskName,
        split: str,
        name: str | None = None,
        options: ReadOptions = DEFAULT,
    ) -> Iterator[Record]:
        """See `Format.read`."""
        where = name or path.name
        rows = enumerate(json_objects(path, where))
        records = (_record(fields, where, line, split, n) for n, (line, fields) in rows)
        return at_least_one(records, where, "JSON objects, one per line")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        for record in rows:
            out.write(json_line(_fields(record), record, self.name))

    def sniff(self, head: str, path: Path) -> int:
        """Certain by its field names."""
        first = head.lstrip().partition("\n")[0]
        return 97 if first.startswith("{") and '"pred_labels"' in first else 0


def _record(fields: Mapping[str, object], name: str, line: int, split: str, position: int) -> Record:
    missing = [field for field in NEEDED if field not in fields]
    if missing:
        message = f"no field {missing[0]}, expected {', '.join(NEEDED)}."
        raise FormatError(name, line, message, "Choose another format, or add it.")
    text, output = (_text(fields[field], field, name, line) for field in NEEDED[:2])
    words = words_and_tags(output, name, line)[0] if output.strip(" ") else tuple(text.split())
    labels, pairs = _labels(fields["pred_labels"], "pred_labels", name, line, len(words))
    gold, _ = _labels(fields.get("gold_labels") or [], "gold_labels", name, line, len(words))
    meta: dict[str, object] = {"examples": fields.get("examples", []), "gold_labels": list(gold or ())}
    if fields.get("language"):
        meta["language"] = fields["language"]
    if pairs:
        meta["label_pairs"] = True
    return Record(Instance(position, split, words, text, meta=meta), labels, lines=(line,))


def _text(value: object, field: str, name: str, line: int) -> str:
    if not isinstance(value, str):
        message = f"{field} is {type(value).__name__}, expected text."
        raise FormatError(name, line, message, "Write it as a string.")
    return value


def _labels(value: object, field: str, name: str, line: int, n: int) -> tuple[Labels | None, bool]:
    """Labels and whether some were `[word, tag]` pairs; None for an empty list."""
    if not isinstance(value, list):
        raise FormatError(name, line, f"{field} is not a list.", "Write one label per word.")
    if not value:
        return None, False
    if len(value) != n:
        message = f"{len(value)} {field}, expected {n}, one per word."
        raise FormatError(name, line, message, "Give each word one label.")
    tags = tuple(item[-1] if isinstance(item, list) and len(item) == 2 else item for item in value)
    if not all(isinstance(tag, str) for tag in tags):
        raise FormatError(name, line, f"{field} holds a value that is no label.", "Write names of labels.")
    return tags, any(isinstance(item, list) for item in value)


def _fields(record: Record) -> dict[str, object]:
    instance = record.instance
    tokens = checked_tokens(record, "responses", " ")
    labels = list(checked_labels(record, "responses", len(tokens), "") or ())
    gold = instance.meta.get("gold_labels") or []
    if not isinstance(gold, list | tuple) or len(gold) not in (0, len(tokens)):
        raise inexpressible(record, "responses", "its gold_labels are not one per token")
    pairs = [list(pair) for pair in zip(tokens, labels, strict=False)]
    output = " ".join(f"{word}_{tag}" for word, tag in zip(tokens, gold, strict=False))
    if not gold and tuple(instance.text.split()) != tokens:
        raise inexpressible(record, "responses", "its text does not split into its tokens and it has no gold")
    return {
        "input": instance.text,
        "output": output,
        "language": instance.meta.get("language", ""),
        "pred_labels": pairs if instance.meta.get("label_pairs") else labels,
        "gold_labels": list(gold),
        "examples": instance.meta.get("examples", []),
    }


formats.register("responses")(Responses())
