"""Where labels come from, as a file says it: in MISC of CoNLL-U, in `meta` of what has fields.

In MISC, `SSPSource` is `human` or the id of a run, `SSPConf` what that run believed of its label, and
`SSPAnnotator` who gave a human one. The prefix keeps them apart from the keys of treebanks. What would break
a value is written as UDPipe writes SpacesAfter: `\\s` space, `\\t`, `\\n`, `\\r`, `\\p` vertical bar, `\\\\`;
any other invisible character as `\\u{HEX}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.types import Record

HUMAN = "human"
META = "provenance"
SOURCE, CONFIDENCE, ANNOTATOR = "SSPSource", "SSPConf", "SSPAnnotator"
KEYS = (SOURCE, CONFIDENCE, ANNOTATOR)
ESCAPES = {"\\": "\\\\", " ": "\\s", "\t": "\\t", "\n": "\\n", "\r": "\\r", "|": "\\p"}
_BACK = {escape[1]: character for character, escape in ESCAPES.items()}
_ESCAPED = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|(.))", re.DOTALL)
_COLUMNS = 10
_MARKS = (f"{SOURCE}=".encode(), f'"{META}"'.encode())


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one label comes from: `HUMAN` or the id of a run; "" = nobody knows."""

    source: str
    confidence: float | None = None
    annotator: str = ""


Origins = tuple[Origin | None, ...]
"""One per label of an item; None where there is no label, or nothing is known of it."""


def confidence_text(value: float) -> str:
    """Six digits: as many as every 32-bit float keeps, so that what is read back is written the same."""
    return f"{value:.6g}"


def with_origins(block: str, origins: Origins) -> str:
    """A block of CoNLL-U whose words say where their labels come from, and nothing else of it changed.

    Args:
        origins: one per word; () takes away what the block says of origins.
    """
    lines = block.split("\n")
    word = 0
    for n, line in enumerate(lines):
        if _is_word(line):
            lines[n] = _with_origin(line, origins[word] if word < len(origins) else None)
            word += 1
        elif _is_range(line):
            lines[n] = _with_origin(line, None)
    return "\n".join(lines)


def origins_of(record: Record) -> Origins | None:
    """What a record says of the origins of its labels; None where it says nothing.

    Of what a file says in a way nobody wrote it here, nothing is believed.
    """
    found = _from_meta(record)
    if found is None and record.instance.raw is not None and f"{SOURCE}=" in record.instance.raw:
        lines = filter(_is_word, record.instance.raw.split("\n"))
        found = tuple(_origin(line.rstrip("\r").split("\t")[-1]) for line in lines)
    if found is None or not any(found) or record.labels is None or len(found) != len(record.labels):
        return None
    return found


def in_meta(origins: Origins) -> dict[str, Any]:
    """What `meta` says of origins, beside the confidences of the record."""
    said = [origin or Origin("") for origin in origins]
    return {META: {"sources": [one.source for one in said], "annotators": [one.annotator for one in said]}}


def confidences(origins: Origins) -> tuple[float, ...] | None:
    """One per label, 1 for what a human said; None where one is not known."""
    known = [_certain(origin) for origin in origins]
    return tuple(value for value in known if value is not None) if known and None not in known else None


def _certain(origin: Origin | None) -> float | None:
    if origin is None:
        return None
    return 1.0 if origin.source == HUMAN else origin.confidence


def _from_meta(record: Record) -> Origins | None:
    said = record.instance.meta.get(META)
    if not isinstance(said, Mapping) or record.labels is None:
        return None
    n = len(record.labels)
    sources, annotators = _texts(said.get("sources"), n), _texts(said.get("annotators"), n)
    if sources is None:
        return None
    sure: Sequence[float | None] = record.confidences or (None,) * n
    return tuple(
        Origin(source, None if source == HUMAN else value, name) if source else None
        for source, value, name in zip(sources, sure, annotators or [""] * n, strict=True)
    )


def _texts(value: object, n: int) -> list[str] | None:
    good = isinstance(value, list | tuple) and len(value) == n and all(isinstance(one, str) for one in value)
    return list(value) if good and isinstance(value, list | tuple) else None


def _is_word(line: str) -> bool:
    return line.count("\t") == _COLUMNS - 1 and line.split("\t", 1)[0].isdecimal()


def _is_range(line: str) -> bool:
    """A row `n-m`: where a word with an origin was split, its MISC came to stand there."""
    first, dash, last = line.split("\t", 1)[0].partition("-")
    return line.count("\t") == _COLUMNS - 1 and bool(dash) and first.isdecimal() and last.isdecimal()


def _with_origin(line: str, origin: Origin | None) -> str:
    ending = "\r" if line.endswith("\r") else ""
    head, _, misc = line.removesuffix(ending).rpartition("\t")
    kept = [pair for pair in misc.split("|") if pair.partition("=")[0] not in KEYS]
    if kept == ["_"] and origin is not None:
        kept = []
    return f"{head}\t{'|'.join([*kept, *_pairs(origin)]) or '_'}{ending}"


def _pairs(origin: Origin | None) -> list[str]:
    if origin is None or not origin.source:
        return []
    pairs = [f"{SOURCE}={_escaped(origin.source)}"]
    if origin.confidence is not None:
        pairs.append(f"{CONFIDENCE}={confidence_text(origin.confidence)}")
    if origin.annotator:
        pairs.append(f"{ANNOTATOR}={_escaped(origin.annotator)}")
    return pairs


def _origin(misc: str) -> Origin | None:
    pairs = dict(pair.partition("=")[::2] for pair in misc.split("|"))
    source = _plain(pairs.get(SOURCE, ""))
    if not source:
        return None
    return Origin(source, _probability(pairs.get(CONFIDENCE, "")), _plain(pairs.get(ANNOTATOR, "")))


def _probability(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _escaped(text: str) -> str:
    return "".join(map(_one_escaped, text))


def _one_escaped(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    odd = character.isspace() or not character.isprintable()
    return f"\\u{{{ord(character):X}}}" if odd else character


def _plain(text: str) -> str:
    return _ESCAPED.sub(_one_plain, text)


def _one_plain(found: re.Match[str]) -> str:
    if found[1]:
        number = int(found[1], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 and number else "\ufffd"
    return _BACK.get(found[2], found[2])


def may_say_origins(path: Path) -> bool:
    """Whether a file may hold origins of labels: it names the keys, or is packed so that nobody can tell."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            seen = tail + chunk
            if seen.startswith(b"PAR1") or any(mark in seen for mark in _MARKS):
                return True
            tail = seen[-32:]
    return False
