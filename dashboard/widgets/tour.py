"""The guided tour: five steps, each a page with a view, one banner. The step is in the URL."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import queries, routes, state
from dashboard.state import TOUR_STEPS


@dataclass(frozen=True, slots=True)
class Step:
    """One station: which page, what to look at there, which changed sentence to open (if any)."""

    page: str
    title: str
    text: str
    changed: str = ""
    order: str = "position"


STEPS = (
    Step(
        routes.OVERVIEW,
        "A language without labelled data",
        "Each card is one language and task. Its score shows where Stage I starts and where Stage II "
        "arrives, and which gold labels measured it. The method itself never sees them.",
    ),
    Step(
        routes.STAGE1,
        "Stage I labels everything, and says how sure it is",
        "A model trained on related languages labels the target. An underline marks doubt: double below "
        "50 percent, dotted below 80. The reliability curve shows whether that confidence can be believed.",
        order="least_confident",
    ),
    Step(
        routes.EXEMPLARS,
        "An integer program picks the exemplars",
        "For each sentence it chooses other sentences of the target that are similar, confidently labelled, "
        "and together show the labels. Each card says what one exemplar brings. "
        "Under What if, other settings choose again while a slider moves.",
        changed="fixed",
    ),
    Step(
        routes.COMPARE,
        "Stage II: fixed, broken, moved",
        "The exemplars go into the prompt and the sentence is labelled again. Follow the flow from Stage I "
        "over Stage II to gold: green was fixed, red was broken. Both are always shown.",
        changed="fixed",
    ),
    Step(
        routes.COMPARE,
        "Look closely at what broke",
        "Below the charts, the list now holds the sentences Stage II made worse. Open one, compare it word "
        "by word, and see on the Exemplars page what it had in view. Then import a language of your own.",
        changed="broken",
    ),
)


def banner() -> None:
    """The tour's box on top of the page, while the URL asks for it."""
    number = state.view().tour
    if not number:
        return
    step = STEPS[number - 1]
    with st.container(border=True, key="tour"):
        st.caption(f"Guided tour · step {number} of {TOUR_STEPS}")
        st.markdown(f"#### {step.title}")
        st.markdown(step.text)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _buttons(number)


def _buttons(number: int) -> None:
    """Back, on and out; the last step leads to the catalog."""
    if number > 1 and st.button("Back", key="tour-back", icon=":material/arrow_back:"):
        st.switch_page(STEPS[number - 2].page, query_params=_target(number - 1))
    if number < TOUR_STEPS:
        if st.button("Next step", key="tour-next", type="primary", icon=":material/arrow_forward:"):
            st.switch_page(STEPS[number].page, query_params=_target(number + 1))
    elif not state.view().present and st.button("Import a language", key="tour-import", type="primary"):
        st.switch_page(routes.IMPORT, query_params=state.link(tour=0))
    st.button("End the tour", key="tour-close", type="tertiary", on_click=_close)


def _target(number: int) -> dict[str, str]:
    step = STEPS[number - 1]
    view = state.view()
    changes: dict[str, object] = {"tour": number, "changed": step.changed, "order": step.order}
    sentence = _example(view.run, step.changed)
    return state.link(**changes, **({} if sentence is None else {"sentence": sentence}))


def _example(run_id: str, changed: str) -> int | None:
    """A sentence that shows what the step is about."""
    if not run_id or not changed or "stage2" not in queries.run(run_id)["stages"]:
        return None
    rows = queries.sentences(run_id, "stage2", limit=1, offset=0, changed=changed)
    return int(rows.position.iloc[0]) if len(rows) else None


def _close() -> None:
    state.go(tour=0)
