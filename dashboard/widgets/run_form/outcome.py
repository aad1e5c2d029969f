"""What will happen, told before it does: data, parts, time, downloads, where text goes, the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import streamlit as st

from core.part_settings import defaults
from dashboard import naming, plans, queries
from dashboard.plans import Plan


def panel(plan: Plan) -> None:
    """The summary beside the form, or the first thing that stands in the way."""
    st.markdown("#### What will happen")
    if plan.error:
        with st.container(gap="xsmall", key="not-ready"):
            st.badge("not ready", color="orange", icon=":material/error:")
            st.text(plan.error.message)
            st.text(plan.error.hint)
    with st.container(gap="xsmall"):
        for line in lines(plan):
            st.text(line)
    st.caption("The same on the command line")
    st.code(plans.command(plan), language=None, wrap_lines=True)


def lines(plan: Plan) -> list[str]:
    """The run in plain sentences; what is not known yet is not said."""
    if plan.resolved is None:
        return []
    return [
        line for line in (_target(plan), *_stage1(plan), *_stage2(plan), _time(plan), *_egress(plan)) if line
    ]


def _target(plan: Plan) -> str:
    return f"{naming.counted(plan.n_items, plan.dataset.task)} of {plan.dataset.name} will be labelled."


def _stage1(plan: Plan) -> list[str]:
    labeler = str(plan.decided("stage1.labeler"))
    if labeler in {"none", "gold"}:
        return ["There is no Stage I." if labeler == "none" else f"Stage I: {naming.LABELERS[labeler]}."]
    if not plan.fitted:
        labels = str(plan.decided("stage1.labels"))
        whose = "the labels of" if labels in plan.context.runs else "the imported labels"
        return [f"Stage I: {whose} {naming.imported(labels)}."]
    used = [_source(name) for name in plans.used_sources(plan)]
    who = naming.LABELERS.get(labeler, labeler)
    if labeler == "incontext":
        said = "Stage I: the language model, shown gold exemplars of:"
    elif labeler == "vote":
        said = "Stage I: a vote of the nearest gold items of:"
    else:
        said = f"Stage I: {who}, which learns from:" if used else f"Stage I: {who}; nothing is learned."
    return [said, *(f"  – {line}" for line in used), *_pairs(plan), *_retriever(plan)]


def _pairs(plan: Plan) -> list[str]:
    """The sentence pairs that a translated prompt is learned from."""
    name = str(plan.decided("stage1.parallel") or "")
    if not name or plan.error:
        return []
    found = queries.dataset(name)
    return [f"  – sentence pairs of {found.name}: {found.n_instances:,} here"]


def _retriever(plan: Plan) -> list[str]:
    """That a retriever is trained before anything else."""
    trained = plan.decided("embedder.name") == "xampler" and not plan.decided("embedder.trained")
    return (
        ["Before that: the retriever is trained from the same sources, unless it is kept."] if trained else []
    )


def _source(asked: str) -> str:
    """`Icelandic, 30 sentences of X (train)`."""
    name, _, splits = asked.partition(":")
    dataset = queries.dataset(name)
    usual = ["train"] if "train" in dataset.splits else list(dataset.splits)
    chosen = splits.split("+") if splits else usual
    n = sum(dataset.splits.get(split, 0) for split in chosen)
    return f"{naming.language_of(dataset)}: {naming.counted(n, dataset.task)} ({', '.join(chosen)})"


def _stage2(plan: Plan) -> list[str]:
    if plan.decided("stage2.labeler") == "none":
        return ["It ends with Stage I: no exemplars, no Stage II."]
    selector = (plan.resolved or {})["selector"]
    beside = int(plan.decided("stage2.from_sources") or 0)
    there = bool(beside and plans.used_sources(plan))
    behind = f", and {beside} gold ones of the sources behind them" if there else ""
    none = selector["name"] == "none"
    return [
        "No exemplars are shown." if none else f"Exemplars: {naming.selector_title(selector)}{behind}.",
        f"Stage II: {_answered(plan)}.",
    ]


def _answered(plan: Plan) -> str:
    llm = str(plan.decided("stage2.llm"))
    called = f", {naming.model(plan.resolved or {})}" if plan.live else ""
    host = f" at {plan.model_host}" if plan.model_host else ""
    return f"{naming.LLMS.get(llm, llm)}{called}{host}"


def _time(plan: Plan) -> str:
    """What runs of this kind took here; nothing where there were none."""
    found = [] if plan.live else _earlier(plan)  # the estimate tells that of a language model
    if not found:
        return ""
    seconds, sizes = [item[0] for item in found], [item[1] for item in found]
    many = f"{len(found)} runs" if len(found) > 1 else "One run"
    items = naming.items(plan.dataset.task)
    size = f"{min(sizes):,} to {max(sizes):,}" if min(sizes) < max(sizes) else f"{sizes[0]:,}"
    longer = "; this one is larger" if plan.n_items > 2 * max(sizes) else ""
    return f"Time: {many} of this kind took about {_duration(median(seconds))} here ({size} {items}){longer}."


def _earlier(plan: Plan) -> list[tuple[float, int]]:
    """Seconds and items of the runs in this workspace that did the same kind of work."""
    if plan.resolved is None:
        return []
    rows = [run for dataset in queries.datasets() for run in queries.runs(dataset.id)]
    wanted = _kind(plan.resolved)
    same = [run for run in rows if run["kind"] == "run" and _kind(naming.resolved(run)) == wanted]
    timed = [(run["meta"].get("seconds"), run["n"]) for run in same]
    return [(float(seconds), int(n)) for seconds, n in timed if isinstance(seconds, int | float)]


def _kind(recipe: Mapping[str, Any]) -> Sequence[Any]:
    tables = [recipe.get(name) or {} for name in ("stage1", "selector", "embedder", "stage2")]
    return [tables[0].get("labeler"), tables[1].get("name"), tables[2].get("name"), tables[3].get("labeler")]


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _egress(plan: Plan) -> list[str]:
    download = _download(plan)
    if plan.live:
        return [line for line in (download or "Nothing is downloaded.", *_to_similarity(plan)) if line]
    if plan.host:
        beside = " and of its sources" if plan.decided("stage2.from_sources") else ""
        sent = [f"Text of this data set{beside} goes to {plan.host}, which may charge for it; no labels do."]
    else:
        sent = ["Nothing leaves this machine, and nothing costs money."]
    return [download or "Nothing is downloaded.", *sent]


def _to_similarity(plan: Plan) -> list[str]:
    """Where text goes besides the language model, of which the estimate speaks."""
    return [f"Text goes to {plan.host} as well, for similarities; no labels do."] if plan.host else []


def _download(plan: Plan) -> str:
    """What a labeler would fetch, where it was told that it may."""
    labeler = str(plan.decided("stage1.labeler"))
    found = plans.part("stage1", labeler)
    asked = bool(found and "download" in defaults(found) and plan.decided("stage1.download") is True)
    return f"The model {plan.decided('stage1.model')} is downloaded if it is not here yet." if asked else ""
