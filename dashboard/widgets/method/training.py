"""How a run of a method was trained: its curve, its words, what its prompts came to mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.method_table import Method
from core.types import Dataset
from dashboard import methods as asked
from dashboard import naming, queries, state
from dashboard.charts.training import steps, training
from dashboard.widgets.empty import empty
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart, metrics
from dashboard.widgets.method import retriever, words

Note = Mapping[str, Any]
STOPPED = {"early": "early: nothing more was gained", "end": "after the last step"}
SHOWN = ("model", "artefact")


def panel(method: Method, dataset: Dataset) -> Tables:
    """The newest training of the method, or that of the run in view; returns its tables for an export."""
    found = asked.notes(dataset.id, method)
    tables: Tables = {}
    if found:
        run = _chosen(found)
        tables = _trained(run, found[run])
    else:
        _nothing(method, dataset)
    if "similarity" in method.sections:
        tables |= retriever.panel(method)
    return tables


def _nothing(method: Method, dataset: Dataset) -> None:
    told = "Nothing in this workspace tells of a training of it on these data."
    if method.key == "ssp":
        told = "Its usual Stage I learns in one go and keeps no curve; a soft prompt trained there does."
    empty("No training to show", told, command=f"ssp run {method.recipe} --dataset {dataset.id}")


def _chosen(found: Mapping[str, Note]) -> str:
    """Which training is looked at: that of the run the address names, else the newest that has a curve."""
    runs = {run["id"]: run for run in (queries.run(name) for name in found)}
    usual = next((name for name, note in found.items() if note.get("curve")), next(iter(found)))
    now = state.asked().run if state.asked().run in found else usual
    key = f"training-{hash(tuple(found))}"
    state.show(key, now)
    st.selectbox(
        "Training of",
        list(runs),
        format_func=lambda name: (
            f"{naming.run_title(runs[name])} · {naming.run_details(runs[name])} · {name[:6]}"
        ),
        key=key,
        on_change=lambda: state.go(run=state.widget(key)),
    )
    return now


def _trained(run: str, note: Note) -> Tables:
    metrics(_figures(note), note=naming.plain(_facts(note)))
    curve = steps(note.get("curve") or ())
    tables: Tables = {}
    if len(curve):
        tables["Training curve"] = curve
        stages, kept = parts(note)
        figure = training(curve, kept=kept, scored=_scored(note), dark=state.dark(), stages=stages)
        told = (
            "Losses step by step; the score is taken on what was held out, never on the target’s gold labels."
        )
        chart("Training curve", figure, key="training-curve", note=told, caption=f"Run {run}")
    else:
        st.info(
            "This run trained nothing: a frozen model, or a prompt that was kept.", icon=":material/ac_unit:"
        )
    tables |= words.panel(note)
    return tables | _near(note)


def parts(note: Note) -> tuple[dict[int, str], list[int]]:
    """The step at which each part of a training begins -> its name; and the steps whose weights were kept."""
    begin, begins, kept = 0, {}, []
    for one in note.get("stages") or [{"name": "", "best": note.get("best"), "steps": 0}]:
        begins[begin] = str(one.get("name") or "")
        if isinstance(one.get("best"), int):
            kept.append(begin + one["best"])
        begin += int(one.get("steps") or 0)
    return begins, kept


def _figures(note: Note) -> dict[str, str | None]:
    """What is known of a training, in figures; what it does not say is left out."""
    shots, pairs = note.get("shots") or {}, note.get("pairs")
    seconds = note.get("seconds")
    mined = pairs if isinstance(pairs, Mapping) else {}
    return {
        "Kept step": _whole(note.get("best")),
        "Seconds": f"{float(seconds):.1f}" if isinstance(seconds, int | float) else None,
        "Texts per class": _each(shots),
        "Target texts per class": _each(note.get("target_shots") or {}),
        "Sentence pairs": _whole(pairs),
        "Positive pairs": _whole(mined.get("positive")),
        "Negative pairs": _whole(mined.get("negative")),
        "Labeller asked": _whole((note.get("calls") or {}).get("asked")),
        "Seen classes": _whole(len(note["seen"])) if note.get("seen") else None,
    }


def _each(shots: Mapping[str, Any]) -> str | None:
    """`16`, or `3 to 16`: how many items of each class; None without any."""
    counts = sorted(int(n) for n in shots.values())
    return " to ".join(dict.fromkeys((f"{counts[0]:,}", f"{counts[-1]:,}"))) if any(counts) else None


def _whole(value: object) -> str | None:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else None


def _facts(note: Note) -> str:
    said = [
        f"Model {note['model']}" if note.get("model") else "",
        f"stopped {STOPPED.get(str(note['stopped']), str(note['stopped']))}" if note.get("stopped") else "",
        f"kept as {note['artefact']}" if note.get("artefact") else "",
        "taken from an earlier training" if note.get("reused") else "",
    ]
    return " · ".join(filter(None, said))


def _scored(note: Note) -> str:
    """On what the scores of the curve were taken."""
    found: Sequence[Mapping[str, Any]] = note.get("curve") or ()
    return next((str(row["on"]) for row in found if row.get("on")), str(note.get("on") or "held-out items"))


def _near(note: Note) -> Tables:
    """The vocabulary's words nearest to each vector of each prompt."""
    near = note.get("near") or {}
    if not near:
        return {}
    st.markdown("#### What the prompts come near to")
    st.caption(
        "The words of the vocabulary whose vectors point most nearly where each vector of the prompt points, "
        "with their cosine. Low cosines mean that the prompt says what no word says."
    )
    rows = [
        {"prompt": str(name), "vector": place, "word": str(word), "cosine": float(cosine), "rank": rank}
        for name, vectors in near.items()
        for place, listed in enumerate(vectors, 1)
        for rank, (word, cosine) in enumerate(listed, 1)
    ]
    table = pd.DataFrame(rows, columns=["prompt", "vector", "word", "cosine", "rank"])
    shown = table.assign(said=table["word"] + table["cosine"].map(" {:.2f}".format))
    wide = shown.pivot_table(
        index=["prompt", "vector"], columns="rank", values="said", aggfunc="first", sort=False
    )
    wide.columns = [f"{rank}." for rank in wide.columns]
    st.dataframe(wide.reset_index(), hide_index=True, key="near-words", alt="Words nearest to the prompts")
    return {"Nearest words": table}
