"""Charts are functions of their data."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.candidates import MOST, Cloud, candidates
from dashboard.charts.confidence import calibration_error, confidence_histogram, label_counts, reliability
from dashboard.charts.confidence_by_label import confidence_by_label
from dashboard.charts.confusion import confusion
from dashboard.charts.exemplars import scatter
from dashboard.charts.flow import changed_flows, kind, sankey
from dashboard.charts.palette import CHIPS, UPOS, chart_color, chip_color, enlarged, entity, theme
from dashboard.charts.use import shares, use
from dashboard.charts.worth import Gain, gains

COUNTS = pd.DataFrame({"label": ["NOUN", "VERB"], "count": [30, 10], "mean_confidence": [0.9, float("nan")]})
CONFUSION = pd.DataFrame(
    {"gold": ["NOUN", "NOUN", "VERB"], "predicted": ["NOUN", "VERB", "VERB"], "count": [6, 2, 4]}
)
FLOW = pd.DataFrame(
    {
        "from_label": ["NOUN", "NOUN", "VERB", "ADJ", "X"],
        "to_label": ["NOUN", "VERB", "NOUN", "ADV", "ADJ"],
        "gold_label": ["NOUN", "VERB", "VERB", "NOUN", None],
        "count": [50, 7, 3, 2, 1],
    }
)


@pytest.mark.parametrize(
    ("before", "after", "gold", "expected"),
    [
        ("A", "B", "B", "fixed"),
        ("A", "B", "A", "broken"),
        ("A", "B", "C", "moved"),
        ("A", "B", None, "moved"),
        ("A", "A", "A", "right"),
        ("A", "A", "B", "wrong"),
        ("A", "A", None, "right"),
    ],
)
def test_kind_of_a_change(before: str, after: str, gold: str | None, expected: str) -> None:
    assert kind(before, after, gold) == expected


def test_flows_keep_only_what_changed_and_say_how() -> None:
    rows = changed_flows(FLOW)
    assert list(rows["kind"]) == ["fixed", "broken", "moved", "moved"]
    assert list(rows["count"]) == [7, 3, 2, 1]


def ribbons(figure: go.Figure) -> dict[tuple[str, ...], int]:
    """Count per ribbon (from, to, right, kind), as its targets tell it."""
    over = figure.data[-1]
    told = [int(re.search(r"<br>([\d,]+) ", text)[1].replace(",", "")) for text in over.hovertext]  # type: ignore[index]
    return dict(zip(map(tuple, over.customdata), told, strict=True))


def counted(figure: go.Figure) -> int:
    return sum(ribbons(figure).values())


def test_sankey_carries_every_changed_token_through_both_stations() -> None:
    figure = sankey(FLOW.dropna(), unit="tokens", dark=False)
    assert counted(figure) == 2 * (7 + 3 + 2)


def test_sankey_without_gold_has_two_stations() -> None:
    figure = sankey(FLOW, unit="tokens", dark=True, gold=False)
    assert counted(figure) == 7 + 3 + 2 + 1
    assert [note.text for note in figure.layout.annotations] == ["Stage I", "Stage II"]


def test_sankey_of_nothing_is_a_figure() -> None:
    assert counted(sankey(FLOW.iloc[:1], unit="tokens", dark=False)) == 0


def test_calibration_error_is_weighted_by_count() -> None:
    bins = pd.DataFrame(
        {"bin": [0, 1, 2], "confidence": [0.5, 0.9, 0.0], "accuracy": [0.4, 0.9, 0.0], "count": [10, 30, 0]}
    )
    assert calibration_error(bins) == pytest.approx(0.025)
    assert calibration_error(bins.iloc[2:]) == 0.0


def test_confusion_offers_every_filled_cell_for_clicking() -> None:
    figure = confusion(CONFUSION, ("VERB", "NOUN"), unit="tokens", dark=False)
    cells = [tuple(pair) for pair in figure.data[1].customdata]
    assert sorted(cells) == [("NOUN", "NOUN"), ("NOUN", "VERB"), ("VERB", "VERB")]
    assert figure.data[1].marker.opacity == 0
    assert list(figure.data[0].x) == ["VERB", "NOUN"]


def test_confusion_shows_labels_the_label_set_does_not_know() -> None:
    odd = pd.DataFrame({"gold": ["NOUN"], "predicted": ["???"], "count": [1]})
    assert list(confusion(odd, ("NOUN",), unit="tokens", dark=True).data[0].x) == ["NOUN", "???"]


@pytest.mark.parametrize("dark", [False, True])
def test_every_chart_is_plain_json(dark: bool) -> None:
    bins = pd.DataFrame({"bin_left": [0.0, 0.5], "count": [1, 2]})
    curve = pd.DataFrame({"bin": [0, 1], "confidence": [0.2, 0.8], "accuracy": [0.3, 0.7], "count": [1, 2]})
    chosen = [
        {"rank": 0, "similarity": 0.5, "confidence": 0.9, "covers": ["NOUN"]},
        {"rank": 1, "similarity": None, "confidence": None, "covers": []},
    ]
    for figure in (
        label_counts(COUNTS, COUNTS, unit="tokens", dark=dark),
        label_counts(COUNTS, None, unit="tokens", dark=dark),
        confidence_histogram(bins, unit="tokens", dark=dark),
        reliability(curve, unit="tokens", dark=dark),
        reliability(curve.iloc[:0], unit="tokens", dark=dark),
        scatter(chosen, dark=dark),
        scatter([], dark=dark),
    ):
        assert json.loads(figure.to_json())["layout"]["paper_bgcolor"] == "rgba(0,0,0,0)"


def test_all_seventeen_word_classes_have_their_own_colour() -> None:
    assert len(set(UPOS.values())) == len(set(CHIPS.values())) == len(UPOS) == 17


def test_entity_types_share_one_colour() -> None:
    assert entity("B-PER") == entity("I-PER") == "PER"
    assert chip_color("B-PER") == chip_color("I-PER") == chart_color("PER")


def test_labels_no_palette_knows_get_a_colour_by_place() -> None:
    labels = ("sports", "health")
    assert chip_color("sports", labels) != chip_color("health", labels)
    assert chip_color("unheard", labels).startswith("#")


def test_colours_that_were_given_win() -> None:
    given = {"PERSON": "#123456", "NOUN": "#ABCDEF", "VERB": CHIPS["VERB"]}
    assert chip_color("B-PERSON", (), given) == chip_color("I-PERSON", (), given) == "#123456"
    assert chip_color("NOUN", (), given) == chart_color("NOUN", (), given) == "#ABCDEF"
    assert chart_color("VERB", (), given) == UPOS["VERB"], "the usual colour of a chip is none of the chart's"
    assert chart_color("ADJ", (), given) == UPOS["ADJ"]


def test_label_counts_leave_out_o_and_keep_labels_only_gold_has() -> None:
    given = pd.DataFrame({"label": ["O", "B-PER"], "count": [900, 3], "mean_confidence": [0.9, 0.8]})
    gold = pd.DataFrame({"label": ["O", "B-LOC"], "count": [890, 13], "mean_confidence": [None, None]})
    figure = label_counts(given, gold, unit="tokens", dark=False)
    assert list(figure.layout.yaxis.categoryarray) == ["B-LOC", "B-PER"]


def test_a_projector_gets_larger_type_everywhere() -> None:
    flow = enlarged(sankey(FLOW.dropna(), unit="tokens", dark=False))
    assert {trace.textfont.size for trace in flow.data if getattr(trace, "mode", "") == "text"} == {14}
    assert {note.font.size for note in flow.layout.annotations} == {16}
    numbers = enlarged(confusion(CONFUSION, ["NOUN", "VERB"], unit="tokens", dark=False)).data[2]
    assert numbers.textfont.size == 14


@pytest.mark.parametrize("dark", [False, True])
def test_what_pops_up_is_written_in_ink_on_the_surface(dark: bool) -> None:
    label = confusion(CONFUSION, ["NOUN", "VERB"], unit="tokens", dark=dark).layout.hoverlabel
    assert (label.bgcolor, label.font.color) == (theme(dark).surface, theme(dark).ink)


def cloud(n: int, **changes: object) -> Cloud:
    dice = np.random.default_rng(0)
    values = {"ranks": {0: 2, 3: 1}, "forced": frozenset({3}), "peek": -1} | changes
    return Cloud(np.arange(n) + 100, dice.random(n), dice.random(n), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("dark", [False, True])
def test_candidates_are_dots_and_the_chosen_numbers_in_prompt_order(dark: bool) -> None:
    figure = candidates(cloud(30, peek=5), dark=dark)
    others, ring, chosen = figure.data
    assert len(others.x) == 28
    assert list(ring.customdata) == [105]
    assert list(chosen.text) == ["1", "2"]
    assert list(chosen.customdata) == [103, 100]
    assert chosen.marker.color == (theme(dark).moved, theme(dark).accent)
    assert json.loads(figure.to_json())["layout"]["xaxis"]["title"]["text"] == "similarity to the query"


def test_many_candidates_are_drawn_by_the_graphics_card_and_the_most_similar_win() -> None:
    figure = candidates(cloud(MOST + 50), dark=False)
    assert figure.data[0].type == "scattergl"
    assert len(figure.data[0].x) <= MOST
    assert candidates(cloud(30), dark=False).data[0].type == "scatter"


def test_use_and_label_shares() -> None:
    figure = use([(7, 3), (2, 9), (4, 9)], 10, dark=False)
    assert list(figure.data[0].x) == ["#2", "#4", "#7"]
    assert list(figure.data[0].y) == [0.9, 0.9, 0.3]
    both = shares({"A": 0.7, "B": 0.3}, {"A": 0.5, "B": 0.5}, {"A": 1.0, "B": 0.4}, dark=True)
    assert list(both.data[0].y) == ["B", "A"]
    assert list(both.data[1].x) == [0.3, 0.7]


@pytest.mark.parametrize("dark", [False, True])
def test_confidence_by_label_is_a_row_of_shares_with_a_threshold(dark: bool) -> None:
    bins = pd.DataFrame({"label": ["A", "A", "B"], "bin_left": [0.1, 0.95, 0.5], "count": [1, 3, 2]})
    figure = confidence_by_label(bins, {"A": 0.9, "C": 0.2}, ["B", "A", "C"], unit="tokens", dark=dark)
    heat, marks = figure.data
    assert list(heat.y) == ["B", "A"]  # the most frequent on top: plotly draws upwards
    assert list(heat.z[1]) == [0.25 if left == 2 else 0.75 if left == 19 else 0 for left in range(20)]
    assert list(marks.y) == ["A"]
    assert list(marks.x) == [0.9]
    assert "0.95 to 1.00: 3 tokens, 75%" in heat.customdata[1][19]
    json.loads(figure.to_json())


def test_confidence_by_label_of_nothing_is_an_empty_figure() -> None:
    empty = pd.DataFrame({"label": [], "bin_left": [], "count": []})
    assert list(confidence_by_label(empty, {}, ["A"], unit="tokens", dark=False).data[0].y) == []


def test_exemplars_of_a_source_have_another_colour() -> None:
    rows = [
        {"rank": n, "similarity": 0.1, "confidence": 1.0, "covers": [], "origin": origin}
        for n, origin in enumerate(("target", "source"))
    ]
    assert scatter(rows, dark=False).data[0].marker.color == (theme(False).accent, theme(False).moved)


def test_gains_show_what_helped_hurt_and_is_not_sure() -> None:
    rows = [Gain("helped", 3.0, 1.0, 5.0), Gain("unsure", -0.5, -2.0, 1.0), Gain("hurt", -3.0, -4.0, -2.0)]
    dots = gains(rows, dark=False).data[0]
    assert list(dots.y) == ["hurt", "unsure", "helped"]
    assert list(dots.error_x.array) == [1.0, 1.5, 2.0]
    assert list(dots.error_x.arrayminus) == [1.0, 1.5, 2.0]
    fills, lines = list(dots.marker.color), list(dots.marker.line.color)
    assert fills[0] == lines[0]
    assert fills[1] != lines[1]
    assert lines[0] == lines[1] != lines[2]
