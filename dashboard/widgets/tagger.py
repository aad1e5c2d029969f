"""What the offline tagger of Stage II was trained on, and under which licences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import naming, queries
from dashboard.widgets.export import safe_csv


def card(task: str) -> None:
    """The training data of the weights that come with the program; nothing where there are none."""
    found = queries.tagger(task)
    if found is None:
        return
    rows = pd.DataFrame([_plain(row) for row in found["data"]])
    with st.expander("What the offline tagger learned from", icon=":material/school:"):
        when = naming.plain(str(found["date"]))
        st.caption(f"Its weights were learned on these {len(rows)} data sets ({when}, seed {found['seed']}).")
        st.dataframe(rows, hide_index=True, alt="Training data of the offline tagger", key=f"tagger-{task}")
        st.download_button(
            "Export",
            lambda: safe_csv(rows),
            f"offline-tagger-{task}.csv",
            "text/csv",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its language's name, and lists as words."""
    said = {
        key: ", ".join(map(str, value)) if isinstance(value, list) else value for key, value in row.items()
    }
    return {**said, "language": naming.language_name(str(row["language"]))}
