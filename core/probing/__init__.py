"""What a language model can do: tried out, because servers accept what they then ignore."""

from core.probing.asking import Raw, probe
from core.probing.capabilities import (
    Capabilities,
    capabilities_rows,
    confidence_for,
    constraint_for,
    constraints_for,
    style_for,
)

__all__ = [
    "Capabilities",
    "Raw",
    "capabilities_rows",
    "confidence_for",
    "constraint_for",
    "constraints_for",
    "probe",
    "style_for",
]
