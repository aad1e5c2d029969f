"""The charts of the page of methods: training curves, scores beside baselines, sweeps, shares."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from dashboard.charts.method_scores import scores
from dashboard.charts.method_shares import shares
from dashboard.charts.sweep import sweep
from dashboard.charts.training import steps, training

CURVE = [
    {"step": 0, "loss": 2.0, "parts": {"classification": 1.5, "alignment": 0.5}, "score": 0.25},
    {"step": 5, "loss": 1.0, "parts": {"classification": 0.8, "alignment": 0.2}, "score": None},
    {"step": 10, "loss": 0.5, "parts": {"classification": 0.4, "alignment": 0.1}, "score": 0.75},
]
RUNS = pd.DataFrame(
    [("MPT", True, "a", 0, 0.8), ("MPT", True, "b", 1, 0.9), ("Soft <prompt>", False, "c", 0, 0.5)],
    columns=["name", "own", "run", "seed", "score"],
)


def test_a_curve_shows_every_part_of_the_loss_and_the_step_that_was_kept() -> None:
    table = steps(CURVE)
    assert list(table.columns) == ["step", "score", "loss", "classification", "alignment"]
    assert math.isnan(table.score[1])
    figure = training(table, kept=[10], scored="held-out source items", dark=False)
    assert [trace.name for trace in figure.data] == [
        "loss, all parts",
        "classification",
        "alignment",
        "score on held-out source items",
    ]
    assert list(figure.data[-1].y) == [25.0, 75.0]
    assert figure.layout.shapes[0].x0 == 10
    assert figure.layout.annotations[0].text == "kept: step 10"
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]


def test_a_training_of_two_parts_shows_where_the_second_begins() -> None:
    stages = {0: "source prompt", 5: "target prompt"}
    figure = training(steps(CURVE), kept=[0, 10], scored="items", dark=True, stages=stages)
    assert [shape.x0 for shape in figure.layout.shapes] == [0, 10, 0, 5]
    assert [note.text for note in figure.layout.annotations][2:] == ["source prompt", "target prompt"]
    assert len(training(steps(CURVE), kept=[], scored="", dark=True, stages={0: "one"}).layout.shapes) == 0


def test_without_judgements_there_is_one_panel_and_nothing_is_called_kept() -> None:
    figure = training(steps([{"step": 1, "loss": 1.0, "score": None}]), kept=[], scored="", dark=True)
    assert [trace.name for trace in figure.data] == ["loss"]
    assert not figure.layout.shapes
    assert training(steps([]), kept=[3], scored="", dark=True).layout.shapes == ()


def test_scores_show_every_seed_the_mean_and_what_guessing_gives() -> None:
    figure = scores(RUNS, metric="Accuracy", chance=0.25, dark=False)
    marks, means = figure.data
    assert list(marks.customdata) == ["a", "b", "c"]
    assert list(means.text) == ["85.0", "50.0"]
    assert list(means.x) == pytest.approx([85.0, 50.0])
    assert figure.layout.shapes[0].x0 == 25.0
    assert figure.layout.annotations[0].text == "even guess 25.0"
    assert figure.layout.yaxis.ticktext[1] == "Soft &lt;prompt&gt;"
    filled = means.marker.color
    assert filled[0] != filled[1]
    assert not scores(RUNS, metric="F1", chance=None, dark=True).layout.shapes


def swept(values: list[object]) -> pd.DataFrame:
    rows = [
        ("MPT", value, seed, f"{value}-{seed}", 0.5 + seed / 10) for value in values for seed in (0, 1, 2)
    ]
    return pd.DataFrame(rows, columns=["name", "value", "seed", "run", "score"])


def test_a_sweep_draws_means_with_whiskers_from_the_worst_to_the_best_seed() -> None:
    figure = sweep(swept([1, 4, 16]), setting="shots", metric="Accuracy", chance=0.1, dark=False)
    (line,) = figure.data
    assert list(line.x) == [1, 4, 16]
    assert list(line.y) == pytest.approx([60.0] * 3)
    assert list(line.error_y.array) == pytest.approx([10.0] * 3)
    assert list(line.customdata) == ["1-0", "4-0", "16-0"]
    assert figure.layout.xaxis.type == "linear"
    assert figure.layout.annotations[0].text == "even guess 10.0"


@pytest.mark.parametrize(
    ("values", "kind"),
    [([1, 10, 100], "log"), ([0, 10, 1000], "linear"), (["linear-1", "lstm-1"], "category")],
)
def test_the_axis_of_a_sweep_fits_its_values(values: list[object], kind: str) -> None:
    figure = sweep(swept(values), setting="x", metric="Accuracy", chance=None, dark=True)
    assert figure.layout.xaxis.type == kind
    assert not figure.layout.shapes


def test_shares_stand_by_group_with_what_chance_would_give() -> None:
    rows = pd.DataFrame(
        [("German", "XAMPLER", 0.8, 0.2), ("German", "random", 0.2, 0.2), ("Hausa", "XAMPLER", 0.6, 0.3)],
        columns=["language", "retriever", "share", "by chance"],
    )
    chance, learned, drawn = shares(rows, by="language", dark=False).data
    assert list(chance.x) == pytest.approx([20.0, 30.0])
    assert list(learned.x) == pytest.approx([80.0, 60.0])
    assert next(iter(drawn.x)) == pytest.approx(20.0)
    assert math.isnan(list(drawn.x)[1])
    assert learned.marker.symbol != drawn.marker.symbol
