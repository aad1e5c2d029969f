"""Agreement between people, against figures computed elsewhere: examples of the papers, scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from core.annotators.agreement import Agreement, agreement, between, differing
from core.annotators.independent import MISSING, Ratings, aligned, ratings, said
from core.store import Store, facts
from tests.unit.annotators_project import project

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: four observers, missing data.
KRIPPENDORFF = """
    1 2 3 3 2 1 4 1 2 . . .
    1 2 3 3 2 2 4 1 2 5 . 3
    . 3 3 3 2 3 4 2 2 5 1 .
    1 2 3 3 2 4 4 1 2 5 1 .
"""
# Fleiss (1971) as worked out in Fleiss, Levin and Paik: 10 subjects, 14 raters, 5 categories.
FLEISS = """
    0 0 0 0 14
    0 2 6 4 2
    0 0 3 5 6
    0 3 9 2 0
    2 2 8 1 1
    7 7 0 0 0
    3 2 6 3 0
    2 5 3 2 2
    6 5 2 1 0
    0 2 2 3 7
"""


def of(rows: list[list[str]]) -> Ratings:
    """People by items; "." = not given. Every item is one word."""
    labels = sorted({label for row in rows for label in row} - {"."})
    spoken = {
        f"p{number}": {place: (label,) for place, label in enumerate(row) if label != "."}
        for number, row in enumerate(rows)
    }
    return aligned(spoken, labels)


def worked_out(rows: list[list[str]], **told: object) -> Agreement:
    found = agreement(of(rows), **told)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_alpha_of_krippendorffs_own_example() -> None:
    rows = [line.split() for line in KRIPPENDORFF.strip().splitlines()]
    found = worked_out(rows)
    assert found.alpha.value == pytest.approx(0.743, abs=5e-4)
    assert (found.items, found.words) == (11, 11)
    assert found.alpha.low is not None
    assert found.alpha.high is not None
    assert found.alpha.low < 0.743 < found.alpha.high


def test_alpha_of_two_observers_without_missing_data() -> None:
    """Krippendorff (2011), example B: alpha = 0.692."""
    rows = [list("aabbdcccedda"), list("babbbcccedddd"[:12])]
    assert worked_out(rows).alpha.value == pytest.approx(0.692, abs=5e-4)


def test_kappa_of_fleiss_own_example() -> None:
    table = [[int(n) for n in line.split()] for line in FLEISS.strip().splitlines()]
    given = [[str(label) for label, n in enumerate(row) for _ in range(n)] for row in table]
    found = worked_out([[subject[rater] for subject in given] for rater in range(14)])
    assert found.fleiss.value == pytest.approx(0.20993, abs=5e-6)
    assert (found.raters, found.fleiss_words) == (14, 10)
    counts = np.array(table)
    share = counts.sum(axis=0) / counts.sum()
    for one in found.labels:
        code = int(one.label)
        apart = (counts[:, code] * (14 - counts[:, code])).sum()
        expected = 1 - apart / (10 * 14 * 13 * share[code] * (1 - share[code]))
        assert one.fleiss.value == pytest.approx(expected)
        assert one.given == counts[:, code].sum()


@pytest.mark.parametrize("seed", range(4))
def test_kappa_of_pairs_is_scikit_learns(seed: int) -> None:
    dice = np.random.default_rng(seed)
    right = dice.integers(0, 4, 120)
    rows = [np.where(dice.random(120) < sure, right, dice.integers(0, 4, 120)) for sure in (0.9, 0.7, 0.4)]
    found = worked_out([[f"L{label}" for label in row] for row in rows])
    for pair in found.pairs:
        one, other = rows[int(pair.a[1:])], rows[int(pair.b[1:])]
        assert pair.kappa.value == pytest.approx(cohen_kappa_score(one, other))
        assert pair.same == pytest.approx((one == other).mean())
        assert pair.kappa.low is not None
        assert pair.kappa.high is not None
        assert pair.kappa.low < (pair.kappa.value or 0) < pair.kappa.high
    # Of two people who labelled everything, alpha and Fleiss' kappa differ by the small-sample term alone.
    two = worked_out([[f"L{label}" for label in row] for row in rows[:2]])
    n = 240
    assert 1 - (two.alpha.value or 0) == pytest.approx((1 - (two.fleiss.value or 0)) * (n - 1) / n)


def test_one_label_against_all_others() -> None:
    rows = [list("aabbccab"), list("abbbcaab")]
    found = worked_out(rows)
    for one in found.labels:
        two_values = [["x" if label == one.label else "y" for label in row] for row in rows]
        expected = worked_out(two_values)
        assert one.alpha.value == pytest.approx(expected.alpha.value)
        assert one.fleiss.value == pytest.approx(expected.fleiss.value)


def test_intervals_are_over_items_not_words() -> None:
    """Fifty words that all agree or all differ with their item: the interval is that of the items."""
    dice = np.random.default_rng(3)
    spoken: dict[str, dict[int, tuple[str, ...]]] = {"a": {}, "b": {}}
    for place in range(30):
        right = tuple(dice.choice(["x", "y"], 50))
        swapped = tuple("y" if label == "x" else "x" for label in right)
        spoken["a"][place] = right
        spoken["b"][place] = right if place % 3 else swapped
    found = agreement(aligned(spoken, ["x", "y"]))
    assert found is not None
    kappa = found.pairs[0].kappa
    assert kappa.low is not None
    assert kappa.high is not None
    # The share of items that agree has the standard error sqrt(2/9 / 30); kappa is twice that share - 1.
    assert kappa.high - kappa.low == pytest.approx(2 * 1.96 * 2 * np.sqrt(2 / 9 / 30), rel=0.2)


@pytest.mark.thorough
def test_the_interval_covers_the_truth() -> None:
    """Two people who are right 80 % of the time on four even labels: kappa is 0.52, covered about 95 %."""
    dice = np.random.default_rng(11)
    hits, truth = 0, None
    for trial in range(60):
        right = dice.integers(0, 4, 300)
        rows = [
            np.where(dice.random(300) < 0.8, right, (right + dice.integers(1, 4, 300)) % 4) for _ in range(2)
        ]
        truth = (0.8**2 + 0.2**2 / 3 - 0.25) / 0.75
        kappa = (
            worked_out([[str(label) for label in row] for row in rows], draws=100, seed=trial).pairs[0].kappa
        )
        assert kappa.low is not None
        assert kappa.high is not None
        hits += kappa.low <= truth <= kappa.high
    assert 52 <= hits <= 60


def test_where_chance_could_do_no_less_there_is_no_figure() -> None:
    found = worked_out([["a", "a"], ["a", "a"]])
    assert found.alpha.value is None
    assert found.fleiss.value is None
    assert found.pairs[0].kappa.value is None
    assert found.pairs[0].same == 1.0
    assert agreement(of([["a", "b"]])) is None
    assert agreement(of([["a", "."], [".", "b"]])) is None


def test_entities_agree_as_wholes() -> None:
    spoken = {
        "a": {0: ("B-PER", "I-PER", "O"), 1: ("B-LOC", "O", "O")},
        "b": {0: ("B-PER", "I-PER", "O"), 1: ("B-LOC", "I-LOC", "O")},
    }
    found = agreement(aligned(spoken, ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]), entities=True)
    assert found is not None
    assert found.pairs[0].entities is not None
    assert found.pairs[0].entities.value == pytest.approx(2 * 1 / 4)


def test_where_two_differ_and_what_they_said() -> None:
    found = of([list("aabc"), list("abb.")])
    assert between(found, 0, 1) == [("a", "a", 1), ("a", "b", 1), ("b", "b", 1)]
    assert differing(found, 0, 1) == [1]
    assert differing(found, 0, 1, ("b", "b")) == [2]


def test_only_independent_labels_count(store: Store) -> None:
    project(store, [("og so", "A A"), ("og nú", "B A"), ("so", "A"), ("nú", "A")])
    own = {"Anna": {0: "A A", 1: "B A"}, "Ben": {0: "A B", 1: "B A"}}
    for who, mine in own.items():
        for place, labels in mine.items():
            facts.annotate(store, "d", place, labels.split(), author=who, layer=facts.by(who))
    # A decision over what both said is nobody's independent label, nor is a change of somebody else's.
    facts.annotate(store, "d", 0, ["A", "B"], author="Judge", action="adjudicate")
    facts.annotate(store, "d", 2, ["B"], author="Anna")
    facts.annotate(store, "d", 2, ["C"], author="Ben")
    facts.annotate(store, "d", 2, ["B"], author="Clare", layer=facts.by("Clare"))
    # Blind labels are, and what the first person said of an item in the common layer.
    for who, label in (("Anna", "A"), ("Ben", "C")):
        facts.annotate(store, "d", 3, [label], author=who, layer=facts.BLIND)
    everybody = said(store, "d")
    assert everybody == {
        "Anna": {0: ("A", "A"), 1: ("B", "A"), 2: ("B",), 3: ("A",)},
        "Ben": {0: ("A", "B"), 1: ("B", "A"), 3: ("C",)},
        "Clare": {2: ("B",)},
    }
    assert said(store, "d", blind=True) == {"Anna": {3: ("A",)}, "Ben": {3: ("C",)}}
    found = ratings(store, "d")
    assert found.positions == (0, 1, 2, 3)
    assert (found.given != MISSING).sum(axis=0).tolist() == [2] * 6
    assert ratings(store, "d", blind=False).positions == (0, 1, 2)
