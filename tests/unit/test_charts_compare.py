"""Charts of comparisons: what they carry for a click, and that nothing is told by colour alone."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.calibrations import calibrations
from dashboard.charts.confusion import confusion
from dashboard.charts.differences import LARGEST, differences
from dashboard.charts.flow import sankey
from dashboard.charts.matrix import matrix
from dashboard.charts.palette import UPOS, theme
from dashboard.charts.ribbons import SLOT, TALL, layout, weighed
from dashboard.charts.sides import side_look
from dashboard.charts.slopes import slopes, spread

LABELS = list(UPOS)
HOSTILE = '<a href="http://elsewhere">x</a>'
FLOW = pd.DataFrame(
    [
        ("NOUN", "VERB", "VERB", 40, "fixed"),
        ("VERB", "NOUN", "VERB", 10, "broken"),
        ("NOUN", "other", "ADV", 4, "moved"),
        ("NOUN", "NOUN", "NOUN", 900, "same_right"),
        ("NOUN", "NOUN", "VERB", 100, "same_wrong"),
    ],
    columns=["from_label", "to_label", "gold_label", "count", "kind"],
)
GAINS = pd.DataFrame(
    {
        "group": ["up", "down", "unsure", "unknown", "none"],
        "n": [10, 20, 30, 1, 5],
        "gain": [0.05, -0.05, 0.01, 0.02, float("nan")],
        "low": [0.02, -0.08, -0.01, float("nan"), float("nan")],
        "high": [0.08, -0.02, 0.03, float("nan"), float("nan")],
        "fixed": [3, 0, 2, 1, 0],
        "broken": [1, 4, 1, 0, 0],
    }
)
CURVE = pd.DataFrame(
    {"bin": [4, 9], "confidence": [0.45, 0.95], "accuracy": [0.3, 0.9], "count": [10, 90]},
)
SCORES = pd.DataFrame(
    {"name": ["Igbo", "Hausa"], "before": [0.6885, 0.7853], "after": [0.8473, 0.7462], "group": ["ZGUL+"] * 2}
)
CELLS = pd.DataFrame(
    [
        ("SSP", "Hausa", 0.7462, "74.6", "loss"),
        ("SSP", "Igbo", 0.8473, "84.7", "gain"),
        ("paper", "Igbo", float("nan"), "", ""),
    ],
    columns=["row", "column", "value", "text", "kind"],
)


def links(figure: go.Figure) -> dict[tuple[str, ...], str]:
    over = figure.data[-1]
    return dict(zip(map(tuple, over.customdata), over.hovertext, strict=True))


def test_a_ribbon_tells_what_it_is_of_and_leaves_open_what_it_is_not() -> None:
    told = links(sankey(FLOW, unit="tokens", dark=False))
    assert "40 tokens, fixed" in told["NOUN", "VERB", "", "fixed"]
    assert "40 tokens, fixed" in told["", "VERB", "VERB", "fixed"]
    assert "4 tokens, moved" in told["NOUN", "other", "", "moved"]
    assert "900 tokens, unchanged, right" in told["NOUN", "NOUN", "", "same_right"]
    assert len(told) == 2 * 5


def test_a_node_counts_everything_that_passes_it() -> None:
    nodes = next(trace for trace in sankey(FLOW, unit="tokens", dark=False).data if trace.type == "bar")
    told = {tuple(data): text for data, text in zip(nodes.customdata, nodes.hovertext, strict=True)}
    assert told["NOUN", "", "", ""] == "NOUN: 1,044 tokens"
    assert told["", "NOUN", "", ""] == "NOUN: 1,010 tokens"
    assert told["", "", "VERB", ""] == "VERB: 150 tokens"


def test_what_did_not_change_is_faded_and_its_scale_is_said() -> None:
    figure = sankey(FLOW, unit="tokens", dark=False)
    bands = {trace.name: trace for trace in figure.data if trace.name}
    alpha = {name: float(band.fillcolor.rstrip(")").split(",")[-1]) for name, band in bands.items()}
    assert alpha["same_right"] < alpha["fixed"]
    assert figure.layout.annotations[-1].text == "faded: unchanged, drawn at 0.054 of its width"
    changed = sankey(FLOW[FLOW["kind"] == "fixed"], unit="tokens", dark=False)
    assert [note.text for note in changed.layout.annotations] == ["Stage I", "Stage II", "gold"]


def test_what_did_not_change_is_never_wider_than_what_did() -> None:
    rows = [(("A", "A"), "same", 9_000), (("A", "B"), "changed", 30), (("B", "A"), "changed", 10)]
    paths, scale = weighed(rows)
    assert scale == pytest.approx(40 / 9_000)
    assert sum(path.shown for path in paths if path.kind == "same") == pytest.approx(40)
    assert weighed(rows[1:])[1] == 1.0
    assert weighed(rows[:1])[1] == 1.0


@pytest.mark.parametrize("n", [2, 9, 17])
def test_nodes_never_lie_on_each_other_and_ribbons_stay_inside_them(n: int) -> None:
    dice = np.random.default_rng(n)
    names = LABELS[:n]
    rows = [
        (
            tuple(dice.choice(names, 3).tolist()),
            str(dice.choice(["fixed", "broken"])),
            int(dice.integers(1, 90)),
        )
        for _ in range(80)
    ]
    lain = layout(weighed(rows)[0], ("broken", "fixed"))
    for station in range(3):
        column = sorted((node for node in lain.nodes if node.station == station), key=lambda node: node.top)
        for above, below in itertools.pairwise(column):
            middles = below.top + below.height / 2 - above.top - above.height / 2
            assert middles >= SLOT
            assert above.top + above.height < below.top
        assert sum(node.height for node in column) == pytest.approx(TALL)
    ends = {(node.station, node.label): (node.top, node.top + node.height) for node in lain.nodes}
    for ribbon in lain.ribbons:
        for side, label in enumerate((ribbon.start, ribbon.end)):
            top, bottom = ends[ribbon.station + side, label]
            assert top - 1e-6 <= ribbon.tops[side] <= ribbon.tops[side] + ribbon.width <= bottom + 1e-6


def test_gains_and_losses_point_to_their_side_and_are_filled_where_sure() -> None:
    figure = differences(GAINS, unit="tokens", dark=False, title="right tokens")
    arrows, over = figure.data
    assert list(arrows.marker.symbol) == [
        "triangle-right",
        "triangle-left",
        "triangle-right",
        "triangle-right",
    ]
    shades = theme(False)
    assert list(arrows.marker.color) == [shades.good, shades.bad, shades.surface, shades.surface]
    assert [data[0] for data in over.customdata] == ["up", "down", "unsure", "unknown"]
    assert "-5.0 points, 95 % interval -8.0 to -2.0<br>20 tokens, 0 fixed, 4 broken" in over.hovertext[1]
    assert "interval" not in over.hovertext[3]
    assert list(figure.layout.xaxis.range) == pytest.approx([-9.2, 9.2])
    assert list(figure.layout.yaxis.range) == [3.6, -0.6]
    assert [note.text for note in figure.layout.annotations][:2] == ["+3 −1", "+0 −4"]


def test_many_groups_are_cut_and_none_is_a_figure() -> None:
    many = pd.concat([GAINS] * 40)
    assert len(differences(many, unit="tokens", dark=False).data[1].x) == LARGEST
    assert len(differences(GAINS.iloc[:0], unit="tokens", dark=True).data[1].x) == 0
    plain = differences(GAINS[["group", "n", "gain", "low", "high"]], unit="tokens", dark=True)
    assert "fixed" not in plain.data[1].hovertext[0]


def test_calibrations_tell_their_sides_apart_without_colour() -> None:
    figure = calibrations({"one": CURVE, "two": CURVE, "nothing": CURVE.iloc[:0]}, unit="tokens", dark=False)
    lines = figure.data[1:]
    assert [line.name for line in lines] == ["1 one", "2 two"]
    assert lines[0].marker.symbol != lines[1].marker.symbol
    assert lines[0].line.dash != lines[1].line.dash
    assert list(lines[1].customdata[0]) == ["two", 4]


def test_six_sides_have_six_looks_in_both_themes() -> None:
    for dark in (False, True):
        looks = [side_look(place, dark=dark) for place in range(6)]
        for part in ("number", "color", "symbol", "dash"):
            assert len({getattr(look, part) for look in looks}) == 6
    assert side_look(6, dark=False).number == "7"


def test_a_fall_is_dashed_points_down_and_is_written() -> None:
    figure = slopes(SCORES, dark=False)
    rose, fell = figure.data
    assert (rose.line.dash, fell.line.dash) == ("solid", "dash")
    assert fell.marker.symbol[1] == "triangle-down"
    assert list(fell.customdata[0]) == ["Hausa", "ZGUL+"]
    written = [note.text for note in figure.layout.annotations]
    assert "74.6 Hausa <b>-3.9</b>" in written
    assert "78.5" in written
    both = slopes(pd.concat([SCORES, SCORES.assign(group="ZGUL")]), dark=True)
    assert "74.6 Hausa, ZGUL+ <b>-3.9</b>" in [note.text for note in both.layout.annotations]


def test_names_that_would_overlap_are_moved_apart_around_where_they_were() -> None:
    assert spread([1.0, 10.0], 2.0) == [1.0, 10.0]
    assert spread([5.0, 5.0, 5.0], 2.0) == [3.0, 5.0, 7.0]
    moved = spread([5.0, 1.0, 5.5, 1.5], 1.0)
    assert moved == pytest.approx([4.75, 0.75, 5.75, 1.75])
    dice = np.random.default_rng(0).random(30).tolist()
    ordered = sorted(spread(dice, 0.1))
    assert all(b - a >= 0.1 - 1e-9 for a, b in itertools.pairwise(ordered))
    order = sorted(range(30), key=dice.__getitem__)
    assert sorted(range(30), key=spread(dice, 0.1).__getitem__) == order


def test_cells_of_a_matrix_frame_losses_and_can_be_clicked() -> None:
    figure = matrix(CELLS, dark=False, groups={"Igbo": "Atlantic-Congo", "Hausa": "Afro-Asiatic"})
    heat, over = figure.data[:2]
    assert list(figure.layout.xaxis.ticktext) == ["Igbo", "Hausa"]
    assert np.isnan(heat.z[1][0])
    assert heat.z[0][1] == pytest.approx(0.7462)
    cells = dict(zip(map(tuple, over.customdata), over.text, strict=True))
    assert cells["SSP", "Hausa"] == "SSP, Hausa<br>74.6"
    assert cells["paper", "Hausa"] == "paper, Hausa<br>nothing here"
    assert len(cells) == 4
    chosen = matrix(CELLS, dark=False, chosen=("SSP", "Igbo")).layout.shapes[-1]
    assert (chosen.line.color, (chosen.x0 + chosen.x1) / 2) == (theme(False).ink, 1)
    frames = {shape.line.color: shape.line.width for shape in figure.layout.shapes}
    assert frames[theme(False).bad] > frames[theme(False).good]
    assert [note.text for note in figure.layout.annotations] == ["Atlantic-Congo", "Afro-Asiatic"]


def test_numbers_of_a_small_confusion_fit_its_cells() -> None:
    pairs = [(a, b, 7) for a, b in itertools.product(LABELS, repeat=2)]
    counts = pd.DataFrame([("NOUN", "NOUN", 1200), *pairs[1:]], columns=["gold", "predicted", "count"])
    figure = confusion(counts, LABELS, unit="tokens", dark=False, rows="human", columns="2", small=True)
    texts = [text for trace in figure.data[2:4] for text in trace.text]
    assert set(texts) == {"1k", "7"}
    assert (figure.layout.yaxis.title.text, figure.layout.xaxis.title.text) == ("human", "2")
    assert "1,200 tokens" in figure.data[1].text[0]


def test_an_empty_cell_says_so_and_leads_nowhere() -> None:
    counts = pd.DataFrame({"gold": ["A", "B"], "predicted": ["A", "A"], "count": [3, 4]})
    figure = confusion(counts, ["A", "B"], unit="tokens", dark=False)
    blanks = figure.data[-1]
    assert figure.layout.hoverdistance == -1
    assert list(zip(blanks.y, blanks.x, strict=True)) == [("A", "B"), ("B", "B")]
    assert blanks.customdata is None
    assert blanks.text[0] == "gold A, predicted B: never"
    assert len(blanks.x) + len(figure.data[1].x) == 4


@pytest.mark.parametrize("dark", [False, True])
def test_a_click_fades_nothing(dark: bool) -> None:
    counts = pd.DataFrame({"gold": ["A", "B"], "predicted": ["A", "A"], "count": [3, 4]})
    for figure in every(counts, dark=dark):
        assert figure.layout.dragmode == "pan"
        assert not figure.layout.xaxis.fixedrange
        for trace in (trace for trace in figure.data if trace.type == "scatter" and trace.mode != "lines"):
            same = trace.unselected.marker.opacity == trace.marker.opacity
            assert (
                same if "markers" in trace.mode else trace.unselected.textfont.color == trace.textfont.color
            )


@pytest.mark.parametrize("dark", [False, True])
def test_names_from_outside_are_no_markup(dark: bool) -> None:
    counts = pd.DataFrame({"gold": [HOSTILE], "predicted": [HOSTILE], "count": [3]})
    for figure in every(counts, dark=dark, name=HOSTILE):
        assert "&lt;a " in json.dumps(shown(figure))
        assert "<a " not in json.dumps(shown(figure))


def shown(figure: go.Figure) -> list[Any]:
    """Everything of a figure that the browser would read as markup."""
    layout = figure.layout
    texts: list[Any] = [note.text for note in layout.annotations]
    texts += [list(axis.ticktext or ()) for axis in (layout.xaxis, layout.yaxis)]
    texts += [axis.title.text for axis in (layout.xaxis, layout.yaxis)]
    for trace in figure.data:
        for part in ("text", "hovertext", "name"):
            value = getattr(trace, part, None)
            texts.append(value if isinstance(value, str) or value is None else list(value))
    return texts


def every(counts: pd.DataFrame, *, dark: bool, name: str = "name") -> list[go.Figure]:
    flow = FLOW.replace({"NOUN": name})
    gains = GAINS.replace({"up": name})
    scores = SCORES.replace({"Hausa": name, "ZGUL+": name})
    cells = CELLS.replace({"Hausa": name, "SSP": name})
    return [
        sankey(flow, unit="tokens", dark=dark, stations=(name, "b", "c")),
        differences(gains, unit="tokens", dark=dark),
        calibrations({name: CURVE}, unit="tokens", dark=dark),
        slopes(scores, dark=dark),
        matrix(cells, dark=dark, groups={name: name, "Igbo": "b"}),
        confusion(counts, ["A"], unit="tokens", dark=dark, columns=name),
    ]


def test_charts_of_seventeen_labels_are_made_quickly() -> None:
    dice = np.random.default_rng(0)
    rows = [(*dice.choice(LABELS[:9], 3), int(dice.integers(1, 90)), "fixed") for _ in range(150)]
    flow = pd.DataFrame(rows, columns=list(FLOW.columns))
    sankey(flow, unit="tokens", dark=False)
    before = time.process_time()
    for _ in range(5):
        sankey(flow, unit="tokens", dark=False)
    assert (time.process_time() - before) / 5 < 0.2  # ten times what it takes
