"""A language model and its tokenizer from a folder: refused in a sentence where it cannot answer a cloze."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from core import pretrained
from core.errors import RecipeError

ModelKind = Literal["masked", "causal"]
MASKED, CAUSAL = "ForMaskedLM", ("ForCausalLM", "LMHeadModel")
SHORTEST = 8
"""Tokens a model must have room for."""
UNBOUNDED = 1 << 20


def sort_of(kind: pretrained.Kind, name: str, folder: Path) -> ModelKind:
    """Masked or causal: as its configuration says, else as its architecture can."""
    from transformers import AutoConfig
    from transformers.models.auto import modeling_auto as known

    def read() -> Any:
        return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)

    config = pretrained.loaded(kind, name, "configuration", read)
    stated = getattr(config, "architectures", None) or []
    if any(one.endswith(MASKED) for one in stated):
        return "masked"
    if any(one.endswith(CAUSAL) for one in stated):
        return "causal"
    if config.model_type in known.MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        return "masked"
    if config.model_type in known.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        return "causal"
    raise RecipeError(
        f"{name} ({config.model_type}) is neither a masked nor a causal language model.",
        f"Give {kind.setting} a model like BERT, XLM-R, ModernBERT, Qwen or Llama.",
    )


def tokenizer_of(kind: pretrained.Kind, name: str, folder: Path, sort: ModelKind) -> Any:
    """A fast tokenizer. Raises RecipeError: it is none, or lacks the mask that a masked model needs."""
    from transformers import AutoTokenizer

    def read() -> Any:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)

    tokenizer = pretrained.loaded(kind, name, "tokenizer", read)
    if not tokenizer.is_fast:
        raise RecipeError(
            f"the tokenizer of {name} ({type(tokenizer).__name__}) does not tell where its tokens stand.",
            "Choose a model with a fast tokenizer (tokenizer.json).",
        )
    if sort == "masked" and tokenizer.mask_token_id is None:
        raise RecipeError(f"the tokenizer of {name} has no mask.", "Choose another model.")
    return tokenizer


def specials(tokenizer: Any) -> tuple[list[int], list[int]]:
    """What it puts before and behind a text."""
    plain = tokenizer("a", add_special_tokens=False)["input_ids"]
    whole = tokenizer("a", add_special_tokens=True)["input_ids"]
    start = next(at for at in range(len(whole)) if whole[at : at + len(plain)] == plain)
    return whole[:start], whole[start + len(plain) :]


def model_of(kind: pretrained.Kind, name: str, folder: Path, sort: ModelKind) -> Any:
    """The model with its head, in 32 bits. Raises RecipeError: it lacks the head, or other weights."""
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForMaskedLM

    maker = AutoModelForMaskedLM if sort == "masked" else AutoModelForCausalLM

    def read() -> Any:
        return maker.from_pretrained(
            folder,
            output_loading_info=True,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
        )

    model, found = pretrained.loaded(kind, name, "weights", read)
    absent = sorted([*found["missing_keys"], *(row[0] for row in found["mismatched_keys"])])
    prefix = f"{model.base_model_prefix}."
    if holes := [key for key in absent if key.startswith(prefix)]:
        raise RecipeError(
            f"{len(holes)} weights of the language model {name} are missing or of another shape "
            f"({holes[0]} ...).",
            "The files are not those of the architecture config.json names; copy the model again.",
        )
    if absent:
        raise RecipeError(
            f"{name} has no head that predicts words ({absent[0]} is missing): it is an encoder alone.",
            "Train one for it with: ssp models head ENCODER --data DATASET --out FOLDER; or choose a masked "
            "language model.",
        )
    return model


def first_place(model: Any) -> int:
    """Number of the first place: behind the padding's, where the model keeps one for it."""
    for part in model.modules():
        filler = getattr(getattr(part, "position_embeddings", None), "padding_idx", None)
        if filler is not None:
            return int(filler) + 1
    return 0


def room_of(model: Any, tokenizer: Any, first: int, asked: int) -> int:
    """Tokens at once: what is asked for, within what the model can read. Raises RecipeError."""
    config = model.config.get_text_config()
    places = getattr(config, "max_position_embeddings", None) or UNBOUNDED
    room = min(asked, int(places) - first, int(tokenizer.model_max_length))
    if room < SHORTEST:
        raise RecipeError(
            f"the language model reads {room} tokens at a time; that is too few.", "Choose another."
        )
    return room


@contextmanager
def only_at(model: Any, owners: Any, places: Any) -> Iterator[None]:
    """The head sees these places of these rows alone: its scores are (1, places, V).

    A vocabulary of 250,000 is dear: scoring it once per row in place of once per token is most of the time.
    """

    def narrowed(_module: Any, _inputs: Any, output: Any) -> Any:
        output.last_hidden_state = output[0][owners, places][None]
        return output

    if model.base_model is model:
        raise RecipeError(f"{type(model).__name__} has no body beneath its head.", "Choose another model.")
    handle = model.base_model.register_forward_hook(narrowed)
    try:
        yield
    finally:
        handle.remove()
