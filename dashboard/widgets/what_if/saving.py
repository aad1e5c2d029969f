"""Keep the tried settings: as a recipe of one's own, ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import actions, naming, state
from dashboard.current import Here
from dashboard.widgets import errors


def buttons(here: Here, given: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Start again, and save."""
    st.button(
        "Reset",
        icon=":material/undo:",
        disabled=not given,
        on_click=state.set_table,
        args=("tries", {}),
        help="Back to the settings of this run.",
    )
    if not state.view().present:
        with st.popover("Save as recipe", icon=":material/save:"):
            _form(here, settings)


def _form(here: Here, settings: Mapping[str, Any]) -> None:
    base = str(here.run["recipe"] or "ssp")
    with st.form("save-recipe", border=False):
        name = st.text_input("Name", placeholder="my-recipe", help="Small letters, digits, - and _.")
        st.caption(f"These exemplar settings; everything else as in the recipe {base}.")
        sent = st.form_submit_button("Save", type="primary")
    if sent:
        with errors.shown():
            overrides = {f"selector.{key}": value for key, value in settings.items()}
            saved = actions.save_recipe(name.strip(), base, overrides)
            st.success(f"Saved. Choose {naming.plain(saved)} under Run, or on the command line:")
            st.code(f"ssp run {saved} --dataset {here.dataset.id}", language="bash")
