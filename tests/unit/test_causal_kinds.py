"""Architectures differ in what they see and keep; labels get the same probabilities however they are read."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import RecipeError
from core.llms import Frame, Request, build
from core.llms.causal.forked import Forked
from core.llms.causal.plain import Plain
from core.llms.causal.reading import AT_A_TIME, Cached, Reader
from core.llms.causal.tree import common, tree
from core.llms.causal.waiting import attended
from core.prompts import prompt_sha256
from core.types import Completion, Prompt
from tests.needs import needs
from tests.tiny_llm import language_model

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
}
GPT = {"n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 512}
WINDOW = {"sliding_window": 16}
GEMMA = {"head_dim": 8, "query_pre_attn_scalar": 8}
KINDS: dict[str, tuple[dict[str, Any], type[Reader]]] = {
    "llama": (SHAPE, Cached),
    "gpt2": (GPT, Cached),
    "gpt_neox": ({key: value for key, value in SHAPE.items() if key != "num_key_value_heads"}, Cached),
    "mistral": (SHAPE | WINDOW, Cached),
    "gemma2": (SHAPE | WINDOW | GEMMA, Cached),
    "gemma3_text": (SHAPE | GEMMA | {"sliding_window": 20, "sliding_window_pattern": 2}, Cached),
    "mixtral": (SHAPE | {"num_local_experts": 4}, Cached),
    "bloom": ({"hidden_size": 32, "n_layer": 2, "n_head": 4}, Forked),
    "mamba": ({"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}, Forked),
    "lfm2": (SHAPE | {"layer_types": ["conv", "full_attention"]}, Forked),
    "qwen3_5_text": (
        SHAPE
        | {
            "head_dim": 8,
            "layer_types": ["linear_attention", "full_attention"],
            "linear_num_value_heads": 2,
            "linear_num_key_heads": 2,
            "linear_key_head_dim": 8,
            "linear_value_head_dim": 8,
        },
        Forked,
    ),
}
"""Kind of model -> its shape, and how it is read."""
TAGS = ("ADJ", "NOUN", "VERB", "PUNCT", "PRON", "ADV", "DET", "N")


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return language_model(tmp_path_factory.mktemp("tokenizer"), chat=False)


def random_model(kind: str, tokenizer: Path, folder: Path) -> Path:
    """A model of this kind with the tokenizer of the tiny one."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    torch.manual_seed(1)
    ends = {"bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 0}
    config = AutoConfig.for_model(kind, vocab_size=448, initializer_range=0.3, **KINDS[kind][0], **ends)
    AutoModelForCausalLM.from_config(config).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / name, folder / name)
    return folder


def requests() -> list[Request]:
    rows = [
        (
            "You label words.\n" * row + "Words:\n```",
            Frame("rows", TAGS, ("Hon", "syngur", "í", "dag")[: row + 2]),
        )
        for row in range(3)
    ]
    rows.append(("Is it? Reply:", Frame("label", ("entailment", "neutral", "contradiction"))))
    return [Request(Prompt(text, prompt_sha256(text)), frame) for text, frame in rows]


def answers(model: Any) -> list[Completion]:
    return [said for _, said in model.answers(requests(), lambda: None)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_model_says_the_same_with_a_cache_and_without(
    kind: str, tokenizer: Path, tmp_path: Path
) -> None:
    folder = random_model(kind, tokenizer, tmp_path / kind)
    model = build("transformers", {"model": str(folder)})
    shared = answers(model)
    assert model._state["desk"].reader is KINDS[kind][1]
    model._state["desk"] = replace(model._state["desk"], reader=Plain)
    # Layers with a state compute a prompt in blocks and what follows step by step: other last digits.
    tolerance = 1e-5 if KINDS[kind][1] is Cached else 2e-4
    for one, other in zip(shared, answers(model), strict=True):
        assert one.text == other.text
        for row, wanted in zip(one.label_probabilities or (), other.label_probabilities or (), strict=True):
            assert row == pytest.approx(wanted, abs=tolerance)


def test_a_long_prompt_is_read_in_parts(tokenizer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = build("transformers", {"model": str(tokenizer)})
    whole = answers(model)
    widths: list[int] = []
    read = Cached._read

    def noted(self: Cached, texts: Any, trees: Any) -> Any:
        widths.append(len(texts[0]) * len(texts))
        return read(self, texts, trees)

    monkeypatch.setattr(Cached, "_read", noted)
    monkeypatch.setitem(AT_A_TIME, "cpu", 12)
    for one, other in zip(whole, answers(model), strict=True):
        for row, wanted in zip(one.label_probabilities or (), other.label_probabilities or (), strict=True):
            assert row == pytest.approx(wanted, abs=1e-5)
    assert max(widths) <= 12


def test_what_memory_does_not_suffice_for_is_tried_in_halves(
    tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    model = build("transformers", {"model": str(tokenizer)})
    whole = answers(model)
    start = Cached.start.__func__  # type: ignore[attr-defined]

    def little(cls: type[Cached], desk: Any, prompts: Any, pause: Any) -> Any:
        if len(prompts) > 1 or len(prompts[0]) > 10:
            raise torch.OutOfMemoryError("no room")
        return start(cls, desk, prompts, pause)

    monkeypatch.setattr(Cached, "start", classmethod(little))
    found = answers(model)
    assert [one.status for one in found] == ["ok", "failed", "failed", "ok"]
    assert "memory does not suffice" in (found[1].error or "")
    assert found[0].text == whole[0].text


def test_a_tree_reads_each_token_once() -> None:
    one = tree(((1, 2, 3), (1, 2, 4), (1, 5), (6,), ()))
    assert one.tokens == (1, 2)
    assert one.depths == (1, 2)
    assert one.ancestors == ((1,), (1, 2))
    assert one.paths == (((0, 1), (1, 2), (2, 3)), ((0, 1), (1, 2), (2, 4)), ((0, 1), (1, 5)), ((0, 6),), ())


def test_how_much_texts_have_in_common() -> None:
    assert common([(1, 2, 3), (1, 2), (1, 2, 4)]) == 2
    assert common([(1, 2), (3,)]) == 0
    assert common([(1, 2)]) == 2
    assert common([]) == 0


def test_an_error_in_the_work_is_passed_on() -> None:
    def work(pause: object) -> None:
        raise RecipeError("as it is")

    with pytest.raises(RecipeError, match="as it is"):
        attended(work, lambda: None)


@pytest.mark.parametrize(
    ("style", "text", "over"),
    [
        ("rows", "\nHon\tPRON\n", False),
        ("rows", "\nHon\tPRON\n```", True),
        ("rows", "\nHon\tPRON\n\nText:", True),
        ("label", " neutral", False),
        ("label", " neutral\n", True),
        ("inline", "\nHon/PRON\n", True),
    ],
)
def test_running_text_is_over_where_its_form_says_so(
    style: Any, text: str, over: bool, tokenizer: Path
) -> None:
    model = build("transformers", {"model": str(tokenizer), "free": True})
    list(model.answers([], lambda: None))
    desk = model._desk(lambda: None)
    ids = desk.model.tokenizer(text, add_special_tokens=False)["input_ids"]
    question = Request(Prompt("Words:\n```", ""), Frame(style, TAGS))
    if style == "label":
        question = Request(Prompt("Reply:", ""), Frame(style, TAGS))
    assert desk._over(question)(tuple(ids)) is over
