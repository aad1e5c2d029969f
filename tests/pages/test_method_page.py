"""The page of methods: what they do, a training read, results beside baselines."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.catalog.method_table import methods
from core.retrieval.shares import Shares
from core.store import Store
from dashboard import methods as asked
from dashboard import resources
from dashboard.method_ways import alike, plain, setting_name, ways
from dashboard.widgets.method import papers, sweeps, training
from tests.method_runs import TOPICS, mpt_runs, rosprompt_runs
from tests.pages.test_pages import assert_well, exports, filled, texts, visit, workspace

__all__ = ["filled", "workspace"]

pytestmark = pytest.mark.slow

PAGE = "method.py"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A workspace with runs of MPT and of what it is held against, and their ids; made once and copied."""
    folder = tmp_path_factory.mktemp("made")
    with Store.open(folder / "workspace") as store:
        return folder / "workspace", mpt_runs(store, folder / "jobs")


@pytest.fixture
def mpt(made: tuple[Path, dict[str, str]], workspace: Path) -> dict[str, str]:
    """The ids of the stored runs."""
    shutil.copytree(made[0], workspace, dirs_exist_ok=True)
    return made[1]


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(item.proto.spec) for item in app.get("plotly_chart")]


def frame(app: AppTest, column: str) -> pd.DataFrame:
    found: pd.DataFrame = next(item.value for item in app.dataframe if column in item.value.columns)
    return found


def told(app: AppTest, column: str) -> dict[str, dict[Any, Any]]:
    """The rows of the table that has this column, by what they are about."""
    return {str(row["what"]): row for row in frame(app, column).to_dict("records")}


@pytest.mark.parametrize("key", list(methods()))
def test_every_method_is_drawn_told_and_exported(filled: Path, key: str) -> None:
    app = visit(PAGE, dataset="pairs", method=key)
    assert_well(app)
    said, method = texts(app), methods()[key]
    assert method.says in said
    assert all(step in said for step in method.steps)
    assert "Our reading" in said
    assert app.get("plotly_chart")[0].proto.alt == method.told
    written = {
        note.get("text", "").replace("<b>", "").replace("</b>", "")
        for note in charts(app)[0]["layout"]["annotations"]
    }
    assert {"<br>".join(box.lines) for box in method.boxes} <= written
    published = papers.table(method)
    assert bool(exports(app)) is not published.empty
    if published.empty:
        assert "No figure of this paper is kept here" in said


def test_without_an_address_the_method_is_that_of_the_run_else_ssp(mpt: dict[str, str]) -> None:
    assert methods()["ssp"].says in texts(visit(PAGE, dataset=TOPICS, run=mpt["hard"]))
    assert methods()["mpt"].says in texts(visit(PAGE, dataset=TOPICS, run=mpt["mpt-1-0"]))


def test_published_figures_stand_with_their_source() -> None:
    rows = papers.table(methods()["xampler"])
    assert {"75.91", "61.46", "+6.4 points", "+6.01 points", "+1.41 points"} == set(rows["figure"])
    assert rows["source"].str.len().min() > 10
    assert set(papers.table(methods()["mpt"])["figure"]) == {"+7.5 points", "+3.1 points", "+18.4 %"}
    assert papers.table(methods()["rosprompt"]).empty


def test_a_method_for_whole_texts_says_so_on_words_and_leads_to_data_it_can_do(filled: Path) -> None:
    app = visit(PAGE, dataset="words", method="mpt", tab="plan")
    assert_well(app)
    assert "labels whole texts, not words" in app.info[0].value
    there = [link.proto.query_string for link in app.get("page_link") if "Texts" in link.proto.label]
    assert there
    assert "method=mpt" in there[0]


def test_a_training_shows_its_curve_its_words_and_what_its_prompts_come_near_to(mpt: dict[str, str]) -> None:
    app = visit(PAGE, dataset=TOPICS, method="mpt", tab="training")
    assert_well(app)
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures == {"Kept step": "30", "Seconds": "12.3", "Texts per class": "16", "Sentence pairs": "200"}
    assert "stopped early: nothing more was gained" in texts(app)
    names = [trace["name"] for trace in charts(app)[0]["data"]]
    assert names == ["loss, all parts", "classification", "alignment", "score on held-out source items"]
    read = frame(app, "one token")
    assert [row["word"] for row in read.to_dict("records") if not row["one token"]] == ["travel"]
    assert "1 of 5 words are more than one token" in texts(app)
    near = frame(app, "vector")
    assert near.to_dict("records")[0]["1."] == "about 0.91"
    assert set(near["prompt"]) == {"source prompt", "target prompt"}
    assert {"Training curve", "Label words", "Nearest words"} <= {
        name.rpartition(" (")[0] for name in exports(app)
    }


def test_a_training_in_parts_says_where_each_begins_and_what_it_kept() -> None:
    stages = [
        {"name": "source prompt", "steps": 40, "best": 30},
        {"name": "target prompt", "steps": 60, "best": 60},
    ]
    assert training.parts({"stages": stages, "best": 30}) == (
        {0: "source prompt", 40: "target prompt"},
        [30, 100],
    )
    assert training.parts({"best": 7}) == ({0: ""}, [7])
    assert training.parts({"best": None}) == ({0: ""}, [])


def test_a_run_that_trained_nothing_says_so(mpt: dict[str, str]) -> None:
    app = visit(PAGE, dataset=TOPICS, method="mpt", tab="training", run=mpt["hard"])
    assert_well(app)
    assert "trained nothing" in app.info[0].value
    assert not app.get("plotly_chart")


def test_without_a_training_the_page_says_what_would_make_one(filled: Path) -> None:
    app = visit(PAGE, dataset="texts", method="rosprompt", tab="training")
    assert_well(app)
    assert "ssp run rosprompt --dataset texts" in [code.value for code in app.code]
    assert "No scores of it yet" in texts(visit(PAGE, dataset="texts", method="rosprompt", tab="results"))


def test_results_show_means_spread_gains_and_losses(mpt: dict[str, str]) -> None:
    app = visit(PAGE, dataset=TOPICS, method="mpt", tab="results")
    assert_well(app)
    rows = told(app, "difference")
    assert list(rows) == ["MPT, shots 16", "MPT, shots 4", "MPT, shots 1", "Soft prompt", "Hard prompt"]
    assert rows["MPT, shots 16"]["seeds"] == "0, 1"
    assert pd.isna(rows["MPT, shots 16"]["difference"])
    assert rows["Hard prompt"]["from"] > 0 > rows["Soft prompt"]["to"]
    assert {(row["items"], row["even guess"]) for row in rows.values()} == {(80, 25.0)}
    found = {run.run: run.score for run in asked.found(TOPICS)}
    own = [found[mpt["mpt-4-0"]], found[mpt["mpt-4-1"]]]
    assert rows["MPT, shots 4"]["mean"] == pytest.approx(50 * sum(own))
    assert rows["MPT, shots 4"]["low"] == pytest.approx(100 * min(own))
    assert app.warning[0].value == "Here MPT, shots 16 does worse than: Hard prompt."
    assert (
        app.success[0].value
        == "Here MPT, shots 16 does better than: MPT, shots 4; MPT, shots 1; Soft prompt."
    )
    said = texts(app)
    assert "the gold labels of Topics of qab · 80 items · 4 labels" in said
    assert "These are not the paper’s conditions" in said
    assert charts(app)[0]["layout"]["annotations"][0]["text"] == "even guess 25.0"
    assert {"Results", "Sweep", "Conditions", "Published figures"} <= {
        name.rpartition(" (")[0] for name in exports(app)
    }


def test_a_sweep_is_read_from_stored_runs(mpt: dict[str, str]) -> None:
    shown = ways(asked.found(TOPICS), methods()["mpt"])
    assert sweeps.options(shown) == {"stage1.shots": 3}
    rows = sweeps.table(shown, "stage1.shots")
    assert list(dict.fromkeys(rows["value"])) == [1, 4, 16]
    assert set(rows["name"]) == {"MPT"}
    assert len(rows) == 6
    app = visit(PAGE, dataset=TOPICS, method="mpt", tab="results")
    (line,) = charts(app)[1]["data"]
    assert line["name"] == "MPT"


def test_a_run_of_other_items_is_left_out_and_told(mpt: dict[str, str]) -> None:
    shown = ways(asked.found(TOPICS), methods()["mpt"])
    assert alike(shown) == shown
    assert alike([]) == []


def test_seen_and_unseen_classes_stand_apart(workspace: Path, tmp_path: Path) -> None:
    rosprompt_runs(resources.store(), tmp_path / "jobs")
    app = visit(PAGE, dataset=TOPICS, method="rosprompt", tab="results")
    assert_well(app)
    rows = told(app, "harmonic")
    assert [rows["RoSPrompt"][name] for name in ("seen", "unseen")] == [100.0, 50.0]
    assert rows["RoSPrompt"]["harmonic"] == pytest.approx(200 / 3)
    assert [rows["NPPrompt"][name] for name in ("seen", "unseen")] == [50.0, 50.0]
    assert "Seen: health, politics. Unseen: sports, travel." in texts(app)
    read = visit(PAGE, dataset=TOPICS, method="rosprompt", tab="training")
    assert {metric.label: metric.value for metric in read.metric}["Seen classes"] == "2"
    assert [*frame(read, "weight").to_dict("records")] == [
        {"class": "sports", "token": "football", "weight": 0.2}
    ]


def test_exemplars_of_the_right_label_are_shown_by_language(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared: dict[str, Any] = {
        "dataset": "texts",
        "script": "Latn",
        "base": "m/all-MiniLM",
        "seed": 0,
        "k": 3.0,
        "n": 50,
    }
    rows = [
        Shares(
            run=f"r{place}",
            language=language,
            family="",
            retriever="xampler gold",
            share=share,
            low=share - 0.1,
            high=share + 0.1,
            expected=0.2,
            **shared,
        )
        for place, (language, share) in enumerate((("German", 0.8), ("Hausa", 0.5)))
    ]
    monkeypatch.setattr(asked, "same_label", lambda recipe: rows)
    app = visit(PAGE, dataset="texts", method="xampler", tab="training")
    assert_well(app)
    chance, learned = charts(app)[0]["data"]
    assert learned["name"] == "xampler gold, all-MiniLM"
    assert charts(app)[0]["layout"]["yaxis"]["ticktext"] == ["German", "Hausa"]
    assert frame(app, "by chance")["share"].to_list() == [0.8, 0.5]
    assert chance["name"] == "drawn at random"


def test_a_setting_is_named_in_few_letters() -> None:
    assert setting_name("stage1.alpha") == "alpha"
    assert setting_name("embedder.name") == "embedder"
    assert setting_name("stage1.labeler") == "Stage I"
    assert setting_name("sources") == "sources"
    assert plain(("a:train", "b:train")) == "a:train b:train"
    assert plain("/some/where/model/") == "model"


def test_the_page_script_is_quick(mpt: dict[str, str]) -> None:
    app = visit(PAGE, dataset=TOPICS, method="mpt", tab="results")
    before = time.process_time()
    app.run()
    assert time.process_time() - before < 2  # generous: it takes a tenth
