"""Blame: the exemplars behind wrong labels, what each of them did, and the run without one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import blaming, state
from dashboard.blaming import Found
from dashboard.current import Here
from dashboard.widgets import errors
from dashboard.widgets.blame import again, exemplar
from dashboard.widgets.blame.exemplar import MOST, columns
from dashboard.widgets.empty import empty
from dashboard.widgets.export import Later, Tables

GRADES = (
    "An exemplar is suspect of a wrong label where it shows that label: on the same word, where it is itself "
    "wrong, or at all. That is a ground for suspicion, no proof."
)
RECORDED = "Evidence is what the offline tagger noted while it labelled: the share of words in its decision."
SHOWN = 50
KINDS = {
    "recorded": "evidence recorded",
    "same_word": "same word shown so",
    "itself_wrong": "shown where it is wrong",
    "carries": "merely carried",
    "none": "shown by none",
    "no_prompt": "no exemplars stored",
}


def section(here: Here, position: int | None) -> Tables:
    """Who is to blame for the errors of Stage II, word by word for the sentence at `position`."""
    against = blaming.reference(here, state.view().against)
    if not _possible(here, against):
        return {}
    tables: Tables = {}
    with errors.shown():
        found = blaming.found(here, against)
        again.follow(here)
        tables |= _summary(here, found, against)
        tables |= _sentence(here, against, position)
        tables |= _exemplars(here, against, found)
    return tables


def tables(here: Here) -> Tables:
    """The exemplars and what they did, for a report; nothing where that cannot be told."""
    against = blaming.reference(here, state.view().against)
    if not against or "stage2" not in here.stages:
        return {}
    found = blaming.found(here, against)
    return {"Exemplars that broke or fixed most": blaming.with_texts(found.exemplars.head(SHOWN))}


def _possible(here: Here, against: str) -> bool:
    if "stage2" not in here.stages:
        empty(
            "This labeling has no Stage II",
            "Blame looks at what exemplars did in Stage II. Choose a run that has one.",
        )
        return False
    if not against:
        empty(
            "Nothing says which labels are wrong",
            "There are no gold labels here. Correct some sentences, and their errors are looked at.",
        )
        return False
    return True


def _summary(here: Here, found: Found, against: str) -> Tables:
    """How many errors there are of each kind; those of the kind chosen, to open their sentences."""
    told = found.told
    kinds = [kind for kind in KINDS if told[kind]]
    st.markdown(f"**{told['errors']:,} wrong {'labels' if here.unit == 'tokens' else 'items'}** in Stage II")
    chosen = st.pills(
        "By the gravest that their prompts show",
        kinds,
        format_func=lambda kind: f"{KINDS[kind]} · {told[kind]:,}",
        key=f"kinds-{here.run['id']}",
        help=f"{GRADES} Choose a kind to list its errors.",
    )
    st.caption(f"{GRADES} {RECORDED if found.material.recorded else ''}")
    if not chosen:
        return {}
    rows = blaming.errors_of_kind(here, against, chosen)
    shown = rows.head(MOST)
    st.dataframe(
        shown[
            ["position", "word", "given", "right"]
            if here.unit == "tokens"
            else ["position", "given", "right"]
        ],
        hide_index=True,
        height=min(280, 40 + 35 * len(shown)),
        selection_mode="single-row",
        column_config=columns(recorded=False),
        alt="Errors of this kind; choose a row to open its sentence",
        **state.row_to_view(f"kind-{chosen}", "sentence", [int(at) for at in shown.position]),
    )
    if len(rows) > MOST:
        st.caption(f"The first {MOST} of {len(rows):,}; the export has all.")
    return {f"Errors {KINDS[chosen]}": rows}


def _sentence(here: Here, against: str, position: int | None) -> Tables:
    """The suspects of the sentence that is open."""
    if position is None:
        return {}
    rows = blaming.suspects(here, against, position)
    st.markdown(f"#### {'Sentence' if here.unit == 'tokens' else 'Item'} {position}")
    if rows.empty:
        st.caption("No exemplar of its prompt shows a wrong label that Stage II gave it.")
        return {}
    refs = [f"{dataset}@{at}" for dataset, at in zip(rows.dataset, rows.exemplar, strict=True)]
    st.dataframe(
        _readable(here, rows.assign(share=rows["share"].where(rows["share"] > 0))).assign(
            exemplar=[_short(here, ref) for ref in refs]
        ),
        hide_index=True,
        height=min(320, 40 + 35 * len(rows)),
        selection_mode="single-row",
        column_config=columns(recorded=bool((rows["share"] > 0).any())),
        alt="Exemplars that show the wrong labels of this sentence; choose a row to look at the exemplar",
        **state.row_to_view(f"suspects-{position}", "blamed", refs),
    )
    return {f"Suspects of {position}": rows}


def _readable(here: Here, rows: pd.DataFrame) -> pd.DataFrame:
    names = ["word", "given", "right", "exemplar", "place", "share", "why", "theirs"]
    return rows[
        names if here.unit == "tokens" else [name for name in names if name not in {"word", "theirs"}]
    ]


def _short(here: Here, ref: str) -> str:
    """The exemplar without the name of the data set that is looked at."""
    return ref.removeprefix(f"{here.dataset.id}@")


def _exemplars(here: Here, against: str, found: Found) -> Tables:
    """What every exemplar did, and the chosen one at length."""
    st.markdown("#### Exemplars that broke or fixed most")
    spoke = "noted evidence for" if found.material.recorded else "shows"
    st.caption(
        f"Broken and fixed count only labels that an exemplar {spoke}. Often used ones have more of both: "
        "hold broken against fixed. Choose a row to look at it, ban it or swap it."
    )
    rows = blaming.with_texts(found.exemplars.head(SHOWN))
    refs = [f"{dataset}@{at}" for dataset, at in zip(rows.dataset, rows.position, strict=True)]
    names = ["uses", "errors", "broken", "fixed", "net", "same_word", "wrong", "text"]
    kept = [name for name in names if not rows[name].isna().all()]
    st.dataframe(
        rows[kept].assign(exemplar=[_short(here, ref) for ref in refs])[["exemplar", *kept]],
        hide_index=True,
        height=min(360, 40 + 35 * len(rows)),
        selection_mode="single-row",
        column_config=_measures(),
        alt="Exemplars and what they did; choose a row to look at one",
        **state.row_to_view(f"blamed-{here.run['id']}-{against}", "blamed", refs),
    )
    table: Tables = {
        "Exemplars that broke or fixed most": Later(
            len(found.exemplars), lambda: blaming.with_texts(found.exemplars)
        )
    }
    if state.view().blamed:
        table |= exemplar.panel(here, against, found, state.view().blamed)
    return table


def _measures() -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "exemplar": st.column_config.TextColumn(width=110),
        "uses": number(help="Prompts it stands in", width=60),
        "errors": number(help="Wrong labels of Stage II it spoke for", width=65),
        "broken": number(help="Of these: right in Stage I", width=70),
        "fixed": number(help="Wrong in Stage I, right now, and it spoke for that", width=60),
        "net": number(help="Fixed less broken", width=55),
        "same_word": number(
            "same word", help="Errors on a word that it shows with the wrong label", width=90
        ),
        "wrong": st.column_config.NumberColumn(
            "own wrong", format="percent", help="Share of its own labels that are wrong", width=85
        ),
        "text": st.column_config.TextColumn("sentence", width=340),
    }
