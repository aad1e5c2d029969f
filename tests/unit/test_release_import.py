"""Importing a release that the mirror does not have: invented sentences in the real layouts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core import catalog
from core.errors import DownloadError, FormatError
from core.llms.replay import Replay
from core.prompts import render
from core.release import describe, import_release
from core.store import Store, views
from core.tasks import tasks
from core.types import Exemplar
from tests.needs import needs
from tests.release_tree import CHOSEN, REPORT, SENTENCES, TEMPLATE, Tree, as_json, as_repr


@pytest.fixture
def got(tmp_path: Path) -> Tree:
    """Gothic, POS: JSON dialect, no confidences."""
    tree = Tree(tmp_path / "dair-iitd" / "SSP", tasks["pos"], "got", "results/POS/gpt4_0613")
    tree.build(as_json)
    return tree


@pytest.fixture
def kin(tmp_path: Path) -> Tree:
    """Kinyarwanda, NER: repr dialect, results in a folder the catalog does not know, confidences as .npy."""
    tree = Tree(tmp_path / "dair-iitd" / "SSP", tasks["ner"], "kin", "results/NER/another_model")
    tree.build(as_repr)
    (tree.root / "zgul_outputs").mkdir(exist_ok=True)
    np.save(tree.root / "zgul_outputs/kin_max_probs_all.npy", tree.confidences())
    return tree


@pytest.fixture(params=["got", "kin"])
def tree(request: pytest.FixtureRequest) -> Tree:
    found: Tree = request.getfixturevalue(request.param)
    return found


def test_gold_text_is_the_files_own(tree: Tree) -> None:
    parts = tree.gather()
    assert [record.instance.text for record in parts.records] == [
        f"{text} " for text in SENTENCES[tree.task.name]
    ]
    assert [list(record.labels or ()) for record in parts.records] == tree.labels(0)
    assert parts.dataset.id == f"ssp-release-{tree.code}"
    assert parts.dataset.labels == tree.task.labels
    assert parts.dataset.meta["stage1"] == "zgul"


def test_the_recorded_run_replays(tree: Tree) -> None:
    parts = tree.gather()
    (zgul,) = parts.runs
    assert describe(zgul) == ["stage1", "stage2", "selection"]
    assert zgul.stage1 is not None
    assert zgul.stage2 is not None
    replay = Replay(parts.completions)
    assert len(replay) == len(parts.records)
    for record, selection, stored in zip(parts.records, zgul.selections, zgul.stage2, strict=True):
        assert list(selection.chosen) == CHOSEN[selection.query]
        assert selection.status == "recorded"
        shown = [
            Exemplar("d", parts.records[row].instance, zgul.stage1[row].labels, (), "target")
            for row in selection.chosen
        ]
        prompt = render(parts.template, tree.task, shown, record.instance, parts.dataset.labels)
        completion = replay.complete(prompt)
        labels, problem = tree.task.parse(completion.text, record.instance, parts.dataset.labels)
        assert labels == stored.labels
        assert (problem is not None) == (record.instance.position in {2, 5})


def test_confidences_from_a_matrix(kin: Tree) -> None:
    (zgul,) = kin.gather().runs
    assert zgul.stage1 is not None
    found = [list(row.confidences or ()) for row in zgul.stage1]
    matrix = kin.confidences()
    assert found == [matrix[row, : len(words)].tolist() for row, words in enumerate(kin.sentences)]
    assert set(zgul.meta["thresholds"]) == {"PER", "LOC", "ORG", "DATE", "O"}  # type: ignore[call-overload]
    assert zgul.selections[0].confidence[0] == pytest.approx(np.mean(found[1]))
    assert "O" in {name for covers in zgul.selections[0].covers for name in covers}


def test_what_is_missing_is_a_note(got: Tree) -> None:
    notes = got.gather().notes
    assert any(note.startswith("confidences: not in the release") for note in notes)
    assert any("ZGUL+" in note for note in notes)
    assert any("codec" in note for note in notes)


def test_released_statistics_are_compared(kin: Tree) -> None:
    (zgul,) = kin.gather().runs
    thresholds = zgul.meta["thresholds"]
    assert isinstance(thresholds, dict)
    kin.write(
        "zgul_outputs/kin_perc_stats.json",
        json.dumps({f"{k}_80.0_PERC_PROB": v for k, v in thresholds.items()}),
    )
    kin.write(
        "zgul_outputs/kin_all_stats.csv", ",PER_cnt,PER_probs\n" + "".join(f"{n},9,0.5\n" for n in range(6))
    )
    parts = kin.gather()
    assert parts.runs[0].meta["thresholds_equal"] is True
    assert parts.runs[0].meta["statistics_equal"] is False
    assert any("statistics_equal" in note for note in parts.notes)
    kin.write("zgul_outputs/kin_perc_stats.json", json.dumps({"O_80_PERC_PROB": thresholds["O"] + 0.001}))
    assert kin.gather().runs[0].meta["thresholds_equal"] is False


def test_zgul_plus_and_codec(kin: Tree) -> None:
    plus = "translation/zgul_plus_outputs"
    kin.write(f"{plus}/kin_pred.tsv", kin.tagged(3))
    kin.write(f"{plus}/kin_gpt4/responses.json", kin.responses(3))
    kin.write(f"{plus}/kin_gpt4/accuracies.csv", "precision,recall,f1,total\n")
    kin.write("translation/codec_stage2_results/kin/responses.json", kin.responses(1))
    for weight, rows in {"1.0": CHOSEN[::-1], "100.0": CHOSEN}.items():
        np.save(kin.root / plus / f"kin_80percile_8ex_ILP_seq_grb_zgul_lam_{weight}_v5.npy", np.array(rows))
    runs = {run.name: run for run in kin.gather().runs}
    assert {name: describe(run) for name, run in runs.items()} == {
        "zgul": ["stage1", "stage2", "selection"],
        "zgul_plus": ["stage1", "stage2", "selection"],
        "codec": ["stage2"],
    }
    assert "lam_100.0" in str(runs["zgul_plus"].meta["selection"])
    assert "published_f1" not in runs["zgul_plus"].meta
    assert runs["zgul"].meta["published_f1"] == 0.5


def test_selection_from_the_examples_alone(kin: Tree) -> None:
    (kin.root / "data/SSP/kin/kin_SSP.npy").unlink()
    (zgul,) = kin.gather().runs
    assert zgul.meta["selection"] == "responses.json"
    assert [list(selection.chosen) for selection in zgul.selections] == CHOSEN


def test_a_selection_that_was_not_shown_is_not_taken(kin: Tree) -> None:
    np.save(kin.root / "data/SSP/kin/kin_SSP.npy", np.array(CHOSEN[::-1]))
    (zgul,) = kin.gather().runs
    assert [list(selection.chosen) for selection in zgul.selections] == CHOSEN


def test_undecidable_selection_is_left_out(kin: Tree) -> None:
    (kin.root / "data/SSP/kin/kin_SSP.npy").unlink()
    kin.write(f"{kin.results}/SSP_zgul/kin/responses.json", kin.responses(4))
    parts = kin.gather()
    assert describe(parts.runs[0]) == ["stage1", "stage2"]
    assert any("exemplars" in note for note in parts.notes)


def test_failed_calls_and_skipped_sentences(kin: Tree) -> None:
    path = kin.root / kin.results / "SSP_zgul/kin/responses.json"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    rows[0]["pred_labels"] = []
    rows[1]["pred_labels"] = [[word, "O"] for word in kin.sentences[1]]
    del rows[3]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    (zgul,) = kin.gather().runs
    assert zgul.stage2 is not None
    assert [row.position for row in zgul.stage2] == [0, 1, 2, 4, 5]
    assert zgul.stage2[0].error is not None
    assert set(zgul.stage2[0].labels) == set(zgul.stage2[1].labels) == {"O"}
    assert zgul.stage2[1].error is not None
    assert zgul.stage2[2].error is None
    assert len(zgul.selections) == 6


@pytest.mark.parametrize("name", ["data/SSP/kin/test.tsv", "data/SSP/kin/kin_pred.tsv"])
def test_gold_and_stage_one_are_required(kin: Tree, name: str) -> None:
    (kin.root / name).unlink()
    with pytest.raises(DownloadError, match="not found") as caught:
        kin.gather()
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("data/SSP/kin/test.tsv", "nothing\n", "header"),
        (
            "data/SSP/kin/kin_pred.tsv",
            "input\toutput\tlanguage\nA b\tA_O b_O\tkin\n",
            "1 sentences, expected 6",
        ),
        ("zgul_outputs/kin_max_probs_all.npy", "nothing", "not a readable NumPy array"),
        ("zgul_outputs/kin_all_stats.csv", ",PER_cnt\n0,1\n", "not counts and means"),
        ("zgul_outputs/kin_perc_stats.json", '{"PER": 1}', "no threshold"),
        ("zgul_outputs/kin_perc_stats.json", "{", "not valid JSON"),
        ("results/NER/another_model/SSP_zgul/kin/responses.json", "[1]\n", "object"),
        ("results/NER/another_model/SSP_zgul/kin/accuracies.csv", "a,b\n1,2\n", "no figure"),
    ],
)
def test_a_broken_file_is_one_clear_error(kin: Tree, name: str, text: str, said: str) -> None:
    kin.write(name, text)
    with pytest.raises(FormatError, match=said) as caught:
        kin.gather()
    assert Path(name).name in str(caught.value)


def test_other_words_in_stage_one(kin: Tree) -> None:
    kin.write("data/SSP/kin/kin_pred.tsv", kin.tagged(1).replace("Yagiye", "Yagiya"))
    with pytest.raises(FormatError, match=r"kin_pred\.tsv:3: other words"):
        kin.gather()


@pytest.mark.thorough
@needs("torch")
@pytest.mark.slow
def test_torch_files_are_read_elsewhere(kin: Tree) -> None:
    """`.pth` by torch.save, read with weights only, in a process that is not this one."""
    matrix = kin.root / "zgul_outputs/kin_max_probs_all.npy"
    source = matrix.with_suffix(".pth")
    save = "import sys, numpy, torch; torch.save(torch.tensor(numpy.load(sys.argv[1])), sys.argv[2])"
    subprocess.run([sys.executable, "-c", save, matrix, source], check=True)
    wanted = [row.confidences for row in kin.gather().runs[0].stage1 or ()]
    matrix.unlink()
    assert [row.confidences for row in kin.gather().runs[0].stage1 or ()] == wanted
    check = (
        "import sys; from pathlib import Path; from core.release.arrays import read_confidences\n"
        "read_confidences(Path(sys.argv[1]), [int(n) for n in sys.argv[2:]])\n"
        "assert 'torch' not in sys.modules"
    )
    lengths = [str(len(words)) for words in kin.sentences]
    subprocess.run([sys.executable, "-c", check, source, *lengths], check=True)


@needs("torch")
@pytest.mark.slow
def test_code_in_a_torch_file_is_not_executed(kin: Tree, tmp_path: Path) -> None:
    (kin.root / "zgul_outputs/kin_max_probs_all.npy").unlink()
    save = (
        "import sys, os, torch\n"
        "class Code:\n"
        "    def __reduce__(self):\n"
        "        return os.mkdir, (sys.argv[2],)\n"
        "torch.save(Code(), sys.argv[1])"
    )
    source, trace = kin.root / "zgul_outputs/kin_max_probs_all.pth", tmp_path / "executed"
    subprocess.run([sys.executable, "-c", save, source, trace], check=True)
    with pytest.raises(FormatError, match=r"kin_max_probs_all\.pth: not a readable torch file"):
        kin.gather()
    assert not trace.exists()


def test_stored_and_read_back(tree: Tree, tmp_path: Path) -> None:
    entry = catalog.entry(f"ssp-release-{tree.code}")
    with Store.open(tmp_path / "workspace") as store:
        answer = import_release(store, entry, tree.fetch, REPORT)
        assert answer["dataset"] == entry.id
        assert answer["created"] is True
        assert answer["instances"] == answer["completions"] == answer["new_completions"] == 6
        assert answer["runs"] == {"zgul": ["stage1", "stage2", "selection"]}
        assert answer["templates"] == ["ssp-release"]
        assert views.template(store, entry.id, "ssp-release") == TEMPLATE
        parts, run = tree.gather(), f"{entry.id}/zgul"
        assert list(views.completions(store, entry.id)) == sorted(
            parts.completions, key=lambda call: call.key
        )
        for stage, rows in {"stage1": parts.runs[0].stage1, "stage2": parts.runs[0].stage2}.items():
            stored = views.predictions(store, run, stage)
            assert [stored[row.position].labels for row in rows or ()] == [row.labels for row in rows or ()]
        chosen = {row["position"]: row for row in views.selections(store, run)}
        assert [[item["position"] for item in chosen[n]["exemplars"]] for n in range(6)] == CHOSEN
        assert {row["status"] for row in chosen.values()} == {"recorded"}
        again = import_release(store, entry, tree.fetch, REPORT)
        assert (again["dataset"], again["created"], again["new_completions"]) == (entry.id, False, 0)
        assert len(views.runs(store, entry.id)) == 2


def test_a_broken_release_leaves_the_store_alone(kin: Tree, tmp_path: Path) -> None:
    kin.write("results/NER/another_model/SSP_zgul/kin/responses.json", "[1]\n")
    with Store.open(tmp_path / "workspace") as store:
        version = store.version()
        with pytest.raises(FormatError):
            import_release(store, catalog.entry("ssp-release-kin"), kin.fetch, REPORT)
        assert views.datasets(store) == []
        assert store.version() == version
