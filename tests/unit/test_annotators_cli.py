"""The commands about several people, from giving items out to the decided as a data set."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.annotators import assigning, repeating
from core.store import Store, facts, views
from tests.ssp_command import Ssp
from tests.unit.annotators_project import RUN, project

pytestmark = pytest.mark.slow

ROWS = [("og so fer", "A A B"), ("og nú", "B A"), ("fer nú", "A A"), ("so", "A")]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Anna and Ben label two items each for themselves, one alike; Eve repeats a word."""
    folder = tmp_path / "workspace"
    with Store.open(folder) as store:
        project(store, ROWS)
        assigning.assign(store, "d", assigning.Split({"Anna": (0, 1), "Ben": (0, 1)}, (0, 1)))
        given = {"Anna": ("A A B", "B A"), "Ben": ("A C B", "B A")}
        for who, mine in given.items():
            for place, labels in enumerate(mine):
                facts.annotate(
                    store, "d", place, labels.split(), author=who, layer=facts.by(who), seconds=4.0, keys=2
                )
        repeating.apply(store, "d", RUN, "stage1", repeating.Spec("C", form="nú"), "Eve")
    return folder


def test_agreement_is_told(ssp: Ssp, labelled: Path) -> None:
    done = ssp("agreement", "d")
    assert done.code == 0, done.err
    found = done.document
    assert (found["people"], found["items"], found["words"]) == (["Anna", "Ben"], 2, 5)
    assert found["pairs"][0]["same"] == pytest.approx(0.8)
    text = ssp("agreement", "d", json_too=False).out
    assert "Krippendorff's alpha" in text
    assert "Anna" in text
    blind = ssp("agreement", "d", "--blind")
    assert (blind.code, "no two people" in blind.message) == (2, True)


def test_history_is_told_and_taken_back(ssp: Ssp, labelled: Path) -> None:
    found = ssp("history", "d").document
    assert (found["total"], found["entries"][0]["action"]) == (6, "repeat")
    assert ssp("history", "d", "--author", "Ben", "--label", "C").document["total"] == 1
    assert "nothing" not in ssp("history", "d", json_too=False).out
    bulk = ssp("history", "d", "--bulk").document["bulk"]
    assert [(row["author"], row["items"]) for row in bulk] == [("Eve", 2)]
    assert "every 'nú' is C" in ssp("history", "d", "--bulk", json_too=False).out
    unnamed = ssp("history", "d", "--undo", bulk[0]["batch"])
    assert (unnamed.code, "kept under a name" in unnamed.message) == (2, True)
    undone = ssp("history", "d", "--undo", bulk[0]["batch"], "--who", "Eve").document
    assert (undone["n"], undone["skipped"]) == (2, {})
    first = found["entries"][-1]
    step = ssp("history", "d", "--undo", str(first["id"]), "--who", "Judge").document
    assert (step["done"], step["labels"]) == (True, None)
    again = ssp("history", "d", "--undo", str(first["id"]), "--who", "Judge", json_too=False).out
    assert "this was taken back already" in again
    with Store.open(labelled) as store:
        assert views.annotations(store, "d") == {}
    for strange in ("99", "nothing"):
        assert ssp("history", "d", "--undo", strange, "--who", "Eve").code == 2


def test_items_are_given_out_and_taken_away(
    ssp: Ssp, labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = ssp("assign", "d", "--people", "Anna, Clare", "--overlap", "0").document["people"]
    assert [(one["who"], one["assigned"], one["done"]) for one in people] == [
        ("Anna", 3, 2),
        ("Ben", 2, 2),
        ("Clare", 1, 0),
    ]
    assert "Clare" in ssp("assign", "d", json_too=False).out
    left = ssp("assign", "d", "--withdraw", "Clare").document["people"]
    assert [one["who"] for one in left] == ["Anna", "Ben"]
    assert ssp("assign", "d", "--people", "Eve", "--queue", "9").code == 2


def test_the_agreed_is_accepted_and_made_a_data_set(
    ssp: Ssp, labelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ssp("adjudicate", "d").document == {"open": [0], "agreed": [1]}
    monkeypatch.setenv("SSP_ANNOTATOR", "Judge")
    done = ssp("adjudicate", "d", "--accept-agreed", "--as", "decided")
    assert done.code == 0, done.err
    assert (done.document["accepted"], done.document["agreed"]) == (1, [])
    assert done.document["dataset"] == "decided"
    assert "people differ in 1 items" in ssp("adjudicate", "d", json_too=False).out
    with Store.open(labelled) as store:
        assert [record.labels for record in views.records(store, "decided")] == [("B", "A")]


def test_effort_is_told(ssp: Ssp, labelled: Path) -> None:
    found = ssp("effort", "d").document
    assert found["whole"]["seconds_per_word"] == pytest.approx(16 / 10)
    assert [row["person"] for row in found["people"]] == ["Anna", "Ben"]
    assert "seconds per word" in ssp("effort", "d", json_too=False).out
    assert ssp("effort", "nothing").code == 2
