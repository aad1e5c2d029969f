"""What to compare: the sides as numbered chips, two of them to look at, and what is held right."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.comparison import GOLD, HUMAN, MOST, Side
from dashboard import clicks, comparisons, queries, state
from dashboard.comparisons import STAGES, Asked
from dashboard.current import Here
from dashboard.widgets.compare import names
from dashboard.widgets.compare.presets import presets

AGAINST = {GOLD: "Gold", HUMAN: "What humans say", "none": "Nothing"}


def picker(here: Here, asked: Asked) -> None:
    """The widgets; all of them live in the URL."""
    people = comparisons.people(here.dataset.id)
    _sides(here, asked, people)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        _pair(asked)
        _against(here, asked, people)
        _presets(here, people)


def _sides(here: Here, asked: Asked, people: int) -> None:
    options = _options(here, asked, people)
    titles = dict(zip(options, names.names([Side.read(option) for option in options]), strict=True))
    chosen = [str(side) for side in asked.sides]
    st.multiselect(
        "Compared",
        options,
        format_func=lambda option: _chip(titles[option], chosen, option),
        max_selections=MOST,
        placeholder="Choose stages of runs",
        help="Two to six. The first is held to be the earlier one.",
        **clicks.several("sides", chosen, default=[str(side) for side in comparisons.defaults(here)]),
    )


def _chip(title: str, chosen: list[str], option: str) -> str:
    return f"{chosen.index(option) + 1} · {title}" if option in chosen else title


def _options(here: Here, asked: Asked, people: int) -> list[str]:
    """Every stage of every run of the data set, and what the address asks for."""
    found = [
        str(Side(run["id"], stage))
        for run in queries.runs(here.dataset.id)
        for stage in STAGES
        if stage in run["stages"]
    ]
    humans = [HUMAN] if people else []
    return list(dict.fromkeys([*(str(side) for side in asked.sides), *found, *humans]))


def _pair(asked: Asked) -> None:
    n = len(asked.sides)
    if n < 2:
        return
    if n == 2:
        swapped = f"{asked.after}-{asked.before}"
        st.button("Swap", icon=":material/swap_horiz:", on_click=partial(_go_pair, swapped), key="swap")
        return
    titles = names.short(asked.sides)
    for label, at in (("From", 0), ("To", 1)):
        key = f"url-pair-{at}"
        state.show(key, asked.pair[at])
        st.selectbox(
            label,
            range(n),
            format_func=titles.__getitem__,
            width=190,
            key=key,
            on_change=partial(_choose, key, at, asked.pair),
        )


def _choose(key: str, at: int, pair: tuple[int, int]) -> None:
    """Change one of the two; choosing the other one swaps them."""
    chosen = int(state.widget(key))
    other = pair[1 - at] if chosen != pair[1 - at] else pair[at]
    both = (chosen, other) if at == 0 else (other, chosen)
    _go_pair(f"{both[0]}-{both[1]}")


def _go_pair(pair: str) -> None:
    state.go(pair="" if pair == "0-1" else pair)


def _against(here: Here, asked: Asked, people: int) -> None:
    there = {GOLD: bool(here.gold), HUMAN: bool(people) or asked.against == HUMAN, "none": True}
    options = [name for name in AGAINST if there[name]]
    if len(options) < 2:
        return
    key = "url-against"
    state.show(key, asked.against or "none")
    st.segmented_control(
        "Held right",
        options,
        format_func=AGAINST.__getitem__,
        required=True,
        key=key,
        on_change=partial(_choose_against, key, GOLD if here.gold else "none"),
    )


def _choose_against(key: str, default: str) -> None:
    chosen = str(state.widget(key))
    state.go(against="" if chosen == default else chosen)


def _presets(here: Here, people: int) -> None:
    found = presets(here.run, queries.runs(here.dataset.id), people=people)
    if not found:
        return
    with st.popover("Often compared", icon=":material/compare_arrows:"):
        for name, sides in found.items():
            said = ",".join(map(str, sides))
            default = sides == comparisons.defaults(here)
            st.button(name, type="tertiary", on_click=partial(state.go, sides="" if default else said))
