"""Reading on, in a batch: the texts so far are a cache of keys and values, shared by all that follows.

Each step reads a block: the new tokens of each text, padded on the left so that their last ones stand in one
column, then the tree of what may follow, padded on the right. Masks and positions are written out for every
place, so padding is seen by nobody and counted by nobody. After the step the tree is cut off the cache.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from core.llms.causal.loading import FULL, SLIDING, Loaded
from core.llms.causal.tree import Tree, common, tree

Ids = tuple[int, ...]
AT_A_TIME = {"cpu": 512, "mps": 2048, "cuda": 8192}
"""Tokens read in one call of the model: bounds its memory, and the time until a stop is heard."""
WORTH_SHARING = 16
"""Tokens that all prompts of a batch must begin with before these are read only once."""


class Reader(ABC):
    """Texts being read, one per row."""

    @classmethod
    @abstractmethod
    def start(
        cls, desk: Loaded, prompts: Sequence[Ids], pause: Callable[[], None]
    ) -> tuple[Reader, list[Ids]]:
        """A reader, and what of each prompt it has not read yet: one token at least.

        Args:
            pause: called before every call of the model; may raise.
        """

    @abstractmethod
    def scores(self, new: Sequence[Ids], continuations: Sequence[tuple[Ids, ...]]) -> list[list[float]]:
        """Append tokens to each text, and look at what may follow; that is forgotten again.

        Args:
            new: per text at least one token.
            continuations: per text.

        Returns:
            Per text the log-probability of each continuation: the sum over its tokens.
        """

    @abstractmethod
    def ahead(self, new: Sequence[Ids]) -> Any:
        """Append tokens to each text.

        Returns:
            Log-probabilities of the next token: (texts, vocabulary), 32 bits, on the processor.
        """

    @abstractmethod
    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these texts only."""


class Cached(Reader):
    """`_valid` says which columns of the cache belong to a text, `_places` where in it: (texts, columns)."""

    def __init__(self, desk: Loaded, rows: int, pause: Callable[[], None]) -> None:
        import torch
        from transformers import DynamicCache

        self._desk = desk
        self._pause = pause
        self._cache = DynamicCache()
        self._valid = torch.zeros((rows, 0), dtype=torch.bool, device=desk.device)
        self._places = torch.zeros((rows, 0), dtype=torch.long, device=desk.device)
        self._lengths = torch.zeros(rows, dtype=torch.long, device=desk.device)

    @classmethod
    def start(
        cls, desk: Loaded, prompts: Sequence[Ids], pause: Callable[[], None]
    ) -> tuple[Reader, list[Ids]]:
        """See `Reader.start`. What all prompts begin with is read once, for all."""
        alike = min(common(prompts), min(map(len, prompts)) - 1)
        if len(prompts) == 1 or alike < WORTH_SHARING:
            return cls(desk, len(prompts), pause), list(prompts)
        reader = cls(desk, 1, pause)
        reader.ahead([prompts[0][:alike]])
        reader._repeat(len(prompts))
        return reader, [prompt[alike:] for prompt in prompts]

    def scores(self, new: Sequence[Ids], continuations: Sequence[tuple[Ids, ...]]) -> list[list[float]]:
        """See `Reader.scores`."""
        trees = [tree(options) for options in continuations]
        return [_sums(row, one) for row, one in zip(self._step(new, trees), trees, strict=True)]

    def ahead(self, new: Sequence[Ids]) -> Any:
        """See `Reader.ahead`."""
        return self._step(new, [tree(())] * len(new))[:, 0].float().log_softmax(-1).cpu()

    def _step(self, new: Sequence[Ids], trees: Sequence[Tree]) -> Any:
        """The scores that `_read` gives for the last of the new tokens and the tree."""
        width = max(map(len, new))
        at_once = max(1, AT_A_TIME[self._desk.device] // len(new))
        padded = [(*(-1,) * (width - len(row)), *row) for row in new]
        first = (width - 1) // at_once * at_once
        for start in range(0, first, at_once):
            self._read([row[start : start + at_once] for row in padded], [tree(())] * len(new))
        return self._read([row[first:] for row in padded], trees)

    def keep(self, rows: Sequence[int]) -> None:
        """See `Reader.keep`."""
        import torch

        if not rows or len(rows) == len(self._lengths):
            return
        chosen = torch.tensor(rows, device=self._desk.device)
        self._cache.batch_select_indices(chosen)
        self._valid, self._places = self._valid[chosen], self._places[chosen]
        self._lengths = self._lengths[chosen]

    def _repeat(self, times: int) -> None:
        self._cache.batch_repeat_interleave(times)
        self._valid = self._valid.repeat_interleave(times, dim=0)
        self._places = self._places.repeat_interleave(times, dim=0)
        self._lengths = self._lengths.repeat_interleave(times)

    def _read(self, texts: Sequence[Ids], trees: Sequence[Tree]) -> Any:
        """One call of the model: (rows, 1 + nodes, ...), behind the last column of `texts` and each node."""
        import torch

        self._pause()
        device = self._desk.device
        nodes = max(len(one.tokens) for one in trees)
        line = torch.tensor(texts, device=device)
        real = line >= 0
        places = self._lengths[:, None] + real.cumsum(1) - 1
        self._lengths = self._lengths + real.sum(1)
        branch, depth, sees = _branches(trees, nodes, device)
        tokens = torch.cat([line.clamp(min=0), branch], dim=1)
        positions = torch.cat([places.clamp(min=0), self._lengths[:, None] - 1 + depth], dim=1)
        more = {"logits_to_keep": 1 + nodes} if self._desk.narrow else {}
        found = self._desk.model(
            input_ids=tokens,
            position_ids=positions,
            attention_mask=self._masks(self._allowed(real, sees), positions),
            past_key_values=self._cache,
            use_cache=True,
            **more,
        )
        self._valid = torch.cat([self._valid, real], dim=1)
        self._places = torch.cat([self._places, places], dim=1)
        self._cache.crop(-nodes)
        return found.logits[:, -(1 + nodes) :]

    def _allowed(self, real: Any, sees: Any) -> Any:
        """Who sees whom: (rows, block, cache + block), true or false."""
        import torch

        rows, width = real.shape
        nodes = sees.shape[1]
        before = self._valid[:, None, :].expand(rows, width + nodes, -1)
        causal = torch.ones((width, width), dtype=torch.bool, device=real.device).tril()
        itself = torch.eye(width, dtype=torch.bool, device=real.device)
        line = (causal & real[:, None, :]) | itself
        nothing = torch.zeros((rows, width, nodes), dtype=torch.bool, device=real.device)
        above = torch.cat([line, nothing], dim=2)
        below = torch.cat([real[:, None, :].expand(rows, nodes, width), sees], dim=2)
        return torch.cat([before, torch.cat([above, below], dim=1)], dim=2)

    def _masks(self, allowed: Any, positions: Any) -> Any:
        """One mask for all layers, or one for each kind, as the model wants them."""
        import torch

        sight, dtype = self._desk.sight, self._desk.model.dtype
        if not sight.window:
            return _additive(allowed, dtype)
        seen = torch.cat([self._places, positions], dim=1)
        near = allowed & (seen[:, None, :] > positions[:, :, None] - sight.window)
        if not sight.mixed:
            return _additive(near, dtype)
        return {FULL: _additive(allowed, dtype), SLIDING: _additive(near, dtype)}


def _branches(trees: Sequence[Tree], nodes: int, device: str) -> tuple[Any, Any, Any]:
    """Tokens, depths (rows, nodes) and who sees whom among the nodes (rows, nodes, nodes)."""
    import torch

    sees = torch.eye(nodes, dtype=torch.bool).repeat(len(trees), 1, 1)
    for row, one in enumerate(trees):
        for at, above in enumerate(one.ancestors):
            sees[row, at, [node - 1 for node in above]] = True
    tokens = [[*one.tokens, *[0] * (nodes - len(one.tokens))] for one in trees]
    depths = [[*one.depths, *[1] * (nodes - len(one.depths))] for one in trees]
    shape = (len(trees), nodes)
    return (
        torch.tensor(tokens, dtype=torch.long, device=device).reshape(shape),
        torch.tensor(depths, dtype=torch.long, device=device).reshape(shape),
        sees.to(device),
    )


def _additive(allowed: Any, dtype: Any) -> Any:
    """A mask as every kind of attention takes it: 0 where one may look, else the lowest number there is."""
    import torch

    mask = torch.zeros(allowed.shape, dtype=dtype, device=allowed.device)
    return mask.masked_fill(~allowed, torch.finfo(dtype).min)[:, None]


def _sums(logits: Any, one: Tree) -> list[float]:
    """Per continuation the sum over its tokens; in 32 bits, whatever the model computes in."""
    flat = [pair for path in one.paths for pair in path]
    if not flat:
        return [0.0] * len(one.paths)
    known = logits.float().log_softmax(-1)
    found = iter(known[[node for node, _ in flat], [token for _, token in flat]].tolist())
    return [sum(islice(found, len(path))) for path in one.paths]
