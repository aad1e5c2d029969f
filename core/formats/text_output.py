"""Shared writing: strict UTF-8 out, and one shape for "this format cannot say that"."""

from __future__ import annotations

from core.errors import StudioError
from core.formats.labels import EMPTY
from core.formats.text_input import BOM
from core.types import Labels, Record


def inexpressible(record: Record, format_name: str, why: str, hint: str = "") -> StudioError:
    """The error for a record that a format cannot hold."""
    where = f"instance {record.instance.position}"
    return StudioError(
        f"{where} cannot be written as {format_name}: {why}.", hint or "Write jsonl, which can hold any text."
    )


def encode(text: str, record: Record, format_name: str) -> bytes:
    """UTF-8 bytes of `text`; StudioError for half a surrogate pair, which UTF-8 cannot hold."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise inexpressible(record, format_name, "the text holds half a character (a surrogate)") from error


def after_bom(text: bytes) -> bytes:
    """What a file must begin with when its text begins with U+FEFF: a reader drops one as a BOM."""
    return BOM + text if text.startswith(BOM) else text


def line_safe(text: str, record: Record, format_name: str, banned: str = "\n\r\x00") -> str:
    """`text` itself, or StudioError when it holds a character that would break the file's lines."""
    for character in banned:
        if character in text:
            raise inexpressible(record, format_name, f"{text[:60]!r} holds {character!r}")
    return text


def checked_tokens(record: Record, format_name: str, banned: str) -> tuple[str, ...]:
    """The tokens, when there are some, none is empty and none holds a banned character."""
    if not record.instance.tokens:
        raise inexpressible(record, format_name, "it has no tokens")
    for token in record.instance.tokens:
        if not token:
            raise inexpressible(record, format_name, "it has an empty token")
        line_safe(token, record, format_name, banned)
    return record.instance.tokens


def checked_labels(record: Record, format_name: str, n: int, banned: str = " \t\n\r\x00") -> Labels | None:
    """The labels, when there are `n` and each is one word; None when the record has none."""
    labels = record.labels
    if labels is None:
        return None
    if len(labels) != n:
        raise inexpressible(record, format_name, f"it has {len(labels)} labels, expected {n}")
    for label in labels:
        if not label:
            raise inexpressible(record, format_name, "it has an empty label")
        line_safe(label, record, format_name, banned)
    return labels


def written_labels(record: Record, format_name: str) -> tuple[str, ...]:
    """One tag per token for a file: `_` in place of no labels."""
    n = len(record.instance.tokens)
    labels = checked_labels(record, format_name, n)
    if labels is not None and all(label == EMPTY for label in labels):
        raise inexpressible(record, format_name, "all its labels are '_', which means none")
    return labels or (EMPTY,) * n
