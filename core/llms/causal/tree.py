"""Several continuations of one text, read at once: a tree of tokens in which each sees only its own branch.

Labels that begin alike share their first tokens, so each token is computed once. As in tree attention for
speculative decoding (SpecInfer, arXiv 2305.09781, section 4.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Ids = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Continuations as a tree. Node 0 is the text before; node n > 0 is read as token `tokens[n - 1]`.

    `depths` and `ancestors` are parallel to `tokens`: how many tokens behind the text it stands, and which
    nodes > 0 lie on its branch, itself included. `paths` holds per continuation (node, token): the
    probability of that token is the one the model gives behind that node.
    """

    tokens: Ids
    depths: Ids
    ancestors: tuple[Ids, ...]
    paths: tuple[tuple[tuple[int, int], ...], ...]


def common(rows: Sequence[Ids]) -> int:
    """How many tokens all of them begin with."""
    return next(
        (at for at, column in enumerate(zip(*rows, strict=False)) if len(set(column)) > 1), _least(rows)
    )


def _least(rows: Sequence[Ids]) -> int:
    return min(map(len, rows), default=0)


@lru_cache(maxsize=256)
def tree(continuations: tuple[Ids, ...]) -> Tree:
    """The tree of these continuations; last tokens are no nodes, since nothing is read behind them."""
    nodes: dict[Ids, int] = {(): 0}
    ancestors: list[Ids] = []
    paths = []
    for one in continuations:
        path = []
        for length, token in enumerate(one):
            before = one[:length]
            if before not in nodes:
                nodes[before] = len(nodes)
                above = nodes[before[:-1]]
                ancestors.append((*(ancestors[above - 1] if above else ()), nodes[before]))
            path.append((nodes[before], token))
        paths.append(tuple(path))
    read = list(nodes)[1:]
    return Tree(
        tuple(prefix[-1] for prefix in read),
        tuple(len(prefix) for prefix in read),
        tuple(ancestors),
        tuple(paths),
    )
