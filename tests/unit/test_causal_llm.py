"""A causal language model in this process: every answer parses, and its probabilities are the model's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.errors import Cancelled, RecipeError
from core.llms import Frame, Request, Style, build, request_key
from core.llms.frames import spelled, units
from core.prompts import prompt_sha256
from core.tasks import tasks
from core.types import Completion, Instance, Labels, Prompt
from tests.needs import needs
from tests.tiny_llm import END, language_model

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
POS: Labels = ("ADJ", "NOUN", "VERB", "PUNCT", "PRON", "N")
WORDS = ("Hon", "syngur", "í", "dag", "-", "a/b", 'say"')
NLI: Labels = ("entailment", "neutral", "contradiction")
TOKEN_STYLES: tuple[Style, ...] = ("rows", "json", "inline")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return language_model(tmp_path_factory.mktemp("chat"))


@pytest.fixture(scope="module")
def plain_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of running text: no chat template."""
    return language_model(tmp_path_factory.mktemp("plain"), chat=False)


def request(text: str, style: Style, labels: Labels, words: Sequence[str] = (), **more: Any) -> Request:
    return Request(Prompt(text, prompt_sha256(text)), Frame(style, labels, tuple(words)), **more)


def ask(folder: Path, requests: Sequence[Request], **settings: Any) -> list[Completion]:
    model = build("transformers", {"model": str(folder), **settings})
    return [completion for _, completion in model.answers(requests, lambda: None)]


def some(count: int = 5) -> list[Request]:
    """Prompts of different lengths, sentences of different lengths, every style."""
    token = [
        request("You label words.\n" * row + "Words:\n```", style, POS, WORDS[: row + 2])
        for row in range(count)
        for style in TOKEN_STYLES
    ]
    items = [request("First: a\n" * row + "Reply:", "label", NLI) for row in range(1, count)]
    return [*token, *items]


class Direct:
    """The model by the library alone: one text at a time, from its beginning, without a cache."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForCausalLM.from_pretrained(folder)
        self.chat = bool(self.tokenizer.chat_template)

    def ids(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])

    def total(self, before: list[int], tokens: list[int]) -> float:
        """Sum of the log-probabilities of `tokens` behind `before`."""
        import torch

        with torch.inference_mode():
            logits = self.model(torch.tensor([before + tokens])).logits[0].double()
        known = logits.log_softmax(-1)
        places = range(len(before) - 1, len(before) + len(tokens) - 1)
        return math.fsum(float(known[place, token]) for place, token in zip(places, tokens, strict=True))

    def greedy(self, before: list[int], count: int) -> list[int]:
        """As the library writes on."""
        import torch

        found = self.model.generate(torch.tensor([before]), do_sample=False, max_new_tokens=count)
        return [int(token) for token in found[0, len(before) :]]

    def prompt(self, text: str) -> list[int]:
        if not self.chat:
            return self.ids(text)
        turns = [{"role": "user", "content": text}]
        return self.ids(self.tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))

    def posteriors(self, asked: Request, chosen: Sequence[str]) -> Iterator[list[float]]:
        """Per unit softmax over the labels of the log-probability of the whole unit with that label."""
        frame, text = asked.frame, asked.prompt.text
        parts = [(unit.before, unit.after) for unit in units(frame)]
        if not self.chat:
            gap = " " if frame.style == "label" else "\n"
            parts[0] = (gap + parts[0][0], parts[0][1])
        written = dict(zip(frame.labels, spelled(frame), strict=True))
        so_far = self.prompt(text)
        for at, (before, after) in enumerate(parts):
            stop = []
            if not after:
                nothing = self.tokenizer.convert_tokens_to_ids(END) if self.chat else self.ids("\n")[0]
                stop = [self.ids(parts[at + 1][0])[0]] if at + 1 < len(parts) else [nothing]
            rows = [self.ids(before + label + after) for label in written.values()]
            scores = [self.total(so_far, row + stop) for row in rows]
            total = math.fsum(math.exp(score) for score in scores)
            yield [math.exp(score) / total for score in scores]
            so_far = so_far + rows[frame.labels.index(chosen[at])]


def close(found: Any, wanted: Any, tolerance: float = 1e-5) -> bool:
    return all(
        abs(a - b) <= tolerance
        for one, other in zip(found, wanted, strict=True)
        for a, b in zip(one, other, strict=True)
    )


def labels_of(asked: Request, said: Completion) -> list[str]:
    """The labels in an answer, by the most probable of each unit."""
    rows = said.label_probabilities or ()
    return [asked.frame.labels[max(range(len(row)), key=row.__getitem__)] for row in rows]


@pytest.mark.parametrize("kind", ["folder", "plain_folder"])
def test_label_probabilities_are_those_of_a_direct_computation(
    kind: str, request: pytest.FixtureRequest
) -> None:
    model = request.getfixturevalue(kind)
    direct, asked = Direct(model), some(3)
    for one, said in zip(asked, ask(model, asked), strict=True):
        wanted = list(direct.posteriors(one, labels_of(one, said)))
        assert close(said.label_probabilities, wanted)
        assert all(math.isclose(sum(row), 1.0, abs_tol=1e-9) for row in said.label_probabilities or ())


@pytest.mark.parametrize("free", [False, True])
def test_a_batch_says_what_each_says_alone(folder: Path, free: bool) -> None:
    asked = some(4)
    more = {"free": True, "max_tokens": 12} if free else {}
    alone, together = (ask(folder, asked, batch_size=size, **more) for size in (1, 32))
    assert [one.text for one in alone] == [one.text for one in together]
    for one, other in zip(alone, together, strict=True):
        assert close(one.label_probabilities or (), other.label_probabilities or ())
        assert close([[row[1] for row in one.logprobs or ()]], [[row[1] for row in other.logprobs or ()]])
        assert (one.prompt_tokens, one.completion_tokens) == (other.prompt_tokens, other.completion_tokens)


def test_prompts_that_begin_alike_are_read_once_and_say_the_same(folder: Path) -> None:
    asked = [
        request("Words with their part of speech. " * 8 + end, "rows", POS, WORDS[:3])
        for end in ("a", "b:\n", "cde")
    ]
    for one, other in zip(ask(folder, asked, batch_size=1), ask(folder, asked, batch_size=3), strict=True):
        assert one.text == other.text
        assert close(one.label_probabilities, other.label_probabilities)


@pytest.mark.parametrize("name", ["pos", "ner", "nli", "topic"])
@pytest.mark.parametrize("chat", [True, False])
def test_every_answer_parses(name: str, chat: bool, folder: Path, plain_folder: Path) -> None:
    task = tasks[name]
    style: Style = "rows" if task.unit == "token" else "label"
    instances = [
        Instance(at, "test", WORDS[: at + 1] if task.unit == "token" else (), f"text {at}", None)
        for at in range(6)
    ]
    asked = [request(f"{item.text}\nReply:", style, task.labels, item.tokens) for item in instances]
    for item, said in zip(instances, ask(folder if chat else plain_folder, asked), strict=True):
        labels, problem = task.parse(said.text, item, task.labels)
        assert problem is None
        assert said.status == "ok"
        assert [task.labels.index(label) for label in labels] == [
            max(range(len(row)), key=row.__getitem__) for row in said.label_probabilities or ()
        ]


def test_what_a_completion_says_of_the_call(folder: Path) -> None:
    asked = request("Words:", "rows", POS, ("Hon", "syngur"))
    model = build("transformers", {"model": str(folder)})
    ((returned, said),) = list(model.answers([asked], lambda: None))
    assert returned is asked
    assert said.key == request_key(model.identity(), asked)
    assert (said.model, said.host, said.finish_reason) == (folder.name, "", "stop")
    direct = Direct(folder)
    assert said.prompt_tokens == len(direct.prompt("Words:"))
    assert said.completion_tokens == sum(len(direct.ids(line + "\n")) for line in said.text.splitlines())
    assert said.seconds is not None
    assert said.seconds > 0
    pieces = said.logprobs or ()
    assert "".join(piece for piece, _ in pieces) == said.text
    assert [piece for piece, value in pieces if value] == labels_of(asked, said)


def test_a_label_that_begins_another_is_told_apart(folder: Path) -> None:
    (said,) = ask(folder, [request("Reply:", "label", ("N", "NOUN", "NOUNS"))])
    assert min(said.label_probabilities[0]) > 0  # type: ignore[index]
    wanted = list(Direct(folder).posteriors(request("Reply:", "label", ("N", "NOUN", "NOUNS")), ["N"]))
    assert close(said.label_probabilities, wanted)


def test_what_is_too_long_fails_alone(folder: Path) -> None:
    asked = [request("x " * 3000, "rows", POS, WORDS), request("Words:", "rows", POS, WORDS)]
    for more in ({}, {"free": True, "max_tokens": 4}):
        long, short = ask(folder, asked, **more)
        assert (long.status, long.text) == ("failed", "")
        assert "the model reads 2,048" in (long.error or "")
        assert short.status in ("ok", "truncated")


def test_a_free_answer_is_greedy_and_tells_its_probabilities(folder: Path) -> None:
    (said,) = ask(folder, [request("Words:", "rows", POS, WORDS)], free=True, max_tokens=9)
    direct = Direct(folder)
    before = direct.prompt("Words:")
    tokens = direct.greedy(before, 9)
    values = [direct.total(before + tokens[:at], [token]) for at, token in enumerate(tokens)]
    assert (said.status, said.finish_reason, said.completion_tokens) == ("truncated", "length", 9)
    assert said.text == direct.tokenizer.decode(tokens, skip_special_tokens=True)
    assert close([[value for _, value in said.logprobs or ()]], [values])
    assert "".join(piece for piece, _ in said.logprobs or ()) == said.text
    assert said.label_probabilities is None


def test_free_text_is_not_held_to_anything(folder: Path) -> None:
    (said,) = ask(folder, [request("Translate:", "text", (), ("a", "b"))])
    assert said.completion_tokens is not None
    assert 1 <= said.completion_tokens <= 24


def test_samples_differ_and_can_be_repeated(folder: Path) -> None:
    asked = [request("Words:", "rows", POS, WORDS, sample=number) for number in range(6)]
    first, again = ask(folder, asked), ask(folder, asked, batch_size=2)
    assert [one.text for one in first] == [one.text for one in again]
    assert len({one.text for one in first}) > 1
    assert first[0].label_probabilities
    assert first[0].text == ask(folder, asked[:1])[0].text


def test_further_turns_are_read(folder: Path) -> None:
    more = (("assistant", "Hon\tX"), ("user", "X is no tag."))
    one, other = ask(
        folder, [request("Words:", "rows", POS, WORDS), request("Words:", "rows", POS, WORDS, then=more)]
    )
    assert (other.prompt_tokens or 0) > (one.prompt_tokens or 0)
    assert one.label_probabilities != other.label_probabilities


def test_requests_are_taken_as_they_are_worked_on(folder: Path) -> None:
    taken: list[int] = []

    def endless() -> Iterator[Request]:
        number = 0
        while True:
            taken.append(number)
            yield request("Reply:", "label", NLI, number=number)
            number += 1

    answers = build("transformers", {"model": str(folder), "batch_size": 4}).answers(endless(), lambda: None)
    assert [next(answers)[0].number for _ in range(6)] == list(range(6))
    assert len(taken) == 8


def test_it_can_be_stopped_while_it_computes(folder: Path) -> None:
    model = build("transformers", {"model": str(folder), "free": True, "max_tokens": 1500})
    calls = []

    def alive() -> None:
        calls.append(1)
        if len(calls) > 3:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        list(model.answers([request("Words:", "rows", POS, WORDS)] * 3, alive))


@pytest.mark.parametrize(
    ("setting", "value"), [("dtype", "fp8"), ("device", "tpu"), ("batch_size", 0), ("temperature", 3.0)]
)
def test_wrong_settings(setting: str, value: object) -> None:
    with pytest.raises(RecipeError, match=setting):
        build("transformers", {"model": "x/y", setting: value})
