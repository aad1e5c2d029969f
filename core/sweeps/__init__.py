"""Sweeps: one recipe under several settings, seed after seed, and what that does to the score.

A sweep is nothing of its own: its runs are ordinary runs of the workspace, so none is made twice, one that
was interrupted goes on, and every one of them can be looked at. What varies is read from the runs again.
"""

from core.sweeps.figures import Figures, Gain, Measured, figures
from core.sweeps.planning import Row, over_of, rows_of, variant_of
from core.sweeps.running import Done, carried_out, checked
from core.sweeps.stored import Found, found, table, varying

__all__ = [
    "Done",
    "Figures",
    "Found",
    "Gain",
    "Measured",
    "Row",
    "carried_out",
    "checked",
    "figures",
    "found",
    "over_of",
    "rows_of",
    "table",
    "variant_of",
    "varying",
]
