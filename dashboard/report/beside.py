"""The sections of a report on what lies beside the scores: calibration, price, blame, agreement."""

from __future__ import annotations

import pandas as pd

from core import comparison as numbers
from dashboard import shown
from dashboard.charts.calibrations import calibrations as curves
from dashboard.report.document import Figure, Section, Table
from dashboard.report.sections import first_rows
from dashboard.report.told import Matter

DASH = (
    "A dash stands for what nobody noted; it is not zero. Changes are counted over the stage before of the "
    "same run."
)
EVIDENCE = "Exemplars in the prompts of wrong labels that carry the same wrong label: evidence, no proof."
PRICES = {
    "seconds": "seconds", "calls": "calls", "prompt_tokens": "prompt tokens",
    "completion_tokens": "answer tokens", "money": "cost when made", "paid": "paid by this run",
    "currency": "currency", "fixed": "fixed", "broken": "broken", "net": "net",
    "seconds_per_fixed": "seconds per fixed", "money_per_fixed": "cost per fixed", "remark": "remark",
}  # fmt: skip


def calibrations(matter: Matter) -> Section | None:
    """Whether the confidences can be believed."""
    compared = matter.compared
    names = matter.numbered
    found = [numbers.calibration(compared, place) for place in range(len(names))]
    known = {name: told for name, told in zip(names, found, strict=True) if told is not None}
    if not known:
        return None
    table = pd.DataFrame(
        {
            "side": list(known),
            matter.unit: [told.n for told in known.values()],
            "mean confidence": [told.confidence for told in known.values()],
            "share right": [told.accuracy for told in known.values()],
            "calibration error (ECE)": [told.error for told in known.values()],
            "Brier score of the label": [told.brier for told in known.values()],
        }
    )
    frames = {name: numbers.reliability(compared, place) for place, name in enumerate(matter.told.names)}
    note = "On the dotted line a side is right as often as it says; below it is too sure of itself."
    figure = Figure("Can it be believed?", curves(frames, unit=matter.unit, dark=False), note)
    return Section("Calibration", (), (figure, Table("Calibration: figures", table)))


def price(matter: Matter) -> Section | None:
    """Seconds, calls and money, and of each label that was fixed."""
    found = matter.told.prices
    if found is None or found.empty:
        return None
    names = dict(zip(map(str, matter.compared.sides), matter.numbered, strict=True))
    told = found.assign(side=[names.get(str(side), str(side)) for side in found["side"]])
    noted = [name for name in PRICES if name in told and any(_noted(value) for value in told[name])]
    if not noted:
        return None
    table = told[["side", *noted]]
    return Section("Price", (DASH,), (Table("What each side took", table.rename(columns=PRICES)),))


def _noted(value: object) -> bool:
    return not shown.is_missing(value) and value != ""


def blame(matter: Matter) -> Section | None:
    """Exemplars that spoke for wrong labels."""
    parts = tuple(first_rows(title, frame) for title, frame in matter.told.blame.items() if len(frame))
    return Section("Blame", (EVIDENCE,), parts) if parts else None


def agreement(matter: Matter) -> Section | None:
    """How far the sides agree: where there are more than two, or nothing is held right."""
    if matter.single or (matter.judged and len(matter.compared.sides) < 3):
        return None
    names = matter.numbered
    found = numbers.agreement(matter.compared)
    table = pd.DataFrame(
        {
            "one": [names[place] for place in found["a"]],
            "other": [names[place] for place in found["b"]],
            "agreement %": 100 * found["agreement"].to_numpy(),
            "Cohen's kappa": found["kappa"].to_numpy(),
            matter.unit: found["n"].to_numpy(),
        }
    )
    alpha = numbers.alpha(matter.compared)
    said = "not defined" if alpha is None else f"{alpha:.3f}"
    told = f"Krippendorff's alpha (nominal) over all sides: {said}."
    return Section("Agreement", (told,), (Table("Pairs of sides", table),))
