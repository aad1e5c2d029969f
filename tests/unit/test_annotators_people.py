"""Several people: who labels what, where they differ, what is decided, and the decided as data of its own."""

from __future__ import annotations

from collections import Counter

import pytest

from core.annotators import adjudication, assigning, history, repeating
from core.annotators.assigning import Split
from core.errors import StudioError, UnknownName
from core.store import Store, facts, views
from tests.unit.annotators_project import RUN, project

ROWS = [("og so fer", "A A B"), ("og nú", "B A"), ("fer nú", "A A"), ("so", "A")]


def say(
    store: Store, who: str, position: int, labels: str, *, common: bool = False, action: str = "set"
) -> None:
    layer = facts.LAYER if common else facts.by(who)
    facts.annotate(store, "d", position, labels.split(), author=who, layer=layer, action=action)


def test_items_are_given_out_evenly_and_every_pair_meets() -> None:
    people = ["Anna", "Ben", "Clare"]
    given = assigning.split(range(100), people, overlap=0.3, seed=7)
    assert len(given.overlap) == 30
    times = Counter(position for mine in given.shares.values() for position in mine)
    assert {position for position, n in times.items() if n == 2} == set(given.overlap)
    assert sum(times.values()) == 130
    sizes = [len(mine) for mine in given.shares.values()]
    assert max(sizes) - min(sizes) <= 1
    assert all(list(mine) == sorted(mine) for mine in given.shares.values())
    pairs = Counter(
        tuple(who for who in people if position in given.shares[who]) for position in given.overlap
    )
    assert sorted(pairs.values()) == [10, 10, 10]
    assert given == assigning.split(range(100), people, overlap=0.3, seed=7)
    assert given.overlap != assigning.split(range(100), people, overlap=0.3, seed=8).overlap


def test_one_person_gets_all_and_nobody_twice() -> None:
    assert assigning.split([3, 1, 3], ["Anna"], overlap=0.5) == Split({"Anna": (3, 1)}, ())
    everybody = assigning.split(range(4), ["a", "b", "c"], overlap=1.0, times=3)
    assert all(mine == (0, 1, 2, 3) for mine in everybody.shares.values())


@pytest.mark.parametrize(
    ("positions", "people", "told", "why"),
    [
        ([], ["a"], {}, "nothing to give out"),
        ([1], [" "], {}, "nobody"),
        ([1], ["a", "a "], {}, "named twice"),
        ([1], ["a", "b"], {"overlap": 1.5}, "between 0 and 1"),
        ([1], ["a", "b"], {"times": 3}, "3 of 2 people"),
    ],
)
def test_what_cannot_be_given_out(
    positions: list[int], people: list[str], told: dict[str, float], why: str
) -> None:
    with pytest.raises(StudioError, match=why):
        assigning.split(positions, people, **told)  # type: ignore[arg-type]


def test_labels_of_several_people_go_into_layers_of_their_own(store: Store) -> None:
    project(store, ROWS)
    given = Split({"Anna": (2, 0, 1), "Ben": (0, 3)}, (0,))
    assert assigning.assign(store, "d", given) == 4
    assert assigning.mine(store, "d", "Anna") == [2, 0, 1]
    assert assigning.mine(store, "d", "Nobody") == []
    assert [assigning.layer(store, "d", 0, who) for who in ("Anna", "Ben", "Eve")] == [
        "by:Anna",
        "by:Ben",
        "labels",
    ]
    assert assigning.layer(store, "d", 2, "Anna") == "labels"
    assert assigning.assign(store, "d", given) == 0
    with pytest.raises(StudioError, match="no item 9"):
        assigning.assign(store, "d", Split({"Anna": (9,)}, ()))
    with pytest.raises(UnknownName):
        assigning.assign(store, "e", Split({}, ()))


def test_progress_per_person_and_what_is_taken_away(store: Store) -> None:
    project(store, ROWS)
    assigning.assign(store, "d", Split({"Anna": (0, 1, 2), "Ben": (0, 3)}, (0,)))
    say(store, "Anna", 0, "A A B")
    say(store, "Anna", 1, "A A", common=True)
    facts.add_remark(store, "d", 2, "skip", author="Anna")
    anna, ben = assigning.progress(store, "d")
    assert (anna.who, anna.assigned, anna.done, anna.overlap, anna.overlap_done, anna.skipped) == (
        "Anna", 3, 2, 1, 1, 1,
    )  # fmt: skip
    assert anna.last is not None
    assert (ben.assigned, ben.done, ben.overlap_done, ben.last) == (2, 0, 0, None)
    assert assigning.pending(store, "d") == {0}
    assert assigning.withdraw(store, "d", "Ben") == 2
    assert assigning.mine(store, "d", "Ben") == []
    assert assigning.pending(store, "d") == set()
    assert assigning.layer(store, "d", 0, "Ben") == "labels"
    assert [one.who for one in assigning.progress(store, "d")] == ["Anna"]
    assert assigning.assign(store, "d", Split({"Clare": (3,)}, ())) == 1


def test_open_is_where_people_differ_and_nobody_decided_since(store: Store) -> None:
    project(store, ROWS)
    for who, labels in (("Anna", "A A B"), ("Ben", "A C B")):
        say(store, who, 0, labels)
    for who in ("Anna", "Ben"):
        say(store, who, 1, "B A")
    say(store, "Anna", 2, "B B")
    assert adjudication.open_positions(store, "d") == [0]
    assert adjudication.agreed_positions(store, "d") == [1]
    assert adjudication.labels_of(store, "d", 0) == {"Anna": ("A", "A", "B"), "Ben": ("A", "C", "B")}
    assert adjudication.labels_of(store, "d", 3) == {}
    say(store, "Judge", 0, "A C B", common=True)
    assert adjudication.open_positions(store, "d") == []
    history.undo(store, "d", 0, author="Judge")
    assert adjudication.open_positions(store, "d") == [0]
    history.redo(store, "d", 0, author="Judge")
    assert adjudication.open_positions(store, "d") == []
    say(store, "Clare", 0, "C C C")
    assert adjudication.open_positions(store, "d") == [0]
    assert set(adjudication.labels_of(store, "d", 0)) == {"Anna", "Ben", "Clare", "Judge"}


def test_the_loser_of_a_conflict_is_heard(store: Store) -> None:
    project(store, ROWS)
    say(store, "Anna", 1, "A A", common=True)
    say(store, "Ben", 1, "B A", action="conflict")
    assert adjudication.open_positions(store, "d") == [1]
    assert adjudication.labels_of(store, "d", 1) == {"Anna": ("A", "A"), "Ben": ("B", "A")}
    say(store, "Anna", 1, "B A", common=True, action="adjudicate")
    assert adjudication.open_positions(store, "d") == []


def test_a_bulk_action_decides_nothing(store: Store) -> None:
    project(store, ROWS)
    for who, labels in (("Anna", "A A"), ("Ben", "A B")):
        say(store, who, 1, labels)
    repeating.apply(store, "d", RUN, "stage1", repeating.Spec("C", form="og"), "Eve")
    assert adjudication.open_positions(store, "d") == [1]


def test_what_all_agree_on_is_accepted_as_one_action(store: Store) -> None:
    project(store, ROWS)
    assigning.assign(store, "d", Split({"Anna": (0, 1, 2), "Ben": (0, 1, 2), "Clare": (2,)}, (0, 1, 2)))
    for who in ("Anna", "Ben"):
        say(store, who, 0, "A A B")
        say(store, who, 1, "B A")
        say(store, who, 2, "B B")
    say(store, "Ben", 1, "B B")
    # Item 2 waits for Clare.
    done = adjudication.accept_agreed(store, "d", "Judge")
    assert (done.n, views.annotations(store, "d")) == (1, {0: ("A", "A", "B")})
    assert adjudication.accept_agreed(store, "d", "Judge") == adjudication.Accepted("", 0)
    assert history.undo_batch(store, done.batch, "Judge").n == 1
    assert views.annotations(store, "d") == {}
    assert adjudication.accept_agreed(store, "d", "Judge").n == 1


def test_words_split_anew_do_not_make_the_editor_an_author(store: Store) -> None:
    project(store, ROWS)
    for who, labels in (("Anna", "A A"), ("Ben", "A B")):
        say(store, who, 1, labels)
    say(store, "Judge", 1, "A A", common=True)
    facts.retokenize(store, "d", 1, 1, 1, ["n", "ú"], author="Eve")
    assert adjudication.open_positions(store, "d") == []
    assert adjudication.labels_of(store, "d", 1) == {"Anna": ("A", "", ""), "Ben": ("A", "", "")}


def test_the_decided_is_a_data_set_of_its_own(store: Store) -> None:
    project(store, ROWS)
    for who in ("Anna", "Ben"):
        say(store, who, 2, "B A")
    adjudication.accept_agreed(store, "d", "Judge")
    say(store, "Eve", 0, "A A B", common=True)
    repeating.apply(store, "d", RUN, "stage1", repeating.Spec("C", form="nú"), "Eve")
    made, new = adjudication.adjudicated(store, "d", "Gold, decided")
    assert (made, new) == ("Gold-decided", True)
    found = [(record.instance.text, record.labels) for record in views.records(store, made)]
    assert found == [("og so fer", ("A", "A", "B")), ("fer nú", ("B", "A"))]
    dataset = views.dataset(store, made)
    assert (dataset.name, dataset.labels, dataset.egress) == ("Gold, decided", ("A", "B", "C"), "ask")
    assert dataset.source == "Data; labels of 2 items by Eve, Judge"
    assert dataset.meta["adjudicated"] == {
        "dataset": "d",
        "fingerprint": views.dataset(store, "d").fingerprint,
        "items": [0, 2],
    }
    doubly, _ = adjudication.adjudicated(store, "d", "doubly", doubly=True)
    assert [record.labels for record in views.records(store, doubly)] == [("B", "A")]
    with pytest.raises(StudioError, match="needs a name"):
        adjudication.adjudicated(store, "d", " .")


def test_nothing_decided_makes_no_data_set(store: Store) -> None:
    project(store, ROWS)
    with pytest.raises(StudioError, match="nobody has labelled anything"):
        adjudication.adjudicated(store, "d", "gold")
    say(store, "Eve", 0, "A A B", common=True)
    with pytest.raises(StudioError, match="nothing was decided"):
        adjudication.adjudicated(store, "d", "gold", doubly=True)
