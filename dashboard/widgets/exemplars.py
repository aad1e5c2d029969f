"""Why these exemplars: the chosen as cards, the objective in parts, the prompt that results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import catalog, prompts
from core.tasks import tasks
from core.types import Exemplar, Instance
from dashboard import naming, queries, state
from dashboard.charts.exemplars import scatter
from dashboard.charts.palette import chip_color
from dashboard.current import Here
from dashboard.widgets import run_form
from dashboard.widgets.empty import empty
from dashboard.widgets.export import export_menu
from dashboard.widgets.layout import chart, metrics
from dashboard.widgets.strip import Block, Line, bars, block, strip

LEGEND = "Labels are the noisy ones Stage I gave; underlines mark doubt. Point at a word for its details."
OURS = (
    "The authors chose these sentences. The similarities shown are ours (character n-grams): those they "
    "chose by were not released."
)
Chosen = Sequence[Mapping[str, Any]]
Shown = Sequence[tuple[Any, Line | None]]


def as_chosen(here: Here, position: int, found: Mapping[str, Any] | None, buttons: DeltaGenerator) -> None:
    """The stored choice of a run for one sentence; `buttons` is the place for its export."""
    whole = queries.diagnostics(here.run["id"])
    if not whole["n_queries"]:
        empty(
            "This run chose no exemplars",
            "It ends with Stage I, or its Stage-II labels came without them. "
            "The other tabs show what would be chosen.",
            command=f"ssp run ssp --dataset {here.dataset.id}",
            button=lambda: run_form.run_button(here.dataset, key="run-empty", primary=True),
        )
        return
    if found is None:
        st.info(
            "No exemplars were chosen for this sentence in this run. Step to another.", icon=":material/info:"
        )
        return
    st.subheader(f"The {len(found['exemplars'])} {here.items} it learns from")
    badges(found)
    metrics(objective(found))
    cards(here, found["exemplars"], stored(here, found["exemplars"]), key="exemplar-cards")
    prompt(here, found)
    _whole_run(found, whole)
    with buttons:
        tables = {"Chosen": as_table(found), "Use of exemplars": queries.exemplar_use(here.run["id"])}
        export_menu(tables, stem=f"{here.dataset.id}-exemplars", key="exemplars")


def _whole_run(found: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        note = "The numbers are the places in the prompt; larger points cover more labels."
        figure = scatter(found["exemplars"], dark=state.dark())
        chart("Similarity and confidence", figure, key="scatter", note=note)
    with right:
        st.markdown("#### All choices of this run")
        st.caption(
            "Core share: how much of all places the most used exemplars take. "
            "A high share means nearly one global prompt."
        )
        figures = list(diagnostics(whole).items())
        metrics(dict(figures[:3]))
        metrics(dict(figures[3:]))


def cards(here: Here, chosen: Chosen, shown: Shown, *, key: str) -> None:
    """One card per exemplar: its labels as chips, three bars, the labels it covers."""
    most = max([len(row["covers"]) for row in chosen], default=0)
    blocks = [
        _card(here, row, line, instance, most) for row, (instance, line) in zip(chosen, shown, strict=True)
    ]
    strip(
        [item for item in blocks if item],
        rows=["noisy label"],
        direction=here.direction,
        key=key,
        cards=True,
        legend=LEGEND if here.unit == "tokens" else "",
        about=here.guidelines,
    )


def stored(here: Here, chosen: Chosen) -> Shown:
    """The stored exemplars with the noisy labels they had."""
    positions = [int(row["position"]) for row in chosen if row["dataset"] == here.dataset.id]
    noisy = queries.predictions(here.run["id"], here.noisy_stage, positions)
    if not noisy and here.run["kind"] == "import":
        noisy = queries.predictions(here.run["id"], "stage1", positions)
    answer = []
    for row in chosen:
        instance = queries.instance(str(row["dataset"]), int(row["position"]))
        found = noisy.get(int(row["position"])) if row["dataset"] == here.dataset.id else None
        answer.append((instance, Line.of("noisy label", found) if found else None))
    return answer


def _card(here: Here, row: Mapping[str, Any], line: Line | None, instance: Any, most: int) -> Block | None:
    if instance is None:
        return None
    lines = [line] if line else [Line("noisy label", tuple("?" for _ in instance.tokens) or ("?",))]
    shown = block(instance, lines, here.dataset.labels, here.colors)
    covers = list(row["covers"])
    measures = {
        "covers": (len(covers) / max(1, most), f"{len(covers)} label{'s' if len(covers) != 1 else ''}")
    }
    for name in ("confidence", "similarity"):
        if row[name] is not None:
            measures = {name: (float(row[name]), f"{row[name]:.3f}"), **measures}
    origin = {"corrected": "labelled by a human", "source": "from a source language"}.get(
        str(row["origin"]), ""
    )
    note = " · ".join(part for part in (f"sentence {row['position']}", row.get("why", ""), origin) if part)
    return {
        **shown,
        "rank": str(int(row["rank"]) + 1),
        "bars": bars(measures),
        "note": note,
        "covers": [[label, chip_color(label, here.dataset.labels, here.colors)] for label in covers],
    }


def badges(found: Mapping[str, Any]) -> None:
    """How the choice was found, and which labels it could not show."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        status = str(found["status"])
        st.badge(
            naming.STATUSES.get(status, status),
            color="green" if status in naming.PROVEN else "gray",
            icon=":material/verified:" if status in naming.PROVEN else ":material/info:",
        )
        uncoverable = set(found["uncoverable"])
        missing = [label for label in found["uncovered"] if label not in uncoverable]
        if missing:
            st.badge(
                f"not covered: {naming.in_badge(', '.join(missing))}",
                color="orange",
                help="A candidate carries these labels, but showing them would cost more than it brings.",
            )
        if uncoverable:
            st.badge(
                f"nobody carries: {naming.in_badge(', '.join(found['uncoverable']))}",
                color="gray",
                help="No sentence of the pool was given these labels.",
            )
        if not found["uncovered"]:
            st.badge("every label in demand is shown", color="green")
    if status == "recorded" and any(row["similarity"] is not None for row in found["exemplars"]):
        st.caption(OURS)


def objective(found: Mapping[str, Any]) -> dict[str, str | None]:
    """The value of the choice in its parts, as figures; those that cannot be told apart are left out."""
    chosen = found["exemplars"]
    similar = [float(row["similarity"]) for row in chosen if row["similarity"] is not None]
    value, bound = found["value"], found["upper_bound"]
    total = sum(similar) if similar else None
    rest = value - total if value is not None and total is not None else None
    gap = bound - value if value is not None and bound is not None else None
    return {
        "Sum of similarities": _figure(total),
        "Confidence and coverage": None if rest is None else f"{rest:+.3f}",
        "Objective": _figure(value),
        "Proven gap": None if gap is None else f"{max(0.0, gap):.1e}" if gap > 1e-9 else "0",
    }


def _figure(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def diagnostics(found: Mapping[str, Any]) -> dict[str, str | None]:
    """The whole run's choices in five figures."""
    return {
        "Queries": f"{found['n_queries']:,}",
        "Distinct exemplars": f"{found['distinct']:,}",
        "Core share": _share(found.get("core_share")),
        "Mean similarity": _figure(found.get("mean_similarity")),
        "Mean confidence": _figure(found.get("mean_confidence")),
    }


def _share(value: float | None) -> str | None:
    return None if value is None else f"{100 * value:.0f} %"


def prompt(here: Here, found: Mapping[str, Any]) -> None:
    """The prompt as it was sent where a call is recorded, else as our template renders it, and why."""
    answered = (
        queries.prediction(here.run["id"], "stage2", int(found["position"]))
        if "stage2" in here.stages
        else None
    )
    sent = queries.prompt(answered.completion_key) if answered and answered.completion_key else None
    with st.expander("The prompt that results", icon=":material/chat:"):
        if sent:
            st.caption("As it was sent to the language model; its answer is below, as it came back.")
            st.code(sent[0], language=None, wrap_lines=True, height=420)
            st.code(sent[1], language=None, wrap_lines=True)
            return
        st.caption(f"As our template writes it. {naming.prompt_origin(here.run)}")
        st.code(_rendered(here, found), language=None, wrap_lines=True, height=420)


def _rendered(here: Here, found: Mapping[str, Any]) -> str:
    """The prompt our own template makes of the chosen exemplars and their noisy labels."""
    exemplars = [
        Exemplar(str(row["dataset"]), instance, line.labels, line.confidences or ())
        for row, (instance, line) in zip(found["exemplars"], stored(here, found["exemplars"]), strict=True)
        if instance is not None and line is not None
    ]
    position = int(found["position"])
    return render(here, exemplars, queries.instances(here.dataset.id, (position,))[position])


def render(here: Here, exemplars: Sequence[Exemplar], query: Instance) -> str:
    """The prompt our own template makes of exemplars."""
    template = catalog.prompt_template(here.dataset.task)
    return prompts.render(template, tasks[here.dataset.task], exemplars, query, here.dataset.labels).text


def as_table(found: Mapping[str, Any]) -> pd.DataFrame:
    """The chosen exemplars as a table for export."""
    return pd.DataFrame([{**row, "covers": " ".join(row["covers"])} for row in found["exemplars"]])
