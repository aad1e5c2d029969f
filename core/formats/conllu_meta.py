"""What CoNLL-U says beside words and tags: sentence ids, translations, transliterations and glosses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.formats.extras import per_token, translations_of
from core.formats.text_input import BLANK, without_ending
from core.formats.text_output import inexpressible, line_safe
from core.types import Record

MISC = {"glosses": "Gloss", "transliterations": "Translit"}
"""Name in meta -> key in the tenth column."""
NONE = "_"


def comments(lines: Sequence[str]) -> tuple[str | None, dict[str, object]]:
    """The text, and what meta keeps, of the last comment group before the rows."""
    found: dict[str, str] = {}
    for line in lines:
        if line[0] != "#":
            if line[0] not in BLANK:
                break
            found = {}
            continue
        key, equals, value = line[1:].partition("=")
        if equals:
            found[key.strip()] = without_ending(value.removeprefix(" "))
    meta: dict[str, object] = {"sent_id": found["sent_id"]} if "sent_id" in found else {}
    codes = {key.removeprefix("text_"): value for key, value in found.items() if key.startswith("text_")}
    if texts := {code: text for code, text in codes.items() if code and text.strip()}:
        meta["translations"] = texts
    if found.get("translit", "").strip():
        meta["transliteration"] = found["translit"]
    return found.get("text"), meta


def of_words(miscs: Mapping[int, str], n_tokens: int) -> dict[str, object]:
    """Glosses and transliterations, one per word ("" = none), where any word has one.

    Args:
        miscs: the tenth column of the words (by their number from 0) that may hold some.
    """
    found: dict[str, list[str]] = {}
    for word, misc in miscs.items():
        pairs = dict(pair.partition("=")[::2] for pair in reversed(misc.split("|")))
        for name, key in MISC.items():
            if pairs.get(key):
                found.setdefault(name, [""] * n_tokens)[word] = pairs[key]
    return dict(found)


def written_comments(record: Record) -> list[str]:
    """Comment lines; StudioError for a value that is no line."""
    meta = record.instance.meta
    values = {"text": record.instance.text}
    if meta.get("sent_id") is not None:
        values = {"sent_id": str(meta["sent_id"]), **values}
    for code, text in translations_of(record).items():
        if not code or code != code.strip() or "=" in code:
            raise inexpressible(record, "conllu", f"{code[:40]!r} is no language code")
        values[f"text_{code}"] = text
    transliteration = meta.get("transliteration")
    if isinstance(transliteration, str) and transliteration.strip():
        values["translit"] = transliteration
    return [line_safe(f"# {key} = {value}", record, "conllu") + "\n" for key, value in values.items()]


def written_miscs(record: Record) -> list[str]:
    """The tenth column of each word; StudioError for a gloss that would break it."""
    columns = [(key, per_token(record, name)) for name, key in MISC.items()]
    miscs = []
    for n in range(len(record.instance.tokens)):
        pairs = [f"{key}={values[n]}" for key, values in columns if values and values[n]]
        for pair in pairs:
            line_safe(pair, record, "conllu", "|\t\n\r\x00")
        miscs.append("|".join(pairs) or NONE)
    return miscs
