"""The import page with labels made elsewhere: they become a Stage I of a data set that is here."""

from __future__ import annotations

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.importing import import_file
from core.store import views
from dashboard import resources
from tests.own_files import DEV, choice, put
from tests.pages.import_form import flat, left_behind, press, run, said, upload, visit, workspace

__all__ = ["workspace"]

WORDS = [["Eg", "lesi"], ["Hon", "sá", "."]]
TAGS = [["PRON", "NOUN"], ["PRON", "VERB", "PUNCT"]]


def lines(tags: list[list[str]], sure: float | None = 0.8) -> str:
    rows = [
        {"tokens": words, "labels": row} | ({} if sure is None else {"confidences": [sure] * len(row)})
        for words, row in zip(WORDS, tags, strict=True)
    ]
    return "\n".join(map(json.dumps, rows))


def here(workspace: Path) -> AppTest:
    """The tab, with one data set in the workspace."""
    import_file(resources.store(), choice(put(workspace, "own.conllu", DEV), "pos"))
    return visit(tab="labels", dataset="own")


def test_without_data_there_is_nothing_to_label(workspace: Path) -> None:
    app = visit(tab="labels")
    assert "Labels belong to a data set" in said(app)
    assert not app.file_uploader


def test_labels_are_imported_and_lead_to_stage_one(workspace: Path) -> None:
    app = here(workspace)
    assert "Not yet: choose a file." in said(app)
    app = press(upload(app, "My tagger.jsonl", lines(TAGS)), "Import labels")
    text = said(app)
    assert "my-tagger · own · 2 sentences, 5 labels, with confidences" in text
    assert "stage1.labels=my-tagger" in text
    assert (flat(app)["dataset"], flat(app)["run"]) == ("own", "own/my-tagger")
    found = views.predictions(resources.store(), "own/my-tagger", "stage1")
    assert [list(row.labels) for row in found.values()] == TAGS
    assert left_behind(workspace) == []
    assert "See them as Stage I" in [link.proto.label for link in app.get("page_link")]


def test_labels_without_confidences_are_shown_on_the_stage_one_page(workspace: Path) -> None:
    app = press(upload(here(workspace), "bare.jsonl", lines(TAGS, None)), "Import labels")
    assert "without confidences" in said(app)
    app.switch_page("../pages/stage1.py")
    app.query_params["dataset"], app.query_params["run"] = "own", "own/bare"
    app = run(app)
    assert "bare, imported" in said(app)
    assert "Mean confidence" not in [metric.label for metric in app.metric]


def test_other_words_are_one_message_and_the_form_stays(workspace: Path) -> None:
    broken = lines(TAGS).replace("lesi", "las")
    app = press(upload(here(workspace), "l.jsonl", broken), "Import labels")
    assert "This did not work" in said(app)
    assert "l.jsonl:1" in said(app)
    assert "'las'" in said(app)
    assert "'lesi'" in said(app)
    assert views.runs(resources.store(), "own")[0]["kind"] == "gold"
    assert len(left_behind(workspace)) == 1


def test_unknown_labels_are_mapped_when_asked(workspace: Path) -> None:
    odd = lines([["PRON", "NN"], ["PRON", "VBD", "PUNCT"]])
    app = press(upload(here(workspace), "l.jsonl", odd), "Import labels")
    assert "labels that own does not have: 'NN' (1), 'VBD' (1)" in said(app)
    app.checkbox(key="labels-suggested").check()
    app = press(run(app), "Import labels")
    assert "Mapped: NN to NOUN, VBD to VERB" in said(app)


def test_presentation_takes_no_labels(workspace: Path) -> None:
    import_file(resources.store(), choice(put(workspace, "own.conllu", DEV), "pos"))
    app = visit(tab="labels", dataset="own", present="1")
    assert not app.file_uploader
