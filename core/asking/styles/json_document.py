"""JSON answers, read with fences, prose around them, single quotes, or an end that is missing."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from core.tasks.alignment import Tagged, read_tagged, tab_rows
from core.tasks.answers import read_label
from core.tasks.reading import Reading, Span
from core.types import Instance, Labels

LONGEST = 1_000_000
"""Characters of an answer that are looked at."""
TRIES = 40
"""Places where a document may begin that are tried."""
WORD_KEYS = ("word", "token", "form", "text", "w", "t")
TAG_KEYS = ("tag", "label", "pos", "ner", "upos", "type", "entity", "l")
BEGINS = re.compile(r"[\[{]")
PAIR = re.compile(
    r"""["'](?:word|token|form|text)["']\s*:\s*(?P<word>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*,\s*"""
    r"""["'](?:tag|label|pos|ner|upos)["']\s*:\s*["'](?P<tag>[^"'\n]*)["']"""
)
KIND = "JSON document with words and tags"


class Pairs(list[tuple[Any, Any]]):
    """An object of JSON as its members in order, equal keys included."""


def write_json(instance: Instance, labels: Labels) -> str:
    """{"words": [{"word": ..., "tag": ...}, ...]}, or {"label": ...} where there is one label in all."""
    if not instance.tokens:
        (label,) = labels
        return json.dumps({"label": label}, ensure_ascii=False)
    rows = [{"word": word, "tag": tag} for word, tag in zip(instance.tokens, labels, strict=True)]
    return json.dumps({"words": rows}, ensure_ascii=False)


def read_json_words(text: str, words: Sequence[str], label_set: Labels, fallback: str) -> Reading:
    """The tags of a document; what of a broken one can be made out; rows of word and tag as well."""
    text = text[:LONGEST]
    found = [_salvaged(text), *(_rows(document, words) for document in documents(text)), tab_rows(text)]
    readings = [read_tagged(rows, words, label_set, fallback, KIND) for rows in found if rows]
    nothing = read_tagged([], words, label_set, fallback, KIND)
    return max(readings, key=lambda reading: reading.usable, default=nothing)


def read_json_label(text: str, label_set: Labels) -> Reading:
    """The label a document holds; without one, the label that the text names."""
    text = text[:LONGEST]
    for document in documents(text):
        for value in _texts(document):
            found = read_label(value, label_set)
            if found.usable:
                return Reading(found.labels, known=(True,), spans=(_span(text, found.labels[0]),))
    return read_label(text, label_set)


def documents(text: str) -> Iterator[Any]:
    """The documents in a text, each read from where a bracket opens to where it closes."""
    decoder = json.JSONDecoder(object_pairs_hook=Pairs)
    at, tried = 0, 0
    while tried < TRIES and (begins := BEGINS.search(text, at)):
        tried += 1
        try:
            document, at = decoder.raw_decode(text, begins.start())
        except (ValueError, RecursionError):
            document, at = _literal(text, begins.start()), begins.end()
            if document is None:
                continue
            yield document
            return
        yield document


def _literal(text: str, start: int) -> Any:
    """A document in Python's spelling (single quotes, True), up to the last bracket that fits; else None."""
    end = text.rfind("}" if text[start] == "{" else "]")
    if end <= start:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            value = ast.literal_eval(text[start : end + 1])
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
    return _paired(value)


def _paired(value: Any) -> Any:
    if isinstance(value, dict):
        return Pairs((key, _paired(item)) for key, item in value.items())
    return [_paired(item) for item in value] if isinstance(value, list | tuple) else value


def _rows(document: Any, words: Sequence[str]) -> list[Tagged]:
    """Words with tags in any of the shapes that models give them."""
    if isinstance(document, Pairs):
        if len(document) > 1 and (row := _row(document)):
            return [row]
        inner = [_rows(value, words) for _, value in document if isinstance(value, list)]
        if any(inner):
            return max(inner, key=len)
        return [Tagged(str(key), str(tag).strip()) for key, tag in document if isinstance(tag, str)]
    if not isinstance(document, list):
        return []
    if document and all(isinstance(item, str) for item in document):
        even = len(document) == len(words)
        return [Tagged(word, tag.strip()) for word, tag in zip(words, document, strict=True)] if even else []
    return [row for item in document if (row := _row(item)) is not None]


def _row(item: Any) -> Tagged | None:
    if isinstance(item, Pairs):
        said = {str(key).lower(): value for key, value in item}
        word = next((said[key] for key in WORD_KEYS if key in said), None)
        tag = next((said[key] for key in TAG_KEYS if key in said and said[key] is not word), None)
        if tag is None and len(item) == 1:
            word, tag = item[0]
    elif isinstance(item, list) and len(item) == 2:
        word, tag = item
    else:
        return None
    return Tagged(word, tag.strip()) if isinstance(word, str) and isinstance(tag, str) else None


def _salvaged(text: str) -> list[Tagged]:
    """Pairs of word and tag wherever they stand, with their places; a document may end early."""
    pairs = PAIR.finditer(text)
    return [Tagged(_unquoted(found["word"]), found["tag"], found.span("tag")) for found in pairs]


def _unquoted(quoted: str) -> str:
    inner = quoted[1:-1]
    if quoted[0] == "'":
        return inner.replace("\\'", "'")
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return inner


def _texts(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, Pairs):
        named = [value for key, value in document if str(key).lower() in ("label", "answer", "topic")]
        yield from (value for value in named if isinstance(value, str))
        yield from (value for _, value in document if isinstance(value, str))
    elif isinstance(document, list):
        yield from (value for value in document if isinstance(value, str))


def _span(text: str, label: str) -> Span | None:
    at = text.rfind(f'"{label}"')
    return (at + 1, at + 1 + len(label)) if at >= 0 else None
