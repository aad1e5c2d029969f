"""The networks of MPT: what a source prompt goes through, and what translates it into another language.

Each adds to its input, and adds nothing before it was trained: its last layer begins at zero. So training
starts at the words the vectors were taken from, and a translator starts at the source prompt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.errors import UnknownName

Tensor = Any
Network = Any

ENCODERS = ("none", "lstm")
TRANSLATORS = ("linear-1", "linear-2", "lstm-1", "lstm-2", "transformer-1", "transformer-2")
HEADS = 4
"""Attention heads of a transformer, where the width can be divided by them."""


def prompt_encoder(kind: str, width: int, seed: int) -> Network | None:
    """A bi-LSTM and a perceptron over the vectors of a prompt (MPT, section 3), or None.

    Args:
        width: d, of the model's input embeddings.

    Raises:
        UnknownName: no such encoder.
    """
    if kind not in ENCODERS:
        raise UnknownName("prompt encoder", kind, ENCODERS)
    if kind == "none":
        return None
    import torch

    with _dice(seed):
        read = torch.nn.LSTM(width, half(width), bidirectional=True, batch_first=True)
        write = torch.nn.Sequential(
            torch.nn.Linear(2 * half(width), width), torch.nn.ReLU(), _silent(torch.nn.Linear(width, width))
        )
    return torch.nn.ModuleList([read, write])


def translator(kind: str, width: int, seed: int) -> Network:
    """A translator of prompts: linear, LSTM or transformer layers, one or two of them (MPT, section 4).

    `linear-2` is the two-layer perceptron d - d/2 - d of the paper; the others read all vectors of the
    prompt together.

    Raises:
        UnknownName: no such translator.
    """
    if kind not in TRANSLATORS:
        raise UnknownName("translator", kind, TRANSLATORS)
    import torch

    name, _, layers = kind.partition("-")
    with _dice(seed):
        if name == "linear":
            return torch.nn.ModuleList([torch.nn.Identity(), _perceptron(width, int(layers))])
        if name == "lstm":
            read = torch.nn.LSTM(
                width, half(width), num_layers=int(layers), bidirectional=True, batch_first=True
            )
            return torch.nn.ModuleList([read, _silent(torch.nn.Linear(2 * half(width), width))])
        several = torch.nn.Sequential(*(_layer(width) for _ in range(int(layers))))
        return torch.nn.ModuleList([several, _silent(torch.nn.Linear(width, width))])


def applied(network: Network | None, vectors: Tensor) -> Tensor:
    """(S, d) -> (S, d): the vectors and what the network adds to them."""
    if network is None:
        return vectors
    read, write = network
    seen = read(vectors[None])
    return vectors + write(seen[0] if isinstance(seen, tuple) else seen)[0]


def weights_of(network: Network | None, name: str) -> dict[str, Tensor]:
    """The network's weights, the name of what it is before theirs."""
    if network is None:
        return {}
    return {f"{name}.{key}": weight for key, weight in network.named_parameters()}


def half(width: int) -> int:
    """The width inside: half the model's."""
    return max(1, width // 2)


def _perceptron(width: int, layers: int) -> Network:
    import torch

    if layers == 1:
        return _silent(torch.nn.Linear(width, width))
    inner = half(width)
    return torch.nn.Sequential(
        torch.nn.Linear(width, inner), torch.nn.Tanh(), _silent(torch.nn.Linear(inner, width))
    )


def _layer(width: int) -> Network:
    import torch

    return torch.nn.TransformerEncoderLayer(
        width,
        HEADS if width % HEADS == 0 else 1,
        dim_feedforward=2 * width,
        dropout=0.0,
        norm_first=True,
        batch_first=True,
    )


def _silent(layer: Network) -> Network:
    """A last layer that adds nothing yet."""
    import torch

    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    return layer


@contextmanager
def _dice(seed: int) -> Iterator[None]:
    """Weights drawn inside come from the seed; random numbers outside stay as they were."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(abs(seed))
        yield
