"""What people said as a file: every task and format, byte for byte the same after coming in and going out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from core import catalog
from core.errors import RecipeError, StudioError, UnknownName
from core.exporting import export
from core.formats.provenance import HUMAN, Origin
from core.handover.authorship import REPEAT
from core.handover.human import export_human, names
from core.handover.pieces import Asked, pieces
from core.importing import import_file
from core.inspection import FileChoice
from core.store import Store, facts, views
from core.types import TaskName
from tests.own_files import put as put_file
from tests.own_files import sentence
from tests.unit.handed_over import GOLD, LABELS, put

pytestmark = pytest.mark.slow

TASKS: tuple[TaskName, ...] = ("pos", "ner", "nli", "topic")


def back(store: Store, path: Path, task: TaskName, format_name: str, name: str) -> str:
    choice = FileChoice(path, path.name, task, catalog.language("fo"), format=format_name, dataset_id=name)
    return str(import_file(store, choice)["dataset"])


@pytest.mark.parametrize(
    ("task", "format_name"),
    [("pos", "conllu"), *((task, name) for task in TASKS for name in ("jsonl", "parquet"))],
)
def test_out_and_in_and_out_is_the_same_file(
    store: Store, tmp_path: Path, task: TaskName, format_name: str
) -> None:
    run = put(store, task)
    one, two = tmp_path / "one", tmp_path / "two"
    done = export_human(store, Asked("own", run), format_name, one)
    per_item = len(GOLD[task][0])
    assert done["sources"] == {HUMAN: 2 * per_item, run: per_item}
    with Store.open(tmp_path / "other") as other:
        name = back(other, one, task, format_name, "came")
        assert export_human(other, Asked(name), format_name, two)["sources"] == done["sources"]
        assert two.read_bytes() == one.read_bytes()
        assert views.annotations(other, name) == views.annotations(store, "own")
        log = views.annotation_log(other, name)
        assert {(row["position"], row["author"]) for row in log} <= {(0, "Anna"), (2, "Anna"), (2, "B|o \\s")}
        (brought,) = (run for run in views.runs(other) if run["dataset"] == name)
        assert (brought["id"], brought["stages"]) == (f"{name}/handed-over", ["stage1"])
        if format_name == "conllu":
            export(other, name, "conllu", two)
            assert two.read_bytes() == one.read_bytes()


def test_the_same_sentences_with_other_labels_are_refused(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    export_human(store, Asked("own", put(store, "pos")), "jsonl", path)
    other = put_file(tmp_path, "y.jsonl", path.read_text("utf8").replace("NOUN", "VERB"))
    with pytest.raises(StudioError, match=r"here already as own, with other labels"):
        back(store, path, "pos", "jsonl", "more")
    with Store.open(tmp_path / "other") as fresh:
        assert [back(fresh, path, "pos", "jsonl", "came") for _ in range(2)] == ["came", "came"]
        said = views.annotations(fresh, "came")
        with pytest.raises(StudioError, match=r"here already as came"):
            back(fresh, other, "pos", "jsonl", "came")
        assert views.annotations(fresh, "came") == said


def test_who_corrects_a_word_took_over_that_word(store: Store) -> None:
    put(store, "pos")
    found = {piece.record.instance.position: piece for piece in pieces(store, Asked("own"))}
    assert [origin and origin.annotator for origin in found[0].origins] == ["Anna"] * 3
    assert [origin and origin.annotator for origin in found[2].origins] == ["Anna", "Anna", "B|o \\s"]
    assert found[1].record.labels is None
    assert found[3].record.labels is None
    assert found[0].said == {"Anna": GOLD["pos"][0]}


def test_a_bulk_change_is_said_of_what_it_changed_alone(store: Store, tmp_path: Path) -> None:
    run = put(store, "pos")
    was = GOLD["pos"][1]
    facts.annotate(store, "own", 1, was, author="Bo", action=REPEAT, batch="b", run_id=run, stage="stage1")
    with store.write() as connection:
        connection.exec_driver_sql(
            "update annotation set labels_before = ['VERB', 'VERB', 'PUNCT'] where position = 1"
        )
    (piece,) = (one for one in pieces(store, Asked("own", run)) if one.record.instance.position == 1)
    assert piece.origins[0] is not None
    assert piece.origins[0].source == run
    assert piece.origins[0].confidence == pytest.approx(0.51)
    assert piece.origins[1] == Origin(HUMAN, None, "Bo")
    assert piece.said == {}
    one, two = tmp_path / "one", tmp_path / "two"
    export_human(store, Asked("own", run), "conllu", one)
    with Store.open(tmp_path / "other") as other:
        name = back(other, one, "pos", "conllu", "came")
        export_human(other, Asked(name), "conllu", two)
        assert two.read_bytes() == one.read_bytes()
        facts.annotate(other, name, 1, was, author="Cy")
        (again,) = (one for one in pieces(other, Asked(name)) if one.record.instance.position == 1)
        assert [origin and origin.annotator for origin in again.origins] == ["Cy", "Bo", "Cy"]


def test_what_was_taken_back_is_not_said(store: Store) -> None:
    put(store, "pos")
    facts.annotate(store, "own", 0, None, author="Anna", action="undo", reverts=1)
    facts.annotate(store, "own", 2, GOLD["pos"][2], author="Cy", reverts=3)
    found = {piece.record.instance.position: piece for piece in pieces(store, Asked("own", human=True))}
    assert found.keys() == {2}
    assert [origin and origin.annotator for origin in found[2].origins] == ["Anna"] * 3


def test_only_human_and_without_provenance(store: Store, tmp_path: Path) -> None:
    run = put(store, "pos")
    out = tmp_path / "x.conllu"
    done = export_human(store, Asked("own", run, human=True), "conllu", out, provenance=False)
    assert done["instances"] == 2
    assert "SSP" not in out.read_text("utf8")
    about = json.loads((tmp_path / "x.conllu.about.json").read_text("utf8"))
    assert about["labels"] == "human over stage1 of run own/guess"


def test_the_lines_of_an_imported_file_stay(store: Store, tmp_path: Path) -> None:
    text = "\ufeff# a comment\r\n" + sentence(("Eg", "PRON"), ("lesi", "VERB")).replace("\n", "\r\n")
    path = put_file(tmp_path, "own.conllu", text + "# at the end")
    name = back(store, path, "pos", "conllu", "own")
    out = tmp_path / "out.conllu"
    export_human(store, Asked(name, f"{name}/gold"), "conllu", out, provenance=False)
    assert out.read_bytes() == path.read_bytes()
    facts.annotate(store, name, 0, ("NOUN", "VERB"), author="Anna")
    export_human(store, Asked(name), "conllu", out)
    said = out.read_bytes().decode()
    assert said.replace("SSPSource=human|SSPAnnotator=Anna", "_").replace("\tNOUN\t", "\tPRON\t") == (
        path.read_bytes().decode()
    )


@pytest.mark.parametrize("task", TASKS)
def test_a_spreadsheet_runs_nothing(store: Store, tmp_path: Path, task: TaskName) -> None:
    run = put(store, task)
    facts.annotate(store, "own", 1, GOLD[task][1], author="=cmd()")
    out = tmp_path / "x.csv"
    export_human(store, Asked("own", run), "csv", out)
    text = out.read_bytes().decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(table) == 4 * len(GOLD[task][0])
    assert not [cell for row in table for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]
    (first, *_) = (row for row in table if row["item"] == "1")
    assert first["form"].startswith("'=1+1")
    assert first["annotator"] == "'=cmd()"
    assert (first["label"], first["source"]) == (GOLD[task][1][0], HUMAN)
    assert [row["source"] for row in table if row["item"] == "3"] == [""] * len(GOLD[task][0])


@pytest.mark.parametrize("task", TASKS)
def test_every_format_named_for_a_task_can_be_written(store: Store, tmp_path: Path, task: TaskName) -> None:
    run = put(store, task)
    listed = names(views.dataset(store, "own"))
    assert listed[: 4 if task == "pos" else 3] == [
        *(["conllu"] if task == "pos" else []), "csv", "label-studio", "argilla"
    ]  # fmt: skip
    for name in ("bio", "jsonl", "label-studio", "argilla"):
        if name in listed:
            done = export_human(store, Asked("own", run, human=True), name, tmp_path / name)
            assert done["instances"] == 2


def test_what_cannot_be_exported_says_so(store: Store, tmp_path: Path) -> None:
    put(store, "nli")
    put(store, "pos", "other")
    for asked, name, error in (
        (Asked("own"), "conllu", RecipeError),
        (Asked("own"), "excel", UnknownName),
        (Asked("none"), "csv", UnknownName),
        (Asked("own", "other/guess"), "csv", StudioError),
        (Asked("own", splits=("dev",)), "csv", UnknownName),
    ):
        with pytest.raises(error):
            export_human(store, asked, name, tmp_path / "x")
    assert list(tmp_path.glob("x*")) == []
    assert LABELS["nli"]


def test_words_that_were_split_are_handed_over_as_they_are_now(store: Store, tmp_path: Path) -> None:
    text = "# text = vom Haus\n1\tvom\t_\tADP\t_\t_\t2\tcase\t_\tSSPSource=human|SSPAnnotator=Al\n"
    text += "2\tHaus\t_\tNOUN\t_\t_\t0\troot\t_\tx=1|SSPSource=r|SSPConf=0.5\n\n"
    name = back(store, put_file(tmp_path, "own.conllu", text), "pos", "conllu", "own")
    facts.retokenize(store, name, 0, 0, 0, ["vo", "m"], author="Bo")
    (piece,) = pieces(store, Asked(name))
    assert piece.record.instance.tokens == ("vo", "m", "Haus")
    assert [one and one.annotator for one in piece.origins[:2]] == ["Al", "Al"]
    out, again = tmp_path / "out.conllu", tmp_path / "again.conllu"
    export_human(store, Asked(name), "conllu", out)
    rows = [line.split("\t") for line in out.read_text("utf8").splitlines() if "\t" in line]
    assert [row[0] for row in rows] == ["1-2", "1", "2", "3"]
    assert [row[9] for row in rows[:3]] == ["_", *["SSPSource=human|SSPAnnotator=Al"] * 2]
    for format_name in ("conllu", "jsonl"):
        export_human(store, Asked(name), format_name, out)
        with Store.open(tmp_path / format_name) as other:
            came = back(other, out, "pos", format_name, "came")
            assert next(views.records(other, came)).instance.tokens == ("vo", "m", "Haus")
            export_human(other, Asked(came), format_name, again)
            assert again.read_bytes() == out.read_bytes()
