"""Label words: which token stands for which label, and scores of labels from scores of the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cloze.checkpoint import Checkpoint
from core.errors import RecipeError
from core.types import Labels

Tensor = Any
Words = Mapping[str, Sequence[str]]
"""Label -> the words that stand for it."""
NLI_WORDS = {"entailment": "yes", "neutral": "maybe", "contradiction": "no"}
"""As PET (arXiv 2001.07676) and its successors have them; the labels' own names are no single tokens."""
CUTS = re.compile(r"[/,_\s]+")
"""What parts the names in a label: science/technology."""
UNSURE = "Choose words that are single tokens of this model, with --set stage1.words=LABEL=WORD."


@dataclass(frozen=True, slots=True)
class Word:
    """A label word and what a model's vocabulary makes of it; `id` is None unless it is one token."""

    label: str
    text: str
    pieces: tuple[str, ...]
    id: int | None

    @property
    def single(self) -> bool:
        """Whether it is one token of the model."""
        return self.id is not None


@dataclass(frozen=True)
class Verbalizer:
    """Scores of labels as weighted sums of scores of tokens.

    Attributes:
        labels: the columns of what it gives.
        ids: (names, n) tokens, the name itself first.
        owners: (names,) the column of each name's label.
        weights: (names, n), rows summing to 1.
        names: the label words.
    """

    labels: Labels
    ids: Tensor
    owners: Tensor
    weights: Tensor
    names: tuple[str, ...]

    def scores(self, logits: Tensor) -> Tensor:
        """(rows, V) -> (rows, labels): per label the highest of its names; differentiable."""
        import torch

        found = (logits[:, self.ids] * self.weights).sum(-1)
        return torch.stack(
            [found[:, self.owners == column].amax(1) for column in range(len(self.labels))], dim=1
        )


def read_words(labels: Labels, entries: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Words by label from entries like `sports=football`; labels without any have their names.

    The names in a label are parted at strokes, underscores and spaces; those of NLI are yes, maybe and no.

    Raises:
        RecipeError: an entry that is not of this form, or of a label that there is not.
    """
    found: dict[str, list[str]] = {label: [] for label in labels}
    for entry in entries:
        label, mark, word = entry.rpartition("=")
        if not mark or not word.strip() or label.strip() not in found:
            raise RecipeError(
                f"the label word {entry!r} cannot be used.",
                f"Give LABEL=WORD; the labels are {', '.join(labels)}.",
            )
        found[label.strip()].append(word.strip())
    return {label: tuple(dict.fromkeys(words)) or _names(label) for label, words in found.items()}


def _names(label: str) -> tuple[str, ...]:
    return (NLI_WORDS[label],) if label in NLI_WORDS else tuple(filter(None, CUTS.split(label))) or (label,)


def checked(checkpoint: Checkpoint, labels: Labels, words: Words) -> list[Word]:
    """Every word of every label, in order, with what the model's vocabulary makes of it.

    Where a vocabulary knows words with the space before them, that form counts first.
    """
    return [_word(checkpoint, label, text) for label in labels for text in words[label]]


def _word(checkpoint: Checkpoint, label: str, text: str) -> Word:
    tokenizer = checkpoint.tokenizer
    spellings: list[list[int]] = [
        tokenizer(spelling, add_special_tokens=False)["input_ids"] for spelling in (f" {text}", text)
    ]
    single = next((ids[0] for ids in spellings if len(ids) == 1 and ids[0] not in checkpoint.nameless), None)
    ids = [single] if single is not None else min(spellings, key=len)
    pieces = tuple(str(piece) for piece in tokenizer.convert_ids_to_tokens(ids))
    return Word(label, text, pieces, single)


def told(words: Sequence[Word]) -> dict[str, list[list[Any]]]:
    """As a run's note has it: label -> [word, its pieces, whether it is one token]."""
    found: dict[str, list[list[Any]]] = {}
    for word in words:
        found.setdefault(word.label, []).append([word.text, list(word.pieces), word.single])
    return found


def verbalizer(checkpoint: Checkpoint, labels: Labels, words: Words, neighbours: int = 1) -> Verbalizer:
    """The label words and, beyond 1, each one's nearest `neighbours` tokens by cosine of input embeddings.

    Weights are the softmax of the cosines (NPPrompt, arXiv 2212.06950; its code). A word of several tokens
    has neighbours only: it is looked for by the mean of its pieces.

    Raises:
        RecipeError: a word is not in the vocabulary, or is no single token and there are no neighbours; two
            labels have the same word; a label has none.
    """
    import torch

    found = checked(checkpoint, labels, words)
    _refuse_unusable(checkpoint, labels, found, neighbours)
    if neighbours == 1:
        ids = torch.tensor([[word.id] for word in found], device=checkpoint.device)
        weights = torch.ones(ids.shape, device=checkpoint.device)
    else:
        near = cosines(checkpoint, torch.stack([_meaning(checkpoint, word) for word in found]))
        values, ids = near.topk(min(neighbours, near.shape[1]), dim=1)
        weights = values.softmax(dim=1)
    owners = torch.tensor([labels.index(word.label) for word in found], device=checkpoint.device)
    return Verbalizer(labels, ids, owners, weights, tuple(word.text for word in found))


def cosines(checkpoint: Checkpoint, vectors: Tensor) -> Tensor:
    """(n, V) cosines of vectors (n, d) with the input embeddings; -1 for what is no word."""
    import torch

    table = checkpoint.vectors
    lengths = table.norm(dim=1).clamp_min(1e-12) * vectors.norm(dim=1, keepdim=True).clamp_min(1e-12)
    found = vectors @ table.T / lengths
    found[:, torch.tensor(sorted(checkpoint.nameless), device=found.device, dtype=torch.long)] = -1.0
    return found


def _meaning(checkpoint: Checkpoint, word: Word) -> Tensor:
    ids = checkpoint.tokenizer.convert_tokens_to_ids(list(word.pieces))
    return checkpoint.vectors[ids].mean(0)


def _refuse_unusable(checkpoint: Checkpoint, labels: Labels, found: Sequence[Word], neighbours: int) -> None:
    unknown = checkpoint.tokenizer.unk_token
    for word in found:
        if unknown is not None and unknown in word.pieces:
            raise RecipeError(f"{checkpoint.name} does not know the label word {word.text!r}.", UNSURE)
        if not word.single and neighbours < 2:
            raise RecipeError(
                f"the label word {word.text!r} is not a single token of {checkpoint.name}: "
                f"{' '.join(word.pieces)}.",
                UNSURE,
            )
    owners: dict[int, str] = {}
    for word in found:
        if word.id is not None and owners.setdefault(word.id, word.label) != word.label:
            raise RecipeError(
                f"the labels {owners[word.id]} and {word.label} have the same word {word.text!r}.",
                "Give each label words of its own.",
            )
    if bare := set(labels) - {word.label for word in found}:
        raise RecipeError(f"the label {min(bare)} has no word.", UNSURE)
