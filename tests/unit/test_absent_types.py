"""Entity types a source was not annotated for."""

from __future__ import annotations

import numpy as np

from core.labelers.absent_types import absent, completed
from core.labelers.crf import Crf
from core.labelers.crf_features import Usage
from core.labelers.crf_tagger import Part
from core.types import Instance, Labels, Record

BIO: Labels = ("O", "B-PER", "I-PER", "B-DATE", "I-DATE")
WHOLE = (("Anna", "came", "on", "Monday", "."), ("B-PER", "O", "O", "B-DATE", "O"))
BARE = (("Anna", "came", "on", "Monday", "."), ("B-PER", "O", "O", "O", "O"))


def part(language: str, sentence: tuple[tuple[str, ...], Labels], times: int) -> Part:
    return Part(language, (sentence,) * times, Usage.of([sentence[0]] * times))


class Fixed:
    """A tagger that gives every sentence the same posterior."""

    def __init__(self, rows: list[list[float]]) -> None:
        self.rows = np.array(rows)

    def labelled(self, tokens: tuple[str, ...], usage: Usage) -> tuple[list[str], np.ndarray]:
        return [], self.rows


def rows(date: float) -> list[list[float]]:
    sure = [1.0, 0.0, 0.0, 0.0, 0.0]
    return [[0.0, 1.0, 0, 0, 0], sure, sure, [1 - date, 0.0, 0.0, date / 3, 2 * date / 3], sure]


def test_a_type_is_absent_where_the_others_would_make_one_expect_it() -> None:
    assert absent([part("aaa", WHOLE, 10), part("bbb", BARE, 10)], BIO) == [frozenset(), frozenset({"DATE"})]
    assert absent([part("aaa", WHOLE, 10), part("bbb", BARE, 2)], BIO) == [frozenset(), frozenset()]
    assert absent([part("aaa", BARE, 10), part("bbb", BARE, 10)], BIO) == [frozenset(), frozenset()]
    assert absent(
        [part("aaa", (("a", "b"), ("X", "Y")), 9), part("bbb", (("a",), ("X",)), 9)], ("X", "Y")
    ) == [
        frozenset(),
        frozenset(),
    ]


def test_a_sentence_is_completed_left_out_or_left_alone() -> None:
    parts = [part("aaa", WHOLE, 10), part("bbb", BARE, 10)]
    asked: list[list[str]] = []

    def teach(date: float) -> list[Part]:
        def taught(donors: object) -> Fixed:
            asked.append([donor.language for donor in donors])  # type: ignore[attr-defined]
            return Fixed(rows(date))

        return completed(parts, BIO, taught)  # type: ignore[arg-type]

    assert teach(0.9)[1].sentences == (WHOLE,) * 10
    assert teach(0.4)[1].sentences == ()
    assert teach(0.1)[1].sentences == (BARE,) * 10
    assert teach(0.9)[0] is parts[0]
    assert asked == [["aaa"]] * 4


def test_a_source_without_dates_does_not_unlearn_them() -> None:
    def records(sentence: tuple[tuple[str, ...], Labels], times: int) -> list[Record]:
        return [Record(Instance(at, "train", sentence[0], ""), sentence[1]) for at in range(times)]

    tagger = Crf(calibrate=False)
    target = [Instance(0, "test", WHOLE[0], "")]
    sources = [("aaa", records(WHOLE, 20)), ("bbb", records(BARE, 60))]
    tagger.fit(sources, target, BIO, seed=0, report=lambda *step: None)
    assert tagger.label(target, lambda *step: None)[0].labels == WHOLE[1]
