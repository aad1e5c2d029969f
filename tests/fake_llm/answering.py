"""Answers to requests: what a prompt asks for, in the form a constraint demands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fake_llm.grammars import generate
from tests.fake_llm.reading import Question


def question_of(body: Mapping[str, Any]) -> Question:
    """The turns before the first answer of the model, as one text."""
    texts = []
    for turn in body.get("messages", ()):
        if turn.get("role") == "assistant":
            break
        texts.append(str(turn.get("content", "")))
    return Question("\n\n".join(texts))


def answer(body: Mapping[str, Any], constraint: Mapping[str, Any]) -> str:
    """The text of an answer. `constraint` is what the dialect took from the request: {} = nothing."""
    question = question_of(body)
    if "schema" in constraint:
        return json.dumps(_value(constraint["schema"], question, Words(question)), ensure_ascii=False)
    if "choice" in constraint:
        return question.label(constraint["choice"])
    if "grammar" in constraint:
        return generate(constraint["grammar"], question)
    if constraint.get("json"):
        return json.dumps(_free(question), ensure_ascii=False)
    return _plain(question)


def _plain(question: Question) -> str:
    if question.style == "label":
        return question.label()
    tagged = [(word, question.tag(word)) for word in question.words]
    if question.style == "inline":
        return " ".join(f"{word}/{tag}" for word, tag in tagged)
    if question.style == "json":
        return json.dumps(_free(question), ensure_ascii=False)
    return "\n".join(f"{word}\t{tag}" for word, tag in tagged)


def _free(question: Question) -> Any:
    return [{"word": word, "tag": question.tag(word)} for word in question.words]


class Words:
    """The words of the question one after the other, as a schema comes to them."""

    def __init__(self, question: Question) -> None:
        self._words = list(question.words)
        self.current = ""

    def next(self) -> str:
        self.current = self._words.pop(0) if self._words else ""
        return self.current


def _value(schema: Mapping[str, Any], question: Question, words: Words) -> Any:
    """A value that a JSON schema allows."""
    if "const" in schema:
        words.current = str(schema["const"])
        return schema["const"]
    if "enum" in schema:
        return _chosen(schema["enum"], question, words)
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, question, words)
    if kind == "array":
        return _array(schema, question, words)
    if kind in {"integer", "number"}:
        return schema.get("minimum", 0)
    return words.next() if kind == "string" else None


def _chosen(options: Sequence[Any], question: Question, words: Words) -> Any:
    if len(options) == 1:
        words.current = str(options[0])
        return options[0]
    if question.style == "label" or not words.current:
        return question.label(options)
    return question.tag(words.current, options)


def _object(schema: Mapping[str, Any], question: Question, words: Words) -> dict[str, Any]:
    found = {}
    for name, inner in schema.get("properties", {}).items():
        if name in question.words or name.split(" ", 1)[-1] in question.words:
            words.current = name if name in question.words else name.split(" ", 1)[-1]
        found[name] = _value(inner, question, words)
    return found


def _array(schema: Mapping[str, Any], question: Question, words: Words) -> list[Any]:
    if "prefixItems" in schema:
        return [_value(inner, question, words) for inner in schema["prefixItems"]]
    inner = schema.get("items", {"type": "string"})
    size = schema.get("minItems", len(question.words))
    found = []
    for _ in range(size):
        if "enum" in inner:
            words.next()
        found.append(_value(inner, question, words))
    return found
