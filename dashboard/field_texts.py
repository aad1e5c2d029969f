"""What the fields of a recipe are called on the page, and what they mean.

Where nothing stands here, the part's own docstring speaks.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dashboard.method_texts import LABELS, MAIN_EMBEDDER, MAIN_STAGE1, OPTIONS


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field's label, its help and, for words from a list, what each is called."""

    label: str
    help: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


MAIN = {
    "stage1": ("model", *MAIN_STAGE1, "epochs", "per_source", "self_training", "download"),
    "selector": ("k", "preset", "lambda", "percentile", "coverage", "demand", "price"),
    "stage2": ("from_sources",),
    "embedder": MAIN_EMBEDDER,
    "llm": ("output", "constrain", "confidence", "concurrency", "batch_size", "device"),
}
"""Fields that are always in view; the others are folded away."""

TEXTS: Mapping[str, FieldText] = {
    "stage1.model": FieldText("Model", "A folder, or the name of a pretrained model on this machine."),
    "stage1.epochs": FieldText(
        "Passes over the sources", "More take longer; training stops early by itself."
    ),
    "stage1.per_source": FieldText("Items per source language", "At most so many, drawn by the seed."),
    "stage1.download": FieldText("Fetch the model if it is not here", "Nothing is fetched without this."),
    "stage1.iterations": FieldText("Training steps"),
    "stage1.lower_case": FieldText("Share seen again in lower case", "0 to 1; for text without capitals."),
    "stage1.self_training": FieldText(
        "Learn from its own sure labels", "A second round on target sentences it labelled confidently."
    ),
    "stage1.learning_rate": FieldText("Learning rate"),
    "stage1.batch_size": FieldText("Texts at a time", "Fewer need less memory."),
    "stage1.max_length": FieldText("Sub-words read at once"),
    "stage1.patience": FieldText("Patience"),
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
    "llm.output": FieldText(
        "Answers written as",
        "A row of word and tag per word is the paper's layout; automatic = what the model can be held to.",
        {
            "auto": "automatic",
            "rows": "one row per word",
            "json": "JSON",
            "inline": "word/TAG in one line",
            "label": "the label alone",
        },
    ),
    "llm.constrain": FieldText(
        "Held to the format by",
        "What makes an answer parse whatever the model would like to say. Automatic = the best that works.",
        {
            "auto": "automatic",
            "none": "nothing",
            "schema": "a JSON schema",
            "grammar": "a grammar (llama.cpp)",
            "choice": "a list of choices (vLLM)",
            "structured": "structured outputs (vLLM)",
        },
    ),
    "llm.confidence": FieldText(
        "Confidence from",
        "Exemplars are chosen without any, too. What a model says of its own sureness is unreliable.",
        {
            "auto": "automatic: the best that costs nothing",
            "scoring": "probabilities of the labels",
            "tokens": "probabilities of the words it wrote",
            "samples": "several answers compared",
            "verbalised": "what it says itself (unreliable)",
            "none": "nothing",
        },
    ),
    "llm.order": FieldText(
        "Order of the exemplars",
        "",
        {
            "auto": "as the recipe says",
            "similar_first": "most similar first",
            "similar_last": "most similar last",
            "random": "random",
        },
    ),
    "llm.language": FieldText("Language of the instructions", "An ISO 639-3 code."),
    "llm.samples": FieldText("Answers per item", "For confidence by comparing several answers."),
    "llm.repairs": FieldText("Times to point out a mistake", "0 = an unusable answer stays unusable."),
    "llm.concurrency": FieldText("Calls at a time"),
    "llm.requests_per_minute": FieldText("Calls per minute", "0 = no limit."),
    "llm.tokens_per_minute": FieldText("Tokens per minute", "0 = no limit."),
    "llm.max_price": FieldText("Money at most", "In the currency of the price table; 0 = no limit."),
    "llm.max_total_tokens": FieldText("Tokens at most", "Of prompts and answers; 0 = no limit."),
    "llm.max_calls": FieldText("Calls at most", "0 = no limit."),
    "llm.max_tokens": FieldText("Tokens per answer", "0 = as many as the answer needs."),
    "llm.temperature": FieldText("Temperature", "0 = always the likeliest answer."),
    "llm.top_p": FieldText("Top p"),
    "llm.timeout": FieldText("Seconds to wait for an answer"),
    "llm.retries": FieldText("Repetitions", "After a server was busy, or could not be reached."),
    "llm.extra": FieldText("More for the server", "A JSON object that is put into every request."),
    "stage2.from_sources": FieldText(
        "Exemplars of the sources",
        "So many gold exemplars of the source languages stand behind the K of the target. Empty = automatic.",
    ),
}


def text(table: str, name: str, part: type[Any] | None) -> FieldText:
    """Label and help of a field of a recipe's table."""
    key = f"{table}.{name}"
    said = described(part).get(name, "") if part else ""
    said = said[:1].upper() + said[1:]
    if key in TEXTS:
        known = TEXTS[key]
        return known if known.help else replace(known, help=said)
    usual = name.replace("_", " ").capitalize()
    return FieldText(LABELS.get(key, usual), said, OPTIONS.get(key, {}))


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
