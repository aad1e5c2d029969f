"""The import page: a file of one's own is looked at, decided about, and imported, or nothing is."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.egress import MEANING
from core.types import LabelInfo
from dashboard import queries
from tests.own_files import sentence
from tests.pages.import_form import (
    CLEAN,
    OWN,
    ROOT,
    TAGS,
    button,
    flat,
    left_behind,
    press,
    run,
    said,
    stored,
    upload,
    visit,
    workspace,
)

__all__ = ["workspace"]


def test_the_address_opens_the_own_file_tab_and_says_what_is_missing(workspace: Path) -> None:
    text = said(visit(tab="file"))
    for missing in ("choose a file", "say which task", "say which language"):
        assert f"Not yet: {missing}" in text
    assert "Up to 50 MB" in text
    assert "Public data sets" not in text
    assert "Public data sets" in said(visit())


def test_an_unknown_label_is_decided_and_the_file_imported(workspace: Path) -> None:
    app = upload(visit(**OWN), "own.train.conllu", TAGS)
    assert button(app) == ("Import 2 sentences", False)
    assert "Not yet: 2 labels are not decided: NN, CLIT" in said(app)
    table = app.get("data_editor")[0].value
    assert list(table["first"]) == ["line 2", "line 7"]
    assert list(table.suggestion) == ["map to NOUN", "keep"]
    assert list(app.dataframe[0].value["where"]) == ["own.train.conllu:2", "own.train.conllu:7"]
    app = press(app, "Use the suggestions")
    assert app.query_params["mapping"] == '{"NN":"NOUN","CLIT":true}'
    assert button(app) == ("Import 2 sentences", True)
    app = press(app, "Import 2 sentences")
    (found,) = stored()
    assert (found.id, found.language, dict(found.splits)) == ("own-train", "fao", {"train": 2})
    assert found.meta["label_mapping"][0] == {"label": "NN", "action": "map", "target": "NOUN"}  # type: ignore[index]
    assert found.labels[-1] == "CLIT"
    assert app.query_params["dataset"] == "own-train"
    assert "mapping" not in app.query_params
    assert "Imported" in said(app)
    assert "own-train · Faroese · POS · 2 sentences, 4 tokens" in said(app)
    assert "See its card" in [link.proto.label for link in app.get("page_link")]
    assert left_behind(workspace) == []


def test_a_language_of_ones_own_has_its_name_and_direction_on_every_page(workspace: Path) -> None:
    app = visit(tab="file", task="pos", own="1", called="Hill Speech", script="Arab")
    assert "Hill Speech · code x-hillspee · script Arab, right to left" in said(app)
    press(upload(app, "own.conllu", CLEAN), "Import 1 sentence")
    (found,) = stored()
    assert found.language == "x-hillspee"
    assert queries.own_languages()["x-hillspee"].direction == "rtl"
    overview = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=30).run()
    assert "### Hill Speech" in said(overview)
    again = visit(tab="file", language="x-hillspee")
    assert "Hill Speech · code x-hillspee · script Arab, right to left" in said(again)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("faro1244", "Faroese · code fao"),
        ("zh-Hant", "script Hant"),
        ("Faroe", "Faroese · code fao"),
        ("xyzzy-1", "unknown language"),
    ],
)
def test_any_code_and_the_beginning_of_a_name_are_understood(
    workspace: Path, typed: str, understood: str
) -> None:
    assert understood in said(visit(tab="file", language=typed))


def test_a_private_code_that_is_none_is_explained(workspace: Path) -> None:
    text = said(visit(tab="file", own="1", called="Hill", language="fao"))
    assert "cannot be the code of a language of your own" in text
    assert "say which language it is in" in text


def test_a_broken_file_is_one_message_and_nothing_said_is_lost(workspace: Path) -> None:
    app = upload(visit(**OWN, egress="local", name="mine"), "b.conllu", CLEAN + "1\tMat\t_\n\n")
    assert "b.conllu:5" in said(app)
    assert button(app) == ("Import", False)
    assert {"egress": "local", "name": "mine", "task": "pos"}.items() <= flat(app).items()
    assert stored() == []
    app = upload(app, "good.conllu", CLEAN)
    assert app.radio[0].value == "local"
    assert button(app) == ("Import 1 sentence", True)


def test_a_failed_import_is_one_message_and_keeps_the_form(workspace: Path) -> None:
    app = upload(visit(**OWN, name="no / name"), "own.conllu", CLEAN)
    app = press(app, "Import 1 sentence")
    assert "This did not work" in said(app)
    assert flat(app)["name"] == "no / name"
    assert button(app) == ("Import 1 sentence", True)
    assert len(left_behind(workspace)) == 1


def test_an_address_is_believed_for_the_first_file_and_forgotten_with_the_next(workspace: Path) -> None:
    app = upload(visit(**OWN, mapping='{"NN":"VERB","CLIT":null}'), "own.conllu", TAGS)
    assert button(app)[1]
    app = upload(app, "other.conllu", TAGS + CLEAN)
    assert "mapping" not in app.query_params
    assert not button(app)[1]
    assert [path.name for path in left_behind(workspace)] == ["file.conllu"]


def test_a_file_taken_back_is_removed(workspace: Path) -> None:
    app = upload(visit(**OWN), "own.conllu", CLEAN)
    assert len(left_behind(workspace)) == 1
    app.file_uploader[0].set_value(None)
    run(app)
    assert left_behind(workspace) == []


def test_the_name_of_a_file_is_never_a_path(workspace: Path) -> None:
    app = upload(visit(**OWN), "../../../etc/![x](http://o.invalid/x.png).conllu", CLEAN)
    (path,) = left_behind(workspace)
    assert path.parent.parent == workspace / "uploads"
    assert path.name == "file.conllu"
    press(app, "Import 1 sentence")
    assert "](http" not in "\n".join(str(item.value) for item in app.get("markdown"))


def test_presentation_takes_no_file(workspace: Path) -> None:
    app = visit(**OWN, present="1")
    assert not app.file_uploader
    assert "nothing can be imported" in said(app)


def test_a_file_is_read_once_for_the_same_options(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[object] = []
    inspect = queries.inspect
    monkeypatch.setattr(
        queries, "inspect", lambda choice, report: reads.append(choice) or inspect(choice, report)
    )
    app = upload(visit(**OWN), "once.conllu", TAGS + sentence(("einaferð", "ADV")))
    app.radio[0].set_value("any")
    app = press(run(app), "Use the suggestions")
    assert len(reads) == 1
    app.selectbox(key="url-split").set_value("dev")
    assert "dev" in said(run(app))
    assert len(reads) == 2


def test_what_is_said_of_labels_is_stored(workspace: Path) -> None:
    app = upload(visit(**OWN, mapping='{"NN":"NOUN","CLIT":true}'), "own.conllu", TAGS)
    app.session_state["kept-guidelines"] = {"pos": {"CLIT": {"description": "A clitic.", "color": "#123456"}}}
    press(run(app), "Import 2 sentences")
    (info,) = stored()[0].tagset
    assert (info.label, info.description, info.color) == ("CLIT", "A clitic.", "#123456")
    assert info == LabelInfo("CLIT", "A clitic.", info.key, "#123456")


def test_two_labels_with_one_key_are_a_reason(workspace: Path) -> None:
    app = upload(visit(**OWN), "own.conllu", CLEAN)
    app.session_state["kept-guidelines"] = {"pos": {"VERB": {"key": "q"}, "NOUN": {"key": "q"}}}
    app = run(app)
    assert "have the same key" in said(app)
    assert not button(app)[1]


def test_of_the_same_content_the_stricter_word_counts(workspace: Path) -> None:
    for egress, expected in (("any", "any"), ("", "ask"), ("local", "local"), ("any", "local")):
        app = upload(visit(**OWN, egress=egress), "own.conllu", CLEAN)
        app = press(app, "Import 1 sentence")
        assert [item.egress for item in stored()] == [expected]
    assert "Was here already" in said(app)
    assert MEANING["local"] in said(app)


def test_more_decisions_than_an_address_can_hold_are_kept_by_the_session(workspace: Path) -> None:
    many = "".join(sentence((f"w{n}", f"TAG-OF-MY-OWN-{n}")) for n in range(120))
    app = press(upload(visit(**OWN), "many.conllu", many), "Keep them all (120)")
    assert flat(app)["mapping"].startswith("~")
    assert len(flat(app)["mapping"]) < 40
    press(app, "Import 120 sentences")
    assert len(stored()[0].labels) == 17 + 120
