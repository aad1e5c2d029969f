"""Reading without a cache: every text from its beginning, each time. Slow, and right for any architecture.

The measure of the other ways of reading, and what is left where none of them is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from core.llms.causal.loading import Loaded
from core.llms.causal.reading import Ids, Reader


class Plain(Reader):
    """Texts as tokens, and nothing computed that is kept."""

    def __init__(self, desk: Loaded, rows: int, pause: Callable[[], None]) -> None:
        self._desk = desk
        self._pause = pause
        self._texts: list[Ids] = [()] * rows

    @classmethod
    def start(
        cls, desk: Loaded, prompts: Sequence[Ids], pause: Callable[[], None]
    ) -> tuple[Reader, list[Ids]]:
        """See `Reader.start`."""
        return cls(desk, len(prompts), pause), list(prompts)

    def scores(self, new: Sequence[Ids], continuations: Sequence[tuple[Ids, ...]]) -> list[list[float]]:
        """See `Reader.scores`."""
        self._append(new)
        return [
            [self._sum(text, option) for option in options]
            for text, options in zip(self._texts, continuations, strict=True)
        ]

    def ahead(self, new: Sequence[Ids]) -> Any:
        """See `Reader.ahead`."""
        import torch

        self._append(new)
        return torch.cat([self._known(text, 1) for text in self._texts]).cpu()

    def keep(self, rows: Sequence[int]) -> None:
        """See `Reader.keep`."""
        self._texts = [self._texts[row] for row in rows]

    def _append(self, new: Sequence[Ids]) -> None:
        self._texts = [(*text, *more) for text, more in zip(self._texts, new, strict=True)]

    def _sum(self, text: Ids, option: Ids) -> float:
        if not option:
            return 0.0
        known = self._known((*text, *option[:-1]), len(option))
        return float(sum(known[list(range(len(option))), list(option)].tolist()))

    def _known(self, text: Ids, last: int) -> Any:
        """Log-probabilities of the next token at each of the last places: (last, vocabulary)."""
        import torch

        self._pause()
        more = {"logits_to_keep": last} if self._desk.narrow else {}
        tokens = torch.tensor([text], device=self._desk.device)
        found = self._desk.model(input_ids=tokens, use_cache=False, **more)
        return found.logits[0, -last:].float().log_softmax(-1)
