"""Published figures: read from a table that says where each stands, beside ours only on the same data."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.catalog.paper_table import paper_figures, read
from core.errors import UnknownName
from core.published import agrees, beside, figures, same_data
from core.types import Dataset, Score
from tests.stored_release import ENTITIES

HAUSA = Dataset("ssp-release-hau", "Hausa", "hau", "ner", ENTITIES, n_instances=100, splits={"test": 100})
SCORE = Score("paper_f1", 0.7462, "stage2", "ssp-release-hau/gold", ENTITIES, 100)

# From FORMATS.md: Stage I -> Stage II, F1 in percent, as recomputed from the authors' files.
ZGUL = {
    "fao": (77.21, 82.15),
    "gsw": (65.01, 85.57),
    "hau": (52.17, 71.30),
    "ibo": (55.95, 82.38),
    "lug": (54.55, 75.36),
}
ZGUL_PLUS = {
    "fao": (81.45, 82.71),
    "gsw": (80.44, 85.97),
    "hau": (78.53, 74.62),
    "ibo": (68.85, 84.73),
    "lug": (66.02, 75.36),
}


@pytest.mark.parametrize(("labels", "wanted"), [("zgul", ZGUL), ("zgul_plus", ZGUL_PLUS)])
def test_the_table_holds_the_figures_of_the_release(
    labels: str, wanted: dict[str, tuple[float, float]]
) -> None:
    found = {
        (figure.language, figure.stage): round(100 * figure.value, 2)
        for figure in paper_figures()
        if figure.stage1_labels == labels
    }
    assert found == {
        (code, stage): value
        for code, pair in wanted.items()
        for stage, value in zip(("stage1", "stage2"), pair, strict=True)
    }


def test_every_figure_says_where_it_stands() -> None:
    for figure in paper_figures():
        assert len(figure.source) > 20
        assert "arXiv" in figure.citation
        assert 0 < figure.value < 1


def test_the_figures_of_a_task_are_its_own() -> None:
    assert {figure.task for figure in figures("nli")} == {"nli"}
    assert sum(len(figures(task)) for task in ("pos", "ner", "nli", "topic")) == len(figures())


def test_figures_of_the_same_data_stand_beside_ours() -> None:
    found = beside(HAUSA, [SCORE])
    assert {(figure.method, figure.stage, round(100 * figure.value, 2)) for figure in found} == {
        ("ZGUL, GPT-4", "stage1", 52.17),
        ("ZGUL, GPT-4", "stage2", 71.3),
        ("ZGUL+, GPT-4", "stage1", 78.53),
        ("ZGUL+, GPT-4", "stage2", 74.62),
    }


@pytest.mark.parametrize(
    "dataset",
    [
        replace(HAUSA, id="masakhaner1-hau"),
        replace(HAUSA, splits={"train": 100}),
        replace(HAUSA, splits={"test": 99}, n_instances=99),
        replace(HAUSA, splits={"test": 100, "dev": 20}, n_instances=120),
        replace(HAUSA, labels=ENTITIES[:-2]),
    ],
)
def test_nothing_stands_beside_other_data(dataset: Dataset) -> None:
    assert beside(dataset, [SCORE]) == ()


@pytest.mark.parametrize(
    "score",
    [
        replace(SCORE, metric="span_f1"),
        replace(SCORE, n_instances=20),
        replace(SCORE, label_set=("O", "B-PER", "I-PER")),
    ],
)
def test_nothing_stands_beside_another_metric_part_or_label_set(score: Score) -> None:
    assert beside(HAUSA, [score]) == ()


def test_a_figure_whose_metric_nobody_stated_is_never_compared() -> None:
    skyline = next(figure for figure in figures("pos") if not figure.metric)
    dataset = Dataset(
        skyline.dataset, "", "fao", "pos", skyline.labels, n_instances=100, splits={"test": 100}
    )
    assert same_data(skyline, dataset)
    odd = [Score("", 0.9, "stage2", "g", skyline.labels, 100)]
    assert beside(dataset, odd) == ()


def test_a_score_is_the_published_one_to_its_two_decimals() -> None:
    figure = next(item for item in beside(HAUSA, [SCORE]) if round(100 * item.value, 2) == 74.62)
    assert agrees(figure, 0.746177370030581)
    assert not agrees(figure, 0.7463)


RESULT = """
[papers.p]
title = "P"
citation = "c"
[labels]
ner = ["O"]
[[results]]
paper = "{paper}"
method = "m"
task = "{task}"
metric = "{metric}"
source = "{source}"
data = {{ dataset = "d-{{language}}", split = "test", n = 2, labels = "ner" }}
stage2 = {{ {language} = {value} }}
"""
GOOD = {
    "paper": "p",
    "task": "ner",
    "metric": "span_f1",
    "source": "table 2",
    "language": "ha",
    "value": "50",
}


def test_a_row_becomes_a_figure() -> None:
    (figure,) = read(RESULT.format(**GOOD))
    assert (figure.language, figure.dataset, figure.value, figure.labels) == ("hau", "d-ha", 0.5, ("O",))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"paper": "q"}, ValueError),
        ({"task": "parsing"}, ValueError),
        ({"metric": "bleu"}, ValueError),
        ({"source": ""}, ValueError),
        ({"value": "101"}, ValueError),
        ({"language": "zzzz"}, UnknownName),
    ],
)
def test_a_wrong_row_is_refused(change: dict[str, str], error: type[Exception]) -> None:
    with pytest.raises(error):
        read(RESULT.format(**{**GOOD, **change}))
