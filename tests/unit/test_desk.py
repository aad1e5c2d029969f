"""The desk: what it hands out, to whom, and in which order."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from core.desk.desk import Desk
from core.desk.feed import GRACE, SECONDS, Board, Feed, Holder
from core.desk.items import Showing, items
from core.desk.messages import Key
from core.desk.showing import showing
from core.errors import UnknownName
from core.store import Store, facts, views
from tests.bench.generate import generate

ANNA, BEN = Holder("Anna", "a"), Holder("Ben", "b")


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def board(clock: list[float]) -> Board:
    return Board(clock=lambda: clock[0])


def test_nobody_holds_what_another_holds(board: Board) -> None:
    one, two = Feed(range(20), board), Feed(range(19, -1, -1), board)
    first, second = one.take(ANNA, 8), two.take(BEN, 8)
    assert first == list(range(8))
    assert second == list(range(19, 11, -1))
    assert two.take(Holder("Carl", "c"), 8) == [11, 10, 9, 8]


def test_what_is_saved_leaves_every_feed_and_more_follows(board: Board) -> None:
    feed, other = Feed(range(5), board), Feed(range(5), board)
    assert feed.take(ANNA, 2) == [0, 1]
    board.finish(0)
    assert feed.take(ANNA, 2) == [1, 2]
    assert feed.left() == other.left() == 4
    assert other.take(BEN, 9) == [3, 4]


def test_skipped_items_go_to_somebody_else(board: Board) -> None:
    feed = Feed(range(3), board)
    feed.take(ANNA, 3)
    board.skip(0, "Anna")
    assert feed.take(BEN, 3) == [0]
    assert feed.take(ANNA, 3) == [1, 2]
    assert (feed.left("Anna"), feed.left("Ben")) == (2, 3)


def test_leases_end_when_nothing_is_done_or_the_window_is_gone(board: Board, clock: list[float]) -> None:
    open_windows = {"a", "b"}
    board.alive = open_windows.__contains__
    feed = Feed(range(2), board)
    assert feed.take(ANNA, 2) == [0, 1]
    clock[0] = SECONDS - 1
    assert feed.take(BEN, 2) == []
    assert feed.take(ANNA, 2) == [0, 1]
    clock[0] += SECONDS + 1
    assert feed.take(BEN, 2) == [0, 1]
    open_windows.discard("b")
    clock[0] += GRACE - 1
    assert feed.take(ANNA, 2) == []
    clock[0] += 2
    assert feed.take(ANNA, 2) == [0, 1]


def test_whoever_opens_the_page_again_goes_on_where_they_were(board: Board) -> None:
    open_windows = {"a"}
    board.alive = open_windows.__contains__
    feed = Feed(range(4), board)
    feed.take(ANNA, 2)
    assert feed.take(Holder("Anna", "a2"), 2) == [2, 3]
    open_windows.clear()
    assert feed.take(Holder("Anna", "a3"), 2) == [0, 1]


def test_what_was_done_while_it_was_asked_stays_done(board: Board, clock: list[float]) -> None:
    feed = Feed(range(3), board)
    board.finish(1)
    board.refresh({0})
    assert feed.take(ANNA, 3) == [2]
    clock[0] = 100.0
    board.refresh({0})
    assert feed.take(ANNA, 3) == [2, 1]


def test_a_feed_of_done_items_hands_each_out_once(board: Board) -> None:
    board.refresh({0, 1})
    feed = Feed([0, 1], board, again=True)
    assert feed.take(ANNA, 5) == [0, 1]
    feed.through(0)
    assert feed.take(ANNA, 5) == [1]
    feed.reorder([1], str)
    feed.reorder([0, 1], str)
    assert feed.take(ANNA, 5) == [1, 0]


def test_thousands_of_done_ones_are_passed_over(board: Board) -> None:
    feed = Feed(range(10_000), board)
    board.refresh(range(9_000))
    assert feed.take(ANNA, 2) == [9_000, 9_001]
    assert feed.left() == 1_000


def test_a_release_frees_what_is_held(board: Board) -> None:
    feed = Feed(range(2), board)
    feed.take(ANNA, 2)
    feed.release(ANNA)
    assert feed.take(BEN, 2) == [0, 1]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str, str]]:
    with Store.open(tmp_path_factory.mktemp("desk")) as opened:
        yield opened, *generate(opened, 300)


@pytest.mark.parametrize(
    "name", ["value", "unsure", "disagreement", "file", "audit", "flagged", "adjudicate"]
)
def test_every_order_gives_items_of_the_run_each_once(large: tuple[Store, str, str], name: str) -> None:
    store, dataset, run = large
    feed = Desk(store).feed(Key(dataset, run, "", name, "Anna"))
    found = feed.take(ANNA, 400)
    assert len(found) == len(set(found))
    assert set(found) <= set(range(300))
    if name in {"value", "unsure", "disagreement"}:
        assert all(feed.why(position) for position in found)


def test_unsure_is_lowest_mean_confidence_first(large: tuple[Store, str, str]) -> None:
    store, dataset, run = large
    found = Desk(store).feed(Key(dataset, run, "stage2", "unsure")).take(ANNA, 300)
    rows = views.predictions(store, run, "stage2")
    means = {at: sum(row.confidences or ()) / len(row.labels) for at, row in rows.items()}
    assert [means[at] for at in found] == pytest.approx(sorted(means.values()), abs=1e-6)


def test_disagreement_counts_words(large: tuple[Store, str, str]) -> None:
    store, dataset, run = large
    feed = Desk(store).feed(Key(dataset, run, "stage2", "disagreement"))
    one, two = views.predictions(store, run, "stage1"), views.predictions(store, run, "stage2")
    differ = {at: sum(a != b for a, b in zip(one[at].labels, two[at].labels, strict=True)) for at in two}
    found = feed.take(ANNA, 300)
    assert set(found) >= {at for at, n in differ.items() if n}
    assert f"{differ[found[0]]} words" in feed.why(found[0])


def test_an_unknown_order_or_queue_is_an_error(large: tuple[Store, str, str]) -> None:
    store, dataset, run = large
    with pytest.raises(UnknownName):
        Desk(store).feed(Key(dataset, run, "", "nonsense"))
    with pytest.raises(UnknownName):
        Desk(store).feed(Key(dataset, run, "", "77"))


def test_a_stored_queue_is_handed_out_in_its_order(large: tuple[Store, str, str]) -> None:
    store, dataset, run = large
    number = facts.add_queue(store, dataset, "mine", [7, 3, 5], "look at these")
    feed = Desk(store).feed(Key(dataset, run, "", str(number)))
    assert feed.take(ANNA, 5) == [7, 3, 5]
    assert feed.why(3) == "look at these"


def test_an_item_shows_labels_confidences_and_what_else_there_is(large: tuple[Store, str, str]) -> None:
    store, dataset, run = large
    desk = Desk(store)
    material = desk.material(dataset, run, "stage2")
    (item,) = items(store, material, desk.heard(dataset), [4], lambda _at: Showing(why="because"))
    json.dumps(item, allow_nan=False)
    two = views.predictions(store, run, "stage2")[4]
    one = views.predictions(store, run, "stage1")[4]
    assert tuple(token["l"] for token in item["tokens"]) == two.labels
    assert [token["c"] for token in item["tokens"]] == pytest.approx(two.confidences, abs=1e-4)
    assert (item["version"], item["tv"], item["why"], item["item"]) == (0, 0, "because", None)
    for token, a, b in zip(item["tokens"], one.labels, two.labels, strict=True):
        assert ["Stage I", a] in token["o"]
        assert not token["h"]
        assert all(label != b for label, _ in token["s"])
        assert a == b or a in [label for label, _ in token["s"]]
        assert sum(n for _, n in token["e"]) <= token["n"] + 1


def test_a_blind_item_says_nothing_of_any_label(large: tuple[Store, str, str]) -> None:
    store, dataset, run = large
    desk = Desk(store)
    audit = facts.add_queue(store, dataset, "audit", [9, 2], "", kind=facts.AUDIT, meta={"seed": 1})
    assert audit
    key = Key(dataset, run, "stage2", "audit", "Anna")
    assert desk.feed(key).take(ANNA, 9) == [9, 2]
    (item,) = items(
        store, desk.material(dataset, run, "stage2"), desk.heard(dataset), [9], showing(desk, key)
    )
    for token in item["tokens"]:
        assert (token["l"], token["c"], token["s"], token["o"], token["e"], token["n"]) == (
            "", None, [], [], [], 0,
        )  # fmt: skip


def test_what_humans_said_is_shown_and_the_run_stands_beside(large: tuple[Store, str, str]) -> None:
    store, dataset, run = large
    desk = Desk(store)
    length = len(views.instances(store, dataset, [6])[6].tokens)
    facts.annotate(store, dataset, 6, ["X"] * length, author="Ben")
    facts.add_remark(store, dataset, 6, "comment", author="Ben", text="odd")
    facts.add_remark(store, dataset, 6, "flag", author="Ben")
    facts.add_remark(store, dataset, 6, "translation", author="Ben", text="eng:a house: red")
    facts.add_remark(store, dataset, 6, "gloss", author="Ben", text="house", token=0)
    (item,) = items(
        store, desk.material(dataset, run, "stage2"), desk.heard(dataset), [6], lambda _at: Showing()
    )
    assert item["version"] == 1
    assert item["flag"]
    assert item["comments"][0][0::2] == ["Ben", "odd"]
    assert item["translations"] == [{"code": "eng", "name": "English", "text": "a house: red"}]
    assert item["tokens"][0]["g"] == "house"
    assert {(token["l"], token["c"], token["h"]) for token in item["tokens"]} == {("X", None, True)}
    assert item["tokens"][0]["o"][0][0] == "Stage II"


def test_six_items_are_put_together_at_once(large: tuple[Store, str, str]) -> None:
    store, dataset, run = large
    desk = Desk(store)
    material = desk.material(dataset, run, "stage2")
    seconds = []
    for start in range(0, 240, 6):
        began = time.perf_counter()
        items(store, material, desk.heard(dataset), list(range(start, start + 6)), lambda _at: Showing())
        seconds.append(time.perf_counter() - began)
    print(f"six items: median {1000 * median(seconds):.1f} ms")


def test_a_workspace_opened_again_has_a_desk_of_its_own(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, pytest.raises(UnknownName):
        Desk(store).material("nowhere", "", "")
