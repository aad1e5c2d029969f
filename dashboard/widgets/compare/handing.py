"""The comparison to take away: one file with all of it."""

from __future__ import annotations

from functools import partial

from dashboard import comparisons
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets import blame
from dashboard.widgets.compare import names
from dashboard.widgets.report_button import report_button


def report(here: Here, asked: Asked) -> None:
    """The button of the report; intervals are in it once they are worked out."""
    report_button(
        comparisons.compared(asked),
        names.names(asked.sides),
        key="report",
        before=asked.before,
        after=asked.after,
        headline=partial(comparisons.differences, asked),
        blame=partial(blame.tables, comparisons.of_side(here, asked.sides[asked.after])),
    )
