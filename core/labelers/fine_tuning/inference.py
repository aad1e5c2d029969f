"""What a fine-tuned encoder says: a distribution over the label set for every token or item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.labelers.fine_tuning.device import Device
from core.labelers.fine_tuning.windows import Window
from core.labelers.posteriors import FloatArray
from core.types import Report


def posteriors(
    model: Any,
    windows: Sequence[Window],
    sizes: Sequence[int],
    prior: FloatArray,
    *,
    batch_size: int,
    device: Device,
    padding: int,
    report: Report,
    stage: str,
) -> list[FloatArray]:
    """(sizes[i], labels) per item, rows summing to 1.

    Args:
        sizes: how many rows each item has.
        prior: the row of a token that has no sub-words: it says nothing to the encoder.
        padding: the sub-word that fills windows up.
        report: told of `stage` in windows done.
    """
    import torch

    rows = [np.tile(prior, (size, 1)) for size in sizes]
    order = sorted(range(len(windows)), key=lambda at: -len(windows[at]))
    model.eval()
    for start in range(0, len(order), batch_size):
        report(stage, start, len(order))
        batch = [windows[at] for at in order[start : start + batch_size]]
        with torch.inference_mode(), device.autocast():
            logits = scores(model, batch, device, padding)
        found = torch.softmax(logits.double(), -1).cpu().numpy()
        _spread(rows, batch, found)
    report(stage, len(order), len(order))
    return rows


def _spread(rows: list[FloatArray], batch: Sequence[Window], found: FloatArray) -> None:
    at = 0
    for window in batch:
        rows[window.owner][list(window.words)] = found[at : at + len(window.words)]
        at += len(window.words)


def scores(model: Any, batch: Sequence[Window], device: Device, padding: int) -> Any:
    """(words of all windows, labels) logits in 32 bits, window by window."""
    import torch

    logits = model(**padded(batch, device, padding)).logits.float()
    if logits.dim() == 2:
        return logits
    owners = [at for at, window in enumerate(batch) for _ in window.places]
    places = [place for window in batch for place in window.places]
    index = torch.tensor([owners, places], device=logits.device, dtype=torch.long).reshape(2, -1)
    return logits[index[0], index[1]]


def padded(batch: Sequence[Window], device: Device, padding: int) -> dict[str, Any]:
    """The encoder's inputs, (windows, longest of them), filled up on the right."""
    import torch

    longest = max(map(len, batch))
    return {
        name: torch.tensor(
            [
                [*window.inputs[name], *[padding if name == "input_ids" else 0] * (longest - len(window))]
                for window in batch
            ],
            device=device.name,
        )
        for name in batch[0].inputs
    }
