"""LoRA (Hu et al. 2021, arXiv 2106.09685): low-rank additions to a frozen encoder, through `peft`."""

from __future__ import annotations

from typing import Any

from core.availability import require

ALPHA, DROPOUT = 2, 0.1
"""Scale as a multiple of the rank, and dropout before the additions."""
REMEDY = "Install it into the same environment: python -m pip install 'peft==0.21.2' (in .venv)."


def require_lora() -> None:
    """Raises NotInstalled where `peft` is missing; it is an extra of its own."""
    require("peft", purpose="LoRA (stage1.lora)", remedy=REMEDY)


def with_lora(model: Any, rank: int) -> Any:
    """The model with additions of this rank to every linear layer of its encoder; its head stays trainable.

    A pooler belongs to the head: many checkpoints come without one, and what is new has to be learned.
    """
    from peft import LoraConfig, get_peft_model
    from torch.nn import Linear

    prefix = model.base_model_prefix
    encoder = getattr(model, prefix)
    heads = [name for name, part in model.named_children() if name != prefix and list(part.parameters())]
    heads += [name for name, _ in encoder.named_children() if name == "pooler"]
    layers = [
        f"{prefix}.{name}"
        for name, part in encoder.named_modules()
        if isinstance(part, Linear) and not name.startswith("pooler")
    ]
    return get_peft_model(
        model,
        LoraConfig(
            r=rank,
            lora_alpha=ALPHA * rank,
            lora_dropout=DROPOUT,
            target_modules=layers,
            modules_to_save=heads,
        ),
    )
