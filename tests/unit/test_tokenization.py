"""Splitting, merging and re-spelling words, and the labels that go along."""

from __future__ import annotations

import pytest

from core.errors import StudioError
from core.tokenization import (
    Tokens,
    changed,
    edit,
    groups,
    handed_on,
    imported,
    known,
    moved,
    operation,
)

ABC = imported(["zum", "Haus", "ab", "gehen"])


def test_a_split_shares_the_range_of_the_word() -> None:
    now = edit(ABC, 0, 0, ["zu", "m"])
    assert now == Tokens(1, ("zu", "m", "Haus", "ab", "gehen"), (0, 0, 1, 2, 3), (0, 0, 1, 2, 3))
    assert groups(now)[0] == (range(2), range(1))


def test_a_merge_covers_all_of_its_words() -> None:
    now = edit(ABC, 2, 3, ["abgehen"])
    assert now == Tokens(1, ("zum", "Haus", "abgehen"), (0, 1, 2), (0, 1, 3))


def test_a_word_spelled_anew_stays_where_it_is() -> None:
    now = edit(edit(ABC, 0, 0, ["zu", "m"]), 1, 2, ["dem", "Huus"])
    assert now == Tokens(2, ("zu", "dem", "Huus", "ab", "gehen"), (0, 0, 1, 2, 3), (0, 0, 1, 2, 3))


def test_a_part_may_be_merged_with_the_next_word() -> None:
    now = edit(edit(ABC, 0, 0, ["zu", "m"]), 1, 2, ["mHaus"])
    assert now == Tokens(2, ("zu", "mHaus", "ab", "gehen"), (0, 0, 2, 3), (0, 1, 2, 3))
    assert groups(now)[0] == (range(2), range(2))


@pytest.mark.parametrize(
    ("first", "last", "forms", "why"),
    [
        (0, 0, ["zum"], "nothing changes"),
        (0, 0, [], "between 1 and 50"),
        (0, 0, ["a"] * 51, "between 1 and 50"),
        (0, 0, ["zu", " "], "is no word"),
        (0, 0, ["zu", "m\t"], "is no word"),
        (0, 0, ["z\tu"], "no tab"),
        (0, 0, ["z\nu"], "no tab"),
        (0, 0, ["z\x00u"], "no tab"),
        (0, 0, ["z\ud800"], "half letter"),
        (3, 2, ["x"], "no words"),
        (-1, 0, ["x"], "no words"),
        (3, 4, ["x"], "no words 4 to 5 among 4"),
    ],
)
def test_what_is_no_word_is_refused(first: int, last: int, forms: list[str], why: str) -> None:
    with pytest.raises(StudioError, match=why):
        edit(ABC, first, last, forms)


def test_what_the_change_is_called() -> None:
    assert [operation(1, 2), operation(2, 1), operation(1, 1), operation(2, 2)] == [
        "split",
        "merge",
        "respell",
        "respell",
    ]


def test_labels_of_before_are_known_outside_the_edit_only() -> None:
    now = edit(ABC, 0, 0, ["zu", "m"])
    assert moved(("ADP", "NOUN", "ADP", "VERB"), ABC, now, "") == ("", "", "NOUN", "ADP", "VERB")
    assert moved((0.5, 0.6, 0.7, 0.8), ABC, now, 0.0) == (0.0, 0.0, 0.6, 0.7, 0.8)
    assert changed(ABC, now) == (0, 1)
    spelled = edit(ABC, 1, 1, ["Huus"])
    assert moved(("ADP", "NOUN", "ADP", "VERB"), ABC, spelled, "") == ("ADP", "", "ADP", "VERB")


def test_labels_of_another_number_of_words_say_nothing() -> None:
    assert moved(("A", "B"), ABC, ABC, "") == ("", "", "", "")
    assert handed_on(("A", "B"), ABC, ABC) == ("", "", "", "")


def test_a_first_part_spelled_like_the_whole_is_another_word() -> None:
    now = edit(ABC, 0, 0, ["zum", "em"])
    assert moved(("ADP", "NOUN", "ADP", "VERB"), ABC, now, "") == ("", "", "NOUN", "ADP", "VERB")


def test_a_sibling_of_what_is_split_again_keeps_its_label() -> None:
    one = edit(imported(["vomweg"]), 0, 0, ["vo", "mweg"])
    two = edit(one, 1, 1, ["m", "weg"])
    assert moved(("ADP", "NOUN"), one, two, "") == ("ADP", "", "")


def test_parts_go_on_with_the_label_of_the_word() -> None:
    now = edit(ABC, 0, 0, ["zu", "m"])
    assert handed_on(("ADP", "NOUN", "ADP", "VERB"), ABC, now) == ("ADP", "ADP", "NOUN", "ADP", "VERB")
    merged = edit(ABC, 2, 3, ["abgehen"])
    assert handed_on(("ADP", "NOUN", "ADP", "VERB"), ABC, merged) == ("ADP", "NOUN", "ADP")


@pytest.mark.parametrize(
    ("labels", "first", "last", "n", "after"),
    [
        (["B-P", "I-P", "O", "O"], 0, 0, 2, ["B-P", "I-P", "I-P", "O", "O"]),
        (["B-P", "I-P", "O", "O"], 1, 1, 2, ["B-P", "I-P", "I-P", "O", "O"]),
        (["B-P", "I-P", "O", "O"], 0, 1, 1, ["B-P", "O", "O"]),
        (["O", "B-P", "I-P", "O"], 0, 1, 1, ["B-P", "I-P", "O"]),
        (["B-L", "B-P", "I-P", "O"], 0, 1, 1, ["B-L", "B-P", "O"]),
        (["B-P", "I-P", "I-P", "O"], 0, 2, 2, ["B-P", "I-P", "O"]),
        (["O", "O", "O", "B-P"], 2, 2, 3, ["O", "O", "O", "O", "O", "B-P"]),
    ],
)
def test_names_stay_legal(labels: list[str], first: int, last: int, n: int, after: list[str]) -> None:
    now = edit(ABC, first, last, [f"x{k}" for k in range(n)])
    assert list(handed_on(labels, ABC, now)) == after


@pytest.mark.parametrize(
    ("gold", "given", "stretches"),
    [
        (["A", "", "B"], ["A", "A", "C"], [(("A",), ("A",)), (("B",), ("C",))]),
        (["A", "B"], ["", ""], []),
        ([], [], []),
        (["B-P", "", "O"], ["O", "O", "O"], [(("O",), ("O",))]),
        (["O", "", "I-P", "O"], ["O", "O", "O", "O"], [(("O",), ("O",)), (("O",), ("O",))]),
        (["O", "", "B-P"], ["O", "O", "O"], [(("O",), ("O",)), (("B-P",), ("O",))]),
        (["B-L", "B-P", ""], ["O", "O", "O"], [(("B-L",), ("O",))]),
        (["B-P", "I-P", "O", ""], ["O", "B-P", "I-P", "O"], []),
    ],
)
def test_what_nobody_knows_is_not_compared(
    gold: list[str], given: list[str], stretches: list[tuple[tuple[str, ...], tuple[str, ...]]]
) -> None:
    assert known(gold, given) == stretches
