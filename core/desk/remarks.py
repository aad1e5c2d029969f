"""What stands beside an item: its flag, comments, translations and transliteration, as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import catalog
from core.errors import UnknownName
from core.formats.extras import UNKNOWN, translations_of
from core.types import Instance, Record


def remarked(instance: Instance, remarks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """flag, comments, translations, transliteration; what somebody said takes the place of the file's."""
    texts = translations_of(Record(instance))
    whole = instance.meta.get("transliteration")
    letters = whole if isinstance(whole, str) else ""
    comments, flag = [], False
    for row in remarks:
        kind, text = row["kind"], row["text"]
        if kind == "translation":
            code, _, said = text.partition(":")
            texts[code or UNKNOWN] = said
        elif kind == "transliteration":
            letters = text
        elif kind == "comment":
            comments.append([row["author"], f"{row['created_at']:%Y-%m-%d %H:%M}", text])
        elif kind in ("flag", "unflag"):
            flag = kind == "flag"
    translations = [{"code": code, "name": _name(code), "text": text} for code, text in texts.items()]
    return {"flag": flag, "comments": comments, "transliteration": letters, "translations": translations}


def _name(code: str) -> str:
    try:
        return "Translation" if code == UNKNOWN else catalog.language(code).name
    except UnknownName:
        return code
