"""Across languages: the matrix, the run looked at, published figures beside ours only where they may be."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core import across
from core.across import Method
from core.scoring import score_run
from core.store import facts
from dashboard import resources
from dashboard.widgets.languages import board, chosen, rising
from tests.pages.test_pages import assert_well, exports, filled, texts, visit, workspace
from tests.stored_release import imported, labelled, release, span_f1

__all__ = ["filled", "workspace"]


@pytest.fixture
def released(workspace: Path) -> Path:
    """Two languages of the release with ZGUL+ labels, of which Hausa falls; one with ZGUL labels, too."""
    store = resources.store()
    hausa, igbo = (release(store, code) for code in ("hau", "ibo"))
    imported(store, hausa, "zgul_plus", 60, 50)
    imported(store, igbo, "zgul_plus", 60, 90)
    imported(store, igbo, "zgul", 20, 40)
    return workspace


def frame(app: AppTest, column: str) -> pd.DataFrame:
    found: pd.DataFrame = next(item.value for item in app.dataframe if column in item.value.columns)
    return found


def matrix_of(app: AppTest) -> dict[str, Any]:
    """The matrix as the browser gets it."""
    spec: dict[str, Any] = json.loads(app.get("plotly_chart")[0].proto.spec)
    return spec


def texts_of(spec: dict[str, Any]) -> set[str]:
    return {text for trace in spec["data"] if trace.get("mode") == "text" for text in trace["text"]}


def test_the_matrix_shows_scores_losses_and_published_figures(released: Path) -> None:
    app = visit("languages.py", dataset="ssp-release-hau")
    assert_well(app)
    spec = matrix_of(app)
    assert spec["layout"]["xaxis"]["ticktext"] == ["Hausa", "Igbo"]
    slopes = json.loads(app.get("plotly_chart")[1].proto.spec)["layout"]["annotations"]
    assert [note["text"] for note in slopes][-2:] == ["Stage I", "Stage II"]
    assert spec["layout"]["yaxis"]["ticktext"] == [
        "ZGUL+ labels · imported",
        "ZGUL labels · imported",
        "published · SSP, ZGUL, GPT-4",
        "published · SSP, ZGUL+, GPT-4",
    ]
    before, after = 100 * span_f1(60), 100 * span_f1(50)
    assert {f"{after:.1f}<br>▼ {before - after:.1f}", "74.6<br>▼ 3.9", "84.7<br>▲ 15.9"} <= texts_of(spec)
    assert [shape["line"]["dash"] for shape in spec["layout"]["shapes"]].count("dot") == 4
    assert [note["text"] for note in spec["layout"]["annotations"]] == ["Afro-Asiatic", "Atlantic-Congo"]
    runs = frame(app, "published").set_index("id")
    assert runs.loc["ssp-release-hau/zgul_plus", "published"] == pytest.approx(74.62)
    assert runs.loc["ssp-release-hau/zgul_plus", "change"] == pytest.approx(after - before)


def test_another_score_has_no_published_figures_beside_it(released: Path) -> None:
    app = visit("languages.py", dataset="ssp-release-hau", metric="span_f1", by="script", per="stage1")
    assert_well(app)
    spec = matrix_of(app)
    assert spec["layout"]["yaxis"]["ticktext"] == ["ZGUL+", "ZGUL"]
    assert [note["text"] for note in spec["layout"]["annotations"]] == ["Latin"]
    assert frame(app, "score")["published"].isna().all()


def test_the_run_of_the_view_stands_beside_the_published_figure(released: Path) -> None:
    app = visit("languages.py", dataset="ssp-release-hau", run="ssp-release-hau/zgul_plus")
    said = texts(app)
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Stage I"] == f"{100 * span_f1(60):.2f}"
    assert figures["Published Stage I"] == "78.53"
    assert figures["Published Stage II"] == "74.62"
    difference = 100 * (span_f1(50) - 0.7462)
    assert f"Ours differs by {difference:+.2f} from the published figure" in said
    assert "against the gold labels of SSP release hau · 100 sentences · 9 labels" in said


def test_choosing_a_cell_or_a_row_makes_it_the_run_of_the_view(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = across.across(resources.store(), "ner")
    shown = board.board(found, "paper_f1", per="", by="")
    went: list[dict[str, object]] = []
    held: dict[str, Any] = {}
    monkeypatch.setattr(chosen.state, "go", lambda **changes: went.append(changes))
    monkeypatch.setattr(chosen.state, "widget", held.get)
    cell, row = chosen.cell_to_run("matrix", shown), chosen.row_to_run("runs", found)
    held["matrix"] = {"selection": {"points": [{"customdata": ["ZGUL labels · imported", "Igbo"]}]}}
    held["runs"] = {"selection": {"rows": [0]}}
    cell["on_select"]()
    row["on_select"]()
    assert went == [
        {"dataset": "ssp-release-ibo", "run": "ssp-release-ibo/zgul"},
        {"dataset": "ssp-release-hau", "run": "ssp-release-hau/zgul_plus"},
    ]
    for nothing in ([], [{"customdata": ["published · SSP, ZGUL, GPT-4", "Igbo"]}], [{}]):
        held["matrix"] = {"selection": {"points": nothing}}
        cell["on_select"]()
    held["runs"] = {"selection": {"rows": []}}
    row["on_select"]()
    assert len(went) == 2


def test_published_figures_say_why_they_stand_beside_ours_or_not(released: Path) -> None:
    rows = frame(visit("languages.py", dataset="ssp-release-hau"), "beside ours")
    told = {(row["language"], row["beside ours"]) for _, row in rows.iterrows()}
    assert told == {
        ("Hausa", "yes: same data, split, labels and metric"),
        ("Igbo", "yes: same data, split, labels and metric"),
        ("Luganda", "no: the data are not in this workspace"),
    }
    assert all(rows["source"].str.len() > 20)


def test_a_part_of_a_data_set_is_marked_and_stands_beside_nothing(workspace: Path) -> None:
    store = resources.store()
    dataset = release(store, "hau")
    score_run(
        store, facts.add_import_run(store, dataset, "zgul", stage1=labelled(9, 20), stage2=None, meta={})
    )
    app = visit("languages.py", dataset=dataset, metric="paper_f1")
    assert texts_of(matrix_of(app)) == {f"{100 * span_f1(9, 20):.1f}*"}
    assert "* scored on a part of the data set only." in texts(app)
    assert len(matrix_of(app)["layout"]["yaxis"]["ticktext"]) == 1


def test_every_kind_of_task_has_its_matrix(filled: Path) -> None:
    app = visit("languages.py", dataset="pairs")
    assert texts_of(matrix_of(app)) == {"0.0"}
    assert matrix_of(app)["layout"]["xaxis"]["ticktext"] == ["Aymara (sample)"]
    words = visit("languages.py", dataset="pairs", task="pos")
    assert matrix_of(words)["layout"]["xaxis"]["ticktext"] == ["Faroese"]
    nothing = visit("languages.py", task="topic")
    assert_well(nothing)
    assert "No scores of this task yet" in texts(nothing)


def test_everything_can_be_exported(released: Path) -> None:
    found = exports(visit("languages.py", dataset="ssp-release-hau"))
    assert {name.partition(" (")[0] for name in found} >= {"Matrix", "Slopes", "Runs", "Published figures"}


def test_two_data_sets_of_a_language_have_two_columns(released: Path) -> None:
    imported(resources.store(), release(resources.store(), "hau", name="Mine"), "zgul_plus", 10, 20)
    app = visit("languages.py", dataset="ssp-release-hau", metric="span_f1")
    assert matrix_of(app)["layout"]["xaxis"]["ticktext"] == ["Hausa, Mine", "Hausa, SSP release hau", "Igbo"]


def test_slopes_leave_out_what_would_show_the_same_again() -> None:
    lines = pd.DataFrame(
        [("Hausa", 0.5, 0.4, name) for name in ("ZGUL labels · imported", "SSP from ZGUL")]
        + [("Hausa", 0.5, 0.6, "SSP from ZGUL+")],
        columns=["name", "before", "after", "group"],
    )
    assert [name for name, _ in rising.groups(lines)] == ["SSP from ZGUL", "SSP from ZGUL+"]


@pytest.mark.parametrize(
    ("per", "name"),
    [
        ("", "SSP from ZGUL+ · model-7b · ILP, K = 8"),
        ("recipe", "SSP"),
        ("model", "model-7b"),
        ("selector", "ILP, K = 8"),
        ("stage1", "ZGUL+"),
    ],
)
def test_a_row_stands_for_what_was_asked(per: str, name: str) -> None:
    assert board.row_name(Method("ssp", "zgul_plus", "ilp", 8, "org/model-7b"), per) == name


def test_methods_without_a_second_stage_say_so() -> None:
    alone = Method("transfer", "crf", "", 0, "")
    assert board.row_name(alone) == "Transfer from CRF · Stage I only"
    assert board.row_name(alone, "selector") == "no exemplars"
    assert board.row_name(Method("", "codec", "", 0, ""), "model") == board.IMPORTED


def test_the_page_script_is_quick(released: Path) -> None:
    app = visit("languages.py", dataset="ssp-release-hau")
    before = time.process_time()
    app.run()
    assert time.process_time() - before < 2  # generous: it takes a tenth
