"""What each kind of message does to the store, inside the transaction of `facts.once`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from core.annotators import assigning, history, repeating
from core.desk.desk import Desk
from core.desk.messages import Key, Message
from core.desk.orders import order_of
from core.errors import ConflictError, StudioError
from core.store import facts, views
from core.store.facts_annotations import BLIND, LAYER, by
from core.store.facts_remarks import RemarkKind
from core.store.views_desk import Said, said
from core.tasks import tasks

Answer = dict[str, Any]
WORDS = "words"
"""Under which a window's own changes of words are remembered."""
LONGEST = 5_000
SPEC = ("label", "how", "form", "label_before", "pattern", "threshold", "case", "human")


def _labels(desk: Desk, message: Message) -> Answer:
    _check(desk, message)
    layer, last = layer_said_in(desk, message), newest(desk, message)
    if message.tv != _words_known(desk, message):
        raise ConflictError(f"the words of item {message.position} were split anew meanwhile.")
    version = facts.annotate(
        desk.store,
        message.dataset,
        message.position,
        message.labels,
        author=message.who,
        action=message.action,
        seconds=message.seconds,
        keys=message.keys,
        expected_version=None if layer == by(message.who) else _expected(desk, message, last),
        layer=layer,
        run_id=message.key.run or None,
        stage=message.key.stage or None,
    )
    return {"version": version, "tv": message.tv}


def _check(desk: Desk, message: Message) -> None:
    """Raises StudioError where a label is none of the data set's, or an I- continues nothing."""
    dataset = desk.dataset(message.dataset)
    problems = tasks[dataset.task].check(message.labels, dataset.labels)
    if problems:
        raise StudioError(f"{problems[0]}.", "Choose a label for every word.")


def layer_said_in(desk: Desk, message: Message) -> str:
    """The layer that what a message says goes to."""
    order = order_of(_feed_name(message.key))
    if message.blind or order.blind:
        return BLIND
    if order.name == "adjudicate":
        return LAYER
    theirs = desk.assigned(message.dataset).get(message.position, {})
    return by(message.who) if theirs.get(message.who) == assigning.OVERLAP else LAYER


def _feed_name(key: Key) -> str:
    return "file" if key.feed.isdecimal() else key.feed


def newest(desk: Desk, message: Message) -> Said | None:
    """What was said last, before this message."""
    return desk.heard(message.dataset).said.get(message.position, {}).get(layer_said_in(desk, message))


def _newest_now(desk: Desk, message: Message) -> Said | None:
    """What was said last, this message included, which is not stored yet."""
    found = said(desk.store, message.dataset, [message.position]).get(message.position, {})
    return found.get(layer_said_in(desk, message))


def _expected(desk: Desk, message: Message, last: Said | None) -> int:
    """The version that must be the newest one: as shown, or what this window itself made of it since.

    After a restart nobody remembers which window saved what; then the same person overtakes themselves.
    """
    if last is None:
        return message.version
    mine = desk.own.get((message.client, layer_said_in(desk, message), message.position))
    again = mine is None and message.client not in desk.windows and last.author == message.who
    return last.version if again or mine == last.version else message.version


def _words_known(desk: Desk, message: Message) -> int:
    """The version of the words, if the window knows it: as shown, or changed by itself since; else -1."""
    now = desk.heard(message.dataset).words.get(message.position, 0)
    mine = desk.own.get((message.client, WORDS, message.position))
    return message.tv if now == message.tv or mine == now else -1


def overtaken(desk: Desk, message: Message, error: ConflictError) -> Answer:
    """Keep what came too late: labels as their author's own, anything else as a comment."""
    last = newest(desk, message)
    theirs = list(last.labels or ()) if last else []
    answer: Answer = {
        "status": "conflict",
        "version": last.version if last else 0,
        "theirs": theirs,
        "who": last.author if last else "",
        "message": error.message,
    }
    if message.kind == "labels" and list(message.labels) == theirs:
        return answer | {"status": "saved", "message": f"{answer['who']} said the same."}
    try:
        facts.annotate(
            desk.store,
            message.dataset,
            message.position,
            message.labels,
            author=message.who,
            action="conflict",
            comment=f"overtaken by {answer['who']}, version {answer['version']}",
            seconds=message.seconds,
            keys=message.keys,
            layer=by(message.who),
            run_id=message.key.run or None,
            stage=message.key.stage or None,
        )
    except StudioError:
        meant = " ".join(message.labels or map(str, message.edit.get("forms", ())))[:LONGEST]
        text = f"overtaken ({message.kind}), meant: {meant}"
        facts.add_remark(
            desk.store, message.dataset, message.position, "comment", author=message.who, text=text
        )
    return answer


def remark(desk: Desk, message: Message) -> Answer:
    kind = cast(RemarkKind, message.kind)
    text = message.text[:LONGEST]
    facts.add_remark(
        desk.store,
        message.dataset,
        message.position,
        kind,
        author=message.who,
        text=text,
        token=message.token,
    )
    return {"version": message.version, "tv": message.tv}


def _tokens(desk: Desk, message: Message) -> Answer:
    edit = message.edit
    forms = [form for form in edit.get("forms", ()) if isinstance(form, str)]
    first, last = (place if isinstance(place := edit.get(name), int) else -1 for name in ("first", "last"))
    known = _words_known(desk, message)
    version = facts.retokenize(
        desk.store,
        message.dataset,
        message.position,
        first,
        last,
        forms,
        author=message.who,
        expected_version=None if known == message.tv else message.tv,
    )
    return _with_words(desk, message, version)


def _now(desk: Desk, message: Message) -> int:
    found = views.tokens_now(desk.store, message.dataset, [message.position])
    return found[message.position].version if message.position in found else 0


def _with_words(desk: Desk, message: Message, version: int) -> Answer:
    """After a change of words the labels were carried over: their version rose with it."""
    last = _newest_now(desk, message)
    return {"version": last.version if last else 0, "tv": version}


def _back(desk: Desk, message: Message) -> Answer:
    if message.edit.get("op") == "tokens":
        turn = facts.undo_tokenization if message.kind == "undo" else facts.redo_tokenization
        return _with_words(
            desk, message, turn(desk.store, message.dataset, message.position, author=message.who)
        )
    go = history.undo if message.kind == "undo" else history.redo
    step = go(
        desk.store,
        message.dataset,
        message.position,
        author=message.who,
        layer=layer_said_in(desk, message),
        token=message.token,
    )
    status = "saved" if step.done else "refused"
    return {"status": status, "version": step.version, "message": step.message, "tv": _now(desk, message)}


def _repeat(desk: Desk, message: Message) -> Answer:
    spec = {name: message.spec[name] for name in SPEC if message.spec.get(name) is not None}
    expected = message.expected
    done = repeating.apply(
        desk.store,
        message.dataset,
        message.key.run,
        message.key.stage,
        _with_origin(spec, message),
        message.who,
        expected,
    )
    labels, sentences = ("label" if done.n == 1 else "labels"), ("item" if done.items == 1 else "items")
    text = f"{done.n:,} {labels} in {done.items:,} {sentences}"
    return {"batch": done.batch, "message": text, **_now_said(desk, message)}


def _with_origin(spec: Mapping[str, Any], message: Message) -> dict[str, Any]:
    token = message.token if message.token is not None else message.spec.get("token")
    return {**spec, "id": message.position, "token": token}


def _undo_batch(desk: Desk, message: Message) -> Answer:
    undone = history.undo_batch(desk.store, message.batch, message.who)
    left = f"; {len(undone.skipped)} were changed since and stay" if undone.skipped else ""
    items = "item" if undone.n == 1 else "items"
    text = f"taken back in {undone.n:,} {items}{left}"
    return {"message": text, "batch": getattr(undone, "batch", ""), **_now_said(desk, message)}


def _now_said(desk: Desk, message: Message) -> Answer:
    last = _newest_now(desk, message)
    return {"version": last.version if last else 0, "tv": _now(desk, message)}


ACTIONS: dict[str, Callable[[Desk, Message], Answer]] = {
    "labels": _labels,
    "tokens": _tokens,
    "undo": _back,
    "redo": _back,
    "repeat": _repeat,
    "undo-batch": _undo_batch,
    **dict.fromkeys(("skip", "flag", "unflag", "comment", "translation", "transliteration", "gloss"), remark),
}
