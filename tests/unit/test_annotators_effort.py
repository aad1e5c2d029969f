"""Keys and seconds per word, correction, person, day and label; a pause does not count."""

from __future__ import annotations

import pytest

from core.annotators import effort, history, repeating
from core.store import Store, facts
from tests.unit.annotators_project import RUN, project


def save(
    store: Store,
    who: str,
    position: int,
    labels: str,
    cost: tuple[float | None, int | None],
    what: str = "set",
) -> None:
    facts.annotate(
        store,
        "d",
        position,
        labels.split(),
        author=who,
        action=what,
        seconds=cost[0],
        keys=cost[1],
        run_id=RUN,
        stage="stage1",
    )


def filled(store: Store) -> effort.Saves:
    project(store, [("og so fer", "A A B"), ("og nú", "B A"), ("so", "A"), ("nú", "A")])
    save(store, "Anna", 0, "A B B", (6.0, 3))
    save(store, "Anna", 1, "B A", (2.0, 1), what="accept")
    save(store, "Ben", 2, "C", (600.0, 2))
    save(store, "Ben", 3, "A", (None, None))
    # Neither a bulk action nor its undoing is somebody's typing.
    done = repeating.apply(store, "d", RUN, "stage1", repeating.Spec("C", form="nú", human=True), "Anna")
    history.undo_batch(store, done.batch, "Anna")
    return effort.read(store, "d")


def test_what_it_cost_in_all_and_per_person(store: Store) -> None:
    found = filled(store)
    whole = effort.total(found)
    assert whole is not None
    assert (whole.items, whole.words, whole.corrections, whole.paused) == (3, 6, 2, 1)
    # Ben's ten minutes hold a pause: they count as 30 seconds and 5 for the word.
    assert whole.minutes == pytest.approx((6 + 2 + 35) / 60)
    assert whole.seconds_per_word == pytest.approx(43 / 6)
    assert whole.keys_per_correction == pytest.approx(6 / 2)
    people = effort.by_person(found).set_index("person")
    assert people.loc["Anna", "seconds_per_word"] == pytest.approx(8 / 5)
    assert people.loc["Anna", "keys_per_correction"] == pytest.approx(4.0)
    assert people.loc["Ben", "paused"] == 1
    days = effort.by_day(found)
    assert list(days["person"]) == ["Anna", "Ben"]
    assert days["words"].sum() == 6


def test_what_a_label_cost_is_the_time_of_the_words_that_became_it(store: Store) -> None:
    rows = effort.by_label(filled(store))
    found = rows.set_index("label")
    assert rows["label"].tolist() == ["B", "A", "C"]
    # B: the one changed word of item 0 (6 s) and, where nothing changed, its half of item 1 (1 s).
    assert found.loc["B", "seconds"] == pytest.approx((6 + 1) / 2)
    assert found.loc["A", "seconds"] == pytest.approx(1.0)
    assert found.loc["C", "keys"] == pytest.approx(2.0)
    assert (rows["given"][0], rows["corrections"][0]) == (3, 1)


def test_nothing_timed_is_no_figure(store: Store) -> None:
    project(store, [("og", "A")])
    facts.annotate(store, "d", 0, ["B"], author="Anna")
    found = effort.read(store, "d")
    assert effort.total(found) is None
    assert effort.by_person(found).empty
    assert effort.by_day(found).empty
    assert effort.by_label(found).empty
    save(store, "Ben", 0, "A", (None, 4))
    known = effort.total(effort.read(store, "d"))
    assert known is not None
    assert (known.seconds_per_word, known.keys_per_word) == (None, 4.0)


def test_words_split_since_and_labels_nobody_knew_before(store: Store) -> None:
    project(store, [("og so", "A A"), ("nú", "A")])
    facts.annotate(store, "d", 0, ["A", "B"], author="Anna", seconds=4.0)
    found = effort.read(store, "d")
    assert found.changed.tolist() == [2.0]
    facts.retokenize(store, "d", 0, 0, 0, ["o", "g"], author="Anna")
    assert effort.read(store, "d").words.tolist() == [2.0]
