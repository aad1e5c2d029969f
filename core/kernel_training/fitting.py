"""Fits the kernel by gradient descent (torch, asked for here only)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.availability import require
from core.kernel_training.episodes import Episode, draw
from core.kernel_training.worlds import World
from core.labelers.kernel.model import EPSILON, FLOOR, HIGHEST, LOWEST, RARE
from core.labelers.kernel.pairs import NAMES
from core.types import Report

DIGITS = 4
RAREST = 0.005
SMALLEST = 0.02


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how large.

    Attributes:
        steps: of gradient descent, each on `queries` queries.
        units, heads: of the network.
        rate: of learning. decay: of weights, against learning one language by heart.
        balance: power of a label's share by which its tokens count less: the cross entropy alone would
            rather miss a rare label (an entity) than a frequent one (O).
    """

    steps: int = 900
    queries: int = 4
    units: int = 24
    heads: int = 2
    rate: float = 1e-2
    decay: float = 1e-4
    balance: float = 0.0


def fit(worlds: Sequence[World], seed: int, report: Report, plan: Plan = Plan()) -> dict[str, Any]:
    """Weights as `Kernel.of` reads them: Adam with a cosine schedule on the cross entropy with gold.

    Equal worlds and seed give equal weights on one machine; elsewhere the last digits may differ.

    Raises:
        NotInstalled: torch is not there.
        Cancelled: `report` said that the user stopped it.
    """
    require("torch", purpose="Training a kernel")
    import torch

    torch.set_num_threads(1)  # small matrices: more threads only wait for each other
    dice, chance = random.Random(seed), torch.Generator().manual_seed(seed)  # noqa: S311
    numbers = _start(torch, chance, plan)
    optimiser = torch.optim.AdamW(numbers.values(), lr=plan.rate, weight_decay=plan.decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, plan.steps)
    for step in range(plan.steps):
        losses = [_loss(torch, numbers, draw(worlds, dice), plan.balance) for _ in range(plan.queries)]
        optimiser.zero_grad()
        (sum(losses) / len(losses)).backward()
        torch.nn.utils.clip_grad_norm_(numbers.values(), 1.0)
        optimiser.step()
        schedule.step()
        _keep_votes_positive(numbers["heads"])
        if step % 20 == 19:
            report("training the kernel", step + 1, plan.steps)
    return {name: _rounded(value.detach().numpy().tolist()) for name, value in numbers.items()}


def _keep_votes_positive(heads: Any) -> None:
    """A label's evidence speaks for it: without this some heads learn to count against."""
    heads.data[0].clamp_(min=SMALLEST)
    heads.data[1].clamp_(min=0.0)


def _start(torch: Any, chance: Any, plan: Plan) -> dict[str, Any]:
    """Small random weights; evidence counts little at first."""
    first = torch.randn(len(NAMES), plan.units, generator=chance) / len(NAMES) ** 0.5
    second = torch.randn(plan.units, plan.heads, generator=chance) / plan.units**0.5
    arrays = {
        "first": first,
        "first_bias": torch.zeros(plan.units),
        "second": second,
        "second_bias": torch.full((plan.heads,), -2.0),
        "own": torch.tensor([0.6, 0.0]),
        "heads": torch.tensor([[0.2] * plan.heads, [0.0] * plan.heads]),
        "trust": torch.zeros(2, plan.heads),
        "common": torch.zeros(2),
    }
    return {name: value.requires_grad_() for name, value in arrays.items()}


def _loss(torch: Any, numbers: dict[str, Any], episode: Episode, balance: float) -> Any:
    """Mean cross entropy over the query's tokens; `core.labelers.kernel.model.read` in torch."""
    features, own = torch.from_numpy(episode.features), torch.from_numpy(episode.own).clamp_min(FLOOR)
    hidden = torch.relu(features @ numbers["first"] + numbers["first_bias"])
    weights = (hidden @ numbers["second"] + numbers["second_bias"]).clamp(LOWEST, HIGHEST).exp()
    votes = torch.einsum("ijh,jl->ihl", weights, torch.from_numpy(episode.beliefs))
    own_weight, heads, trust, common = (
        numbers[part][0] + episode.corrected * numbers[part][1]
        for part in ("own", "heads", "trust", "common")
    )
    evidence = votes + trust.exp()[:, None] * own[:, None, :] + EPSILON
    logits = own_weight * own.log() + torch.einsum("h,ihl->il", heads, evidence.log())
    logits = logits - common * torch.from_numpy(np.log(episode.beliefs.mean(axis=0) + RARE))
    rarity = torch.from_numpy(np.maximum(episode.common, RAREST)) ** -balance
    return torch.nn.functional.cross_entropy(logits, torch.from_numpy(episode.gold), weight=rarity)


def _rounded(values: Any) -> Any:
    if isinstance(values, list):
        return [_rounded(value) for value in values]
    return round(float(values), DIGITS)
