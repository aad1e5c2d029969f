"""How sure a model is: scored labels, generated tokens, agreement, its own word; and made honest."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core import catalog
from core.asking import Answer, Manner, Question, ask
from core.asking.calibrated import ENOUGH, calibrated
from core.asking.confidence import method_of
from core.errors import RecipeError, UnknownName
from core.llms import Style
from core.tasks import tasks
from core.types import Completion, Instance, Labels, Prediction
from tests.scripted_llm import Scripted

LABELS = ("NOUN", "VERB")
ITEM = Instance(0, "test", ("á", "b"), "á b")
TOKENS = (
    ("á", -0.1), ("\t", -0.2), ("NO", math.log(0.9)), ("UN", math.log(0.4)), ("\n", 0.0),
    ("b\tVE", -3.0), ("RB", math.log(0.5)),
)  # fmt: skip
SURE = (math.sqrt(0.9 * 0.4), math.sqrt(0.5 * math.exp(-3)))
TEXT = "".join(token for token, _ in TOKENS)


def answer(completion: Completion, style: Style = "rows", method: str = "auto") -> Answer:
    task = tasks["pos"]
    how = Manner(task, LABELS, catalog.prompt_template("pos"), style, method=method_of(method))
    (found,) = ask(Scripted(lambda _: completion), how, [Question(ITEM)], lambda: None)
    return found


def completion(text: str = TEXT) -> Completion:
    return Completion("k", "m", "s", "p", text)


def test_the_geometric_mean_over_a_labels_tokens() -> None:
    found = answer(replace(completion(), logprobs=TOKENS))
    assert found.method == "tokens"
    assert found.prediction.confidences == pytest.approx(
        (math.sqrt(0.9 * 0.4), math.sqrt(0.5 * math.exp(-3)))
    )


def test_tokens_of_an_answer_that_was_trimmed_are_found_all_the_same() -> None:
    padded = ((" \n", -1.0), *TOKENS, ("\n```", -0.5))
    found = answer(replace(completion(), logprobs=padded))
    assert found.prediction.confidences == pytest.approx(SURE)


def test_tokens_of_another_text_say_nothing() -> None:
    found = answer(replace(completion(), logprobs=(("something", -0.1),)))
    assert (found.prediction.confidences, found.method) == (None, None)


def test_tokens_of_a_json_answer() -> None:
    text = '{"words": [{"word": "á", "tag": "NOUN"}, {"word": "b", "tag": "VERB"}]}'
    tokens = [(sign, 0.0) for sign in text]
    at = text.index("NOUN")
    tokens[at : at + 4] = [(sign, math.log(0.25)) for sign in "NOUN"]
    found = answer(replace(completion(text), logprobs=tuple(tokens)), "json")
    assert found.prediction.confidences == pytest.approx((0.25, 1.0))


def test_scored_labels_come_before_tokens() -> None:
    rows = ((0.7, 0.3), (0.2, 0.8))
    both = replace(completion(), logprobs=TOKENS, label_probabilities=rows)
    assert answer(both).prediction.confidences == (0.7, 0.8)
    assert answer(both).prediction.posterior == rows
    assert answer(both, method="tokens").method == "tokens"
    assert answer(both, method="none").prediction.confidences is None
    wrong = replace(both, label_probabilities=rows[:1])
    assert answer(wrong).method == "tokens"
    assert answer(wrong, method="scoring").method is None


def test_a_word_without_a_label_has_chance() -> None:
    short = replace(completion("á\tNOUN\nb\tVERV"), label_probabilities=((0.9, 0.1), (0.9, 0.1)))
    assert answer(short).prediction.confidences == (0.9, 0.5)
    tokens = (("á\t", 0.0), ("NOUN", 0.0), ("\nb", 0.0), ("\tVERV", 0.0))
    short = replace(completion("á\tNOUN\nb\tVERV"), logprobs=tokens)
    assert answer(short).prediction.confidences == (1.0, 0.5)


def test_methods() -> None:
    assert method_of("auto") is None
    unknown, without = SimpleNamespace(scoring=None), SimpleNamespace(scoring=False, logprobs=True)
    assert method_of("scoring", unknown) == "scoring"
    assert method_of("tokens", without) == "tokens"
    with pytest.raises(RecipeError, match="this model gives none"):
        method_of("scoring", without)
    with pytest.raises(UnknownName, match="Did you mean samples"):
        method_of("sample")


def predictions(
    n: int, claimed: float, posterior: bool = False
) -> tuple[list[Prediction], dict[int, Labels]]:
    """Items of one word, right seven times of ten, claimed to be surer."""
    draw = random.Random(3)
    rows, gold = [], {}
    for place in range(n):
        sure = min(0.999, claimed + draw.random() * 0.04)
        row = ((sure, 1 - sure),) if posterior else None
        rows.append(Prediction(place, ("NOUN",), (sure,), row))
        gold[place] = ("NOUN",) if draw.random() < 0.7 else ("VERB",)
    return rows, gold


@pytest.mark.parametrize("posterior", [False, True])
def test_overconfidence_is_mended_on_corrected_words(posterior: bool) -> None:
    rows, gold = predictions(200, 0.95, posterior)
    found, told = calibrated(rows, {place: gold[place] for place in range(120)}, LABELS)
    assert told is not None
    assert (told["method"], told["n"]) == ("temperature" if posterior else "platt", 120)
    assert told["ece_before"] > 0.2 > 0.1 > told["ece_after"]
    unseen = [row.confidences[0] for row in found[120:] if row.confidences]
    assert 0.6 < float(np.mean(unseen)) < 0.85
    assert [row.labels for row in found] == [row.labels for row in rows]
    if posterior:
        assert all(row.posterior and row.confidences == (row.posterior[0][0],) for row in found)


def test_few_corrections_change_nothing() -> None:
    rows, gold = predictions(ENOUGH - 1, 0.95)
    assert calibrated(rows, gold, LABELS) == (rows, None)
    assert calibrated([replace(row, confidences=None) for row in rows], gold, LABELS)[1] is None


def test_words_that_are_all_right_make_nothing_certain() -> None:
    rows, _ = predictions(ENOUGH, 0.6)
    found, told = calibrated(rows, {row.position: ("NOUN",) for row in rows}, LABELS)
    assert told is not None
    assert all(row.confidences and row.confidences[0] < 0.99 for row in found)


def test_order_of_confidences_stays() -> None:
    rows, gold = predictions(60, 0.9)
    found, _ = calibrated(rows, gold, LABELS)
    before = [row.confidences for row in rows]
    after = [row.confidences for row in found]
    order = sorted(range(60), key=lambda place: before[place] or ())
    assert [after[place] for place in order] == sorted(after, key=lambda value: value or ())
