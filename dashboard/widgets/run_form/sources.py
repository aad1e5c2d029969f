"""From which languages Stage I learns: what is advised and why, and what is chosen."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import labelers
from core.types import Dataset
from dashboard import actions, naming, queries, state
from dashboard.plans import Plan
from dashboard.widgets.export import export_menu
from dashboard.widgets.run_form.fields import bound


def choice(plan: Plan) -> None:
    """The advice, one click to take it, and the list of sources."""
    others = candidates(plan.dataset)
    nearer = _same_language(plan) if "target_shots" in _settings(plan) or "seen" in _settings(plan) else {}
    if not others and not nearer:
        st.caption("No other data set of this task is in this workspace: import one to learn from.")
        return
    advised = queries.advice(plan.dataset.id)
    if advised:
        _advice(plan, advised)
    names = {item.id: f"{naming.language_of(item)} · {item.name}" for item in others} | nearer
    own = actions.default_sources(plan.dataset)
    told = ", ".join(naming.language_of(item) for item in others if item.id in own)
    st.multiselect(
        "Source languages",
        list(dict.fromkeys((*names, *plan.sources))),
        format_func=lambda item: names.get(item, item),
        placeholder=f"the data set's own choice: {told}" if told else "none chosen",
        help="What a Stage I that is trained here learns from; also where exemplars of the sources are from.",
        **bound("sources", [], list(plan.sources)),
    )


def _settings(plan: Plan) -> tuple[str, ...]:
    """Those of the labeler of Stage I."""
    name = str(plan.decided("stage1.labeler"))
    return labelers.setting_names(name) if name in labelers.labelers else ()


def _same_language(plan: Plan) -> dict[str, str]:
    """What a few shots can be drawn from: other splits of the target, other data in its language."""
    dataset = plan.dataset
    labelled = plan.split.split("+") if plan.split else ["test"] if "test" in dataset.splits else []
    own = {name: n for name, n in dataset.splits.items() if labelled and name not in labelled}
    found = {f"{dataset.id}:{name}": f"shots of the target: {name} ({n:,})" for name, n in own.items()}
    return found | {
        other.id: f"the same language · {other.name}"
        for other in queries.datasets()
        if other.task == dataset.task and other.language == dataset.language and other.id != dataset.id
    }


def candidates(dataset: Dataset) -> list[Dataset]:
    """Data of the same task in other languages."""
    return [d for d in queries.datasets() if d.task == dataset.task and d.language != dataset.language]


def _advice(plan: Plan, advised: list[queries.AdviceRow]) -> None:
    chosen = [row["dataset"] for row in advised if row["chosen"]]
    with st.expander(f"Advised sources: {len(chosen)} of {len(advised)}", icon=":material/recommend:"):
        rows = pd.DataFrame(advised)[["chosen", "language", "score", "reasons", "dataset"]]
        st.dataframe(
            rows,
            hide_index=True,
            row_height=64,
            height=min(360, 40 + 64 * len(advised)),
            column_config={
                "chosen": st.column_config.CheckboxColumn("advised", width=70),
                "score": st.column_config.NumberColumn(format="%.2f", width=60),
                "reasons": st.column_config.TextColumn("why", width="large"),
                "dataset": st.column_config.TextColumn("data set"),
            },
            alt="Advised sources, best first",
            key="advice",
        )
        export_menu({"Advised sources": rows}, stem=plan.dataset.id, key="advice")
    st.button(
        "Use the advised sources",
        icon=":material/recommend:",
        disabled=not chosen or list(plan.sources) == chosen,
        on_click=state.set_row,
        args=("plan", "sources", chosen, []),
    )
