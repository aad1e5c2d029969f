"""A sentence of a small GBNF grammar: rules of literals, names, groups and alternatives."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fake_llm.reading import Question

RULE = re.compile(r"^([A-Za-z][\w-]*)\s*::=\s*(.*)$")
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\][*+?]?|[A-Za-z][\w-]*|[()|*+?]')


def generate(grammar: str, question: Question) -> str:
    """What the rule `root` allows; among alternatives of literals, what suits the word before them."""
    rules: dict[str, str] = {}
    name = ""
    for line in grammar.splitlines():
        found = RULE.match(line.strip())
        if found:
            name = found[1]
            rules[name] = found[2]
        elif name:
            rules[name] += " " + line.strip()
    return _Speaker(rules, question).speak("root", "")


class _Speaker:
    def __init__(self, rules: dict[str, str], question: Question) -> None:
        self._rules, self._question = rules, question

    def speak(self, name: str, before: str) -> str:
        """What rule `name` adds to the text before it."""
        return self._expression(iter(TOKEN.findall(self._rules[name])), before)[len(before) :]

    def _expression(self, tokens: Iterator[str], before: str) -> str:
        alternatives: list[str] = []
        said = before
        for token in tokens:
            if token == ")":
                break
            if token == "|":
                alternatives.append(said[len(before) :])
                said = before
            elif token == "(":
                said = self._expression(tokens, said)
            elif token.startswith('"'):
                said += json.loads(token)
            elif token[0].isalpha():
                said += self.speak(token, said)
        alternatives.append(said[len(before) :])
        return before + self._choose(alternatives, before)

    def _choose(self, alternatives: list[str], before: str) -> str:
        if len(alternatives) == 1:
            return alternatives[0]
        word = re.split(r"[\n ]", before.rstrip("\t/"))[-1]
        if not word:
            return self._question.label(alternatives)
        return self._question.tag(word, alternatives)
