"""Reading on with a copy of the model's memory for each label: for models whose memory cannot be cut back.

Layers that keep a running state (Mamba, gated delta networks, short convolutions) cannot forget what they
have read. So each text is read alone, its memory is copied for as many rows as there are labels, and the
copies are thrown away. Nothing is padded on the left, and one token is read at a time after the prompt, so
positions and masks are those that the model makes for itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

from core.llms.causal.loading import Loaded
from core.llms.causal.reading import Ids, Reader

MEMORIES = ("past_key_values", "cache_params")
"""What models call their memory."""


@dataclass
class _Text:
    """A text that was read: the memory of it, and the log-probabilities of the next token."""

    memory: Any = None
    known: Any = None


class Forked(Reader):
    """Texts, one after the other."""

    def __init__(self, desk: Loaded, rows: int, pause: Callable[[], None]) -> None:
        self._desk = desk
        self._pause = pause
        self._texts = [_Text() for _ in range(rows)]
        named = signature(desk.model.forward).parameters
        self._memory = next(name for name in MEMORIES if name in named)

    @classmethod
    def start(
        cls, desk: Loaded, prompts: Sequence[Ids], pause: Callable[[], None]
    ) -> tuple[Reader, list[Ids]]:
        """See `Reader.start`."""
        return cls(desk, len(prompts), pause), list(prompts)

    def scores(self, new: Sequence[Ids], continuations: Sequence[tuple[Ids, ...]]) -> list[list[float]]:
        """See `Reader.scores`."""
        self._append(new)
        return [self._sums(text, one) for text, one in zip(self._texts, continuations, strict=True)]

    def ahead(self, new: Sequence[Ids]) -> Any:
        """See `Reader.ahead`."""
        import torch

        self._append(new)
        return torch.stack([text.known for text in self._texts]).cpu()

    def keep(self, rows: Sequence[int]) -> None:
        """See `Reader.keep`."""
        self._texts = [self._texts[row] for row in rows]

    def _append(self, new: Sequence[Ids]) -> None:
        from transformers import DynamicCache

        for text, tokens in zip(self._texts, new, strict=True):
            parts: list[Ids] = [(token,) for token in tokens]
            if text.memory is None:
                text.memory = DynamicCache(config=self._desk.model.config)
                parts = [tokens]
            for part in parts:
                text.known = self._read([part], text.memory)[0]

    def _sums(self, text: _Text, options: tuple[Ids, ...]) -> list[float]:
        """Per option the sum over its tokens; all options are read together, the shorter ones on and on."""
        import torch

        sums = [float(text.known[option[0]]) if option else 0.0 for option in options]
        longest = max(map(len, options), default=0)
        if longest < 2:
            return sums
        memory = copy.deepcopy(text.memory)
        memory.reorder_cache(torch.zeros(len(options), dtype=torch.long, device=self._desk.device))
        for at in range(1, longest):
            known = self._read([(option[at - 1 : at] or (0,)) for option in options], memory)
            for row, option in enumerate(options):
                sums[row] += float(known[row, option[at]]) if at < len(option) else 0.0
        return sums

    def _read(self, rows: Sequence[Ids], memory: Any) -> Any:
        """Log-probabilities of the next token behind each row: (rows, vocabulary)."""
        import torch

        self._pause()
        more = {"logits_to_keep": 1} if self._desk.narrow else {}
        tokens = torch.tensor(rows, device=self._desk.device)
        found = self._desk.model(input_ids=tokens, use_cache=True, **{self._memory: memory}, **more)
        return found.logits[:, -1].float().log_softmax(-1)
