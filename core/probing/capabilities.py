"""What a language model was seen to do, and what follows for how it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from core.errors import RecipeError
from core.llms import Frame, Style
from core.llms.frames import CONSTRAINTS, Constraint
from core.llms.frames import fields as body_fields

State = Literal["yes", "ignored", "refused", "no", "not tried"]
"""yes: seen to work. ignored: accepted, without any effect. refused: the request was turned down. no: it
answered, but not so that it could be used. not tried: nobody asked, or there was no answer.
"""
Confidence = Literal["scoring", "tokens", "samples", "none"]
PREFERRED: tuple[Constraint, ...] = ("structured", "grammar", "choice", "schema")
"""Those that fix the words come before those that only fix the tags."""
FEATURES: Mapping[str, tuple[str, str]] = {
    "schema": ("JSON schema", "Answers in JSON are held to the labels."),
    "grammar": ("grammar", "Answers in every style are held to the words and labels."),
    "choice": ("choice", "An answer of one label is held to the labels (vLLM before 0.12)."),
    "structured": ("structured outputs", "Answers in every style are held to the words and labels (vLLM)."),
    "logprobs": (
        "log-probabilities",
        "The confidence of a label comes from the probabilities of its tokens.",
    ),
    "several": ("several answers at once", "One call brings several answers, for agreement between them."),
    "listed": ("model list", "The server lists the model under this name."),
    "scoring": ("label scoring", "The confidence of a label is its probability among all labels."),
}
UNHELD = "This field holds answers to nothing. Mistakes are pointed out to the model, and counted."
WITHOUT: Mapping[str, str] = {
    "logprobs": "The model gives labels no confidence; several samples can (llm.confidence=samples).",
    "several": "Several answers take several calls.",
    "listed": "The server does not list this name; it may answer to it all the same.",
    "scoring": "The probabilities of all labels cannot be had over this address.",
}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What came of a probe. Features are true, false, or None = not tried; `found` says it in one word.

    Attributes:
        place: endpoint or transformers (in this process).
        host: that was asked; "" = this process.
        model: the name that was asked for. served: the one the server gave in its answer.
        models: names the server lists.
        asked_at: UTC, ISO 8601.
        notes: sentences on what was odd.
    """

    place: str
    model: str
    asked_at: str
    host: str = ""
    served: str = ""
    models: tuple[str, ...] = ()
    schema: bool | None = None
    grammar: bool | None = None
    choice: bool | None = None
    structured: bool | None = None
    logprobs: bool | None = None
    several: bool | None = None
    listed: bool | None = None
    scoring: bool | None = None
    found: Mapping[str, State] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: Mapping[str, State], **more: Any) -> Capabilities:
        """From the state of each feature."""
        truth = {"yes": True, "not tried": None}
        features: dict[str, Any] = {name: truth.get(state, False) for name, state in found.items()}
        return cls(found=dict(found), **features, **more)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Capabilities:
        """What `dataclasses.asdict` wrote, after a way through JSON.

        Raises:
            RecipeError: it is something else.
        """
        names = {one.name for one in fields(cls)}
        try:
            kept = {name: value for name, value in document.items() if name in names}
            lists = {name: tuple(kept.get(name, ())) for name in ("models", "notes")}
            return cls(**(kept | lists))
        except (TypeError, AttributeError):
            raise RecipeError(
                "these are not the capabilities of a language model.", "Probe it again: ssp llm probe."
            ) from None


def constraints_for(cap: Capabilities | None) -> tuple[Constraint, ...]:
    """What the model was seen to obey, the preferred first."""
    return tuple(name for name in PREFERRED if cap is not None and getattr(cap, name))


def constraint_for(cap: Capabilities | None, frame: Frame) -> Constraint | Literal["none"]:
    """What to hold an answer to this frame with."""
    able = (name for name in constraints_for(cap) if body_fields(name, frame) is not None)
    return next(able, "none")


def confidence_for(cap: Capabilities | None) -> Confidence:
    """The best that costs no further calls (scoring, then tokens), else none.

    Order of preference as in the SSP release: label scoring, generated tokens, agreement of samples, none.
    Samples multiply the price of a run, so nobody gets them unasked.
    """
    if cap is None:
        return "none"
    if cap.scoring:
        return "scoring"
    return "tokens" if cap.logprobs else "none"


def style_for(cap: Capabilities | None, unit: Literal["token", "item"]) -> Style:
    """JSON where nothing but a schema holds the model; else what the task's answers are by nature."""
    able = constraints_for(cap)
    plain: Style = "rows" if unit == "token" else "label"
    return "json" if able == ("schema",) and unit == "token" else plain


def capabilities_rows(cap: Capabilities) -> list[tuple[str, State, str]]:
    """For a page: (feature, state, what that means), features that do not concern the place left out."""
    return [
        (title, cap.found[name], _meaning(cap, name, use))
        for name, (title, use) in FEATURES.items()
        if name in cap.found
    ]


def _meaning(cap: Capabilities, name: str, use: str) -> str:
    state, able = cap.found[name], constraints_for(cap)
    if state == "yes":
        return use
    if state == "not tried":
        return "There was no answer to tell it by."
    if name in CONSTRAINTS and able:
        return f"Not needed: answers are held by {FEATURES[able[0]][0]}."
    said = " The field is accepted without effect." if state == "ignored" else ""
    return f"{WITHOUT.get(name, UNHELD)}{said}"
