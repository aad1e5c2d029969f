"""Spans of a tag sequence, read strictly (IOB2) or leniently (the CoNLL-2003 rules).

The lenient reading is the one behind the SSP paper's figures. It accepts any string as a tag: the
first letter is the prefix, what follows is the type.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.types import Labels

Span = tuple[str, int, int, int]
"""(type, sequence, first token, last token)."""


def strict_spans(sequences: Iterable[Labels]) -> set[Span]:
    """IOB2: a span is `B-X` and the `I-X` directly after it; any other `I-` belongs to none."""
    spans = set()
    for number, tags in enumerate(sequences):
        for first, tag in enumerate(tags):
            if tag.startswith("B"):
                kind, last = _strict_type(tag), first
                while last + 1 < len(tags) and _continues(tags[last + 1], kind):
                    last += 1
                spans.add((kind, number, first, last))
    return spans


def _continues(tag: str, kind: str) -> bool:
    return tag.startswith("I") and _strict_type(tag) == kind


def _strict_type(tag: str) -> str:
    return tag[1:].strip("-") or "_"


def lenient_spans(sequences: Sequence[Labels]) -> set[Span]:
    """Spans under the lenient rules: an `I-X` after O, or after another type, opens a span.

    The sequences are read as one, each followed by an O, because a span may be closed by what comes
    after it; with bare tags (parts of speech) that matters. The sequence number is therefore 0 and
    the positions are those of the whole.
    """
    spans: set[Span] = set()
    before, before_type, first = "O", "", 0
    for index, tag in enumerate(_joined(sequences)):
        prefix, kind = tag[:1] or "O", tag[1:].split("-", 1)[-1] or "_"
        if _closes(before, prefix) or (before not in "O." and before_type != kind):
            spans.add((before_type, 0, first, index - 1))
        if _opens(before, prefix) or (prefix not in "O." and before_type != kind):
            first = index
        before, before_type = prefix, kind
    return spans


def _joined(sequences: Iterable[Labels]) -> Iterable[str]:
    for tags in sequences:
        yield from tags
        yield "O"


def _closes(before: str, prefix: str) -> bool:
    return before in "ES" or (before in "BI" and prefix in "BSO")


def _opens(before: str, prefix: str) -> bool:
    return prefix in "BS" or (prefix in "EI" and before in "ESO")
