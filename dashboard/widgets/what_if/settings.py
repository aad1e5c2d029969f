"""The settings that are tried: sliders whose values live in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.selectors import setting_names
from core.types import Labels
from dashboard import naming, state
from dashboard.widgets.slider import slider

LAMBDAS = (0.0, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0)
PRICES = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0)
PERCENTILES = tuple(step / 20 for step in range(21))
DEMANDS = (0.1, 0.5, 0.8, 1.0, 2.0, 3.0, 4.0, 5.0)
PRESETS = {
    "present": "default",
    "ssp_seq": "paper's code, tagging",
    "ssp_nli": "paper's code, NLI",
}
COVERAGE = {"soft": "Priced", "hard": "First of all", "off": "Off"}
CONFIDENCE = {"present": "Its labels", "v5": "All", "none": "None"}
TAU = "A label's threshold is the confidence that this share of its sentences stays below."
SPARED = ("name", "k", "pin", "ban")
Values = Mapping[str, Any]


def panel(defaults: Values, given: Values, labels: Labels, near: Sequence[int]) -> None:
    """All settings of the selector in force. `near` are positions offered for pins and bans."""
    values = {**defaults, **given}
    _method(defaults, values)
    _steps("k", "Exemplars (K)", range(1, 25), defaults, values)
    if values["name"] != "ilp":
        _others(defaults, values)
        return
    _pick("preset", "Preset", PRESETS, defaults, values, spares=SPARED)
    _steps("lambda", "Weight of confidence (λ)", LAMBDAS, defaults, values)
    _steps("percentile", "Threshold percentile (τ)", PERCENTILES, defaults, values, about=TAU)
    _segments("confidence", "Confidence counts for", CONFIDENCE, defaults, values)
    _segments("coverage", "Label coverage", COVERAGE, defaults, values)
    if values["coverage"] != "off":
        _steps("demand", "Demand: tokens per label", DEMANDS, defaults, values)
    if values["coverage"] == "soft":
        _steps("price", "Price of a missing token", PRICES, defaults, values)
    _pins("pin", "Always show", defaults, values, near)
    _pins("ban", "Never show", defaults, values, near)
    st.number_input(
        "Token budget (0 = none)", min_value=0, step=10, **_bound("budget", defaults, int(values["budget"]))
    )
    _by_label(defaults, values, labels)


def _bound(item: str, defaults: Values, now: Any, spares: Sequence[str] | None = None) -> dict[str, Any]:
    return state.bound_setting("tries", item, defaults[item], now, spares=spares)


def _method(defaults: Values, values: Values) -> None:
    options = list(dict.fromkeys((*naming.METHODS, values["name"])))
    st.selectbox(
        "Chosen by",
        options,
        format_func=lambda name: naming.SELECTORS.get(name, name),
        **_bound("name", {"name": "ilp"}, values["name"], spares=("k",)),
    )


def _pick(
    item: str,
    title: str,
    options: Mapping[str, str],
    defaults: Values,
    values: Values,
    *,
    spares: Sequence[str] | None = None,
) -> None:
    bound = state.bound_setting("tries", item, "", values[item], spares=spares)
    st.selectbox(title, list(options), format_func=options.__getitem__, **bound)


def _segments(item: str, title: str, options: Mapping[str, str], defaults: Values, values: Values) -> None:
    st.segmented_control(
        title,
        list(options),
        format_func=options.__getitem__,
        required=True,
        **_bound(item, defaults, values[item]),
    )


def _steps(
    item: str, title: str, options: Sequence[float], defaults: Values, values: Values, *, about: str = ""
) -> None:
    kind = type(options[0])
    now = kind(values[item])
    slider(
        title,
        sorted({*options, now}),
        now,
        name="tries",
        item=item,
        default=kind(defaults[item]),
        about=about,
    )


def _pins(item: str, title: str, defaults: Values, values: Values, near: Sequence[int]) -> None:
    now = [str(value) for value in values[item]]
    st.multiselect(
        title,
        list(dict.fromkeys((*now, *map(str, near)))),
        placeholder="sentence numbers",
        accept_new_options=True,
        **_bound(item, defaults, now),
    )


def _others(defaults: Values, values: Values) -> None:
    """The numbers another selector works with, from its own fields."""
    for item in setting_names(str(values["name"])):
        now = values[item]
        if item == "k" or isinstance(now, bool) or not isinstance(now, int | float):
            continue
        title = item.replace("_", " ").capitalize()
        step = 1 if isinstance(now, int) else 0.1
        st.number_input(title, min_value=0 if step == 1 else 0.0, step=step, **_bound(item, defaults, now))


def _by_label(defaults: Values, values: Values, labels: Labels) -> None:
    """Demands and prices of single labels."""
    with st.expander("Label by label"):
        demands, prices = _numbers(values["demands"]), _numbers(values["prices"])
        rows = pd.DataFrame(
            {
                "label": list(labels),
                "demand": [demands.get(label, float(values["demand"])) for label in labels],
                "price": [prices.get(label, float(values["price"])) for label in labels],
            }
        )
        number = st.column_config.NumberColumn
        key = f"tries-labels-{hash(tuple(map(tuple, rows.itertuples(index=False))))}"
        st.data_editor(
            rows,
            hide_index=True,
            disabled=["label"],
            height=min(300, 38 + 35 * len(rows)),
            column_config={
                "demand": number(min_value=0.0, max_value=99.0, width=70),
                "price": number(min_value=0.0, max_value=1000.0, width=70),
            },
            key=key,
            on_change=_edited,
            args=(key, rows, values, defaults),
        )


def _numbers(settings: Sequence[str]) -> dict[str, float]:
    return {text.rpartition("=")[0]: float(text.rpartition("=")[2]) for text in settings}


def _edited(key: str, rows: pd.DataFrame, values: Values, defaults: Values) -> None:
    for row, changes in state.edits(key).items():
        label = str(rows.label[row])
        for column, value in changes.items():
            item = f"{column}s"
            known = {**_numbers(values[item]), label: float(values[column] if value is None else value)}
            said = [f"{name}={number:g}" for name, number in known.items() if number != values[column]]
            state.set_row("tries", item, said, list(defaults[item]))
