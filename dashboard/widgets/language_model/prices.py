"""The table of prices: what comes along, and what is known better here."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st

from core.calls.pricing import Price
from dashboard import actions, state
from dashboard.widgets import errors

COLUMNS = ("model", "host", "prompt", "completion", "currency", "source", "date")


def button(model: str = "", host: str = "") -> None:
    """Opens the table; a new entry begins with this model and host."""
    if st.button("Prices", icon=":material/payments:", type="tertiary", key="prices"):
        _dialog(model, host)


@st.dialog("What models cost", width="large")
def _dialog(model: str, host: str) -> None:
    shade = "dark" if state.dark() else "light"  # a dialog lies outside of what the theme shades
    st.html(f"<style>[role=dialog] {{ color-scheme: {shade}; }}</style>")
    editor(model, host)


def editor(model: str, host: str) -> None:
    """The table, and under it what changes it."""
    st.caption(
        "Per million tokens. Prices change: check the provider's page. An entry of your own replaces the one "
        "that comes along; * stands for every model of a host. A model on this machine costs nothing unless "
        "the table says so."
    )
    place = st.container()
    if not state.view().present:
        _entry(model, host)
        _forget(rows())
    with place:
        _table(rows())


def _table(table: pd.DataFrame) -> None:
    st.dataframe(
        table,
        hide_index=True,
        height=min(300, 40 + 35 * len(table)),
        column_config={
            "own": st.column_config.CheckboxColumn("your own", width=70),
            "prompt": st.column_config.NumberColumn("prompt", format="%g", width=75),
            "completion": st.column_config.NumberColumn("answer", format="%g", width=75),
            "currency": st.column_config.TextColumn("in", width=55),
        },
        alt="Prices of language models",
        key="price-table",
    )


def rows() -> pd.DataFrame:
    """Every price there is, the user's first."""
    found = [
        {"own": listed.own, **{name: getattr(listed.price, name) for name in COLUMNS}}
        for listed in actions.prices()
    ]
    return pd.DataFrame(found, columns=["own", *COLUMNS])


def _entry(model: str, host: str) -> None:
    with st.form("price", border=True):
        first, second = st.columns(2)
        name = first.text_input(
            "Model", value=model, placeholder="its name, or * for every model of the host"
        )
        place = second.text_input("Host", value=host, placeholder="api.example.org")
        left, middle, right, last = st.columns(4)
        prompt = left.number_input("Prompt tokens", 0.0, value=None, format="%g", help="A million cost …")
        answer = middle.number_input("Answer tokens", 0.0, value=None, format="%g", help="A million cost …")
        currency = right.text_input("Currency", value="USD", max_chars=3)
        source = last.text_input("Where it was read", placeholder="the provider's page")
        sent = st.form_submit_button("Save the price", type="primary", icon=":material/save:")
    if sent:
        with errors.shown():
            told = (_number(prompt), _number(answer))
            actions.save_price(
                Price(name.strip(), place.strip(), *told, currency.strip().upper(), source.strip())
            )


def _number(value: Any) -> float:
    """What was typed; nothing typed is no price, not a price of nothing."""
    return math.nan if value is None else float(value)


def _forget(table: pd.DataFrame) -> None:
    own = table[table.own] if len(table) else table
    if own.empty:
        return
    pairs = [(str(model), str(host)) for model, host in zip(own.model, own.host, strict=True)]
    names = {f"{model} at {host or 'this machine'}": (model, host) for model, host in pairs}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox("One of your own", list(names), width=320)
        if st.button("Delete", icon=":material/delete:", key="delete-price"):
            with errors.shown():
                actions.delete_price(*names[chosen])
