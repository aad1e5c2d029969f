"""A button that makes the report of a comparison: one file that is read without the application."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from core import languages
from core.comparison import HUMAN, Audited, Comparison, Difference, audited, load
from core.costs.comparing import prices
from core.settings import settings
from core.store import views
from dashboard import captions, naming, queries, resources
from dashboard.report import build
from dashboard.report.comparison import of
from dashboard.report.told import Told
from dashboard.widgets.export import Tables, file_name, later

Headline = Callable[[], Mapping[str, Difference] | None]
ABOUT = "One HTML file with every figure, chart and example sentence. It opens anywhere; print it for a PDF."


def report_button(
    compared: Comparison,
    names: Sequence[str],
    *,
    key: str,
    before: int = 0,
    after: int = 1,
    headline: Headline | None = None,
    blame: Callable[[], Tables] | None = None,
) -> None:
    """Download the report; nothing is made before it is clicked.

    Args:
        names: one per side, plain text.
        before, after: the places of the two sides looked at.
        headline: gives the differences with their intervals, or None where they were not worked out.
        blame: gives the tables of blame.
    """
    st.download_button(
        "Report",
        partial(made, compared, tuple(names), (before, after), headline, blame),
        file_name(compared.dataset.id, "comparison", ending="html"),
        "text/html",
        key=key,
        on_click="ignore",
        icon=":material/article:",
        help=ABOUT,
    )


def made(
    compared: Comparison,
    names: Sequence[str],
    pair: tuple[int, int],
    headline: Headline | None = None,
    blame: Callable[[], Tables] | None = None,
) -> bytes:
    """The report as one HTML file."""
    dataset = compared.dataset
    tables = {name: later(table) for name, table in (blame() if blame else {}).items()}
    told = Told(
        names=names,
        caption=captions.caption(compared),
        command=command(compared, pair),
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        headline=headline() if headline and compared.reference is not None and pair[0] != pair[1] else None,
        prices=prices(resources.store(), compared, settings().workspace),
        blame={name: table.make() for name, table in tables.items() if table.rows},
        audited=_audited(compared),
        colors=naming.label_colors(dataset),
        direction=languages.of(dataset).direction,
        texts=partial(queries.instances, dataset.id),
    )
    return build(of(compared, told, before=pair[0], after=pair[1]))


def command(compared: Comparison, pair: tuple[int, int]) -> str:
    """The command that counts the same figures again: it takes the first two sides as those looked at."""
    order = dict.fromkeys([*pair, *range(len(compared.sides))])
    sides = [str(compared.sides[place]) for place in order]
    words = [
        "ssp",
        "compare",
        *sides,
        "--dataset",
        compared.dataset.id,
        "--against",
        compared.against or "none",
    ]
    return shlex.join(words)


def _audited(compared: Comparison) -> Audited | None:
    """What humans say of the sides, where nothing is held right and somebody corrected a sentence."""
    store = resources.store()
    if compared.reference is not None or not len(views.human_column(store, compared.dataset.id).positions):
        return None
    return audited(load(store, compared.dataset.id, compared.sides, HUMAN))
