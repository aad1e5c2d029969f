"""JSON Lines: one object per line, with errors that name the line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.errors import FormatError
from core.formats.text_input import BLANK, numbered_lines
from core.formats.text_output import encode, inexpressible
from core.types import Record


def json_objects(path: Path, name: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Stream (line, object); blank lines are skipped.

    Raises:
        FormatError: a line is not JSON, not an object, or holds half a surrogate pair.
    """
    for number, line in numbered_lines(path, name):
        if line.strip(BLANK):
            yield number, _object(line, name, number)


def json_line(fields: Mapping[str, object], record: Record, format_name: str) -> bytes:
    """One line of JSON with characters as themselves; StudioError when JSON cannot hold a value."""
    try:
        text = json.dumps(fields, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise inexpressible(
            record, format_name, f"JSON cannot hold it ({error})", "Check its meta."
        ) from error
    return encode(text + "\n", record, format_name)


def _object(line: str, name: str, number: int) -> dict[str, object]:
    hint = "Write one JSON object per line."
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        message = f"not valid JSON ({error}), expected one object."
        raise FormatError(name, number, message, hint) from error
    if not isinstance(value, dict):
        raise FormatError(name, number, f"a JSON {type(value).__name__}, expected an object.", hint)
    if "\\ud" in line.lower():
        _check_surrogates(value, name, number)
    return value


def _check_surrogates(value: object, name: str, number: int) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        message = "half a character (a lone \\ud... escape), expected whole characters."
        raise FormatError(name, number, message, "Write the pair, or the character itself.") from error
