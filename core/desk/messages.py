"""What a labeller's window says, read and checked: a browser's word is not trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = (
    "labels",
    "skip",
    "flag",
    "unflag",
    "comment",
    "translation",
    "transliteration",
    "gloss",
    "tokens",
    "undo",
    "redo",
    "repeat",
    "undo-batch",
)
LONGEST = 20_000
"""Characters of a text; labels and forms of an item."""
SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Key:
    """Where a window works: which labels it was shown, out of which feed, and who sits before it."""

    dataset: str
    run: str = ""
    stage: str = ""
    feed: str = ""
    who: str = ""

    def __str__(self) -> str:
        return SEPARATOR.join((self.dataset, self.run, self.stage, self.feed, self.who))

    @classmethod
    def read(cls, text: str) -> Key:
        """The key of a text; what is missing is empty. A name may hold the separator."""
        parts = text.split(SEPARATOR, 4)
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that somebody did. `client` names the window, `seq` counts its messages from 1.

    `version` and `tv` are those of the labels and of the words that were before their eyes.
    """

    client: str
    seq: int
    kind: str
    dataset: str
    position: int
    who: str
    key: Key
    version: int = 0
    tv: int = 0
    labels: tuple[str, ...] = ()
    action: str = "set"
    blind: bool = False
    milliseconds: int = 0
    keys: int = 0
    token: int | None = None
    text: str = ""
    edit: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    batch: str = ""
    expected: int | None = None

    @property
    def seconds(self) -> float | None:
        return self.milliseconds / 1000 if self.milliseconds else None


def read(raw: object) -> Message | None:
    """The message, or None for what is none."""
    if not isinstance(raw, Mapping):
        return None
    client, seq, kind = raw.get("client"), raw.get("seq"), raw.get("kind")
    if not (isinstance(client, str) and 0 < len(client) <= 80 and _whole(seq) and kind in KINDS):
        return None
    key = Key.read(_text(raw, "key"))
    return Message(
        client=client,
        seq=_number(raw, "seq"),
        kind=str(kind),
        dataset=_text(raw, "dataset") or key.dataset,
        position=_number(raw, "id", -1),
        who=_text(raw, "who")[:80].strip() or key.who or "nobody",
        key=key,
        version=_number(raw, "version"),
        tv=_number(raw, "tv"),
        labels=_strings(raw.get("labels")),
        action="accept" if raw.get("action") == "accept" else "set",
        blind=raw.get("blind") is True,
        milliseconds=_number(raw, "ms"),
        keys=_number(raw, "keys"),
        token=_number(raw, "token") if _whole(raw.get("token")) else None,
        text=_text(raw, "text"),
        edit=_mapping(raw.get("edit")),
        spec=_mapping(raw.get("spec")),
        batch=_text(raw, "batch"),
        expected=_expected(raw),
    )


def in_order(raw: object) -> list[Message]:
    """The messages of an outbox: those of each window in the order in which they were written."""
    found = [message for item in raw if (message := read(item))] if isinstance(raw, list) else []
    return sorted(found, key=lambda message: message.seq)


def _expected(raw: Mapping[str, Any]) -> int | None:
    """How many changes somebody saw before they agreed to them."""
    told: tuple[Any, ...] = (raw.get("expected"), _mapping(raw.get("spec")).get("expected"))
    return next((int(value) for value in told if _whole(value)), None)


def _whole(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < 2**53 and value == int(value)


def _number(raw: Mapping[str, Any], name: str, default: int = 0) -> int:
    return int(raw[name]) if _whole(raw.get(name)) else default


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value[:LONGEST] if isinstance(value, str) else ""


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return ()
    return tuple(value[:LONGEST])


def _mapping(value: object) -> Mapping[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
