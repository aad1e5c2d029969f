"""Labels made elsewhere become a run of a data set that is here, all of them or none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.decisions import Decision
from core.errors import ConflictError, FormatError, StudioError, UnknownName
from core.importing import UndecidedLabels, import_file
from core.jobs.prepare import Request, prepare
from core.label_import import LabelChoice, import_labels
from core.store import Store, views
from tests.own_files import NER, choice, put, sentence

pytestmark = pytest.mark.slow

GOLD = (
    sentence(("Eg", "PRON"), ("lesi", "VERB"))
    + sentence(("Hon", "PRON"), ("sá", "VERB"), (".", "PUNCT"))
    + sentence(("Eg", "PRON"), ("lesi", "VERB"))
)
WRONG = GOLD.replace("VERB", "NOUN")


@pytest.fixture
def dataset(store: Store, tmp_path: Path) -> str:
    return str(import_file(store, choice(put(tmp_path, "own.conllu", GOLD), "pos"))["dataset"])


def given(folder: Path, content: str | bytes, file: str = "labels.conllu", **more: Any) -> LabelChoice:
    return replace(LabelChoice(put(folder, file, content), "own", "mine"), **more)


def stored(store: Store, run: str = "own/mine") -> dict[int, tuple[str, ...]]:
    return {at: row.labels for at, row in views.predictions(store, run, "stage1").items()}


def test_labels_in_the_order_of_the_data_set_become_a_stage_one(
    store: Store, dataset: str, tmp_path: Path
) -> None:
    done = import_labels(store, given(tmp_path, WRONG))
    assert done["run"] == "own/mine"
    assert (done["matched"], done["instances"], done["of"], done["labels"]) == ("order", 3, 3, 7)
    assert stored(store)[1] == ("PRON", "NOUN", "PUNCT")
    run = views.run(store, "own/mine")
    assert (run["kind"], run["stages"], run["status"]) == ("import", ["stage1"], "done")
    figures = {score.metric: score.value for score in views.scores(store, "own/mine")}
    assert figures["token_accuracy"] == pytest.approx(4 / 7)


def test_a_recipe_takes_them_as_its_stage_one(store: Store, dataset: str, tmp_path: Path) -> None:
    import_labels(store, given(tmp_path, WRONG))
    job = prepare(store, Request("ssp", "own", {"stage1": "imported", "stage1.labels": "mine"}))
    assert job.stage1[0].labels == ("PRON", "NOUN")
    assert job.stage1[0].confidences is None


def test_a_part_is_found_by_its_text_and_repeats_in_their_order(
    store: Store, dataset: str, tmp_path: Path
) -> None:
    part = sentence(("Eg", "PRON"), ("lesi", "NOUN")) + sentence(("Eg", "X"), ("lesi", "VERB"))
    done = import_labels(store, given(tmp_path, part))
    assert (done["matched"], done["instances"], done["of"]) == ("text", 2, 3)
    assert stored(store) == {0: ("PRON", "NOUN"), 2: ("X", "VERB")}


def test_a_shuffled_file_is_found_by_its_ids(store: Store, tmp_path: Path) -> None:
    rows = [{"id": f"s{n}", "tokens": ["Eg", word]} for n, word in enumerate(("lesi", "las"))]
    text = "\n".join(json.dumps(row) for row in rows)
    import_file(store, choice(put(tmp_path, "own.jsonl", text), "pos"))
    back = [row | {"labels": ["PRON", "VERB"], "confidences": [0.9, 0.25]} for row in reversed(rows)]
    done = import_labels(store, given(tmp_path, "\n".join(map(json.dumps, back)), "back.jsonl"))
    assert (done["matched"], done["confidences"]) == ("id", 2)
    assert views.predictions(store, "own/mine", "stage1")[0].confidences == pytest.approx((0.9, 0.25))
    back[0]["tokens"] = ["Eg", "Las"]
    with pytest.raises(FormatError, match=r"b\.jsonl:1: word 2 is 'Las'; item 1 of the data set has 'las'"):
        import_labels(store, given(tmp_path, "\n".join(map(json.dumps, back)), "b.jsonl", name="b"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (WRONG.replace("sá", "sær"), r"labels\.conllu:7: word 2 is 'sær'; item 1 of the data set has 'sá'"),
        (WRONG.replace("3\t.\t_\tPUNCT" + "\t_" * 2 + "\t0" + "\t_" * 3 + "\n", ""), "word 3 is missing"),
        (WRONG + sentence(("Eg", "PRON")), "'Eg' is not in the data set"),
        (WRONG + sentence(("Eg", "PRON"), ("lesi", "X")), "stands 3 times in the file and 2 times"),
        (WRONG.replace("NOUN", "NN"), r"labels\.conllu:3: labels that own does not have: 'NN' \(3\)"),
        (GOLD.replace("PRON", "_").replace("VERB", "_").replace("PUNCT", "_"), "holds no labels"),
    ],
)
def test_what_does_not_fit_is_one_clear_error_and_nothing_is_stored(
    store: Store, dataset: str, tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(StudioError, match=message) as caught:
        import_labels(store, given(tmp_path, content))
    assert caught.value.hint
    assert [run["kind"] for run in views.runs(store, "own")] == ["gold"]


def test_labels_the_data_set_lacks_are_mapped_dropped_or_refused(
    store: Store, dataset: str, tmp_path: Path
) -> None:
    odd = WRONG.replace("NOUN", "NN").replace("PUNCT", "ZZ")
    with pytest.raises(UndecidedLabels, match='--map "NN=NOUN"'):
        import_labels(store, given(tmp_path, odd, suggestions=False))
    with pytest.raises(UndecidedLabels, match="'ZZ'"):
        import_labels(store, given(tmp_path, odd, suggestions=True))
    dropped = (Decision("ZZ", "drop"),)
    done = import_labels(store, given(tmp_path, odd, suggestions=True, decisions=dropped))
    assert done["mapped"] == {"NN": "NOUN", "ZZ": ""}
    assert stored(store)[1] == ("PRON", "NOUN", "X")
    kept = (Decision("NN", "keep"), Decision("ZZ", "drop"))
    with pytest.raises(UndecidedLabels, match="'NN'"):
        import_labels(store, given(tmp_path, odd, decisions=kept, name="kept"))


def test_entity_types_are_mapped_to_bio(store: Store, tmp_path: Path) -> None:
    import_file(store, choice(put(tmp_path, "own.txt", NER), "ner", "hau"))
    odd = NER.replace("B-LOC", "LOCATION").replace("B-PER", "S-PER")
    mapped = (Decision("LOCATION", "map", "LOC"),)
    import_labels(store, given(tmp_path, odd, "l.bio", decisions=mapped, suggestions=True))
    assert stored(store) == {0: ("B-LOC", "O"), 1: ("B-PER", "O")}


def test_a_name_is_taken_once(store: Store, dataset: str, tmp_path: Path) -> None:
    assert import_labels(store, given(tmp_path, WRONG))["created"]
    assert not import_labels(store, given(tmp_path, WRONG))["created"]
    with pytest.raises(ConflictError, match="own/mine"):
        import_labels(store, given(tmp_path, GOLD))
    assert stored(store)[0] == ("PRON", "NOUN")
    for name in ("gold", "a b", "../x", ""):
        with pytest.raises(StudioError, match="cannot be called"):
            import_labels(store, given(tmp_path, GOLD, name=name))
    with pytest.raises(UnknownName):
        import_labels(store, given(tmp_path, GOLD, dataset="nowhere"))


def test_confidences_of_a_matrix_beside_the_file(store: Store, dataset: str, tmp_path: Path) -> None:
    matrix = np.array([[0.5, 0.75, -1], [1, 0.25, 0.5], [0.5, 0.5, -1]], dtype=np.float32)
    np.save(tmp_path / "sure.npy", matrix)
    import_labels(store, given(tmp_path, WRONG, confidences=tmp_path / "sure.npy"))
    assert views.predictions(store, "own/mine", "stage1")[0].confidences == (0.5, 0.75)
    np.save(tmp_path / "short.npy", matrix[:, :2])
    with pytest.raises(FormatError, match=r"short\.npy: entry 2 has 2 values, expected 3"):
        import_labels(store, given(tmp_path, WRONG, confidences=tmp_path / "short.npy", name="b"))


def test_confidences_of_a_csv_column(store: Store, dataset: str, tmp_path: Path) -> None:
    table = "tokens,labels,confidences\nEg lesi,PRON NOUN,0.5 0.25\n"
    done = import_labels(store, given(tmp_path, table, "l.csv"))
    assert (done["confidences"], done["instances"]) == (1, 1)
    assert views.predictions(store, "own/mine", "stage1")[0].confidences == (0.5, 0.25)
    with pytest.raises(FormatError, match=r"l\.csv:2: confidences 'high' are not numbers"):
        import_labels(store, given(tmp_path, table.replace("0.5 0.25", "high"), "l.csv", name="b"))


def test_stage_two_can_be_imported_too(store: Store, dataset: str, tmp_path: Path) -> None:
    import_labels(store, given(tmp_path, WRONG, stage="stage2"))
    assert views.run(store, "own/mine")["stages"] == ["stage2"]
