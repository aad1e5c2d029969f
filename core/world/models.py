"""The world's models as checkpoints on disk: there whole or not at all, trained when first needed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.availability import require
from core.errors import RecipeError
from core.library_remarks import quiet
from core.settings import settings
from core.types import Report
from core.whole_files import read_json
from core.world.concepts import SPECIAL, concepts
from core.world.plan import WORLD
from core.world.training import CAUSAL, LONGEST, MASKED, Course, one_thread, train_causal, train_masked

OWNER = "demo-world"
FACTS = "world.json"
"""What a folder was made of; one that was made otherwise is made anew."""
EDITION = 1
"""Counts up when the same knobs give other models."""

_models: ContextVar[Path | None] = ContextVar("demo_world", default=None)


def is_world(name: str) -> bool:
    """Whether a model is one of the world's."""
    return name in MODELS


def folder(name: str) -> Path:
    """Where a model of the world lies, or would; nothing is trained."""
    return (_models.get() or settings().models) / OWNER / name.partition("/")[2]


@contextmanager
def kept_in(models: Path) -> Iterator[Path]:
    """Keep the world's models in another folder for a while."""
    token = _models.set(models)
    try:
        yield models
    finally:
        _models.reset(token)


def identity(name: str) -> str:
    """A hash of everything a model of the world is made of; the same before it is trained and after."""
    return hashlib.sha256(json.dumps(_facts(name), sort_keys=True).encode()).hexdigest()[:16]


def is_ready(name: str) -> bool:
    """Whether the model is there as the world is now."""
    try:
        return read_json(folder(name) / FACTS) == _facts(name)
    except (OSError, ValueError):
        return False


def ensure(name: str, report: Report) -> Path:
    """The folder of a model of the world; it is trained when it is not there.

    Whatever `report` raises ends the training, and nothing is left of it.

    Raises:
        RecipeError: the world has no such model. NotInstalled: what trains it is missing.
    """
    if not is_world(name):
        raise RecipeError(f"the demo world has no model {name}.", f"It has {', '.join(MODELS)}.")
    place = folder(name)
    if is_ready(name):
        return place
    require("transformers", purpose="The demo world's models")
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        _MADE[name].make(part, report)
        (part / FACTS).write_text(json.dumps(_facts(name)), "utf8")
        _put(part, place, name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return place


def _put(part: Path, place: Path, name: str) -> None:
    """In its place, unless somebody else was quicker."""
    if is_ready(name):
        return
    shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):
        part.rename(place)
    if not is_ready(name):
        raise RecipeError(
            f"{name} could not be written to {place}.", "Is there room, and may it be written to?"
        )


def _facts(name: str) -> dict[str, Any]:
    courses = [asdict(COURSES[used]) for used in _MADE[name].courses]
    made = {"name": name, "edition": EDITION, "world": asdict(WORLD), "courses": courses}
    found: dict[str, Any] = json.loads(json.dumps(made))
    return found


def _masked(place: Path, report: Report) -> None:
    _save(train_masked(WORLD, COURSES[MASKED_NAME], report, f"training {MASKED_NAME}"), tokenizer(), place)


def _causal(place: Path, report: Report) -> None:
    from safetensors.torch import load_file

    weights = load_file(ensure(MASKED_NAME, report) / "model.safetensors")
    vectors = weights["roberta_prelayernorm.embeddings.word_embeddings.weight"]
    model = train_causal(WORLD, COURSES[CAUSAL_NAME], vectors, report, f"training {CAUSAL_NAME}")
    _save(model, tokenizer(line=True), place)


def _encoder(place: Path, report: Report) -> None:
    """The masked model with the mean of its tokens' vectors as a sentence's (Reimers and Gurevych 2019)."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    masked = ensure(MASKED_NAME, report)
    with quiet(), one_thread(WORLD.seed):
        words = Transformer(str(masked), max_seq_length=LONGEST)
        pooled = Pooling(words.get_embedding_dimension(), pooling_mode="mean")
        SentenceTransformer(modules=[words, pooled], device="cpu").save(str(place), create_model_card=False)


def _save(model: Any, words: Any, place: Path) -> None:
    with quiet():
        model.save_pretrained(place)
        words.save_pretrained(place)


def tokenizer(*, line: bool = False) -> Any:
    """Words and marks, told by white space and punctuation.

    Args:
        line: of the causal model: the end of a line is a piece too, and nothing stands behind a text. Else
            [CLS] and [SEP] stand around it, as BERT has them.
    """
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    pieces = (*concepts(WORLD).vocabulary, *(["\n"] if line else []))
    vocabulary = {piece: place for place, piece in enumerate(pieces)}
    pad, unk, begin, end, mask = SPECIAL
    made = Tokenizer(models.WordLevel(vocabulary, unk_token=unk))
    told = Regex(r"\w+|[^\w\s]|\n" if line else r"\w+|[^\w\s]")
    made.pre_tokenizer = pre_tokenizers.Split(told, "removed", invert=True)
    behind = "" if line else f" {end}"
    made.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A{behind}",
        pair=f"{begin} $A{behind} $B{behind}",
        special_tokens=[(name, vocabulary[name]) for name in (begin, end)],
    )
    around = {"bos_token": begin, "eos_token": end} if line else {"cls_token": begin, "sep_token": end}
    masked = {} if line else {"mask_token": mask}
    fast: Any = PreTrainedTokenizerFast
    return fast(
        tokenizer_object=made,
        pad_token=pad,
        unk_token=unk,
        model_max_length=LONGEST,
        **around,
        **masked,
    )


MASKED_NAME, CAUSAL_NAME, ENCODER_NAME = (f"{OWNER}/{kind}" for kind in ("masked", "causal", "encoder"))
COURSES: dict[str, Course] = {MASKED_NAME: MASKED, CAUSAL_NAME: CAUSAL}
"""How the models that are trained are trained."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What writes a model into a folder, and whose courses decide what it becomes."""

    make: Callable[[Path, Report], None]
    courses: tuple[str, ...]


_MADE = {
    MASKED_NAME: _Made(_masked, (MASKED_NAME,)),
    CAUSAL_NAME: _Made(_causal, (MASKED_NAME, CAUSAL_NAME)),
    ENCODER_NAME: _Made(_encoder, (MASKED_NAME,)),
}
MODELS = tuple(_MADE)
"""All the world's models."""
