"""The template of a prompt, edited beside what it makes of this very sentence."""

from __future__ import annotations

import re

import streamlit as st

from core import prompts
from dashboard import actions, naming, state, wordings
from dashboard.current import Here
from dashboard.widgets import errors
from dashboard.widgets.calls import again
from dashboard.widgets.editor import editor
from dashboard.widgets.layout import verbatim
from dashboard.wordings import OURS

NAMES = "A template sees demos (input, output; premise, hypothesis), sentence and labels."


def panel(here: Here, stage: str, position: int) -> None:
    """Editor, preview, differences, and asking again with what was written."""
    st.fragment(_panel)(here, stage, position)


def _panel(here: Here, stage: str, position: int) -> None:
    known = wordings.every(here, stage)
    kept = _kept(here)
    begin = wordings.of_run(here, stage)
    text = str(state.kept(kept, known[begin]))
    shown = wordings.preview(here, stage, position, text)
    left, right = st.columns(2, gap="medium")
    with left:
        _begin_with(here, known, begin, kept)
        editor("Template", text, name=kept, rows=20, wrong=shown.line if shown.problem else 0)
        st.caption(NAMES)
    with right:
        item = "sentence" if here.unit == "tokens" else "item"
        st.markdown(f"##### What it makes of {item} {position}")
        if shown.problem:
            with st.container(border=True, key="template-problem"):
                where = f"line {shown.line}" if shown.line else "somewhere"
                st.badge(where, color="red", icon=":material/error:")
                st.text(shown.problem)
        else:
            verbatim(shown.text, height=460)
            counted = wordings.length(here, shown.text)
            about = "" if counted.exact else "about "
            st.caption(f"{about}{counted.tokens:,} tokens · {naming.plain(counted.how)}")
        if stage == "stage1":
            st.caption("The exemplars of Stage I are not kept with a run; the preview shows none.")
    _differences(here, stage, text)
    _save_and_ask(here, stage, position, text=text, known=known, ready=not shown.problem)


def _kept(here: Here) -> str:
    return f"wording-{here.dataset.id}"


def _begin_with(here: Here, known: dict[str, str], begin: str, kept: str) -> None:
    """Choosing one puts it into the editor; what was typed there is then gone, and said to be."""
    names = {OURS: "the one that comes along", **{name: name for name in known if name != OURS}}
    chosen = st.selectbox(
        "Begin with",
        list(names),
        index=list(names).index(begin),
        format_func=names.__getitem__,
        help="Puts this template into the editor, in place of what is there.",
        key=f"begin-{kept}",
        on_change=lambda: state.keep(kept, known[str(state.widget(f"begin-{kept}"))]),
    )
    mine = chosen in wordings.own(here)
    if mine and not state.view().present:
        st.button(
            f"Delete {naming.plain(chosen)}",
            icon=":material/delete:",
            type="tertiary",
            on_click=_delete,
            args=(here, chosen, kept),
        )


def _delete(here: Here, name: str, kept: str) -> None:
    with errors.shown():
        actions.delete_template(here.dataset.id, name)
        state.keep(kept, None)


def _differences(here: Here, stage: str, text: str) -> None:
    found = prompts.difference(text, wordings.default(here, stage))
    if not found:
        st.caption("The same as the template that comes along.")
        return
    lines = found.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++") for line in lines)
    gone = sum(line.startswith("-") and not line.startswith("---") for line in lines)
    title = f"Against the one that comes along: {added} lines more, {gone} fewer"
    with st.expander(title, icon=":material/difference:"):
        st.code(found, language="diff", wrap_lines=True)


def _save_and_ask(
    here: Here, stage: str, position: int, *, text: str, known: dict[str, str], ready: bool
) -> None:
    """A template has to have a name before it can be asked with: a run names it."""
    if state.view().present:
        return
    if text == known[OURS]:
        st.caption("Change it, and this one or all others can be asked with what you wrote.")
        return
    saved = next((name for name, other in known.items() if other == text), "")
    with st.container(border=True, key="use-template"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            typed = st.text_input(
                "Name of the template",
                value=saved or _free(known),
                disabled=bool(saved),
                help="Letters, digits, - and _. One of your own that has this name is replaced.",
                key=f"name-{here.dataset.id}-{saved}-{len(known)}",
                width=260,
            )
            name = (typed or "").strip()

            def save() -> None:
                if not saved:
                    actions.save_template(here.dataset.id, name, text)

            ready = ready and bool(name)
            if saved:
                st.badge("saved", color="green", icon=":material/check:")
            elif st.button("Save", icon=":material/save:", disabled=not ready):
                with errors.shown():
                    save()
                    st.rerun()
        again.panel(here, stage, position, template=name, key="template", ready=ready, before=save)


def _free(known: dict[str, str]) -> str:
    """A name that is not taken."""
    numbers = [int(found[1]) for name in known if (found := re.fullmatch(r"mine-(\d{1,4})", name))]
    return f"mine-{max(numbers, default=0) + 1}"
