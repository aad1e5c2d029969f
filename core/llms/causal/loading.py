"""A causal language model from its folder, in the precision and on the device asked for."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from inspect import signature
from pathlib import Path
from typing import Any

from core.errors import RecipeError
from core.pretrained import Kind, loaded

CAUSAL = Kind("language model", "llm.model", "AutoModelForCausalLM", "llm.download")
CARDS = ("/dev/nvidiactl", "/proc/driver/nvidia", "/dev/dxg", "/dev/kfd")
"""One of these is there on Linux where torch could find a graphics card."""
DEVICES = ("auto", "cpu", "cuda", "mps")
DTYPES = ("auto", "fp32", "bf16", "fp16")
FULL, SLIDING = "full_attention", "sliding_attention"
"""Names of kinds of layers in configurations, and of their masks."""
UNBOUNDED = 1 << 20
"""Tokens that a model reads which has no limit of its own."""
SAID = "2468"
"""An answer that no chat template holds."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a layer sees of the text before. `window`: only the last so many tokens; 0 = all of them.

    `mixed`: that is so of some layers, the others see all. Not `told`: it is none of this, or not known.
    """

    window: int = 0
    mixed: bool = False
    told: bool = True


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model ready to be asked.

    Attributes:
        context: tokens it reads at once, its answer included.
        sight: how far back its layers look.
        ends: ids that end an answer; one at least.
        stop: the one that is written behind an answer.
        chat: whether its tokenizer has a chat template.
        narrow: whether it computes the scores of the last places only, where it is asked to.
    """

    name: str
    model: Any
    tokenizer: Any
    device: str
    dtype: str
    context: int
    sight: Sight
    ends: frozenset[int]
    stop: int
    chat: bool
    narrow: bool


def device_of(asked: str) -> str:
    """cpu, cuda or mps.

    Raises:
        RecipeError: there is no such device.
    """
    if asked == "cpu" or (asked == "auto" and not _card_possible()):
        return "cpu"
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if asked == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[asked]:
        raise RecipeError(f"llm.device={asked}: torch finds no such device here.", "Use llm.device=auto.")
    return asked


def _card_possible() -> bool:
    """Answers without torch where it can: a dashboard need not load it."""
    return sys.platform != "linux" or any(Path(name).exists() for name in CARDS)


def dtype_of(asked: str, device: str) -> str:
    """Weights of 16 bits where a card computes with them, else of 32."""
    if asked != "auto":
        return asked
    if device != "cuda":
        return "fp32"
    import torch

    return "bf16" if torch.cuda.is_bf16_supported() else "fp16"


@lru_cache(maxsize=1)
def load(name: str, folder: Path, device: str, dtype: str, fingerprint: str) -> Loaded:
    """The model in `folder`; asked for the same again, the same object: memory rarely has room for two.

    Raises:
        RecipeError: the files are damaged, or not those of a causal language model.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    kinds = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}

    def read_tokenizer() -> Any:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)

    def read_weights() -> Any:
        return AutoModelForCausalLM.from_pretrained(
            folder,
            output_loading_info=True,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=kinds[dtype],
        )

    tokenizer = loaded(CAUSAL, name, "tokenizer", read_tokenizer)
    model, report = loaded(CAUSAL, name, "weights", read_weights)
    _refuse_holes(name, [*report["missing_keys"], *(row[0] for row in report["mismatched_keys"])])
    model = model.to(device).eval()
    ends = _ends(name, model, tokenizer)
    return Loaded(
        name,
        model,
        tokenizer,
        device,
        dtype,
        context=_context(model.config, tokenizer),
        sight=_sight(model.config),
        ends=ends,
        stop=_stop(tokenizer, ends),
        chat=bool(tokenizer.chat_template),
        narrow="logits_to_keep" in signature(model.forward).parameters,
    )


def _refuse_holes(name: str, absent: list[str]) -> None:
    """What is missing would be noise that nobody asked for."""
    if absent:
        raise RecipeError(
            f"{len(absent)} weights of the language model {name} are missing or of another shape "
            f"({min(absent)} ...).",
            "Give a model that was trained to continue text (a causal language model), with all its files.",
        )


def _context(config: Any, tokenizer: Any) -> int:
    known = getattr(config.get_text_config(), "max_position_embeddings", None)
    return min(int(known or tokenizer.model_max_length), UNBOUNDED)


def _sight(config: Any) -> Sight:
    config = config.get_text_config()
    listed = getattr(config, "layer_types", None)
    if listed is None:
        return Sight(window=getattr(config, "sliding_window", None) or 0)
    kinds = set(listed)
    if not kinds <= {FULL, SLIDING}:
        return Sight(told=False)
    return Sight(window=config.sliding_window if SLIDING in kinds else 0, mixed=len(kinds) > 1)


def _ends(name: str, model: Any, tokenizer: Any) -> frozenset[int]:
    settings = getattr(model, "generation_config", None)
    stated = getattr(settings, "eos_token_id", None)
    listed = stated if isinstance(stated, list) else [stated]
    found = frozenset(one for one in [*listed, tokenizer.eos_token_id] if isinstance(one, int))
    if not found:
        raise RecipeError(
            f"the language model {name} names no token that ends an answer (eos_token_id).",
            "Add it to its generation_config.json, or choose another model.",
        )
    return found


def _stop(tokenizer: Any, ends: frozenset[int]) -> int:
    """What the chat template writes behind an answer; of running text, what stands at the end of a line."""
    if not tokenizer.chat_template:
        return int(tokenizer("\n", add_special_tokens=False)["input_ids"][-1])
    from jinja2 import TemplateError

    said = [{"role": "user", "content": "1"}, {"role": "assistant", "content": SAID}]
    try:
        text = tokenizer.apply_chat_template(said, tokenize=False)
    except TemplateError:  # whoever is asked hears of it
        return min(ends)
    behind = tokenizer(text.rpartition(SAID)[2], add_special_tokens=False)["input_ids"]
    return int(next((token for token in behind if token in ends), min(ends)))
