"""Numbers on every shade of a chart can be read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from dashboard.charts.cells import written
from dashboard.charts.palette import theme


def luminance(color: Sequence[float]) -> float:
    """WCAG 2.2, relative luminance of red, green and blue (0 to 255)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (c / 255 for c in color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_can_be_read_on_every_shade(dark: bool) -> None:
    strengths = [place / 400 for place in range(401)]
    shades = [[int(hue[at : at + 2], 16) for at in (1, 3, 5)] for hue in theme(dark).scale]
    grid = np.linspace(0, 1, len(shades))
    for trace in written(strengths, strengths, [""] * 401, strengths, size=11, dark=dark):
        ink = luminance([int(trace.textfont.color[at : at + 2], 16) for at in (1, 3, 5)])
        for strength in trace.x:
            shade = luminance([float(np.interp(strength, grid, part)) for part in zip(*shades, strict=True)])
            assert (max(ink, shade) + 0.05) / (min(ink, shade) + 0.05) >= 4.5, strength
