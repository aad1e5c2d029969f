"""What windows say is saved once, and nothing of it is lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.annotators import adjudication, assigning
from core.desk import messages
from core.desk.desk import Desk
from core.desk.feed import Holder
from core.desk.messages import Key, Message
from core.desk.saving import handle, preview
from core.store import Store, facts, views
from tests.bench.generate import generate

pytestmark = pytest.mark.slow

N = 120
Say = Callable[..., dict[str, Any]]


@pytest.fixture
def place(store: Store) -> tuple[Desk, str, str]:
    dataset, run = generate(store, N)
    return Desk(store), dataset, run


def message(place: tuple[Desk, str, str], kind: str, position: int, **said: Any) -> Message:
    _, dataset, run = place
    who, feed = said.pop("who", "Anna"), said.pop("feed", "file")
    raw = {"client": f"window of {who}", "seq": 1, "kind": kind, "id": position, "who": who}
    raw |= {"dataset": dataset, "key": str(Key(dataset, run, "stage2", feed, who))}
    found = messages.read({**raw, **said})
    assert found is not None
    return found


def labels(place: tuple[Desk, str, str], position: int, label: str = "NOUN") -> list[str]:
    desk, dataset, _ = place
    return [label] * len(views.instances(desk.store, dataset, [position])[position].tokens)


def say(place: tuple[Desk, str, str], kind: str, position: int, **said: Any) -> dict[str, Any]:
    (answer,) = handle(place[0], [message(place, kind, position, **said)])
    return answer


def test_a_message_is_carried_out_once_however_often_it_comes(place: tuple[Desk, str, str]) -> None:
    desk, dataset, run = place
    said = message(place, "labels", 3, labels=labels(place, 3), ms=1500, keys=4, action="accept")
    first, again = handle(desk, [said]), handle(desk, [said])
    assert [answer["status"] for answer in (*first, *again)] == ["saved", "saved"]
    (row,) = views.annotation_log(desk.store, dataset, 3)
    assert (row["author"], row["action"], row["seconds"], row["keys"]) == ("Anna", "accept", 1.5, 4)
    assert (row["run_id"], row["stage"]) == (run, "stage2")


def test_after_a_restart_the_answer_is_the_same(place: tuple[Desk, str, str]) -> None:
    desk, dataset, _ = place
    said = message(place, "labels", 3, labels=labels(place, 3))
    before = handle(desk, [said])
    assert handle(Desk(desk.store), [said]) == before
    assert len(views.annotation_log(desk.store, dataset)) == 1


def test_a_double_edit_shows_both_and_loses_neither(place: tuple[Desk, str, str]) -> None:
    desk, dataset, _ = place
    ours, theirs = labels(place, 3, "VERB"), labels(place, 3, "NOUN")
    assert say(place, "labels", 3, labels=theirs, who="Ben")["status"] == "saved"
    answer = say(place, "labels", 3, labels=ours)
    assert (answer["status"], answer["theirs"], answer["who"]) == ("conflict", theirs, "Ben")
    assert answer["item"]["version"] == answer["version"] == 1
    assert views.annotations(desk.store, dataset)[3] == tuple(theirs)
    assert views.annotations(desk.store, dataset, layer=facts.by("Anna"))[3] == tuple(ours)
    assert adjudication.open_positions(desk.store, dataset) == [3]
    desk.sit(views.dataset(desk.store, dataset))
    decide = Key(dataset, "", "", "adjudicate", "Carl")
    assert desk.feed(decide).take(Holder("Carl", "c"), 5) == [3]
    done = say(place, "labels", 3, labels=ours, who="Carl", feed="adjudicate", version=1)
    assert done["status"] == "saved"
    assert adjudication.open_positions(desk.store, dataset) == []
    assert views.annotations(desk.store, dataset)[3] == tuple(ours)


def test_who_says_the_same_disagrees_with_nobody(place: tuple[Desk, str, str]) -> None:
    desk, dataset, _ = place
    for who in ("Ben", "Anna"):
        answer = say(place, "labels", 3, labels=labels(place, 3), who=who)
        assert answer["status"] == "saved"
    assert adjudication.open_positions(desk.store, dataset) == []


def test_going_back_before_the_answer_came_is_no_conflict(place: tuple[Desk, str, str]) -> None:
    desk, dataset, _ = place
    both = [
        message(place, "labels", 3, labels=labels(place, 3, label), seq=seq)
        for seq, label in enumerate(("NOUN", "VERB"), 1)
    ]
    assert [answer["status"] for answer in handle(desk, both)] == ["saved", "saved"]
    third = message(place, "labels", 3, labels=labels(place, 3, "ADJ"), seq=3)
    assert handle(Desk(desk.store), [third])[0]["status"] == "saved"
    assert [row["version"] for row in views.annotation_log(desk.store, dataset, 3)] == [1, 2, 3]


@pytest.mark.parametrize("wrong", [["NOUN"], ["NONSENSE"], [""]])
def test_what_cannot_be_saved_is_refused_with_a_reason(
    place: tuple[Desk, str, str], wrong: list[str]
) -> None:
    desk, dataset, _ = place
    size = len(labels(place, 3))
    answer = say(place, "labels", 3, labels=wrong * (1 if wrong == ["NOUN"] else size))
    assert answer["status"] == "refused"
    assert answer["message"]
    assert views.annotation_log(desk.store, dataset) == []
    assert say(place, "labels", 99_999, labels=["NOUN"], seq=2)["status"] == "gone"


def test_blind_labels_stay_out_of_the_pool(place: tuple[Desk, str, str]) -> None:
    desk, dataset, _ = place
    say(place, "labels", 3, labels=labels(place, 3), feed="audit", blind=True)
    assert views.annotations(desk.store, dataset) == {}
    assert set(views.annotations(desk.store, dataset, layer=facts.BLIND)) == {3}


def test_what_several_label_goes_into_layers_of_their_own(place: tuple[Desk, str, str]) -> None:
    desk, dataset, run = place
    split = assigning.split([1, 2, 3, 4], ["Anna", "Ben"], overlap=0.5, seed=1)
    assigning.assign(desk.store, dataset, split)
    shared = split.overlap[0]
    key = Key(dataset, run, "stage2", "mine", "Anna")
    mine = desk.feed(key).take(Holder("Anna", "a"), 9)
    assert mine == list(split.shares["Anna"])
    for seq, position in enumerate(mine, 1):
        said = say(place, "labels", position, labels=labels(place, position), feed="mine", seq=seq)
        assert said["status"] == "saved"
    assert desk.feed(key).take(Holder("Anna", "a"), 9) == []
    assert Desk(desk.store).feed(key).take(Holder("Anna", "a"), 9) == []
    assert set(views.annotations(desk.store, dataset, layer=facts.by("Anna"))) == set(split.overlap)
    assert shared not in views.annotations(desk.store, dataset)
    others = desk.feed(Key(dataset, run, "stage2", "file", "Carl")).take(Holder("Carl", "c"), 5)
    assert not set(others) & {1, 2, 3, 4}


def test_skip_flag_comment_and_gloss_are_kept(place: tuple[Desk, str, str]) -> None:
    desk, dataset, _ = place
    for seq, kind in enumerate(("skip", "flag", "comment", "gloss"), 1):
        answer = say(place, kind, 5, seq=seq, text="said", token=1 if kind == "gloss" else None)
        assert answer["status"] == "saved"
    rows = views.remarks(desk.store, dataset, 5)
    assert [row["kind"] for row in rows] == ["skip", "flag", "comment", "gloss"]
    assert rows[-1]["token"] == 1
    feed = desk.feed(Key(dataset, "", "", "flagged", "Ben"))
    assert feed.take(Holder("Ben", "b"), 3) == [5]
    assert feed.why(5) == "flagged by Anna"


def test_undo_and_redo_come_back_with_the_item(place: tuple[Desk, str, str]) -> None:
    desk, dataset, run = place
    feed = desk.feed(Key(dataset, run, "stage2", "file", "Anna"))
    say(place, "labels", 0, labels=labels(place, 0))
    assert 0 not in feed.take(Holder("Anna", "a"), 3)
    undone = say(place, "undo", 0, version=1, seq=2)
    assert (undone["status"], undone["item"]["tokens"][0]["h"]) == ("saved", False)
    assert feed.take(Holder("Anna", "a"), N)[-1] == 0 or 0 in feed.take(Holder("Anna", "a"), N)
    redone = say(place, "redo", 0, version=2, seq=3)
    assert redone["item"]["tokens"][0]["l"] == "NOUN"
    assert redone["item"]["version"] == redone["version"] == 3


def test_words_are_split_and_labelled_in_one_breath(place: tuple[Desk, str, str]) -> None:
    desk, dataset, _ = place
    form = views.instances(desk.store, dataset, [7])[7].tokens[0]
    edit = {"op": "split", "first": 0, "last": 0, "forms": [f"{form}a", "b"]}
    before = labels(place, 7)
    both = [
        message(place, "tokens", 7, edit=edit, seq=1),
        message(place, "labels", 7, labels=[*before, "NOUN"], seq=2),
    ]
    split, saved = handle(desk, both)
    assert (split["status"], split["tv"], saved["status"]) == ("saved", 1, "saved")
    assert [token["f"] for token in split["item"]["tokens"]][:2] == [f"{form}a", "b"]
    late = say(place, "labels", 7, labels=before, who="Ben", version=1, tv=0)
    assert late["status"] == "conflict"
    assert "meant: NOUN" in views.remarks(desk.store, dataset, 7)[0]["text"]
    back = say(place, "undo", 7, edit={"op": "tokens"}, tv=1, seq=3)
    assert (back["status"], back["item"]["tokens"][0]["f"]) == ("saved", form)


def test_a_repetition_is_previewed_made_and_taken_back(place: tuple[Desk, str, str]) -> None:
    desk, dataset, run = place
    key = Key(dataset, run, "stage2", "file", "Anna")
    form = views.instances(desk.store, dataset, [0])[0].tokens[0]
    spec = {"how": "form", "form": form, "label": "X", "threshold": None}
    shown = preview(desk, key, {"n": 4, "what": "repeat", "spec": spec})
    assert shown["n"] == 4
    assert shown["total"] > 0
    done = say(place, "repeat", 0, spec={**spec, "expected": shown["total"]})
    assert (done["status"], bool(done["batch"])) == ("saved", True)
    assert say(place, "repeat", 0, spec={**spec, "expected": 10_000}, seq=2)["status"] == "conflict"
    item = desk.feed(key).take(Holder("Anna", "a"), 1)
    assert item == [0]
    back = say(place, "undo-batch", 0, batch=done["batch"], seq=3)
    assert back["status"] == "saved"
    assert views.annotations(desk.store, dataset) == {}
    wrong = preview(desk, key, {"n": 5, "what": "repeat", "spec": {"how": "nonsense", "label": "X"}})
    assert wrong["message"]


@pytest.mark.parametrize("raw", [None, 1, {}, {"client": "a"}, {"client": "", "seq": 1, "kind": "labels"}])
def test_what_is_no_message_is_none(raw: object) -> None:
    assert messages.read(raw) is None


def test_a_strange_message_is_read_without_harm() -> None:
    raw = {"client": "a", "seq": 2.0, "kind": "labels", "id": "x", "labels": [1], "edit": 3, "key": "d|r"}
    found = messages.read(raw)
    assert found is not None
    assert (found.seq, found.position, found.labels, found.edit) == (2, -1, (), {})
    assert (found.key, found.who) == (Key("d", "r"), "nobody")
    assert Key.read(str(Key("d", "r", "s", "f", "a|b"))) == Key("d", "r", "s", "f", "a|b")


def test_threads_that_save_at_once_lose_nothing(place: tuple[Desk, str, str]) -> None:
    """Eight annotators with a feed in common: what went in came out, and nobody met anybody."""
    desk, dataset, run = place
    counts: list[tuple[int, int]] = []

    def annotate(number: int) -> None:
        who, dice, saved, conflicts = f"Person {number}", random.Random(number), 0, 0
        feed = desk.feed(Key(dataset, run, "stage2", "unsure", who))
        holder = Holder(who, str(number))
        while mine := feed.take(holder, 3):
            said = [
                message(place, "labels", at, labels=labels(place, at), who=who, seq=saved + conflicts + k)
                for k, at in enumerate(mine, 1)
            ]
            for answer in handle(desk, said[: dice.randint(1, 3)]):
                saved += answer["status"] == "saved"
                conflicts += answer["status"] != "saved"
        counts.append((saved, conflicts))

    threads = [threading.Thread(target=annotate, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(saved for saved, _ in counts) == len(views.annotation_log(desk.store, dataset)) == N
    assert sum(conflicts for _, conflicts in counts) == 0
