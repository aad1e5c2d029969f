"""The import page with files of every kind: tables, entities, pairs, topics, plain and translated text."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.decisions import Decision
from core.store import views
from dashboard import queries, resources, state
from dashboard.widgets import import_labels
from tests.odd_files import zipped
from tests.pages.import_form import (
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

ENTITIES = "Kano B-LOC\nce O\n\nAli PERSON\nBako PERSON\nya S-LOC\n\n"


def test_the_columns_of_a_table_are_told_by_the_user(workspace: Path) -> None:
    table = "form,tagg,english\nEin bil,DET NOUN,A car\n"
    app = upload(visit(tab="file", task="pos", language="fao"), "table.csv", table)
    assert "no column tokens" in said(app)
    for field, column in (("tokens", "form"), ("labels", "tagg"), ("translation:und", "english")):
        app.selectbox(key=f"url-columns-{field}").set_value(column)
        app = run(app)
    assert flat(app)["columns"] == '{"tokens":"form","labels":"tagg","translation:und":"english"}'
    press(app, "Import 1 sentence")
    item = queries.instance(stored()[0].id, 0)
    assert item is not None
    assert item.tokens == ("Ein", "bil")
    assert item.meta["translations"] == {"und": "A car"}


def test_entity_types_are_mapped_and_dropped(workspace: Path) -> None:
    app = upload(visit(tab="file", task="ner", language="hau"), "ner.txt", ENTITIES)
    assert "Not yet: 2 labels are not decided: PERSON, S-LOC" in said(app)
    assert "PERSON" not in list(app.get("data_editor")[1].value.label), "an undecided label has no guideline"
    app = visit(tab="file", task="ner", language="hau", mapping='{"PERSON":"PER","S-LOC":null}')
    app = upload(app, "ner.txt", ENTITIES)
    after = app.dataframe[-1].value.set_index("label")
    assert dict(after["count"]) == {"PER": 2, "O": 2, "LOC": 1}
    assert after.loc["PER", "from"] == "PERSON"
    press(app, "Import 2 sentences")
    gold = views.predictions(resources.store(), f"{stored()[0].id}/gold", "gold", (1,))
    assert gold[1].labels == ("B-PER", "I-PER", "O")


def test_an_unknown_inference_label_becomes_one_of_the_three(workspace: Path) -> None:
    pairs = "premise\thypothesis\tlabel\tlanguage\nIt rains.\tIt is wet.\te\tgn\n"
    app = upload(visit(tab="file", task="nli", language="grn"), "pairs.tsv", pairs)
    assert not button(app)[1]
    app = press(press(app, "Use the suggestions"), "Import 1 item")
    assert stored()[0].labels == ("entailment", "neutral", "contradiction")


def test_topics_of_a_users_own_need_no_decision(workspace: Path) -> None:
    table = "index_id\tcategory\ttext\n1\tspace travel\tUp there.\n2\tfishing\tDown here.\n"
    press(upload(visit(tab="file", task="topic", language="fao"), "topics.tsv", table), "Import 2 items")
    assert stored()[0].labels == ("fishing", "space travel")


def test_plain_text_gets_words_and_its_translation(workspace: Path) -> None:
    app = visit(tab="file", task="pos", language="fao", words="unicode", partner="Engl")
    app = upload(app, "text.txt", "Eg lesi, bókina.\nHon sá hann.\n")
    assert "no labels" in said(app)
    wrong = upload(app, "en.txt", "I read.\n", place=1)
    assert "2 lines, and translation.txt has 1" in said(wrong)
    app = upload(wrong, "en.txt", "I read the book.\nShe saw him.\n", place=1)
    assert button(app) == ("Import 2 sentences", True)
    assert len(left_behind(workspace)) == 2
    press(app, "Import 2 sentences")
    item = queries.instance(stored()[0].id, 0)
    assert item is not None
    assert item.tokens == ("Eg", "lesi", ",", "bókina", ".")
    assert item.meta["translations"] == {"eng": "I read the book."}
    assert left_behind(workspace) == []


def test_problems_are_listed_with_their_line_and_can_be_exported(workspace: Path) -> None:
    app = upload(visit(tab="file", task="ner", language="hau"), "ner.txt", "x I-ORG\n\nKano\u200b B-LOC\n\n")
    listed = app.dataframe[0].value
    assert list(listed["where"]) == ["ner.txt:1", "ner.txt:3"]
    assert list(listed["problem"]) == ["illegal BIO", "invisible character"]
    assert all(listed["what is done"])
    labels = [item.proto.label for item in app.get("download_button")]
    assert labels == ["Problems (2 rows)", "Labels (2 rows)", "Preview (2 rows)"]


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (None, {"decision": "drop"}, Decision("NN", "drop")),
        (None, {"decision": "keep as a new label"}, Decision("NN", "keep")),
        (None, {"decision": "map to"}, Decision("NN", "map", "NOUN")),
        (None, {"target": "VERB"}, Decision("NN", "map", "VERB")),
        (None, {"decision": "map to", "target": "ADJ"}, Decision("NN", "map", "ADJ")),
        (Decision("NN", "map", "VERB"), {"decision": "drop"}, Decision("NN", "drop")),
        (Decision("NN", "keep"), {"decision": None}, None),
        (Decision("NN", "map", "VERB"), {"target": None}, Decision("NN", "map", "NOUN")),
        (None, {"target": None}, None),
    ],
)
def test_an_edit_of_the_table_is_a_decision(
    before: Decision | None,
    change: dict[str, object],
    after: Decision | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    rows = {} if before is None else {"NN": before}
    monkeypatch.setattr(import_labels, "decisions", lambda _: dict(rows))
    monkeypatch.setattr(state, "edits", lambda _: {1: change})
    monkeypatch.setattr(state, "go", lambda *, mapping: told.append(mapping))
    hints = {"NN": Decision("NN", "map", "NOUN")}
    import_labels._decide("key", ["OTHER", "NN"], hints)
    values = {"keep": True, "drop": None}
    assert state.table(told[0]) == ({} if after is None else {"NN": values.get(after.action, after.target)})


@pytest.mark.parametrize("text", ["[1]", "{", "~nothing", "[" * 10_000, '"x"'])
def test_a_table_in_an_address_that_makes_no_sense_is_empty(text: str) -> None:
    assert state.table(text) == {}


def test_the_files_of_an_archive_are_told_apart(workspace: Path) -> None:
    files = {"a.test.txt": "x I-ORG\n\n", "b.test.txt": "y I-PER\n\nz PERSON\n\n"}
    app = upload(visit(tab="file", task="ner", language="hau"), "both.zip", zipped(files))
    assert set(app.dataframe[0].value["where"]) == {
        "both.zip/a.test.txt:1",
        "both.zip/b.test.txt:1",
        "both.zip/b.test.txt:3",
    }
    assert list(app.get("data_editor")[0].value["first"]) == ["both.zip/b.test.txt:3"]
    press(press(app, "Use the suggestions"), "Import 3 sentences")
    assert dict(stored()[0].splits) == {"test": 3}
