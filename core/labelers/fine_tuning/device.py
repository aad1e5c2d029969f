"""What computes: the processor or a graphics card, and in which precision.

Graphics cards are untested. Precisions of 16 bits are tested on the processor, where nobody is offered them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from core.errors import RecipeError

PRECISIONS = ("auto", "fp32", "bf16", "fp16")


@dataclass(frozen=True, slots=True)
class Device:
    """`name` is cpu or cuda; `precision` is fp32, bf16 or fp16, the last two on a graphics card only."""

    name: str
    precision: str

    def autocast(self) -> AbstractContextManager[Any]:
        """Mixed precision for what is computed inside, where the precision asks for it."""
        import torch

        if self.precision == "fp32":
            return nullcontext()
        kind = torch.bfloat16 if self.precision == "bf16" else torch.float16
        return torch.autocast(device_type=self.name, dtype=kind)

    def scaler(self) -> Any:
        """Scales losses so that gradients in 16 bits do not vanish; does nothing unless fp16."""
        import torch

        return torch.amp.GradScaler(self.name, enabled=self.precision == "fp16")


def device(precision: str) -> Device:
    """The graphics card where there is one, else the processor.

    Raises:
        RecipeError: mixed precision was asked for and there is no graphics card.
    """
    import torch

    if not torch.cuda.is_available():
        if precision in ("bf16", "fp16"):
            raise RecipeError(
                f"stage1.precision={precision} needs a graphics card that torch can use; there is none here.",
                "Use stage1.precision=auto.",
            )
        return Device("cpu", "fp32")
    if precision == "auto":
        precision = "bf16" if torch.cuda.is_bf16_supported() else "fp16"
    return Device("cuda", precision)


@contextmanager
def own_dice(chosen: Device) -> Iterator[None]:
    """Whatever is drawn inside leaves torch's random numbers outside as they were."""
    import torch

    devices = [torch.cuda.current_device()] if chosen.name == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        yield
