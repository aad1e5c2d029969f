"""Every page runs, on a workspace with all kinds of data and on an empty one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import settings
from core.scoring import score_run
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record, Selection
from dashboard import resources

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.name for path in (ROOT / "pages").glob("*.py"))
CHANGING = {
    "Run",
    "Start",
    "Save",
    "Queue",
    "Delete",
    "Import",
    "Import again",
    "Stop",
    "Resume",
    "Reset the demo",
}
POS = ("NOUN", "VERB", "PUNCT")
SENTENCES = [("Ein", "\u200bBär", "."), ("húsið", "stendur", "![x](http://x/y.png)"), ("بيت", "كبير", ".")]


def _fill(store: Store) -> None:
    """Three data sets: POS with both stages and exemplars, NLI with Stage I only, topic without a run."""
    items = [Record(Instance(p, "test", tokens, " ".join(tokens)), POS) for p, tokens in enumerate(SENTENCES)]
    facts.add_dataset(store, Dataset("words", "Words", "fao", "pos", POS, licence="CC0"), items)
    first = [Prediction(p, ("NOUN", "NOUN", "PUNCT"), (0.9, 0.4, 0.7)) for p in range(3)]
    second = [Prediction(p, ("NOUN", "VERB" if p else "NOUN", "NOUN")) for p in range(3)]
    chosen = Selection(
        0, (1, 2), (0.5, 0.4), (0.9, 0.8), (("NOUN",), ()), 1.2, 1.2, "optimal", ("VERB",), ("VERB",)
    )
    run = facts.add_import_run(
        store, "words", "zgul", stage1=first, stage2=second, selections=[(chosen, (1, 2))], meta={}
    )
    score_run(store, run)
    pairs = [Record(Instance(p, "test", (), "premise", "hypothesis"), ("neutral",)) for p in range(2)]
    labels = ("entailment", "neutral", "contradiction")
    facts.add_dataset(store, Dataset("pairs", "Pairs", "aym", "nli", labels, illustrative=True), pairs)
    noisy = [Prediction(p, ("entailment",), (0.6,)) for p in range(2)]
    score_run(store, facts.add_import_run(store, "pairs", "deberta", stage1=noisy, stage2=None, meta={}))
    topics = [Record(Instance(0, "test", (), "a text"), None)]
    facts.add_dataset(store, Dataset("texts", "Texts", "arb", "topic", ("health", "sports")), topics)


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty workspace that the dashboard of this test looks at."""
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path))
    settings.reset()
    st.cache_data.clear()
    yield tmp_path
    resources.close()
    settings.reset()


@pytest.fixture
def filled(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with data in it, which is made once and copied."""
    made = tmp_path_factory.getbasetemp() / "filled"
    if not made.exists():
        with Store.open(made) as store:
            _fill(store)
    shutil.copytree(made, workspace, dirs_exist_ok=True)
    return workspace


def visit(name: str, **params: str) -> AppTest:
    """Run a page as a visitor with this address would."""
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=30)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    if name != "overview.py":
        app.switch_page(f"../pages/{name}")
        for key, value in params.items():
            app.query_params[key] = value
        app.run()
    return app


def texts(app: AppTest) -> str:
    return "\n".join(
        str(item.value) for kind in ("title", "markdown", "text", "caption") for item in app.get(kind)
    )


def assert_well(app: AppTest) -> None:
    assert not app.exception, app.exception
    assert "This did not work" not in texts(app)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_on_an_empty_workspace(workspace: Path, name: str) -> None:
    app = visit(name)
    assert_well(app)
    if name != "import_data.py":
        assert "ssp sample" in [code.value for code in app.code]


@pytest.mark.parametrize("dataset", ["words", "pairs", "texts"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_on_every_kind_of_data(filled: Path, name: str, dataset: str) -> None:
    assert_well(visit(name, dataset=dataset))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_runs_with_filters_tour_and_presentation(filled: Path, name: str) -> None:
    assert_well(
        visit(name, dataset="words", sentence="1", gold="NOUN", changed="fixed", tour="3", present="1")
    )


def test_the_overview_names_gold_label_set_and_size(filled: Path) -> None:
    said = texts(visit("overview.py"))
    assert "against the gold of Words · 3 sentences · 3 labels" in said
    assert "illustrative" in said


def test_captions_name_gold_size_and_label_set(filled: Path) -> None:
    against = "against the gold labels of Words · 3 sentences · 3 labels"
    captions = [str(caption.value) for caption in visit("stage1.py", dataset="words").caption]
    assert sum(against in caption for caption in captions) >= 3, captions
    assert against in texts(visit("compare.py", dataset="words"))


def test_recorded_exemplars_say_that_the_similarities_are_ours(filled: Path) -> None:
    labels = [Prediction(p, ("NOUN", "NOUN", "PUNCT"), (0.9, 0.4, 0.7)) for p in range(3)]
    chosen = Selection(0, (1,), (0.5,), (0.9,), ((),), None, None, "recorded", (), ())
    run = facts.add_import_run(
        resources.store(),
        "words",
        "zgul_plus",
        stage1=labels,
        stage2=labels,
        selections=[(chosen, (1,))],
        meta={},
    )
    app = visit("exemplars.py", dataset="words", run=run, sentence="0")
    assert "The similarities shown are ours (character n-grams)" in texts(app)
    assert "offline in-context tagger" not in texts(app)
    assert "The labels of this run were stored by its authors" in texts(app)


def test_labels_without_a_first_stage_are_compared_with_gold(filled: Path) -> None:
    second = [Prediction(p, ("NOUN", "VERB", "PUNCT")) for p in range(3)]
    run = facts.add_import_run(resources.store(), "words", "codec", stage1=None, stage2=second, meta={})
    score_run(resources.store(), run)
    app = visit("compare.py", dataset="words", run=run, changed="fixed")
    assert_well(app)
    said = texts(app)
    assert "Words · Stage II: CODEC, stored labels, not replayed" in said
    assert "Stage I:" not in said
    assert "There is one labeling only" in app.info[0].value
    assert "Sentence 0" in said
    assert "Sentences (3 rows)" in exports(app)


def test_without_gold_nothing_is_called_right(filled: Path) -> None:
    labels = [Prediction(0, ("health",), (0.6,))], [Prediction(0, ("sports",))]
    facts.add_import_run(resources.store(), "texts", "zgul", stage1=labels[0], stage2=labels[1], meta={})
    said = texts(visit("compare.py", dataset="texts"))
    assert "There is no gold to say which label is right" in said
    assert "Green was fixed" not in said


def test_a_second_stage_that_changed_nothing_says_so(filled: Path) -> None:
    same = [Prediction(p, ("entailment",), (0.6,)) for p in range(2)]
    run = facts.add_import_run(resources.store(), "pairs", "same", stage1=same, stage2=same, meta={})
    app = visit("compare.py", dataset="pairs", run=run)
    assert_well(app)
    assert [item.value for item in app.info] == ["Stage II kept every label of Stage I."]


def test_a_pair_is_listed_with_both_its_texts(filled: Path) -> None:
    listed = visit("stage1.py", dataset="pairs").dataframe[-1].value
    assert list(listed.text_b) == ["hypothesis", "hypothesis"]


def test_a_changed_sentence_is_opened_first(filled: Path) -> None:
    app = visit("compare.py", dataset="words", gold="VERB", label="VERB")
    assert "Sentence 1" in texts(app)


def exports(app: AppTest) -> list[str]:
    return [button.proto.label for button in app.get("download_button")]


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("import_data.py", {"Catalog"}),
        ("stage1.py", {"Label counts", "Ambiguous forms", "Reliability", "Confusion", "Sentences"}),
        ("stage1.py", {"Scores", "Label by label", "Confidence by label", "Noise by label", "Correct first"}),
        ("exemplars.py", {"Chosen", "Use of exemplars"}),
        ("compare.py", {"Scores", "Flow", "Label switches", "Sentences"}),
    ],
)
def test_every_table_of_a_page_can_be_exported(filled: Path, name: str, tables: set[str]) -> None:
    found = {label.rpartition(" (")[0] for label in exports(visit(name, dataset="words", sentence="0"))}
    assert tables - {"Ambiguous forms"} <= found


def test_stored_labels_are_not_called_replayed(filled: Path) -> None:
    assert "stored labels, not replayed" in texts(visit("compare.py", dataset="words"))


def test_a_data_set_without_labels_says_how_to_get_them(filled: Path) -> None:
    app = visit("stage1.py", dataset="texts")
    assert "ssp run ssp --dataset texts" in [code.value for code in app.code]


@pytest.mark.parametrize(
    "address",
    [
        {"dataset": "nonsense"},
        {"dataset": "words", "run": "nonsense"},
        {"dataset": "pairs", "run": "words/nonsense"},
    ],
)
def test_an_unknown_name_in_the_address_is_one_clear_message(filled: Path, address: dict[str, str]) -> None:
    app = visit("stage1.py", **address)
    assert not app.exception
    assert "This did not work" in texts(app)
    assert "nonsense" in texts(app)


def test_a_run_of_another_data_set_is_not_shown_under_this_ones_name(filled: Path) -> None:
    app = visit("compare.py", dataset="pairs", run="words/zgul")
    assert "This did not work" in texts(app)
    assert "against" not in texts(app)


def test_there_is_no_tour_through_an_empty_workspace(workspace: Path) -> None:
    assert "Take the tour" not in [button.label for button in visit("overview.py").button]


def test_presentation_writes_the_scores_in_type_that_grows(filled: Path) -> None:
    shown = visit("compare.py", dataset="words", present="1").table[0].value
    assert shown.loc["Token accuracy", "Stage I"] == "66.67"
    assert shown.loc["Token accuracy", "II − I"].startswith(("+", "-"))


def test_presentation_shows_no_button_that_changes_anything(filled: Path) -> None:
    facts.add_queue(resources.store(), "words", "two of them", (2, 0), "to look at")

    def changing(app: AppTest) -> list[str]:
        links = [link.proto.label for link in app.get("page_link")]
        shown = [item.label for item in app.button] + links
        return [label for label in shown if label in CHANGING]

    assert changing(visit("overview.py", dataset="words"))
    assert changing(visit("stage1.py", dataset="words"))
    assert changing(visit("run.py", dataset="words"))
    for name in PAGES:
        assert not changing(visit(name, dataset="words", present="1", entry="ssp-release-fao"))


def test_the_address_carries_what_was_chosen(filled: Path) -> None:
    app = visit("overview.py")
    app.selectbox(key="url-dataset").set_value("pairs").run()
    assert app.query_params["dataset"] == "pairs"
    assert app.selectbox(key="url-run").value == "pairs/deberta"
    app.switch_page("../pages/stage1.py").run()
    assert "Pairs" in texts(app)


def test_looking_adds_nothing_to_the_history_of_the_browser(filled: Path) -> None:
    assert not visit("overview.py").query_params


def test_no_page_brings_in_a_model_library(filled: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; import dashboard.asgi, dashboard.current, dashboard.widgets.tour;"
        "import dashboard.widgets.exemplars, dashboard.widgets.catalog;"
        "heavy = {'torch', 'transformers', 'sklearn', 'pulp'} & set(sys.modules);"
        "sys.exit(f'heavy: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
