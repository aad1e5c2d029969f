"""What a window says is carried out once, whoever hears it and however often; nothing of it is lost.

Labels that somebody else overtook are kept as their author's own, and the item is put up for decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from core.annotators import repeating
from core.desk import items as shown
from core.desk.carrying_out import ACTIONS, SPEC, WORDS, Answer, layer_said_in, newest, overtaken, remark
from core.desk.desk import Desk, layer_of
from core.desk.messages import Key, Message
from core.desk.showing import showing
from core.errors import ConflictError, StudioError
from core.store import facts, views

FRESH = {"undo", "redo", "tokens", "repeat", "undo-batch"}
"""Kinds after which a window needs the item anew."""


def handle(desk: Desk, messages: Sequence[Message]) -> list[Answer]:
    """Carry out messages, those of each window in their order; the answers to them, in the same order.

    An answer has client, seq, id, status (saved | conflict | refused | gone), version, tv, message, theirs,
    who, item (None where the window has it as it is) and batch.

    Raises:
        StudioError: the store cannot be written; what was not answered comes again.
    """
    answers = []
    for message in messages:
        save = partial(_carried_out, desk, message)
        answer, _ = facts.once(desk.store, message.client, message.seq, message.dataset, save)
        _noted(desk, message, answer)
        answers.append({**answer, "client": message.client, "seq": message.seq, "item": None})
    for message, answer in zip(messages, answers, strict=True):
        if message.kind in FRESH or answer["status"] == "conflict":
            answer["item"] = fresh(desk, message)
    return answers


def fresh(desk: Desk, message: Message) -> dict[str, Any] | None:
    """The item of a message as it is now; None where it is gone."""
    key = message.key
    try:
        known = desk.material(key.dataset, key.run, key.stage)
        heard = desk.heard(key.dataset)
        found = shown.items(desk.store, known, heard, [message.position], showing(desk, key))
    except StudioError:
        return None
    return found[0] if found else None


def _carried_out(desk: Desk, message: Message) -> Answer:
    answer: Answer = {"id": message.position, "status": "saved", "version": 0, "tv": 0, "message": ""}
    answer |= {"theirs": [], "who": "", "batch": ""}
    try:
        answer |= ACTIONS[message.kind](desk, message)
    except ConflictError as error:
        answer |= overtaken(desk, message, error)
    except StudioError as error:
        status = "refused" if _is_there(desk, message) else "gone"
        answer |= {"status": status, "message": f"{error.message} {error.hint}".strip()}
    return answer


def _is_there(desk: Desk, message: Message) -> bool:
    return bool(views.instances(desk.store, message.dataset, [message.position]))


def preview(desk: Desk, key: Key, ask: Mapping[str, Any]) -> Answer:
    """The answer to a window's question: what a repetition would change. Never raises for a bad question."""
    number, spec = ask.get("n"), ask.get("spec")
    answer: Answer = {"n": number if isinstance(number, int) else 0, "what": str(ask.get("what", ""))[:20]}
    answer |= {"total": 0, "items": 0, "changes": [], "message": ""}
    if ask.get("what") != "repeat" or not isinstance(spec, Mapping):
        return answer | {"message": "this cannot be answered."}
    wanted = {name: spec[name] for name in (*SPEC, "id", "token") if spec.get(name) is not None}
    try:
        found = repeating.preview(desk.store, key.dataset, key.run, key.stage, wanted)
    except StudioError as error:
        return answer | {"message": f"{error.message} {error.hint}".strip()}
    return answer | {
        "total": found.total,
        "items": found.items,
        "changes": list(found.changes),
        "message": found.message,
    }


def _noted(desk: Desk, message: Message, answer: Answer) -> None:
    """Remember what a window did itself, and let the feeds know of it."""
    desk.windows.add(message.client)
    if answer["status"] == "saved" and ACTIONS[message.kind] is not remark:
        layer = layer_said_in(desk, message)
        desk.note(message.client, layer, message.position, answer["version"])
        desk.note(message.client, WORDS, message.position, answer["tv"])
    if answer["status"] in {"saved", "conflict"}:
        _fed(desk, message)


def _fed(desk: Desk, message: Message) -> None:
    board = desk.board(message.dataset, layer_of(message.key))
    if message.kind == "skip":
        board.skip(message.position, message.who)
    elif message.kind in {"undo", "redo"}:
        last = newest(desk, message)
        if last is None or last.labels is None:
            board.reopen(message.position)
    elif message.kind == "labels":
        if layer_said_in(desk, message) == layer_of(message.key):
            board.finish(message.position)
        else:  # theirs alone: done for them, not for others
            board.skip(message.position, message.who)
        for feed in desk.feeds_of(message.dataset):
            feed.through(message.position)
