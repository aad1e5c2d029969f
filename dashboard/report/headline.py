"""The first section of a report: scores of the sides, their difference, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from core.comparison import METRICS, Audited, Difference, main_metric, scores
from dashboard import naming, shown
from dashboard.report.document import Gain, Gains, Section, Table
from dashboard.report.told import Matter

HOW = (
    "Scores in percent. Intervals: 95 %, percentile bootstrap over sentences, both sides drawn together. "
    "p: two-sided approximate randomisation test that swaps whole sentences between the sides."
)
NOT_WORKED_OUT = "Intervals and tests were not worked out for this report."
UNJUDGED = "Nothing is held to be right, and no human corrected a sentence: there is no score."
PAPER = (
    "Paper-compatible F1 is the figure the SSP paper reports: span F1 over runs of equal tags, also for "
    "parts of speech. Token accuracy is the plain share of right tokens."
)


def section(matter: Matter) -> Section | None:
    """Scores where something is held right; what humans say of a sample where nothing is."""
    if not matter.judged:
        return _audited(matter)
    found = [scores(matter.compared, place) for place in range(len(matter.compared.sides))]
    order = _order(matter)
    told = matter.told.headline or {}
    table = Table("Scores of every side", _table(matter, order, found), PAPER if "paper_f1" in order else "")
    if matter.single:
        return Section("Scores", (), (table,))
    gains = Gains(
        tuple(_gain(name, matter, found, told.get(name)) for name in order), HOW if told else NOT_WORKED_OUT
    )
    return Section("Scores", _said(matter), (gains, table))


def _order(matter: Matter) -> list[str]:
    """The metrics of the task: the leading one first, then the one that papers report."""
    task = matter.compared.dataset.task
    return sorted(METRICS[task], key=lambda name: (name != main_metric(task), name != "paper_f1"))


def _gain(name: str, matter: Matter, found: list[dict[str, float]], told: Difference | None) -> Gain:
    before, after = (100 * found[place][name] for place in (matter.before, matter.after))
    return Gain(
        naming.METRICS.get(name, name),
        shown.number(before, 2),
        shown.number(after, 2),
        f"{shown.signed(after - before, 2)} points",
        verdict(told),
        _interval(told) if told else "",
    )


def verdict(told: Difference | None) -> str:
    """Which way it went, where the interval leaves zero out."""
    if told is None:
        return ""
    return "better" if told.low > 0 else "worse" if told.high < 0 else ""


def _interval(told: Difference) -> str:
    word = {"better": "better", "worse": "worse", "": "it could be luck"}[verdict(told)]
    return (
        f"{shown.signed(100 * told.low, 2)} to {shown.signed(100 * told.high, 2)}, {chance(told.p)}, "
        f"n = {told.n:,}: {word}"
    )


def chance(p: float) -> str:
    """`p = 0.0213`."""
    return "p not known" if shown.is_missing(p) else f"p = {p:.4f}" if p >= 0.0001 else "p < 0.0001"


def _table(matter: Matter, order: list[str], found: list[dict[str, float]]) -> pd.DataFrame:
    """One row per metric, in percent."""
    sides = {
        name: [100 * found[place][metric] for metric in order] for place, name in enumerate(matter.numbered)
    }
    table = {"metric": [naming.METRICS.get(name, name) for name in order], **sides}
    return pd.DataFrame(table | _differences(matter, order))


def _differences(matter: Matter, order: list[str]) -> dict[str, list[float]]:
    """The columns of the difference looked at, in points, where it was worked out."""
    told = matter.told.headline or {}
    if matter.single or any(name not in told for name in order):
        return {}
    known = [told[name] for name in order]
    return {
        f"{matter.after + 1} {shown.MINUS} {matter.before + 1}": [100 * item.value for item in known],
        "low": [100 * item.low for item in known],
        "high": [100 * item.high for item in known],
        "p": [item.p for item in known],
    }


def _said(matter: Matter) -> tuple[str, ...]:
    """The leading difference in a sentence, losses as plainly as gains."""
    metric = main_metric(matter.compared.dataset.task)
    told: Mapping[str, Difference] = matter.told.headline or {}
    if matter.single or metric not in told:
        return ()
    found, name = told[metric], naming.METRICS[metric]
    went = {"better": "rises", "worse": "falls", "": "does not change beyond chance"}[verdict(found)]
    return (
        f"{name} {went}: {shown.number(100 * found.before, 2)} → {shown.number(100 * found.after, 2)} "
        f"({shown.signed(100 * found.value, 2)} points, {chance(found.p)}).",
    )


def _audited(matter: Matter) -> Section | None:
    """What the sentences say that humans corrected, where nothing else is held to be right."""
    found: Audited | None = matter.told.audited
    if found is None:
        return Section("Scores", (UNJUDGED,))
    rows = [
        {
            "side": matter.numbered[place],
            found.metric: 100 * told.value,
            "from": 100 * told.low,
            "to": 100 * told.high,
        }
        for place, told in enumerate(found.sides)
        if told is not None
    ]
    table = Table(
        "On the sentences humans corrected",
        pd.DataFrame(rows).rename(columns={found.metric: naming.METRICS.get(found.metric, found.metric)}),
        f"{found.n_sentences:,} of {found.of_sentences:,} sentences, {found.n_tokens:,} labels; percent, "
        "with a 95 % interval over sentences.",
    )
    return Section("Scores on corrected sentences", (found.remark,), (table,))
