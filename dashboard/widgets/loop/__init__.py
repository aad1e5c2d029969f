"""The loop beside the desk: what corrections reach, one key to label that anew, and what it was worth."""

from dashboard.widgets.loop.estimate import estimate
from dashboard.widgets.loop.panel import panel

__all__ = ["estimate", "panel"]
