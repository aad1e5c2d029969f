"""Conversations with a language model: every outcome, repairs, samples, what is asked anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core import catalog
from core.asking import Answer, Asking, Manner, Question, ask, asked_again, calls_per_item
from core.asking.styles import style_of
from core.errors import RecipeError
from core.llms import Request
from core.tasks import tasks
from core.types import Completion, Exemplar, Instance
from tests.scripted_llm import Scripted, tagged

POS = ("NOUN", "VERB", "PRON")
WORDS = ("Hon", "las", "bók")
GOOD = "Hon\tPRON\nlas\tVERB\nbók\tNOUN\n```"
NLI = ("entailment", "neutral", "contradiction")
PAIR = Instance(4, "test", (), "Hon las.", "Hon svav.")


def instance(position: int = 0) -> Instance:
    return Instance(position, "test", WORDS, " ".join(WORDS))


def manner(task: str = "pos", **settings: Any) -> Manner:
    asking = Asking(**{key: value for key, value in settings.items() if key in Asking.__slots__})
    known = tasks[task]
    template = catalog.prompt_template(task)
    labels = POS if task == "pos" else NLI
    style = style_of(asking.output, known)
    return Manner(known, labels, template, style, asking, again=asked_again(asking))


def alive() -> None:
    return None


def one(script: Callable[[Request], str | Completion], how: Manner, item: Instance | None = None) -> Answer:
    (answer,) = ask(Scripted(script), how, [Question(item or instance())], alive)
    return answer


def test_a_good_answer_is_ok() -> None:
    answer = one(lambda _: GOOD, manner())
    row = answer.prediction
    assert (row.labels, row.outcome, row.error) == (("PRON", "VERB", "NOUN"), "ok", None)
    assert row.completion_key == answer.calls[0].key
    assert row.confidences is None
    assert len(answer.calls) == 1


def test_mistakes_are_told_and_mended_in_a_turn_of_its_own() -> None:
    bad = "Hon\tPRON\nlas\tVERBUM\n```"
    model = Scripted(lambda request: GOOD if request.then else bad)
    (answer,) = ask(model, manner(), [Question(instance())], alive)
    assert answer.prediction.outcome == "repaired"
    assert answer.prediction.error is None
    first, second = model.asked
    (role, said), (user, told) = second.then
    assert (role, said, user) == ("assistant", bad, "user")
    assert "1 of 3 words not in the answer ('bók')" in told
    assert "1 of 3 tags unknown ('VERBUM')" in told
    assert "Hon\nlas\nbók" in told
    assert second.prompt == first.prompt
    assert [call.key for call in answer.calls] == [call.key for call in answer.calls if call.text]
    assert answer.calls[0].key != answer.calls[1].key == answer.prediction.completion_key


def test_labels_that_stay_missing_are_repaired_with_the_fallback() -> None:
    answer = one(lambda _: "Hon\tPRON\n", manner())
    assert answer.prediction.labels == ("PRON", "X", "X")
    assert answer.prediction.outcome == "repaired"
    assert "2 of 3 words not in the answer" in str(answer.prediction.error)
    assert len(answer.calls) == 2


def test_the_better_of_two_turns_counts() -> None:
    answer = one(lambda request: "no idea" if request.then else "Hon\tPRON\nlas\tVERB\n", manner())
    assert answer.prediction.labels == ("PRON", "VERB", "X")
    assert answer.prediction.completion_key == answer.calls[0].key


def completed(request: Request, text: str, **fields: Any) -> Completion:
    return Scripted(lambda _: "").completion(request, text, **fields)


@pytest.mark.parametrize(
    ("text", "fields", "outcome", "calls", "said"),
    [
        ("nothing useful", {}, "unparseable", 2, "no row of word and tag"),
        ("", {}, "unparseable", 2, "no row"),
        ("I'm sorry, but I can't help with that.", {}, "refused", 1, "can't help"),
        ("", {"finish_reason": "content_filter"}, "refused", 1, "content_filter"),
        ("", {"status": "refused", "error": "blocked by the host"}, "refused", 1, "blocked by the host"),
        ("Hon\tPRON\nl", {"finish_reason": "length", "completion_tokens": 9}, "truncated", 2, "off after 9"),
        ("", {"status": "truncated"}, "truncated", 2, "cut off"),
        ("", {"status": "failed", "error": "time-out"}, "failed", 1, "time-out"),
        (GOOD, {"finish_reason": "length"}, "ok", 1, ""),
    ],
)  # fmt: skip
def test_outcomes(text: str, fields: dict[str, Any], outcome: str, calls: int, said: str) -> None:
    answer = one(lambda request: completed(request, text, **fields), manner())
    assert answer.prediction.outcome == outcome
    assert len(answer.calls) == calls
    assert said in (answer.prediction.error or "")
    assert len(answer.prediction.labels) == 3
    assert answer.calls[-1].status == ("ok" if outcome == "ok" else outcome)


def test_no_repairs_if_none_are_wanted_and_more_if_more_are() -> None:
    assert len(one(lambda _: "?", manner(repairs=0)).calls) == 1
    many = one(lambda _: "?", manner(repairs=3)).calls
    assert len({call.key for call in many}) == 4


def test_a_failed_repair_leaves_what_was_read() -> None:
    def script(request: Request) -> str | Completion:
        return completed(request, "", status="failed", error="gone") if request.then else "Hon\tPRON\n"

    answer = one(script, manner())
    assert (answer.prediction.labels, answer.prediction.outcome) == (("PRON", "X", "X"), "repaired")


def test_a_huge_answer_is_not_sent_back_whole() -> None:
    model = Scripted(lambda _: "no " * 100_000)
    list(ask(model, manner(), [Question(instance())], alive))
    assert len(model.asked[1].then[0][1]) < 5_000


@pytest.mark.parametrize(
    ("text", "labels", "outcome"),
    [
        ("Neutral.", ("neutral",), "ok"),
        ('{"label": "neutral"}', ("neutral",), "ok"),
        ("neutral or entailment", ("neutral",), "ok"),
        ("either neutral or entailment", ("",), "unparseable"),
        ("no", ("",), "unparseable"),
    ],
)
def test_one_label(text: str, labels: tuple[str, ...], outcome: str) -> None:
    found = one(lambda _: text, manner("nli"), PAIR).prediction
    assert (found.labels, found.outcome) == (labels, outcome)


def test_several_answers_agree_or_do_not() -> None:
    texts = ["neutral", "entailment", "entailment", "?", "neutral"]
    how = replace(manner("nli", samples=5, repairs=0), method="samples")
    model = Scripted(lambda request: texts[request.sample])
    (answer,) = ask(model, how, [Question(PAIR)], alive)
    assert (answer.prediction.labels, answer.prediction.confidences) == (("neutral",), (0.4,))
    assert answer.prediction.outcome == "ok"
    assert answer.method == "samples"
    assert len({call.key for call in answer.calls}) == 5


def test_words_without_a_label_agree_with_nothing() -> None:
    texts = ["Hon\tPRON\nlas\tVERB", "Hon\tPRON\nlas\tNOUN", "Hon\tNOUN"]
    how = replace(manner(samples=3, repairs=0), method="samples")
    row = one(lambda request: texts[request.sample], how).prediction
    assert row.labels == ("PRON", "VERB", "X")
    assert row.confidences == pytest.approx((2 / 3, 1 / 3, 1 / 3))
    assert row.outcome == "repaired"


def test_all_samples_useless() -> None:
    how = replace(manner(samples=2, repairs=0), method="samples")
    row = one(lambda request: completed(request, "", status="failed", error="gone"), how).prediction
    assert (row.labels, row.outcome, row.error) == (("X", "X", "X"), "failed", "gone")


def test_verbalised_is_one_more_turn() -> None:
    how = replace(manner("nli"), method="verbalised")
    model = Scripted(lambda request: "90%" if request.then else "neutral")
    (answer,) = ask(model, how, [Question(PAIR)], alive)
    assert (answer.prediction.confidences, answer.method) == ((0.9,), "verbalised")
    assert model.asked[1].then[0] == ("assistant", "neutral")
    assert model.asked[1].frame.labels[0] == "0"
    assert (
        one(lambda request: "very" if request.then else "neutral", how, PAIR).prediction.confidences is None
    )


def test_items_asked_anew_have_keys_of_their_own_and_a_template() -> None:
    how = replace(manner(again=("1", "1")), again_template="Again: {{ sentence }}")
    model = Scripted(lambda request: tagged(request, lambda _: "NOUN"))
    list(ask(model, how, [Question(instance(n)) for n in range(2)], alive))
    assert [request.again for request in model.asked] == [0, 2]
    assert [request.prompt.text.startswith("Again:") for request in model.asked] == [False, True]


@pytest.mark.parametrize(
    ("order", "shown"), [("similar_first", "abc"), ("similar_last", "cba"), ("random", "")]
)
def test_order_of_exemplars(order: Any, shown: str) -> None:
    exemplars = [Exemplar("d", Instance(9, "s", (word,), word), ("NOUN",), (1.0,)) for word in "abc"]
    how = replace(manner(), order=order, template="{% for demo in demos %}{{ demo.input }}{% endfor %}")
    model = Scripted(lambda _: GOOD)
    questions = [Question(instance(n), exemplars) for n in range(20)]
    list(ask(model, how, questions, alive))
    texts = [request.prompt.text for request in model.asked]
    if shown:
        assert set(texts) == {shown}
    else:
        again = Scripted(lambda _: GOOD)
        list(ask(again, how, questions, alive))
        assert texts == [request.prompt.text for request in again.asked]
        assert len(set(texts)) > 3
        assert {"".join(sorted(text)) for text in texts} == {"abc"}


def test_a_thousand_items_end_once_each_and_are_asked_in_rounds() -> None:
    model = Scripted(lambda request: GOOD if request.then or request.number % 3 else "?")
    answers = list(ask(model, manner(), (Question(instance(n)) for n in range(1000)), alive))
    assert sorted(answer.prediction.position for answer in answers) == list(range(1000))
    assert model.rounds == 2
    assert sum(answer.prediction.outcome == "repaired" for answer in answers) == 334


@pytest.mark.parametrize("wrong", [{"samples": 1}, {"repairs": -1}, {"repairs": 99}, {"again": ("x",)}])
def test_settings_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(RecipeError):
        Asking(**wrong)


def test_calls_per_item() -> None:
    assert calls_per_item(Asking()) == (1, 2)
    assert calls_per_item(Asking(confidence="samples", samples=4, repairs=2)) == (4, 12)
    assert calls_per_item(Asking(confidence="verbalised")) == (2, 3)
