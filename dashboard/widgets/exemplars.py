"""Why these exemplars: the chosen as cards, the objective in parts, the prompt that results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import catalog, languages, prompts
from core.errors import UnknownName
from core.tasks import tasks
from core.types import Exemplar, Instance, Prediction
from dashboard import captions, naming, queries, state
from dashboard.charts.exemplars import scatter
from dashboard.charts.palette import chip_color
from dashboard.current import Here
from dashboard.widgets import influence, run_link, tagger
from dashboard.widgets.empty import empty
from dashboard.widgets.export import Tables, export_menu
from dashboard.widgets.layout import chart, metrics
from dashboard.widgets.strip import Block, Line, bars, block, strip

LEGEND = (
    "Labels are the noisy ones Stage I gave, those of other languages gold; underlines mark doubt. "
    "Point at a word for its details."
)
OURS = (
    "The authors chose these sentences. The similarities shown are ours (character n-grams): those they "
    "chose by were not released."
)
GONE: Block = {"texts": [{"n": "", "t": "Its data set is no longer in this workspace."}], "answers": []}
Chosen = Sequence[Mapping[str, Any]]
Shown = Sequence[tuple[Any, Line | None]]
Spoke = Mapping[tuple[int, int], float]


def as_chosen(here: Here, position: int, found: Mapping[str, Any] | None, buttons: DeltaGenerator) -> None:
    """The stored choice of a run for one sentence; `buttons` is the place for its export."""
    whole = queries.diagnostics(here.run["id"])
    if not whole["n_queries"]:
        empty(
            "This run chose no exemplars",
            "It ends with Stage I, or its Stage-II labels came without them. "
            "The other tabs show what would be chosen.",
            command=f"ssp run ssp --dataset {here.dataset.id}",
            button=lambda: run_link.run_link(here.dataset),
        )
        return
    if found is None:
        st.info(
            "No exemplars were chosen for this sentence in this run. Step to another.", icon=":material/info:"
        )
        return
    st.subheader(counted(here, found["exemplars"]))
    badges(found)
    metrics(objective(found))
    shown = stored(here, found["exemplars"])
    evidence = influence.of_word(here, position, shown)
    table = influence.told(evidence)
    cards(here, found["exemplars"], shown, key="exemplar-cards", spoke=evidence.shares if evidence else {})
    prompt(here, found)
    if naming.resolved(here.run).get("stage2", {}).get("labeler") == "icl_tagger":
        tagger.card(here.dataset.task)
    _whole_run(found, whole)
    with buttons:
        tables: Tables = {"Chosen": as_table(found), "Evidence": table}
        tables["Use of exemplars"] = queries.exemplar_use(here.run["id"])
        about = captions.of_run(here)
        export_menu(tables, stem=f"{here.dataset.id}-exemplars", key="exemplars", caption=about)


def _whole_run(found: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        note = "The numbers are the places in the prompt; larger points cover more labels; orange = sources."
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


def counted(here: Here, chosen: Chosen) -> str:
    """`The 8 sentences it learns from, and 8 of other languages`."""
    beside = sum(row["origin"] == "source" for row in chosen)
    n = len(chosen) - beside
    others = f", and {beside} of other languages" if beside else ""
    return f"The {n} {here.items if n != 1 else here.items.removesuffix('s')} it learns from{others}"


def cards(here: Here, chosen: Chosen, shown: Shown, *, key: str, spoke: Spoke | None = None) -> None:
    """One card per exemplar: its labels as chips, three bars, the labels it covers.

    `spoke` maps (place of the exemplar in the prompt, place of its token) to its share of the evidence.
    """
    most = max([len(row["covers"]) for row in chosen], default=0)
    blocks = [
        _card(here, row, line, instance, most, spoke or {})
        for row, (instance, line) in zip(chosen, shown, strict=True)
    ]
    strip(
        blocks,
        rows=["noisy label"],
        direction=here.direction,
        key=key,
        cards=True,
        legend=LEGEND if here.unit == "tokens" else "",
        about=here.guidelines,
    )


def stored(here: Here, chosen: Chosen) -> Shown:
    """The stored exemplars with the labels they were shown with: noisy ones, of other data sets the gold."""
    positions = [int(row["position"]) for row in chosen if row["dataset"] == here.dataset.id]
    noisy = queries.predictions(here.run["id"], here.noisy_stage, positions)
    if not noisy and here.run["kind"] == "import":
        noisy = queries.predictions(here.run["id"], "stage1", positions)
    answer: list[tuple[Any, Line | None]] = []
    for row in chosen:
        dataset, position = str(row["dataset"]), int(row["position"])
        instance = queries.instance(dataset, position)
        if dataset == here.dataset.id:
            found, name = noisy.get(position), "noisy label"
        else:
            found, name = _gold(dataset, position), "gold label"
        answer.append((instance, Line.of(name, found) if found else None))
    return answer


def _gold(dataset: str, position: int) -> Prediction | None:
    run = queries.gold_run(dataset)
    return queries.prediction(run, "gold", position) if run else None


def _card(
    here: Here, row: Mapping[str, Any], line: Line | None, instance: Any, most: int, spoke: Spoke
) -> Block:
    rank = int(row["rank"])
    unknown = tuple("?" for _ in instance.tokens) if instance else ()
    lines = [line or Line("noisy label", unknown or ("?",))]
    shown = block(instance, lines, here.dataset.labels, here.colors) if instance else GONE
    for place, token in enumerate(shown.get("tokens", ())):
        token.update({"s": spoke[rank, place]} if (rank, place) in spoke else {})
    return {
        **shown,
        **_origin(here, row),
        "rows": [lines[0].name],
        "rank": str(rank + 1),
        "bars": bars(_measures(row, most, None if "tokens" in shown else spoke.get((rank, 0)))),
        "covers": [[label, chip_color(label, here.dataset.labels, here.colors)] for label in row["covers"]],
    }


def _measures(row: Mapping[str, Any], most: int, share: float | None) -> dict[str, tuple[float, str]]:
    n = len(row["covers"])
    known = {
        name: (float(row[name]), f"{row[name]:.3f}")
        for name in ("similarity", "confidence")
        if row[name] is not None
    }
    evidence = {} if share is None else {"evidence": (share, f"{share:.0%}")}
    return {**known, "covers": (n / max(1, most), f"{n} label{'s' if n != 1 else ''}"), **evidence}


def _origin(here: Here, row: Mapping[str, Any]) -> Block:
    """Whose sentence it is: a line under the card, and for another language its name and direction."""
    said = {"corrected": "labelled by a human", "source": "gold labels"}.get(str(row["origin"]), "")
    note = " · ".join(part for part in (f"sentence {row['position']}", row.get("why", ""), said) if part)
    if row["dataset"] == here.dataset.id:
        return {"note": note}
    try:
        owner = queries.dataset(str(row["dataset"]))
    except UnknownName:
        return {"note": note, "tag": str(row["dataset"])}
    tag = f"{naming.language_of(owner)} · {owner.name}"
    return {"note": note, "tag": tag, "dir": languages.of(owner).direction}


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
    chosen = [row for row in found["exemplars"] if row["origin"] != "source"]
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
