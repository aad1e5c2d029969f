"""What became of the labels, in a few figures; each opens its sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from core.comparison import Where
from dashboard import clicks, comparisons, naming
from dashboard.comparisons import Asked
from dashboard.current import Here

STYLE = Path(__file__).parent / "compare.css"
NO_GOLD = "There is no gold to say which label is right"
NAMES = {
    "fixed": "Fixed",
    "broken": "Broken",
    "net": "Net gain",
    "moved": "Moved, still wrong",
    "changed": "Changed in all",
    "wrong": "Wrong",
    "total": "All",
}


def figures(here: Here, asked: Asked) -> None:
    """A row of figures as buttons."""
    st.html(STYLE)
    with st.container(horizontal=True, gap="small", key="figures"):
        for kind, (number, where) in _counted(asked).items():
            name = f"All {here.unit}" if kind == "total" else NAMES[kind]
            st.button(
                f"{name} **{number}**",
                key=f"figure-{kind}",
                type="tertiary",
                help="Show its sentences",
                **clicks.opens(where),
            )
    if not asked.against:
        st.caption(f"{'Nothing is held right here' if here.gold else NO_GOLD}: see how far they agree.")


def _counted(asked: Asked) -> dict[str, tuple[str, Where]]:
    """Per figure what is written and what it is about."""
    told = comparisons.changes(asked)
    if asked.single:
        wrong = asked.change()
        n = int(np.count_nonzero(comparisons.found(asked, wrong).passing)) if asked.against else 0
        first = {"wrong": (f"{n:,}", wrong)} if asked.against else {}
        return first | {"total": (f"{told['total']:,}", Where())}
    kinds: list[str] = [kind for kind in ("fixed", "broken", "moved", "changed") if kind in told]
    found = {kind: (f"{told[kind]:,}", asked.where(change=kind)) for kind in kinds}
    if "fixed" in told:
        net = naming.signed(told["fixed"] - told["broken"])
        found["net"] = (net, asked.where(change="changed"))
    ordered = {kind: found[kind] for kind in NAMES if kind in found}
    return ordered | {"total": (f"{told['total']:,}", Where())}
