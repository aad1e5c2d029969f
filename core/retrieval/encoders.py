"""The encoder a retriever starts from, with the mean of its sub-words' vectors as the sentence's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core import pretrained, world
from core.embedders.xampler import ALL_LAYERS
from core.errors import RecipeError
from core.local_parts import fingerprints
from core.types import Report

ENCODER = pretrained.Kind("encoder", "embedder.base", "AutoModel", "embedder.base", "a name from ssp models")
AT_A_TIME = 256
"""Texts between two words of progress."""
DEVICE = "cpu"


def identity(name: str) -> str:
    """What an encoder is, as far as it can be told without loading it: a hash of its folder.

    Raises:
        RecipeError: it is not on this machine.
    """
    if world.is_world(name):
        return world.identity(name)
    folder = pretrained.folder_of(ENCODER, name, download=False)
    return fingerprints({"embedder": {"base": str(folder)}})["embedder.base"]


def untrained(name: str, *, layer: int, length: int, report: Report | None = None) -> Any:
    """A sentence-transformers model: the encoder's first `layer` layers, mean pooling, nothing else.

    Args:
        length: sub-words of a text that are read, as far as the encoder can.
        report: told of the training of a model of the demo world, where that is not there yet.

    Raises:
        RecipeError: it is not on this machine, cannot be read, or has fewer layers.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    folder = pretrained.folder_of(ENCODER, name, download=False, report=report)

    def load() -> Any:
        if (folder / "modules.json").is_file():
            whole = SentenceTransformer(
                str(folder), local_files_only=True, trust_remote_code=False, device=DEVICE,
                model_kwargs={"use_safetensors": True},
            )  # fmt: skip
            return whole[0]
        return Transformer(
            str(folder), model_kwargs={"local_files_only": True, "use_safetensors": True},
            processor_kwargs={"local_files_only": True}, config_kwargs={"local_files_only": True},
        )  # fmt: skip

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # a head that is not in the files is drawn, and saved though nothing reads it
        first = pretrained.loaded(ENCODER, name, "weights", load)
    _padded(first.tokenizer)
    if layer != ALL_LAYERS:
        _cut(first.auto_model, layer, name)
    first.max_seq_length = _room(first, length)
    return SentenceTransformer(
        modules=[first, Pooling(first.get_embedding_dimension(), "mean")], device=DEVICE
    ).eval()


def vectors(model: Any, texts: Sequence[str], report: Report, doing: str) -> npt.NDArray[np.float32]:
    """(len(texts), D) rows of length 1.

    Raises:
        Cancelled: `report` said so.
    """
    rows = []
    for start in range(0, len(texts), AT_A_TIME):
        report(doing, start, len(texts))
        block = list(texts[start : start + AT_A_TIME])
        rows.append(
            model.encode(block, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        )
    return np.concatenate(rows) if rows else np.zeros((0, 1), dtype=np.float32)


def _padded(tokenizer: Any) -> None:
    """Causal models often have no padding of their own: behind the text it changes nothing."""
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    tokenizer.padding_side = "right"


def _room(first: Any, length: int) -> int:
    """Sub-words it may read: what was asked for, within what the encoder and its tokenizer can."""
    from core.labelers.fine_tuning.pretrained import longest

    return longest(first.tokenizer, first.auto_model, length)


def _cut(model: Any, layer: int, name: str) -> None:
    """Leave the layers behind number `layer` out of a model and of its settings."""
    from torch.nn import ModuleList

    total = int(getattr(model.config, "num_hidden_layers", 0))
    found = [
        (parent, key)
        for parent in model.modules()
        for key, child in parent.named_children()
        if isinstance(child, ModuleList) and len(child) == total
    ]
    if layer > total or not found:
        raise RecipeError(
            f"embedder.layer={layer}: the encoder {name} has {total} layers.", "Give -1 for all of them."
        )
    parent, key = found[0]
    setattr(parent, key, getattr(parent, key)[:layer])
    model.config.num_hidden_layers = layer
    if getattr(model.config, "layer_types", None):
        model.config.layer_types = list(model.config.layer_types)[:layer]
