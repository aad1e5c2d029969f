"""Undo and redo from the log alone: words, items, bulk actions; what others said is never overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.annotators import history
from core.annotators.history import Filter
from core.errors import StudioError
from core.store import Store, facts, views
from core.types import Labels
from tests.unit.annotators_project import RUN, project

pytestmark = pytest.mark.slow

ROWS = [("og so fer", "A A B"), ("og nú", "B A")]


def save(store: Store, labels: str, *, who: str = "Anna", position: int = 0, action: str = "set") -> int:
    found = labels.split()
    return facts.annotate(store, "d", position, found, author=who, action=action, run_id=RUN, stage="stage1")


def now(store: Store, position: int = 0) -> Labels | None:
    return views.annotations(store, "d").get(position)


def test_undo_and_redo_go_back_and_forth_through_one_persons_saves(store: Store) -> None:
    project(store, ROWS)
    save(store, "A B B")
    save(store, "A B C")
    first = history.undo(store, "d", 0, author="Anna")
    assert (first.done, first.version, first.labels, first.tokens) == (True, 3, ("A", "B", "B"), (2,))
    second = history.undo(store, "d", 0, author="Anna")
    assert (second.labels, now(store)) == (None, None)
    assert not history.undo(store, "d", 0, author="Anna").done
    assert history.redo(store, "d", 0, author="Anna").labels == ("A", "B", "B")
    assert history.redo(store, "d", 0, author="Anna").labels == ("A", "B", "C")
    ended = history.redo(store, "d", 0, author="Anna")
    assert (ended.done, ended.message) == (False, "nothing to bring back.")
    assert [row["action"] for row in views.annotation_log(store, "d", 0)] == [
        "set", "set", "undo", "undo", "redo", "redo",
    ]  # fmt: skip


def test_what_one_says_anew_ends_what_could_be_brought_back(store: Store) -> None:
    project(store, ROWS)
    save(store, "A B B")
    history.undo(store, "d", 0, author="Anna")
    save(store, "C C C")
    assert not history.redo(store, "d", 0, author="Anna").done
    assert history.undo(store, "d", 0, author="Anna").labels is None
    assert history.redo(store, "d", 0, author="Anna").labels == ("C", "C", "C")


def test_a_save_that_was_taken_back_does_not_stand_in_the_way_of_an_older_one(store: Store) -> None:
    project(store, ROWS)
    save(store, "A B B")
    save(store, "A B C", who="Ben")
    history.undo(store, "d", 0, author="Ben")
    assert history.undo(store, "d", 0, author="Anna").labels is None


def test_what_somebody_else_said_since_is_left_alone_and_told(store: Store) -> None:
    project(store, ROWS)
    save(store, "A B B")
    save(store, "A B C", who="Ben")
    step = history.undo(store, "d", 0, author="Anna")
    assert not step.done
    assert step.message == "Ben labelled this item since."
    assert now(store) == ("A", "B", "C")
    save(store, "B B C")
    save(store, "B B C", who="Ben", action="accept")
    step = history.undo(store, "d", 0, author="Anna")
    assert (step.done, step.kept) == (False, (0,))
    assert step.message == "Ben labelled this since."
    assert len(views.annotation_log(store, "d", 0)) == 4


def test_reverting_an_older_save_keeps_ones_own_later_words(store: Store) -> None:
    project(store, ROWS)
    save(store, "A A B")
    save(store, "C A C")
    save(store, "C B B")
    log = views.annotation_log(store, "d", 0)
    would = history.reverted(store, log[1]["id"])
    assert len(views.annotation_log(store, "d", 0)) == 3
    step = history.revert(store, log[1]["id"], "Curator")
    assert step == would
    assert (step.labels, step.tokens, step.kept) == (("A", "B", "B"), (0,), (2,))
    assert step.message == "Anna labelled one word since."
    assert history.revert(store, log[1]["id"], "Curator").message == "this was taken back already."
    back = views.annotation_log(store, "d", 0)[-1]
    assert (back["author"], back["reverts"]) == ("Curator", log[1]["id"])
    assert history.revert(store, back["id"], "Curator").labels == ("C", "B", "B")
    with pytest.raises(StudioError, match="no entry 999"):
        history.revert(store, 999, "Curator")


def test_one_word_is_taken_back_to_what_the_run_said(store: Store) -> None:
    project(store, ROWS)
    save(store, "C A C")
    step = history.undo(store, "d", 0, author="Anna", token=2)
    assert (step.labels, step.tokens) == (("C", "A", "B"), (2,))
    assert history.undo(store, "d", 0, author="Anna", token=1).message == "it is as it was."
    again = history.redo(store, "d", 0, author="Anna", token=2)
    assert again.labels == ("C", "A", "C")
    assert history.undo(store, "d", 0, author="Anna").labels is None


def test_one_word_without_a_run_is_not_guessed(store: Store) -> None:
    project(store, ROWS)
    facts.annotate(store, "d", 0, ["C", "A", "C"], author="Anna")
    step = history.undo(store, "d", 0, author="Anna", token=2)
    assert step.message == "what stood here before is not known any more."
    assert now(store) == ("C", "A", "C")


def test_layers_have_histories_of_their_own(store: Store) -> None:
    project(store, ROWS)
    save(store, "A B B")
    facts.annotate(store, "d", 0, ["C", "C", "C"], author="Anna", layer=facts.by("Anna"))
    assert history.undo(store, "d", 0, author="Anna", layer=facts.by("Anna")).labels is None
    assert now(store) == ("A", "B", "B")


def test_a_bulk_action_is_undone_and_redone_as_one_from_any_session(store: Store) -> None:
    project(store, ROWS)
    save(store, "A B B", position=0)
    for position, labels in ((0, "C B B"), (1, "C A")):
        facts.annotate(store, "d", position, labels.split(), author="Anna", batch="bulk")
    save(store, "C B C", who="Ben", position=0)
    workspace = store.path.parent
    store.close()
    with Store.open(workspace) as later:
        assert history.undone_batch(later, "bulk") == history.Undone(1, {0: "Ben labelled this since."})
        assert len(views.annotation_log(later, "d")) == 4
        undone = history.undo_batch(later, "bulk", "Anna")
        assert (undone.n, undone.skipped) == (1, {0: "Ben labelled this since."})
        assert views.annotations(later, "d") == {0: ("C", "B", "C")}
        assert history.undo_batch(later, "bulk", "Anna").n == 0
        redone = history.undo_batch(later, undone.batch, "Anna")
        assert (redone.n, views.annotations(later, "d")[1]) == (1, ("C", "A"))
        newest = history.log(later, "d", limit=1).rows[0]
        assert (newest.action, newest.batch, newest.comment) == ("redo", redone.batch, undone.batch)
        with pytest.raises(StudioError, match="no bulk action"):
            history.undo_batch(later, "nothing", "Anna")


def test_the_log_is_filtered_and_read_page_by_page(store: Store) -> None:
    project(store, ROWS)
    save(store, "A A B")
    save(store, "A C B", who="Ben")
    save(store, "A C B", who="Ben", action="accept")
    save(store, "B C", position=1)
    assert history.log(store, "d").total == 4
    assert [row.position for row in history.log(store, "d", limit=2).rows] == [1, 0]
    assert [row.action for row in history.log(store, "d", limit=2, offset=2).rows] == ["set", "set"]

    def total(**told: object) -> int:
        return history.log(store, "d", Filter(**told)).total  # type: ignore[arg-type]

    assert total(author="Ben") == 2
    assert total(author="Ben", action="accept") == 1
    assert total(position=1) == 1
    assert total(label="C") == 2
    assert total(form="NÚ") == 1
    assert total(form="og") == 4
    assert total(layer="blind") == 0
    row = history.log(store, "d", Filter(author="Ben", action="set")).rows[0]
    assert (row.before, row.after, row.changed) == (("A", "A", "B"), ("A", "C", "B"), (1,))
    assert total(since=row.at) == 3
    assert total(until=row.at) == 1


PEOPLE = ["Anna", "Ben"]
SAVES = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.lists(st.sampled_from("ABC"), min_size=3, max_size=3)),
    min_size=1,
    max_size=5,
)


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Iterator[int]]]:
    """A store, and items nobody has labelled yet."""
    with Store.open(tmp_path_factory.mktemp("annotators")) as store:
        project(store, ROWS[:1] * 100)
        yield store, count()


@settings(max_examples=6, deadline=None)
@given(
    saves=SAVES,
    steps=st.lists(
        st.tuples(st.sampled_from(["Anna", "Ben"]), st.sampled_from(["undo", "redo"])), max_size=6
    ),
)
def test_whatever_is_undone_others_words_stay(
    items: tuple[Store, Iterator[int]], saves: list[tuple[str, list[str]]], steps: list[tuple[str, str]]
) -> None:
    """A step changes nothing that somebody else said later, adds one row or none, and redo follows undo."""
    store, place = items[0], next(items[1])
    for who, labels in saves:
        save(store, " ".join(labels), who=who, position=place)
    for who, what in steps:
        before, rows = now(store, place), views.annotation_log(store, "d", place)
        step = getattr(history, what)(store, "d", place, author=who)
        after = views.annotation_log(store, "d", place)
        assert after[: len(rows)] == rows
        assert len(after) == len(rows) + step.done
        assert now(store, place) == step.labels
        if not step.done:
            assert step.labels == before
        elif what == "undo":
            assert not _others_since(rows, step.of, who) or step.labels is not None
            assert history.redo(store, "d", place, author=who).labels == before
            assert history.undo(store, "d", place, author=who).labels == step.labels


def _others_since(rows: list[Mapping[str, Any]], of: int, who: str) -> bool:
    taken = {row["reverts"] for row in rows}
    return any(
        row["id"] > of and row["author"] != who and row["reverts"] is None and row["id"] not in taken
        for row in rows
    )
