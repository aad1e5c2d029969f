"""The last step: where the text may go, what will be stored, and the one button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core import egress
from core.decisions import OUTSIDE, Decision
from core.importing import slug
from core.inspection import FileChoice, Inspection
from core.types import Egress, Labels, TaskName
from dashboard import actions, naming, queries, routes, state
from dashboard.charts.palette import entity
from dashboard.widgets import errors, import_upload
from dashboard.widgets.layout import metrics

EGRESS: dict[str, Egress] = {"local": "local", "ask": "ask", "any": "any"}
IMPORTED = "imported"


def where_text_may_go() -> Egress:
    """Three choices, each explained in a sentence."""
    chosen = st.radio(
        "Where its text may go",
        egress.CHOICES,
        format_func=naming.EGRESS.__getitem__,
        captions=[egress.MEANING[choice] for choice in egress.CHOICES],
        **state.bound("egress", empty="ask"),
    )
    return EGRESS.get(str(chosen), "ask")


def after(
    found: Inspection, task: TaskName, table: Mapping[str, Decision], open_labels: Sequence[str]
) -> pd.DataFrame:
    """How often each label (type, for entities) will be there, with what it was in the file."""
    counts: Counter[str] = Counter()
    came: dict[str, list[str]] = {}
    for label, count in found.labels.items():
        name = "(not decided)" if label in open_labels else _after(label, task, table.get(label))
        counts[name] += count
        if name != label and name != entity(label):
            came.setdefault(name, []).append(label)
    rows = [{"label": name, "count": n, "from": ", ".join(came.get(name, []))} for name, n in counts.items()]
    return pd.DataFrame(rows, columns=["label", "count", "from"]).sort_values("count", ascending=False)


def _after(label: str, task: TaskName, decision: Decision | None) -> str:
    name = label
    if decision and decision.action != "keep":
        name = decision.target if decision.action == "map" else OUTSIDE.get(task, "(no label)")
    return entity(name) if task == "ner" else name


def summary(found: Inspection, task: TaskName, labels: Labels, counts: pd.DataFrame) -> None:
    """What an import would store, as figures and as a table of labels."""
    metrics(
        {
            naming.items(task).capitalize(): f"{found.n_instances:,}",
            "Tokens": f"{found.n_tokens:,}" if naming.unit(task) == "tokens" else None,
            "Labels": f"{len({entity(label) for label in labels}):,}" if len(counts) else "none",
            "Repeated texts": f"{found.counts.get('duplicate_text', 0):,}",
        }
    )
    splits = " · ".join(f"{name} {count:,}" for name, count in found.splits.items())
    st.text(f"Splits: {splits}")
    if len(counts):
        st.dataframe(
            counts,
            hide_index=True,
            height=min(215, 38 + 35 * len(counts)),
            key="import-labels",
            alt="Labels after the mapping",
            column_config={
                "count": st.column_config.NumberColumn(format="localized"),
                "from": st.column_config.TextColumn("from the file's"),
            },
        )
    else:
        st.text("Without labels a run can label it, but nothing can be scored.")


def identifier(name: str) -> None:
    """What the data set is called in the workspace."""
    stem = name.rpartition(".")[0] or name
    st.text_input(
        "Identifier in the workspace",
        placeholder=slug(stem),
        width=330,
        help="Letters, digits, '-', '_' and '.'; made from the file's name where it is left open.",
        **state.bound("name"),
    )


def button(choice: FileChoice | None, reasons: Sequence[str], *, n: int = 0) -> None:
    """Import, or why not yet."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    pressed = row.button(
        f"Import {naming.counted(n, choice.task)}" if choice and n else "Import",
        type="primary",
        icon=":material/download:",
        disabled=bool(reasons) or choice is None,
        key="import-file",
    )
    for number, reason in enumerate(reasons):
        (st if number else row).text(f"Not yet: {reason}")
    if pressed and choice and not reasons:
        with errors.shown():
            _import(choice)


def _import(choice: FileChoice) -> None:
    bar = st.progress(0.0, text="Importing")

    def report(what: str, done: int, total: int) -> None:
        storing = what.startswith("storing")
        share = done / total if total else 0.0
        bar.progress(min(1.0, (storing + share) / 2), text="Storing" if storing else "Checking once more")

    try:
        answer = actions.import_file(choice, report)
    finally:
        bar.empty()
    import_upload.clear()
    state.keep(IMPORTED, answer)
    state.go(dataset=answer["dataset"], **dict.fromkeys(state.OF_THE_FILE, ""))
    if answer["created"]:
        st.toast(f"Imported {naming.counted(answer['instances'], choice.task)}", icon=":material/check:")
    st.rerun()


def imported() -> None:
    """What came of the last import, until another file is chosen."""
    answer = state.kept(IMPORTED)
    if not answer or answer["dataset"] not in {item.id for item in queries.datasets()}:
        return
    dataset = queries.dataset(answer["dataset"])
    with st.container(border=True, key="imported"):
        new = answer["created"]
        title = "Imported" if new else "Was here already, nothing was added"
        st.badge(title, color="green", icon=":material/check:")
        tokens = f", {dataset.n_tokens:,} tokens" if dataset.n_tokens else ""
        much = f"{naming.counted(dataset.n_instances, dataset.task)}{tokens}"
        st.text(f"{dataset.id} · {naming.language_task(dataset)} · {much}")
        st.text(f"Its text: {egress.MEANING[dataset.egress]}")
        for left in answer["skipped"]:
            st.text(f"Left out: {left}")
        there = state.link(dataset=dataset.id)
        icon = ":material/home:"
        st.page_link(routes.OVERVIEW, label="See its card", icon=icon, query_params=there)


def forget_imported() -> None:
    state.keep(IMPORTED, None)
