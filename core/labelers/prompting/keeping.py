"""What was trained, kept: named by all that decided it, read back to the same predictions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.cloze.checkpoint import BACKBONE, Checkpoint
from core.cloze.soft_prompt import SoftPrompt, read
from core.errors import RecipeError
from core.labelers.prompting.lessons import Lessons
from core.types import Instance, Labels

Tensor = Any
SOURCE, TARGET = "source prompt", "target prompt"
UNDECIDING = ("model", "download", "prompt", "parallel")
"""Settings that do not decide what is learned: what they lead to is in its identity itself, or nothing."""
LIBRARIES = ("torch", "transformers", "tokenizers")


@dataclass(frozen=True)
class Kept:
    """A trained prompt as it is labelled with."""

    vectors: Tensor
    template: str
    words: tuple[str, ...]


def identity(
    method: str,
    part: object,
    model: Checkpoint,
    lessons: Lessons,
    answers: Sequence[str],
    seed: int,
) -> str:
    """SHA-256 over settings, the model's files, texts, labels and words (`answers`), seed and libraries."""
    settings = {
        spec.name: getattr(part, spec.name)
        for spec in fields(part)  # type: ignore[arg-type]
        if spec.init and spec.name not in UNDECIDING
    }
    stated = [method, settings, model.identity, model.length, model.device, list(answers), seed]
    digest = hashlib.sha256(json.dumps([*stated, *map(version, LIBRARIES)], sort_keys=True).encode())
    for records in (lessons.train, lessons.held_out, lessons.target):
        _add(digest, ([*_texts(record.instance), *(record.labels or ())] for record in records))
    for items in lessons.pairs:
        _add(digest, map(_texts, items))
    return digest.hexdigest()


def _texts(item: Instance) -> list[str]:
    return [item.text, item.text_b or ""]


def _add(digest: Any, rows: Iterable[Sequence[str]]) -> None:
    for row in rows:
        digest.update(json.dumps(row).encode() + b"\n")
    digest.update(b"\n")


def keep(
    folder: Path,
    model: Checkpoint,
    prompts: Mapping[str, Tensor],
    facts: Mapping[str, Any],
    backbone: Mapping[str, Tensor],
) -> str:
    """Write what was trained; the file's name. `facts`: labels, template and words of the target's side."""
    tensors = {name: vectors.detach().clone() for name, vectors in prompts.items()}
    return SoftPrompt(tensors | dict(backbone), facts).keep(folder, model).name


def kept(path: str, model: Checkpoint, label_set: Labels) -> Kept:
    """A prompt that was kept; where its model was trained with it, the model becomes that one.

    Raises:
        RecipeError: there is none, or it is another model's, another label set's, or another method's.
    """
    found = read(path, model)
    facts, tensors = found.facts, found.tensors
    vectors = tensors.get(TARGET, tensors.get(SOURCE))
    if vectors is None or not {"labels", "template", "words"} <= set(facts):
        raise RecipeError(
            f"{Path(path).name} is no prompt of soft_prompt, mpt or pct.", "Give one of these, or none."
        )
    if set(facts["labels"]) != set(label_set):
        raise RecipeError(
            f"{Path(path).name} was trained for the labels {', '.join(facts['labels'])}; this data set has "
            f"{', '.join(label_set)}.",
            "Leave stage1.prompt empty to train one for it.",
        )
    restored(model, tensors)
    return Kept(vectors, str(facts["template"]), tuple(facts["words"]))


def restored(model: Checkpoint, tensors: Mapping[str, Tensor]) -> None:
    """Put back the model's own weights, where they were trained."""
    weights = {
        name.removeprefix(BACKBONE): value for name, value in tensors.items() if name.startswith(BACKBONE)
    }
    if weights:
        model.model.load_state_dict(weights, strict=False)
