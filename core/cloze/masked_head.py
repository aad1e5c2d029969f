"""A masked head for an encoder that has none: trained on plain text, so that the encoder can answer a cloze.

The head is the architecture's own (BERT: a layer, a norm, and the input embeddings again as output, with a
bias); masking as Devlin et al. 2019 (arXiv 1810.04805, section 3.1): 15 %, of which 80 % masked, 10 % others.
"""

from __future__ import annotations

import hashlib
import math
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core import pretrained
from core.availability import require
from core.cloze.loading import first_place, room_of, sort_of, specials, tokenizer_of
from core.cloze.masking import Masking
from core.cloze.tensor_files import as_json
from core.cloze.training import Checkpoints, Plan, train
from core.errors import RecipeError, StudioError
from core.library_remarks import quiet
from core.types import Report

Tensor = Any
KIND = pretrained.Kind("encoder", "ENCODER", "AutoModel", "--download")
HELD_OUT_SHARE, HELD_OUT_MOST = 0.1, 256
"""Of the pieces of text: they are never trained on, they say when to stop."""
AT_ONCE = 256
"""Texts handed to the tokenizer at a time."""
DOING = "training the masked head"
FEWEST = 20
"""Pieces of text there must be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a head is trained.

    Attributes:
        layers: of the encoder, from the top, that are trained with it; 0 = the head alone.
        steps: at most so many.
        batch_size: pieces of text at a time.
        learning_rate: the highest; layers of the encoder have a tenth of it.
        max_length: tokens of a piece; longer texts are several pieces.
        patience: stop after so many judgements in which the held-out loss did not fall.
    """

    layers: int = 0
    steps: int = 600
    batch_size: int = 32
    learning_rate: float = 1e-3
    max_length: int = 64
    patience: int = 4
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: mean loss (nats per masked token) on the held-out pieces, and counts.

    `unigram` is the loss of guessing by how often a token occurs in the text that was trained on.
    """

    folder: str
    texts: int
    pieces: int
    held_out: int
    trained_weights: int
    before: float
    after: float
    unigram: float
    steps: int
    seconds: float

    @property
    def perplexity(self) -> float:
        """Of the held-out masked tokens."""
        return math.exp(self.after)


def give_head(
    name: str,
    texts: Sequence[str],
    out: Path,
    settings: Settings,
    *,
    report: Report,
    download: bool = False,
    keep: Path | None = None,
) -> Outcome:
    """Train a masked head for an encoder and write both as one masked language model.

    Args:
        texts: in any language; the same text counts once.
        out: made; nothing may be there yet.
        keep: where an interrupted training goes on from.

    Raises:
        RecipeError: no such encoder, or it is no encoder; too little text; `out` exists.
        Cancelled: `report` said so; `out` is then absent.
    """
    for package in ("torch", "transformers"):
        require(package, purpose="A masked head")
    if out.exists():
        raise RecipeError(f"{out} exists already.", "Choose another --out, or remove it.")
    report("loading the encoder", 0, 1)
    folder = pretrained.folder_of(KIND, name, download=download, report=report)
    if sort_of(KIND, name, folder) != "masked":
        raise RecipeError(
            f"{name} continues text: it is no encoder and needs no masked head.", "Use it as it is."
        )
    tokenizer = tokenizer_of(KIND, name, folder, "masked")
    model = _model(name, folder, settings.seed)
    length = room_of(model, tokenizer, first_place(model), settings.max_length)
    unique = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
    pieces = _pieces(tokenizer, unique, length)
    lessons, held_out = _parted(pieces, settings.seed)
    weights = _trained(model, settings.layers)
    work = Masking(model, tokenizer, lessons, held_out, settings.batch_size, settings.seed)
    before = -work.score()
    stated = as_json([asdict(settings), str(folder), unique])
    files = Checkpoints(keep, hashlib.sha256(stated.encode()).hexdigest())
    plan = Plan(
        settings.steps,
        settings.learning_rate,
        judge_every=50,
        patience=settings.patience,
        seed=settings.seed,
        decay=0.01,
        rates={f"{model.base_model_prefix}.": settings.learning_rate / 10},
    )
    curve = train(weights, work.loss, plan, judge=work.score, files=files, report=report, doing=DOING)
    outcome = Outcome(
        str(out),
        len(unique),
        len(lessons),
        len(held_out),
        sum(weight.numel() for weight in weights.values()),
        before,
        -work.score(),
        work.unigram(),
        curve.best,
        round(curve.seconds, 1),
    )
    _write(model, tokenizer, out, name, outcome)
    return outcome


def _model(name: str, folder: Path, seed: int) -> Any:
    """The encoder with a new head, in evaluation mode."""
    import torch
    from transformers import AutoModelForMaskedLM

    def read() -> Any:
        return AutoModelForMaskedLM.from_pretrained(
            folder,
            output_loading_info=True,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
        )

    with torch.random.fork_rng():
        torch.manual_seed(abs(seed))
        model, found = pretrained.loaded(KIND, name, "weights", read)
    prefix = f"{model.base_model_prefix}."
    if holes := [key for key in found["missing_keys"] if key.startswith(prefix)]:
        raise RecipeError(
            f"{len(holes)} weights of the encoder {name} are missing ({holes[0]} ...).",
            "Copy the model again.",
        )
    if not found["missing_keys"]:
        raise RecipeError(f"{name} has a masked head already.", "Use it as it is: --set stage1.model=...")
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


def _trained(model: Any, layers: int) -> dict[str, Tensor]:
    """The weights of the head, and of the top layers of the encoder; all others are frozen.

    Raises:
        RecipeError: the encoder has fewer layers.
    """
    from torch.nn import ModuleList

    model.requires_grad_(requires_grad=False)
    prefix = f"{model.base_model_prefix}."
    stacks = [
        (name, part)
        for name, part in model.named_modules()
        if isinstance(part, ModuleList) and name.startswith(prefix)
    ]
    name, stack = max(stacks, key=lambda row: len(row[1]), default=("", []))
    if layers > len(stack):
        raise RecipeError(f"the encoder has {len(stack)} layers.", "Give a smaller --layers.")
    top = tuple(f"{name}.{at}." for at in range(len(stack) - layers, len(stack)))
    return {
        key: weight
        for key, weight in model.named_parameters()
        if not key.startswith(prefix) or key.startswith(top)
    }


def _pieces(tokenizer: Any, texts: Sequence[str], length: int) -> list[list[int]]:
    """Texts as tokens, long ones in several pieces; what has no token of its own is left out.

    Raises:
        RecipeError: there is too little.
    """
    before, behind = specials(tokenizer)
    room, unknown = length - len(before) - len(behind), frozenset(tokenizer.all_special_ids)
    found = []
    for start in range(0, len(texts), AT_ONCE):
        part = list(texts[start : start + AT_ONCE])
        for ids in tokenizer(part, add_special_tokens=False, verbose=False)["input_ids"]:
            cut = [ids[at : at + room] for at in range(0, len(ids), room)]
            found += [[*before, *one, *behind] for one in cut if not unknown.issuperset(one)]
    if len(found) < FEWEST:
        raise RecipeError(
            f"there are {len(found)} pieces of text; a head cannot be learned from so few.",
            "Name more data sets with --data.",
        )
    return found


def _parted(pieces: Sequence[list[int]], seed: int) -> tuple[list[list[int]], list[list[int]]]:
    """To train on, and to hold out: drawn by the seed."""
    order = np.random.default_rng([abs(seed), 0]).permutation(len(pieces)).tolist()
    aside = min(HELD_OUT_MOST, max(1, round(HELD_OUT_SHARE * len(pieces))))
    return [pieces[at] for at in order[aside:]], [pieces[at] for at in order[:aside]]


def _write(model: Any, tokenizer: Any, out: Path, name: str, outcome: Outcome) -> None:
    """The whole folder or nothing."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
        try:
            with quiet():
                model.save_pretrained(aside)
                tokenizer.save_pretrained(aside)
            (aside / "README.md").write_text(_card(name, outcome), "utf8")
            aside.replace(out)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as problem:
        raise StudioError(
            f"the model cannot be written to {out}: {problem.strerror or problem}.",
            "Make room there, or choose another --out.",
        ) from None


def _card(name: str, outcome: Outcome) -> str:
    return (
        f"# {Path(name).name} with a masked head\n\n"
        f"The encoder {name} and a head trained by `ssp models head` on {outcome.pieces:,} pieces of text; "
        f"held out: {outcome.held_out:,} pieces, {outcome.after:.3f} nats per masked token (perplexity "
        f"{outcome.perplexity:.1f}); guessing by frequency {outcome.unigram:.3f}, untrained "
        f"{outcome.before:.3f}.\n"
    )
