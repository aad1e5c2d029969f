"""One-label answers: the label named in a completion."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.tasks.reading import Reading, Span
from core.types import Labels

FENCES = re.compile(r"^\s*```[^\n]*$", re.MULTILINE)


def parse_label(completion: str, label_set: Labels) -> tuple[Labels, str | None]:
    """The label of `read_label`, and what was wrong."""
    found = read_label(completion, label_set)
    return found.labels, found.problem


def read_label(completion: str, label_set: Labels) -> Reading:
    """The one label a completion names, in any case, as whole words.

    Where several are named, the first line decides if it begins with one (after "Answer:" or the
    like); otherwise the answer is unusable and the label empty.
    """
    text = FENCES.sub("", completion).strip()
    named = _named(text, label_set)
    label = named[0] if len(named) == 1 else _leading(text, label_set) if named else None
    if label:
        return Reading((label,), known=(True,), spans=(_span(completion, label),))
    if named:
        return _unusable(f"several labels in the answer ({', '.join(named)})")
    return _unusable(f"no known label in the answer {text[:60]!r}" if text else "the answer is empty")


def _unusable(fault: str) -> Reading:
    return Reading(("",), fault, fault, (False,), (None,))


def _span(completion: str, label: str) -> Span | None:
    """Where the label stands first."""
    found = _pattern((label,)).search(completion)
    return found.span() if found else None


def unknown_labels(labels: Sequence[str], label_set: Labels) -> list[str]:
    """One sentence per label that is not in the set, and one when there is not exactly one label."""
    problems = [f"unknown label {label!r}" for label in dict.fromkeys(labels) if label not in label_set]
    if len(labels) != 1:
        problems.append(f"{len(labels)} labels, expected one")
    return problems


def _pattern(label_set: Labels) -> re.Pattern[str]:
    # Longest first: "science fiction" is not also "science".
    longest_first = sorted((label for label in label_set if label), key=len, reverse=True)
    names = "|".join(re.escape(label) for label in longest_first)
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)" if names else r"(?!)", re.IGNORECASE)


def _named(text: str, label_set: Labels) -> list[str]:
    by_lower = {label.casefold(): label for label in label_set}
    found = (by_lower.get(match.group().casefold()) for match in _pattern(label_set).finditer(text))
    return list(dict.fromkeys(label for label in found if label is not None))


def _leading(text: str, label_set: Labels) -> str | None:
    line = text.split("\n", 1)[0]
    line = re.sub(r"^\W*(?:\w+\W*:)?\W*", "", line, count=1)
    match = _pattern(label_set).match(line)
    return _named(match.group(), label_set)[0] if match else None
