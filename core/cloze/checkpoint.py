"""A masked or causal language model that answers at one place of a text, soft vectors among its words.

Texts are filled up on the right and every place is given its number, so that models which count places from
their padding (XLM-R) read soft vectors right. The numbers are tried out when a model is loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from pathlib import Path
from typing import Any

from core import pretrained
from core.availability import require
from core.cloze.layout import Row
from core.cloze.loading import ModelKind, first_place, model_of, only_at, room_of, sort_of, tokenizer_of
from core.errors import RecipeError
from core.types import Report

Tensor = Any
DECIDING = ("*.safetensors", "*.json", "*.txt", "*.model")
"""Files that decide what a model says."""
CHUNK = 1 << 20
TOLERANCE = 1e-3
"""By which two ways of computing the same scores may differ, as a share of the largest."""
BACKBONE = "backbone."
"""What the names of a model's own weights begin with where they are trained."""


@dataclass(eq=False)
class Checkpoint:
    """A model in evaluation mode, its weights frozen, in 32 bits.

    Attributes:
        name: as it was asked for.
        kind: masked: it answers at its mask; causal: it says what comes next.
        identity: SHA-256 of its files (16 characters), wherever they lie.
        length: tokens it is given at once.
        device: cpu or cuda.
        first: number of the first place (XLM-R counts from behind its padding's).
    """

    name: str
    kind: ModelKind
    tokenizer: Any
    model: Any
    identity: str
    length: int
    device: str = "cpu"
    first: int = 0

    @property
    def vectors(self) -> Tensor:
        """(V, d): what the model reads for each token of its vocabulary, without gradients."""
        import torch

        table = self.model.get_input_embeddings()
        if type(table) is torch.nn.Embedding:
            return table.weight.detach()
        with torch.no_grad():  # some models scale what they look up
            return table(torch.arange(table.num_embeddings, device=self.device))

    @property
    def mask(self) -> int:
        """The id that stands where the answer is to be."""
        return int(self.tokenizer.mask_token_id)

    @cached_property
    def nameless(self) -> frozenset[int]:
        """Ids that are no words: special tokens, and rows behind the end of the vocabulary."""
        beyond = range(len(self.tokenizer), int(self.vectors.shape[0]))
        return frozenset([*self.tokenizer.all_special_ids, *beyond])

    def word(self, token: int) -> str:
        """A token as a reader sees it, with the mark of its vocabulary where it does not stand alone."""
        piece = self.tokenizer.convert_ids_to_tokens(int(token))
        text = self.tokenizer.decode([int(token)]).strip()
        return text or str(piece)

    def thaw(self) -> dict[str, Tensor]:
        """The model's own weights, made trainable: name (`backbone.` before it) -> parameter."""
        found = {}
        for name, weight in self.model.named_parameters():
            weight.requires_grad_(requires_grad=True)
            found[f"{BACKBONE}{name}"] = weight
        return found

    def answers(self, rows: Sequence[Row], soft: Tensor | None = None) -> Tensor:
        """(rows, V): scores of the vocabulary at the place of each row's answer.

        Args:
            soft: (S, d) for all rows or (rows, S, d), as the rows were laid out for; differentiable.
        """
        import torch

        ids, seen, numbers = self._padded(rows)
        inputs: dict[str, Tensor] = {"attention_mask": seen}
        if "position_ids" in self._accepts:
            inputs["position_ids"] = numbers
        if soft is None:
            _refuse_unfilled(rows)
            inputs["input_ids"] = ids
        else:
            inputs["inputs_embeds"] = self._filled(ids, rows, soft)
        places = torch.tensor([row.answer for row in rows], device=self.device)
        with only_at(self.model, torch.arange(len(rows), device=self.device), places):
            logits = self.model(**inputs).logits
        return logits[0].float()

    @cached_property
    def _accepts(self) -> frozenset[str]:
        return frozenset(signature(self.model.forward).parameters)

    def _padded(self, rows: Sequence[Row]) -> tuple[Tensor, Tensor, Tensor]:
        import torch

        longest = max(len(row.ids) for row in rows)
        filler = self.tokenizer.pad_token_id or 0
        ids = [[*row.ids, *[filler] * (longest - len(row.ids))] for row in rows]
        seen = [[1] * len(row.ids) + [0] * (longest - len(row.ids)) for row in rows]
        numbers = torch.arange(self.first, self.first + longest, device=self.device)
        return (
            torch.tensor(ids, device=self.device),
            torch.tensor(seen, device=self.device),
            numbers.expand(len(rows), -1),
        )

    def _filled(self, ids: Tensor, rows: Sequence[Row], soft: Tensor) -> Tensor:
        """What the model reads, soft vectors at their places."""
        import torch

        read = self.model.get_input_embeddings()(ids)
        count = soft.shape[-2]
        if any(len(row.soft) != count for row in rows):
            raise ValueError(f"{count} soft vectors for rows that have places for others")
        owners = torch.arange(len(rows), device=self.device).repeat_interleave(count)
        places = torch.tensor([place for row in rows for place in row.soft], device=self.device)
        vectors = soft.expand(len(rows), -1, -1).reshape(-1, soft.shape[-1])
        return read.index_put((owners, places.long()), vectors.to(read))


def load(
    name: str, *, report: Report, setting: str = "stage1.model", download: bool = False, length: int = 256
) -> Checkpoint:
    """A model by its folder, its name in the hub's cache, or its name in the demo world.

    Args:
        setting: what names it, for errors.
        download: fetch what is missing; otherwise nothing leaves or reaches this machine.
        length: tokens at once, at most; the model may have room for fewer.

    Raises:
        RecipeError: there is none, it has no head that predicts words, or soft vectors have no place in it.
        NotInstalled: torch or transformers is missing. Cancelled: `report` said so.
    """
    for package in ("torch", "transformers"):
        require(package, purpose="A cloze model")
    import torch

    kind = _kind(setting)
    report("loading the language model", 0, 1)
    folder = pretrained.folder_of(kind, name, download=download, report=report)
    sort = sort_of(kind, name, folder)
    tokenizer = tokenizer_of(kind, name, folder, sort)
    model = model_of(kind, name, folder, sort)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = model.to(device).eval().requires_grad_(requires_grad=False)
    first = first_place(model)
    room = room_of(model, tokenizer, first, length)
    found = Checkpoint(name, sort, tokenizer, model, identity_of(folder), room, device, first)
    _try_out(found)
    report("loading the language model", 1, 1)
    return found


def check(name: str, *, setting: str = "stage1.model", download: bool = False) -> None:
    """Refuse a model that is not there, before anything is loaded; those of the demo world are made later.

    Raises:
        RecipeError: there is no such folder, or it holds no model.
    """
    if not download:
        pretrained.folder_of(_kind(setting), name, download=False)


def _kind(setting: str) -> pretrained.Kind:
    fetch = f"{setting.split('.')[0]}.download"
    return pretrained.Kind("language model", setting, "AutoModelForMaskedLM", fetch)


def identity_of(folder: Path) -> str:
    """A hash of the files that decide what a model says; their place and time do not count."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in DECIDING for path in folder.glob(pattern)}):
        with path.open("rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _refuse_unfilled(rows: Sequence[Row]) -> None:
    if any(row.soft for row in rows):
        raise ValueError("rows with places for soft vectors need soft vectors")


def _try_out(found: Checkpoint) -> None:
    """Refuse a model that answers otherwise when it is read by our numbers, filled up, or as vectors."""
    import torch

    usable = [token for token in range(min(64, len(found.tokenizer))) if token not in found.nameless][:6]
    if found.kind == "masked":
        usable[1:2] = [found.mask]
    places = (1, 1) if found.kind == "masked" else (2, len(usable) - 1)
    rows = [Row(tuple(usable[:3]), (), places[0]), Row(tuple(usable), (), places[1])]
    holes = [Row(row.ids, (0,), row.answer) for row in rows]
    with torch.no_grad():
        wanted = torch.cat(
            [
                found.model(input_ids=torch.tensor([row.ids], device=found.device)).logits[:, row.answer]
                for row in rows
            ]
        ).float()
        by_vectors = found.answers(holes, found.vectors[usable[0]][None])
    for given in (found.answers(rows), by_vectors):
        if float((given - wanted).abs().max()) > TOLERANCE * max(1.0, float(wanted.abs().max())):
            raise RecipeError(
                f"{found.name} ({found.model.config.model_type}) answers otherwise when its text is filled "
                "up or read as vectors: soft vectors cannot be put among its words.",
                "Choose a model like BERT, XLM-R, ModernBERT, Qwen or Llama.",
            )
