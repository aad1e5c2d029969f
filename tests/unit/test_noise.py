"""The noise estimate: signals, what they become, and what is kept of them per label and item."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from core.advice import noise, signals
from core.advice.evidence import evidence
from core.advice.noise import coefficients, estimate, provenance, reference, shifted
from core.types import Instance, Labels, Prediction, TaskName

WORDS = {
    "DET": "the a",
    "NOUN": "dog cat house tree",
    "VERB": "sees likes finds",
    "PUNCT": ". !",
    "ADJ": "old",
}
PLAN = ("DET", "ADJ", "NOUN", "VERB", "DET", "NOUN", "PUNCT")
ENTITIES = ("O", "B-PER", "I-PER", "O", "O", "O", "O")


def text(n: int, seed: int = 0) -> list[Instance]:
    dice = random.Random(seed)
    rows = [tuple(dice.choice(WORDS[kind].split()) for kind in PLAN) for _ in range(n)]
    return [Instance(at, "test", tokens, " ".join(tokens)) for at, tokens in enumerate(rows)]


def labelled(n: int, rate: float, names: Labels, usual: Labels, sure: float | None) -> list[Prediction]:
    dice = random.Random(1)
    rows = [tuple(dice.choice(names) if dice.random() < rate else name for name in usual) for _ in range(n)]
    return [Prediction(at, row, None if sure is None else (sure,) * len(row)) for at, row in enumerate(rows)]


@pytest.mark.parametrize(("task", "usual"), [("pos", PLAN), ("ner", ENTITIES)])
@pytest.mark.parametrize("sure", [0.9, None])
def test_more_labels_replaced_are_more_noise_expected(
    task: TaskName, usual: Labels, sure: float | None
) -> None:
    items, names = text(200), tuple(sorted({*usual, "X" if task == "pos" else "B-LOC"}))
    found = [
        estimate(task, items, labelled(200, rate, names, usual, sure), len(names))
        for rate in (0.0, 0.3, 0.6, 0.9)
    ]
    values = [one.overall.value for one in found]
    assert values == sorted(values)
    assert values[0] < 0.3
    assert values[-1] > 0.4
    for one in found:
        assert 0 <= one.overall.low <= one.overall.value <= one.overall.high <= 1
        assert one.chances.mean() == pytest.approx(one.overall.value)


def test_the_label_that_stands_out_is_the_suspect() -> None:
    items, rows = text(100), labelled(100, 0.0, PLAN, PLAN, None)
    odd = ("ADJ", *rows[7].labels[1:])
    rows[7] = Prediction(7, odd, None)
    found = estimate("pos", items, rows, 17)
    assert int(found.items.argmax()) == 7
    assert int(found.chances.argmax()) == 7 * len(PLAN)


def test_a_doubtful_label_is_more_likely_wrong() -> None:
    items = text(100)
    rows = [Prediction(at, PLAN, (0.9,) * 6 + (0.3 if at < 50 else 0.95,)) for at in range(100)]
    found = estimate("pos", items, rows, 17)
    assert found.items[:50].mean() > found.items[50:].mean()
    assert found.confident.value < found.overall.value
    counts = {item.label: item.count for item in found.by_label}
    assert counts == {"DET": 200, "NOUN": 200, "ADJ": 100, "VERB": 100, "PUNCT": 100}
    mean = sum(item.count * item.noise for item in found.by_label) / 700
    assert mean == pytest.approx(found.overall.value)


def test_evidence_says_which_coefficients_fit() -> None:
    items = text(30)
    kinds = {
        "neighbours+confidence": labelled(30, 0.1, PLAN, PLAN, 0.8),
        "neighbours": labelled(30, 0.1, PLAN, PLAN, None),
        "agreement": labelled(30, 0.1, ("K1", "K2"), ("K1", "K2", "K1", "K1", "K2", "K1", "K1"), None),
    }
    for variant, rows in kinds.items():
        seen = evidence(items, rows, reference("pos"))
        assert seen.variant == variant
        assert set(seen.whole()) == set(coefficients("pos")[variant]["terms"])
    assert set(coefficients("ner")) == set(coefficients("pos"))


def test_signals_are_what_they_say() -> None:
    sentences, labels = [("a", "b"), ("a", "b"), ("A", "c")], [("X", "Y"), ("X", "Z"), ("X", "Y")]
    same = (3 + 0 + signals.PRIOR * signals.USUAL) / (5 + signals.PRIOR)
    assert signals.disagreement(sentences, labels) == pytest.approx(float(signals.log_odds(1 - same**0.5)))
    shares = signals.neighbours([("B-PER", "I-LOC"), ("O",)])
    assert shares == dict.fromkeys([*pairwise("^BI$"), *pairwise("^O$")], 1 / 5)
    assert signals.divergence(shares, shares) == pytest.approx(float(signals.log_odds(0.0)))
    assert signals.divergence(shares, {("^", "X"): 1.0}) == pytest.approx(float(signals.log_odds(1.0)))


def test_shifting_keeps_the_order_and_meets_the_mean() -> None:
    scores = np.array([-2.0, 0.0, 3.0])
    moved = shifted(scores, 0.2)
    assert moved.mean() == pytest.approx(0.2)
    assert list(np.argsort(moved)) == [0, 1, 2]


def test_items_of_nli_have_confidences_alone() -> None:
    items = [Instance(at, "test", (), "a", "b") for at in range(20)]
    rows = [Prediction(at, ("neutral",), (0.9 if at else 0.4,)) for at in range(20)]
    found = estimate("nli", items, rows, 3)
    assert found.items.argmax() == 0
    assert found.overall.high > 2 / 3
    assert found.overall.low < 0.12
    bare = estimate("nli", items, [Prediction(at, ("neutral",)) for at in range(20)], 3)
    assert bare.overall.high - bare.overall.low > 0.3


def test_nothing_to_estimate_and_what_was_fitted_on() -> None:
    with pytest.raises(ValueError, match="no labels"):
        estimate("pos", [], [], 17)
    said = provenance()
    assert said["pos"]["languages"] == ["is", "de", "en", "da", "no"]
    assert said["ner"]["languages"] == ["swa", "wol", "eng", "pcm", "yor"]
    assert noise.LEVEL == 0.9
