"""The losses of RoSPrompt (arXiv 2503.19469): contrastive label smoothing, and a price of drifting away.

Their exact form could not be read anywhere: what is here is our reading. docs/rosprompt.md compares others.
"""

from __future__ import annotations

from typing import Any

Tensor = Any


def smoothed_targets(columns: Tensor, labels: int, smoothing: float) -> Tensor:
    """(rows, labels): 1 - s for the right label, s spread over the *other label words only*."""
    import torch

    others = smoothing / max(labels - 1, 1)
    found = torch.full((len(columns), labels), others, device=columns.device)
    rows = torch.arange(len(columns), device=columns.device)
    found[rows, columns] = 1.0 - smoothing if labels > 1 else 1.0
    return found


def smoothed_entropy(log_chances: Tensor, columns: Tensor, smoothing: float) -> Tensor:
    """Mean cross-entropy against `smoothed_targets`.

    Args:
        log_chances: (rows, labels) log-probabilities of the labels, over the labels or over the vocabulary.
        columns: (rows,) the right ones.
    """
    targets = smoothed_targets(columns, log_chances.shape[1], smoothing)
    return -(targets * log_chances).sum(1).mean()


def drift(before: Tensor, after: Tensor) -> Tensor:
    """Mean KL(before || after) of distributions over the vocabulary, from log-probabilities (rows, V)."""
    import torch

    return torch.nn.functional.kl_div(after, before, reduction="batchmean", log_target=True)
