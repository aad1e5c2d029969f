"""The form that starts a run."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.types import Dataset
from dashboard import actions, naming, queries, state
from dashboard.widgets import errors, similarity_form

SELECTORS = {"auto": "as the recipe says", **{name: naming.SELECTORS[name] for name in naming.METHODS}}
ANSWERS = {
    "auto": "as the recipe says",
    "offline": "offline in-context tagger",
    "replay": "recorded calls, replayed",
    "recorded": "stored labels, not replayed",
    "none": "Stage I only",
}


def run_button(dataset: Dataset, *, key: str, primary: bool = False) -> None:
    """A button that opens the form; absent while presenting."""
    if state.view().present:
        return
    if st.button("Run", key=key, icon=":material/play_arrow:", type="primary" if primary else "secondary"):
        _dialog(dataset.id)


@st.dialog("Start a run", width="medium")
def _dialog(dataset_id: str) -> None:
    dataset = queries.dataset(dataset_id)
    st.caption(naming.plain(f"{naming.language_task(dataset)} · {dataset.name}"))
    recipes = {name: recipe for name, recipe in actions.recipes().items() if dataset.task in recipe["tasks"]}
    with st.form("run", border=False):
        names = list(recipes)
        recipe = str(
            st.selectbox(
                "Recipe", names, format_func=lambda name: str(recipes[name]["title"]), index=_ssp(recipes)
            )
        )
        left, right = st.columns(2)
        selector = left.selectbox("Exemplars chosen by", list(SELECTORS), format_func=SELECTORS.__getitem__)
        k = right.number_input("Exemplars per prompt (K)", 0, 64, 8)
        llm = left.selectbox("Stage II answered by", list(ANSWERS), format_func=ANSWERS.__getitem__)
        split = right.selectbox(
            "Split to label", ["", *dataset.splits], format_func=lambda name: name or "the recipe's default"
        )
        limit = left.number_input("Only the first … sentences", 1, None, None, placeholder="all")
        seed = right.number_input("Seed", 0, None, 0)
        sources = _sources(dataset)
        similarity = similarity_form.fields(dataset)
        sent = st.form_submit_button("Start", type="primary", icon=":material/play_arrow:")
    if sent:
        with errors.shown():
            actions.start_run(
                recipe,
                dataset.id,
                {**overrides(selector, k, llm), **similarity_form.overrides(similarity)},
                sources=sources,
                split=split or None,
                limit=int(limit) if limit else None,
                seed=int(seed),
            )
            st.rerun()


def _ssp(recipes: Mapping[str, object]) -> int:
    return list(recipes).index("ssp") if "ssp" in recipes else 0


def _sources(dataset: Dataset) -> list[str]:
    """Labelled data of the same task in other languages, for the Stage-I labelers that are trained."""
    others = [d for d in queries.datasets() if d.task == dataset.task and d.language != dataset.language]
    if not others:
        return []
    names = {item.id: f"{naming.language_of(item)} · {item.name}" for item in others}
    return st.multiselect(
        "Source languages",
        list(names),
        format_func=names.__getitem__,
        placeholder="the data set's own choice" if actions.default_sources(dataset) else "none chosen",
        help="Only a Stage I that is trained here needs sources (at least one); imported labels do not.",
    )


def overrides(selector: str, k: float, llm: str) -> dict[str, str]:
    """The form's settings as overrides of the recipe; `auto` and the default K leave it as it is."""
    chosen = {"selector": selector, "llm": llm}
    settings = {name: value for name, value in chosen.items() if value != "auto"}
    return settings if int(k) == 8 else {**settings, "k": str(int(k))}
