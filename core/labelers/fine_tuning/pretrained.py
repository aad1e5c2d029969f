"""A pretrained encoder from its folder: refused in one sentence where it cannot be what it has to be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core import pretrained
from core.catalog import models
from core.errors import RecipeError
from core.types import Labels, Report

ENCODER = pretrained.Kind("encoder", "stage1.model", "AutoModel", "stage1.download", "a name from ssp models")
SHORTEST = 8
"""Sub-words a window must have room for."""
OFFSET_POSITIONS = ("roberta", "camembert", "xlm-roberta-xl", "longformer", "xmod")
"""Kinds of encoder whose positions begin behind the padding's: two fewer than their settings say."""


def folder_of(name: str, *, download: bool, report: Report | None = None) -> Path:
    """See `core.pretrained.folder_of`."""
    known = models().get(name)
    size = f"about {known.megabytes:,} MB" if known else ""
    return pretrained.folder_of(ENCODER, name, download=download, size=size, report=report)


def tokenizer_of(name: str, folder: Path) -> Any:
    """The encoder's tokenizer. Raises RecipeError where it cannot tell where in a text a sub-word stands."""
    from transformers import AutoTokenizer

    def load() -> Any:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)

    tokenizer = pretrained.loaded(ENCODER, name, "tokenizer", load)
    if not tokenizer.is_fast:
        raise RecipeError(
            f"the tokenizer of {name} ({type(tokenizer).__name__}) does not tell which sub-words belong to "
            "which word.",
            "Choose an encoder with a fast tokenizer (tokenizer.json).",
        )
    return tokenizer


def agree_on_inputs(tokenizer: Any, model: Any) -> None:
    """Leave out which text of a pair a sub-word is from, where the encoder has no place for it."""
    if getattr(model.config, "type_vocab_size", 2) < 2:
        names = tokenizer.model_input_names
        tokenizer.model_input_names = [name for name in names if name != "token_type_ids"]


def longest(tokenizer: Any, model: Any, asked: int) -> int:
    """Sub-words a window may have: what was asked for, within what the encoder can read."""
    config = model.config
    positions = getattr(config, "max_position_embeddings", None) or asked
    if any(kind in config.model_type for kind in OFFSET_POSITIONS):
        positions -= 2
    room = min(asked, positions, tokenizer.model_max_length)
    if room < SHORTEST:
        raise RecipeError(
            f"the encoder reads {room} sub-words at a time; that is too few.", "Choose another encoder."
        )
    return int(room)


def classifier(name: str, folder: Path, label_set: Labels, *, tokens: bool, seed: int) -> Any:
    """The encoder with a new head for these labels, in 32 bits on the processor.

    A head the checkpoint may have is replaced. Sets the seed of torch.

    Raises:
        RecipeError: the weights are damaged or those of another architecture.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    kind = AutoModelForTokenClassification if tokens else AutoModelForSequenceClassification
    torch.manual_seed(seed)

    def load() -> Any:
        return kind.from_pretrained(
            folder,
            num_labels=len(label_set),
            id2label=dict(enumerate(label_set)),
            label2id={label: at for at, label in enumerate(label_set)},
            ignore_mismatched_sizes=True,
            output_loading_info=True,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
        )

    model, report = pretrained.loaded(ENCODER, name, "weights", load)
    _refuse_holes(name, model, [*report["missing_keys"], *(row[0] for row in report["mismatched_keys"])])
    return model


def _refuse_holes(name: str, model: Any, absent: Sequence[str]) -> None:
    """What is missing below the head would be noise that nobody asked for."""
    prefix = f"{model.base_model_prefix}."
    holes = [key for key in absent if key.startswith(prefix) and ".pooler." not in key]
    if holes:
        raise RecipeError(
            f"{len(holes)} weights of the encoder {name} are missing or of another shape ({min(holes)} ...).",
            "The files are not those of the architecture config.json names; copy the model again.",
        )
