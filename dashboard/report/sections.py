"""The sections of a report on what changed, and for which labels, lengths, confidences and words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from core import comparison as numbers
from core.comparison import GOLD
from dashboard import shown
from dashboard.charts.confusion import confusion
from dashboard.charts.differences import differences
from dashboard.charts.flow import sankey
from dashboard.report.document import Figure, Part, Section, Table
from dashboard.report.told import Matter

MOST_ROWS = 25
GAINS = "Share right: the later side minus the earlier one, in points, with 95 % bootstrap intervals."
SHARES = {
    "before": "before %", "after": "after %", "gain": "gain", "low": "low", "high": "high",
    "f1_before": "F1 before %", "f1_after": "F1 after %",
}  # fmt: skip
UNJUDGED = "without gold nobody can say which of them for the better."


def first_rows(title: str, frame: pd.DataFrame, note: str = "") -> Table:
    """As much of a table as a report shows."""
    return Table(title, frame.head(MOST_ROWS), note, len(frame))


def changes(matter: Matter) -> Section | None:
    """How many labels became what, the flow from label to label, the label switches."""
    if matter.single:
        return None
    compared = matter.compared
    where = (compared, matter.before, matter.after)
    sides = matter.station(matter.before), matter.station(matter.after)
    figure = sankey(
        numbers.flow(*where),
        unit=matter.unit,
        dark=False,
        stations=(*sides, "gold" if compared.against == GOLD else "human"),
        gold=matter.judged,
        label_colors=matter.told.colors,
    )
    table = numbers.switches(*where).rename(columns={"from_label": "from", "to_label": "to"})
    return Section(
        "What changed",
        (_counted(matter, numbers.change_counts(*where)),),
        (Figure("From label to label", figure), first_rows("Label switches", _known(table))),
    )


def _counted(matter: Matter, counts: Mapping[str, int]) -> str:
    said = f"{counts['changed']:,} of {counts['total']:,} {matter.unit} changed their label"
    if "fixed" not in counts:
        return f"{said}; {UNJUDGED}"
    fixed, broken, moved = (counts[kind] for kind in ("fixed", "broken", "moved"))
    unknown = counts["changed"] - fixed - broken - moved
    rest = f", {unknown:,} of which nobody said what is right" if unknown else ""
    return (
        f"{said}: {fixed:,} fixed, {broken:,} broken, {moved:,} moved from one wrong label to another{rest}. "
        f"Net {shown.signed(fixed - broken, 0)}."
    )


def _known(table: pd.DataFrame) -> pd.DataFrame:
    """Without the columns in which nothing is known."""
    return table.dropna(axis="columns", how="all") if len(table) else table


def labels(matter: Matter) -> Section | None:
    """Gains and losses label by label."""
    if matter.single:
        return None
    found = numbers.by_label(matter.compared, matter.before, matter.after)
    return Section("Label by label", (), _groups(matter, "Labels", "label", found))


def slices(matter: Matter) -> Section | None:
    """Gains and losses by sentence length, confidence and word."""
    if matter.single:
        return None
    where = (matter.compared, matter.before, matter.after)
    lengths = numbers.by_length(*where) if matter.unit == "tokens" else pd.DataFrame()
    parts = (
        *_groups(matter, "Length of the sentence", "tokens", lengths),
        *_groups(matter, "Confidence of the later side", "confidence", numbers.by_confidence(*where)),
    )
    if matter.unit == "tokens":
        words = numbers.by_form(*where).drop(columns=["gain", "low", "high"])
        parts += (first_rows("Words", _readable(words, "word"), "Those with the largest net change first."),)
    return Section("Where", (), parts)


def _groups(matter: Matter, title: str, head: str, found: pd.DataFrame) -> tuple[Part, ...]:
    """The chart and the table of a frame of groups; where nothing is known to be right, no chart."""
    if found.empty:
        return ()
    table = first_rows(f"{title}: figures", _readable(found, head))
    if not matter.judged or not found["gain"].notna().any():
        return (table,)
    return (Figure(title, differences(found, unit=matter.unit, dark=False), GAINS), table)


def _readable(found: pd.DataFrame, head: str) -> pd.DataFrame:
    """The groups with their shares in percent, without what only a link needs."""
    told = _known(found.drop(columns=["key"], errors="ignore"))
    told = told.assign(**{name: 100 * pd.to_numeric(told[name]) for name in SHARES if name in told})
    return told.rename(columns={**SHARES, "group": head})


def confusions(matter: Matter) -> Section | None:
    """What each side took for what; without gold, what one says where the other says something else."""
    if matter.judged:
        parts = tuple(
            Figure(
                matter.numbered[place],
                _matrix(matter, numbers.confusion(matter.compared, place), "right", "given"),
                "Shade: share of the right label.",
            )
            for place in matter.places
        )
        return Section("Confusions", (), parts)
    if matter.single:
        return None
    first, second = matter.pair
    counts = numbers.between(matter.compared, matter.before, matter.after)
    note = f"Shade: share of a label of side {matter.before + 1}."
    figure = _matrix(matter, counts, str(matter.before + 1), str(matter.after + 1))
    return Section("Against each other", (), (Figure(f"{first} and {second}", figure, note),))


def _matrix(matter: Matter, counts: pd.DataFrame, rows: str, columns: str) -> go.Figure:
    return confusion(counts, matter.compared.labels, unit=matter.unit, dark=False, rows=rows, columns=columns)
