"""How good a run is by its blind audit: figures with intervals, from blind items only."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.loop.audit import Audited, estimates
from core.loop.inference import Estimate
from dashboard import looping, naming, resources, state
from dashboard.current import Here
from dashboard.widgets.export import export_menu

TOLD = "from the sample and all predictions"
ALONE = "from the sample alone"
SAID = "as the run says itself"


def estimate(here: Here) -> None:
    """The audit of every stage of a run as a table; says what is missing where it cannot be known."""
    st.markdown("#### How good it is, by blind audit")
    run_id = here.run["id"]
    told = looping.ask(
        f"audit/{run_id}",
        looping.blind_key(here.dataset.id),
        lambda: [row for stage in here.stages if stage != "pool" for row in _of(run_id, stage)],
    )
    found: list[Audited] = told.value or []
    if told.value is None and told.error is None:
        st.badge("working it out", color="blue", icon=":material/progress_activity:")
        return
    if not found:
        st.caption(
            "Nothing was labelled blind yet. On the page Annotate choose the audit: a random sample, without "
            "suggestions. What another queue had corrected was chosen for being wrong, and says nothing here."
        )
        return
    st.text(found[-1].remark)
    table = as_table(found)
    st.dataframe(table, hide_index=True, alt="Estimates from the blind audit", key="audit-estimates")
    if not state.view().present:
        export_menu({"Audit estimates": table}, stem=f"{here.dataset.id}-audit", key="audit-estimates-export")


def _of(run_id: str, stage: str) -> list[Audited]:
    return estimates(resources.store(), run_id, stage)


def as_table(found: list[Audited]) -> pd.DataFrame:
    """A row per stage and metric, in percent with 95 % intervals."""
    return pd.DataFrame(
        {
            "stage": naming.STAGES.get(row.stage, row.stage),
            "metric": naming.METRICS.get(row.metric, row.metric),
            TOLD: _written(row.combined),
            ALONE: _written(row.alone),
            SAID: f"{100 * row.said:.1f}",
        }
        for row in found
    )


def _written(found: Estimate | None) -> str:
    if found is None:
        return "too few"
    return f"{100 * found.value:.1f} ({100 * found.low:.1f} to {100 * found.high:.1f})"
