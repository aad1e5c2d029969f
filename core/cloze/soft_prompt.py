"""A trained soft prompt: a few vectors for one model, kept in a file of a few kilobytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.cloze import tensor_files
from core.cloze.checkpoint import Checkpoint
from core.cloze.verbalizer import cosines
from core.errors import RecipeError, StudioError

Tensor = Any
FORM = "ssp soft prompt 1"


@dataclass(frozen=True)
class SoftPrompt:
    """What a method learned.

    Attributes:
        tensors: by name (`source prompt`, `target prompt`, weights of a translator).
        facts: JSON: the method and all it takes to label with it (label words, template, labels).
    """

    tensors: Mapping[str, Tensor]
    facts: Mapping[str, Any]

    def save(self, path: Path, checkpoint: Checkpoint) -> None:
        """Write it, whole or not at all, as a prompt of this model.

        Raises:
            StudioError: it cannot be written.
        """
        notes = {"form": FORM, "model": checkpoint.identity, "name": checkpoint.name}
        try:
            tensor_files.write(path, self.tensors, notes | {"facts": tensor_files.as_json(self.facts)})
        except OSError as problem:
            raise StudioError(
                f"the prompt cannot be written to {path}: {problem.strerror or problem}.",
                "Make room there, or correct its permissions, and run it again.",
            ) from None

    def keep(self, folder: Path, checkpoint: Checkpoint) -> Path:
        """Write it into a folder, named by what it holds: the same prompt is the same file."""
        digest = hashlib.sha256(checkpoint.identity.encode() + tensor_files.as_json(self.facts).encode())
        for name, tensor in sorted(self.tensors.items()):
            values = tensor.detach().cpu().contiguous().numpy()
            digest.update(name.encode() + str(values.shape).encode() + values.tobytes())
        path = folder / f"{digest.hexdigest()[:16]}.safetensors"
        self.save(path, checkpoint)
        return path


def read(path: Path | str, checkpoint: Checkpoint) -> SoftPrompt:
    """A prompt from its file.

    Raises:
        RecipeError: there is none, it is damaged, or it was trained for another model.
    """
    place = Path(path).expanduser()
    found = tensor_files.read(place)
    facts: Any = None
    if found is not None and found[1].get("form") == FORM:
        with suppress(ValueError):
            facts = json.loads(found[1].get("facts", ""))
    if found is None or not isinstance(facts, dict):
        raise RecipeError(
            f"there is no soft prompt in {place}." if not place.is_file() else f"{place} is no soft prompt.",
            "Give stage1.prompt a file of workspace/models/prompts, or leave it empty to train one.",
        )
    tensors, notes = found
    if notes.get("model") != checkpoint.identity:
        raise RecipeError(
            f"the soft prompt {place.name} was trained for another model ({notes.get('name')}).",
            f"Give stage1.model that one, or leave stage1.prompt empty to train one for {checkpoint.name}.",
        )
    return SoftPrompt({name: value.to(checkpoint.device) for name, value in tensors.items()}, facts)


def start(checkpoint: Checkpoint, length: int, seed: int, words: Sequence[str] = ()) -> Tensor:
    """(length, d) vectors to begin with: rows of the vocabulary, a copy.

    Those of the words that are given, over again where they are few; else words drawn by the seed (Lester et
    al. 2021, arXiv 2104.08691, section 3.2: vocabulary rows beat random vectors).
    """
    ids = [
        token
        for word in words
        for token in checkpoint.tokenizer(f" {word}", add_special_tokens=False)["input_ids"]
    ]
    if not ids:
        ids = _drawn(checkpoint, length, seed)
    return checkpoint.vectors[[ids[at % len(ids)] for at in range(length)]].clone()


def nearest(checkpoint: Checkpoint, vectors: Tensor, k: int = 5) -> list[list[tuple[str, float]]]:
    """Per vector the `k` nearest words of the vocabulary, with their cosines."""
    values, ids = cosines(checkpoint, vectors.detach()).topk(k, dim=1)
    return [
        [(checkpoint.word(token), round(float(value), 4)) for token, value in zip(*row, strict=True)]
        for row in zip(ids.tolist(), values.tolist(), strict=True)
    ]


def _drawn(checkpoint: Checkpoint, count: int, seed: int) -> list[int]:
    """Tokens that hold a letter, as many as there are up to `count`."""
    found: list[int] = []
    for token in np.random.default_rng(abs(seed)).permutation(len(checkpoint.tokenizer)).tolist():
        if len(found) == count:
            break
        if token not in checkpoint.nameless and any(char.isalpha() for char in checkpoint.word(token)):
            found.append(token)
    return found or [0]
