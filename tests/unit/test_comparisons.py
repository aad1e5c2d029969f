"""What a view compares, what its conditions are called, and which comparisons are offered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.comparison import HUMAN, Side, Where
from dashboard import view
from dashboard.comparisons import Asked, _pair, _sides
from dashboard.widgets.compare.presets import presets
from dashboard.widgets.compare.telling import told

START = datetime(2026, 1, 1, tzinfo=UTC)


def run(
    name: str, *stages: str, after: int = 0, kind: str = "run", parent: str | None = None
) -> dict[str, Any]:
    moment = START + timedelta(hours=after)
    return {"id": name, "stages": list(stages), "kind": kind, "created_at": moment, "parent": parent}


def asked(n: int, pair: tuple[int, int], against: str = "gold") -> Asked:
    return Asked("d", tuple(Side(f"r{place}", "stage2") for place in range(n)), against, *pair)


@pytest.mark.parametrize(
    ("text", "n", "wanted"),
    [
        ("", 2, (0, 1)),
        ("1-0", 2, (1, 0)),
        ("2-0", 3, (2, 0)),
        ("0-3", 3, (0, 1)),
        ("1-1", 3, (0, 1)),
        ("x-y", 3, (0, 1)),
        ("-1-2", 4, (0, 1)),
        ("", 1, (0, 0)),
        ("1-0", 1, (0, 0)),
    ],
)
def test_a_pair_is_two_of_the_sides(text: str, n: int, wanted: tuple[int, int]) -> None:
    assert _pair(text, n) == wanted


def test_sides_are_read_once_each_and_no_more_than_fit_on_a_page() -> None:
    assert _sides("a@stage1,a@stage1,human") == (Side("a", "stage1"), Side("", HUMAN))
    assert len(_sides(",".join(f"r{number}@stage2" for number in range(9)))) == 6
    assert _sides("") == ()


def test_what_changed_is_what_is_wrong_where_there_is_one_side() -> None:
    assert asked(3, (0, 2)).change() == Where(0, 2, change="changed")
    assert asked(1, (0, 0)).change() == Where(0, 0, wrong="0")
    assert asked(1, (0, 0), "").change() == Where(0, 0)
    assert asked(3, (2, 1)).where(right="NOUN") == Where(2, 1, right="NOUN")


def test_conditions_in_words() -> None:
    titles = ["Stage I", "Stage II"]
    where = Where(change="broken", right="DATE", given={1: "O"}, form="<b>", length=6, bin=9)
    assert told(where, titles, unit="tokens") == (
        "broken from Stage I to Stage II · right: DATE · Stage II: O · “<b>” · 6 to 10 tokens long"
        " · confidence of Stage II 0.9 to 1.0"
    )
    assert told(Where(wrong="1", length=41), titles, unit="tokens") == (
        "wrong in Stage II · 41 or more tokens long"
    )
    assert told(Where(), titles, unit="items") == ""
    assert told(Where(change="changed", given={7: "X"}, wrong="z"), ["one"], unit="items") == (
        "changed · 7: X · wrong in z"
    )


def test_comparisons_that_are_offered() -> None:
    runs = [
        run("c", "stage1", "stage2", after=3, parent="a"),
        run("b", "stage1", "stage2", after=2),
        run("a", "stage1", "stage2", after=1),
        run("i", "stage1", after=0, kind="import"),
    ]
    found = presets(runs[0], runs, people=2)
    assert found["Stage I and Stage II of this run"] == (Side("c", "stage1"), Side("c", "stage2"))
    assert found["This run and the run it came from"] == (Side("a", "stage2"), Side("c", "stage2"))
    assert found["This run and the one before"] == (Side("b", "stage2"), Side("c", "stage2"))
    assert [side.run for side in found["Both stages of this run and the one before"]] == ["c", "c", "b", "b"]
    assert [str(side) for side in found["Stage I of all runs"]] == [f"{name}@stage1" for name in "cbai"]
    assert found["This run and what humans say"] == (Side("c", "stage2"), Side("", HUMAN))


def test_what_cannot_be_compared_is_not_offered() -> None:
    alone = run("i", "stage1", kind="import")
    assert presets(alone, [alone], people=0) == {}
    many = [run(f"r{number}", "stage1", "stage2", after=number) for number in range(9)]
    assert len(presets(many[0], many, people=0)["Stage II of all runs"]) == 6


def test_other_sides_and_another_pair_forget_what_was_listed() -> None:
    now = view.View(where="w", pair="1-0", page=3, sentence=7, changed="fixed", against="none")
    assert view.changed(now, sides="x") == view.View(sides="x", changed="fixed", against="none")
    assert view.changed(now, pair="").where == ""
    listed = view.changed(now, where="v")
    assert (listed.where, listed.page, listed.sentence, listed.changed) == ("v", 1, -1, "")
