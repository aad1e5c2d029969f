"""A share and how far it may be off.

Source: Wilson 1927, the score interval: right for small samples and for shares of 0 and 1, where the usual
interval has no width.
"""

from __future__ import annotations

import math

from core.costs import Range

Z = 1.959964
"""Standard errors to either side: 95 % of a normal distribution."""


def share(hits: int, n: int) -> Range:
    """`hits` of `n` as a share with its 95 % interval; all of [0, 1] where nothing was tried."""
    if not n:
        return Range(0.0, 0.0, 1.0)
    part = hits / n
    middle = (part + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z / (1 + Z * Z / n) * math.sqrt(part * (1 - part) / n + Z * Z / (4 * n * n))
    return Range(max(0.0, middle - reach), part, min(1.0, middle + reach))
