"""The overview's cards: one per language and task."""

from __future__ import annotations

import streamlit as st

from core import catalog
from core.types import Dataset
from dashboard import actions, naming, queries, routes, state
from dashboard.widgets import jobs, run_link, scores
from dashboard.widgets.layout import made_here

OFFERED = {
    "ssp-release-fao": "100 test sentences, GPT-4's recorded answers included",
    "ssp-release-hau": "100 test sentences, GPT-4's recorded answers included",
    "ud-faroese-oft": "1,208 sentences, 10,002 tokens",
    "sib200-fao_Latn": "1,004 items in 7 topics",
}


def grid(found: list[Dataset]) -> None:
    """Cards of data sets, three to a row where there is room."""
    with st.grid(3, min_column_width=290, gap="medium"):
        for dataset in found:
            card(dataset)


def card(dataset: Dataset) -> None:
    """Size, label source, best run with its gold named, and the ways on."""
    best = queries.best_run(dataset)
    with st.container(border=True, key=f"card-{dataset.id}", height="stretch", gap="small"):
        st.markdown(f"### {naming.plain(naming.language_of(dataset))}")
        _badges(dataset)
        items = "sentences" if naming.unit(dataset.task) == "tokens" else "items"
        tokens = (
            f" · {dataset.n_tokens:,} tokens" if dataset.n_tokens and dataset.task in {"pos", "ner"} else ""
        )
        st.caption(
            f"{naming.plain(dataset.name)}  \n"
            f"{dataset.n_instances:,} {items}{tokens} · {len(dataset.labels)} labels"
        )
        if best:
            _result(dataset, best)
        else:
            st.caption("No labels from a run yet.")
        jobs.last_problem(dataset.id)
        _ways_on(dataset, best)


def _badges(dataset: Dataset) -> None:
    with st.container(horizontal=True, gap="small"):
        st.badge(naming.TASKS[dataset.task], color="blue")
        made_here(dataset)


def _result(dataset: Dataset, best: queries.RunRow) -> None:
    found = queries.main_scores(best["id"], dataset.task)
    before, after = found.get("stage1"), found.get("stage2")
    last = after or before
    if last is None:
        st.metric("Labelled, not scored", f"{best['n']:,}")
        gold = "No gold labels to score against."
    else:
        gain = round(100 * (after.value - before.value), 1) if before and after else None
        name, change = naming.METRICS[naming.MAIN_METRIC[dataset.task]], scores.change(before, after)
        if gain == 0:
            st.metric(name, change, "no change", delta_color="off", delta_arrow="off")
        else:
            st.metric(name, change, None if gain is None else f"{gain:+.1f}")
        name = f"the gold of {naming.plain(dataset.name)}"
        gold = naming.against(name, last.n_instances, len(last.label_set), dataset.task)
    stages = [f"Stage I: {naming.stage1_source(best)}"] if "stage1" in best["stages"] else []
    stages += [f"Stage II: {naming.stage2_source(best)}"] if "stage2" in best["stages"] else []
    st.caption("  \n".join([gold, *stages]))


def _ways_on(dataset: Dataset, best: queries.RunRow | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        run_link.run_link(dataset)
        if best:
            there = state.link(dataset=dataset.id, run=best["id"])
            st.page_link(
                routes.ANNOTATE, label="Correct labels", icon=":material/edit_note:", query_params=there
            )
            st.page_link(routes.STAGE1, label="Stage I", icon=":material/looks_one:", query_params=there)
            if "stage2" in best["stages"]:
                st.page_link(
                    routes.COMPARE, label="Compare", icon=":material/compare_arrows:", query_params=there
                )


def real_data() -> None:
    """What to import instead of the sample: name, licence, size."""
    known = catalog.entries()
    with st.container(border=True, key="real-data"):
        st.markdown("### Use real data")
        st.caption(
            "Below is a small sample written for this project. These public data sets are a click away:"
        )
        for name in [item for item in OFFERED if item in known]:
            _offer(known[name])


def _offer(entry: catalog.CatalogEntry) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(gap=None):
            st.markdown(f"**{naming.language_name(entry.language)} · {naming.TASKS[entry.task]}**")
            terms = f"licence: {entry.licence or 'none stated'}"
            st.caption(" · ".join((entry.name, OFFERED[entry.id], terms)))
        if not state.view().present:
            there = state.link(entry=entry.id)
            icon = ":material/arrow_forward:"
            st.page_link(routes.IMPORT, label="See and import", icon=icon, query_params=there)


def demo_or_sample(found: list[Dataset]) -> bool:
    """Whether the workspace holds only the embedded sample."""
    return all(item.illustrative for item in found) and not actions.is_demo()
