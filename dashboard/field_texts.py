"""What the fields of a recipe are called on the page, and what they mean.

Where nothing stands here, the part's own docstring speaks.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field's label, its help and, for words from a list, what each is called."""

    label: str
    help: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


MAIN = {
    "stage1": ("model", "epochs", "per_source", "self_training", "download"),
    "selector": ("k", "preset", "lambda", "percentile", "coverage", "demand", "price"),
    "stage2": ("from_sources",),
}
"""Fields that are always in view; the others are folded away."""

TEXTS: Mapping[str, FieldText] = {
    "stage1.model": FieldText("Encoder", "A folder, or the name of a pretrained encoder on this machine."),
    "stage1.epochs": FieldText(
        "Passes over the sources", "More take longer; training stops early by itself."
    ),
    "stage1.per_source": FieldText("Items per source language", "At most so many, drawn by the seed."),
    "stage1.download": FieldText("Fetch the encoder if it is not here", "Nothing is fetched without this."),
    "stage1.iterations": FieldText("Training steps"),
    "stage1.lower_case": FieldText("Share seen again in lower case", "0 to 1; for text without capitals."),
    "stage1.self_training": FieldText(
        "Learn from its own sure labels", "A second round on target sentences it labelled confidently."
    ),
    "stage1.learning_rate": FieldText("Learning rate", "0 = chosen for you."),
    "stage1.batch_size": FieldText("Texts at a time", "Fewer need less memory."),
    "stage1.max_length": FieldText("Sub-words read at once", "Longer sentences are read in parts."),
    "stage1.patience": FieldText("Patience", "Stop after so many passes that brought nothing."),
    "stage1.dev_share": FieldText(
        "Share held out", "Part of the sources that decides when to stop; 0 = none."
    ),
    "stage1.lora": FieldText("LoRA rank", "Train small additions in place of the whole encoder; 0 = off."),
    "stage1.precision": FieldText(
        "Precision",
        "Half precision needs a graphics card.",
        {
            "auto": "as the device allows",
            "fp32": "32 bits",
            "bf16": "16 bits (bf16)",
            "fp16": "16 bits (fp16)",
        },
    ),
    "stage1.trees": FieldText("Trees"),
    "stage2.weights": FieldText(
        "Weights of your own",
        "A file that ssp train-kernel --out FILE wrote; empty = those that come with it.",
    ),
    "stage1.balance": FieldText("Balance the labels", "Expect all of them equally often on the target."),
    "stage1.strength": FieldText("How closely to fit the sources"),
    "selector.k": FieldText("Exemplars per sentence (K)"),
    "selector.lambda": FieldText("Weight of confidence (λ)", "0 = similarity alone."),
    "selector.percentile": FieldText(
        "Threshold percentile (τ)",
        "A label's threshold is the confidence that this share of its sentences stays below.",
    ),
    "selector.preset": FieldText(
        "Preset",
        "",
        {"present": "default", "ssp_seq": "paper's code, tagging", "ssp_nli": "paper's code, NLI"},
    ),
    "selector.coverage": FieldText(
        "Label coverage",
        "Whether the exemplars should show every label.",
        {"soft": "at a price", "hard": "before anything else", "off": "off"},
    ),
    "selector.confidence": FieldText(
        "Confidence counts for",
        "",
        {"present": "the labels a sentence has", "v5": "all labels (paper's code)", "none": "nothing"},
    ),
    "selector.demand": FieldText("Tokens wanted of each label"),
    "selector.price": FieldText("Price of a missing token", "What a label that is not shown costs."),
    "selector.demands": FieldText("Tokens wanted of single labels", "LABEL=NUMBER"),
    "selector.prices": FieldText("Prices of single labels", "LABEL=NUMBER"),
    "selector.pin": FieldText("Always show", "Sentence numbers."),
    "selector.ban": FieldText("Never show", "Sentence numbers."),
    "selector.budget": FieldText(
        "Token budget", "The exemplars together have at most so many; 0 = no limit."
    ),
    "selector.free": FieldText("Labels that are not asked for"),
    "selector.ignore": FieldText("Labels that are left out"),
    "selector.solver": FieldText("Solver", "", {"highs": "HiGHS", "cbc": "CBC"}),
    "selector.backend": FieldText("Arithmetic", "", {"numpy": "numpy", "torch": "torch"}),
    "selector.full_pool": FieldText("Give the solver the whole pool"),
    "selector.time_limit": FieldText("Seconds per sentence", "After that the best set so far is taken."),
    "stage2.from_sources": FieldText(
        "Exemplars of the sources",
        "So many gold exemplars of the source languages stand behind the K of the target. Empty = automatic.",
    ),
}


def text(table: str, name: str, part: type[Any] | None) -> FieldText:
    """Label and help of a field of a recipe's table."""
    known = TEXTS.get(f"{table}.{name}")
    if known:
        return known
    said = described(part).get(name, "") if part else ""
    return FieldText(name.replace("_", " ").capitalize(), said[:1].upper() + said[1:])


def described(part: type[Any]) -> dict[str, str]:
    """What a docstring's `Attributes:` says of each, in one line."""
    found: dict[str, str] = {}
    names: list[str] = []
    _, _, listed = inspect.cleandoc(part.__doc__ or "").partition("Attributes:\n")
    for line in listed.splitlines():
        begins = re.match(r" {4}(\w+(?:, \w+)*): (.*)", line)
        if begins:
            names = [name.rstrip("_") for name in begins[1].split(", ")]
            found |= dict.fromkeys(names, begins[2])
        elif line.strip() and names:
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
        elif names:
            break
    return found
