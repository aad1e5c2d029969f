"""What holds an answer to its frame: its fixed text, a JSON schema, a grammar, a list of choices.

The answers of the four styles, for words w1, w2 and tags T1, T2 (label L):

    rows    w1<TAB>T1\\nw2<TAB>T2\\n
    json    {"words": [{"word": "w1", "tag": "T1"}, {"word": "w2", "tag": "T2"}]}     {"label": "L"}
    inline  w1/T1 w2/T2
    label   L
    text    anything: nothing is held to; `words` says how many words are expected

JSON is an object at its root because hosted APIs take no other (structured outputs in strict mode), and
every word is repeated because models that are not held to anything lose count of bare tags.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.llms import Frame
from core.types import Labels

Constraint = Literal["schema", "grammar", "choice", "structured"]
"""Ways to hold a server to a frame: `response_format` with a JSON schema (OpenAI and most others), `grammar`
(llama.cpp), `guided_choice` (vLLM before 0.12), `structured_outputs` (vLLM since).
"""
CONSTRAINTS: tuple[Constraint, ...] = ("schema", "grammar", "choice", "structured")
NAME = "labels"
"""Of the schema, where an API wants one."""
SPARE = 64
"""Tokens beyond the answer itself: a fence, an introduction, the end of a turn."""
PER_WORD, FOR_TEXT = 4, 16
"""Tokens allowed for a word of free text, and for a text besides."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One label to choose, and the text that has to stand before and behind it."""

    before: str
    after: str


def units(frame: Frame) -> tuple[Unit, ...]:
    """The answer with its labels left out: one unit per word, or one in all.

    Text is cut where tokenizers cut it as well: behind a line, before a space.
    """
    if frame.style in ("label", "text") or not frame.words:
        return _single(frame)
    last = len(frame.words) - 1
    if frame.style == "rows":
        return tuple(Unit(f"{word}\t", "\n") for word in frame.words)
    if frame.style == "inline":
        return tuple(Unit(f"{' ' if at else ''}{word}/", "") for at, word in enumerate(frame.words))
    return tuple(
        Unit(
            f'{" " if at else _OPEN}{{{json.dumps("word")}: {_quoted(word)}, {json.dumps("tag")}: "',
            f'"}}{"]}" if at == last else ","}',
        )
        for at, word in enumerate(frame.words)
    )


_OPEN = '{"words": ['


def _single(frame: Frame) -> tuple[Unit, ...]:
    """An item of one label; a sentence without words has none."""
    if frame.style == "label":
        return (Unit("", ""),)
    return (Unit('{"label": "', '"}'),) if frame.style == "json" else ()


def spelled(frame: Frame) -> Labels:
    """The labels as they are written in an answer, in order."""
    return tuple(_quoted(label)[1:-1] for label in frame.labels) if frame.style == "json" else frame.labels


def answer(frame: Frame, labels: Sequence[str]) -> str:
    """The answer that gives these labels, one per unit; its own text exactly."""
    written = dict(zip(frame.labels, spelled(frame), strict=True))
    pairs = zip(units(frame), labels, strict=True)
    return "".join(f"{unit.before}{written[label]}{unit.after}" for unit, label in pairs)


def choices(frame: Frame) -> Labels:
    """The answers there can be, where there are as many as labels; else none are listed."""
    return frame.labels if frame.style == "label" else ()


def max_tokens(frame: Frame) -> int:
    """No answer within the frame has more tokens, whatever the tokenizer: it has no more bytes.

    Free text has no bound; what it gets is enough for a translation into a language of long words.
    """
    if frame.style == "text":
        return PER_WORD * len(frame.words) + FOR_TEXT
    longest = max((len(label.encode()) for label in spelled(frame)), default=0)
    fixed = sum(len((unit.before + unit.after).encode()) + longest for unit in units(frame))
    return fixed + SPARE


def json_schema(frame: Frame, *, exact: bool = False) -> dict[str, Any] | None:
    """A JSON schema (2020-12) of the answers in styles json and label; None where they are not JSON.

    An answer of style label becomes `{"label": "L"}` under a schema.

    Args:
        exact: also fix the words and their number. Servers translate every new schema before they begin, and
            hosted ones take seconds for it; the plain one is the same for all sentences of a task.
    """
    if frame.style not in ("json", "label"):
        return None
    tag = {"type": "string", "enum": list(frame.labels)}
    if not frame.words or frame.style == "label":
        return _object({"label": tag})
    if not exact:
        return _object(
            {"words": {"type": "array", "items": _object({"word": {"type": "string"}, "tag": tag})}}
        )
    items = [_object({"word": {"type": "string", "enum": [word]}, "tag": tag}) for word in frame.words]
    size = len(items)
    rows = {"type": "array", "prefixItems": items, "items": False, "minItems": size, "maxItems": size}
    return _object({"words": rows})


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def grammar(frame: Frame) -> str:
    """A grammar in GBNF (llama.cpp's notation, which vLLM reads too) that generates exactly the answers."""
    fixed = [""]
    for unit in units(frame):
        fixed[-1] += unit.before
        fixed.append(unit.after)
    parts = [_literal(fixed[0])]
    for text in fixed[1:]:
        parts += ["tag", _literal(text)]
    root = " ".join(part for part in parts if part) or '""'
    tags = " | ".join(_literal(label) for label in spelled(frame))
    return f"root ::= {root}\ntag ::= {tags}\n"


def fields(constraint: Constraint, frame: Frame) -> dict[str, Any] | None:
    """What to add to the body of a request; None where this constraint cannot hold that frame."""
    if frame.style == "text":
        return None
    schema = json_schema(frame)
    if constraint == "grammar":
        return {"grammar": grammar(frame)}
    if constraint == "choice":
        return {"guided_choice": list(choices(frame))} if choices(frame) else None
    if constraint == "structured":
        return {"structured_outputs": _structured(frame)}
    if schema is None:
        return None
    named = {"name": NAME, "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": named}}


def _structured(frame: Frame) -> dict[str, Any]:
    if choices(frame):
        return {"choice": list(choices(frame))}
    schema = json_schema(frame, exact=True)
    return {"json": schema} if schema else {"grammar": grammar(frame)}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _literal(text: str) -> str:
    """A string of GBNF: quotes, backslashes and control characters escaped; "" for nothing."""
    if not text:
        return ""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    known = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return known.get(char) or (char if char.isprintable() or ord(char) > 0x9F else f"\\x{ord(char):02X}")
