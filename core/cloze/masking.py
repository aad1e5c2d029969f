"""Words of plain text masked for a model to fill in (Devlin et al. 2019, arXiv 1810.04805, section 3.1)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.cloze.loading import only_at

Tensor = Any
MASKED_SHARE, AS_MASK, AS_OTHER = 0.15, 0.8, 0.1


class Masking:
    """Masks pieces of text and tells how well the model fills them in."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        lessons: Sequence[Sequence[int]],
        held_out: Sequence[Sequence[int]],
        batch_size: int,
        seed: int,
    ) -> None:
        self.model, self.tokenizer, self.batch_size, self.seed = model, tokenizer, batch_size, abs(seed)
        self.lessons, self.held_out = lessons, held_out
        self.special = frozenset(tokenizer.all_special_ids)
        self.device = next(model.parameters()).device

    def loss(self, step: int, dice: np.random.Generator) -> Mapping[str, Tensor]:
        """Of the masked tokens of one batch."""
        size = min(self.batch_size, len(self.lessons))
        drawn = dice.choice(len(self.lessons), size, replace=False).tolist()
        losses = self._losses([self.lessons[at] for at in drawn], dice)
        return {"masked words": losses.mean()}

    def score(self) -> float:
        """Minus the mean loss of the held-out pieces, always under the same masks."""
        import torch

        dice, size = np.random.default_rng([self.seed, 1]), self.batch_size
        order = sorted(self.held_out, key=len, reverse=True)  # memory: each fits where the last one was
        with torch.no_grad():
            parts = [self._losses(order[at : at + size], dice) for at in range(0, len(order), size)]
        return -float(torch.cat(parts).double().mean())

    def unigram(self) -> float:
        """Loss of the held-out tokens when each is guessed by how often it occurs, plus one."""
        counts = Counter(token for piece in self.lessons for token in piece if token not in self.special)
        total = sum(counts.values()) + len(self.tokenizer)
        found = [token for piece in self.held_out for token in piece if token not in self.special]
        return -sum(math.log((counts[token] + 1) / total) for token in found) / len(found)

    def _losses(self, pieces: Sequence[Sequence[int]], dice: np.random.Generator) -> Tensor:
        """(masked tokens,) of a batch."""
        import torch

        longest, filler = max(map(len, pieces)), int(self.tokenizer.pad_token_id or 0)
        places = [(row, at) for row, piece in enumerate(pieces) for at in self._chosen(piece, dice)]
        owners, columns = torch.tensor(places, device=self.device).T
        read = torch.tensor(
            [[*piece, *[filler] * (longest - len(piece))] for piece in pieces], device=self.device
        )
        wanted = read[owners, columns]
        read[owners, columns] = torch.tensor(
            [self._instead(int(token), dice) for token in wanted], device=self.device
        )
        seen = torch.tensor(
            [[1] * len(piece) + [0] * (longest - len(piece)) for piece in pieces], device=self.device
        )
        with only_at(self.model, owners, columns):
            logits = self.model(input_ids=read, attention_mask=seen).logits[0]
        return torch.nn.functional.cross_entropy(logits.float(), wanted, reduction="none")

    def _chosen(self, piece: Sequence[int], dice: np.random.Generator) -> list[int]:
        """Places that are masked: one at least."""
        plain = [at for at, token in enumerate(piece) if token not in self.special]
        count = max(1, round(MASKED_SHARE * len(plain)))
        return sorted(dice.choice(plain, count, replace=False).tolist())

    def _instead(self, token: int, dice: np.random.Generator) -> int:
        drawn = dice.random()
        if drawn < AS_MASK:
            return int(self.tokenizer.mask_token_id)
        return int(dice.integers(len(self.tokenizer))) if drawn < AS_MASK + AS_OTHER else token
