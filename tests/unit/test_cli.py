"""The command line: JSON on stdout, what goes in comes out, runs are found again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.server import free_port
from tests.ssp_command import Ssp, filled

pytestmark = pytest.mark.slow

HOLD = """
import sys, time
from pathlib import Path
from core.store import Store
store = Store.open(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_the_corridor_from_the_command_line(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    run = ssp("run", "ssp", "--dataset", target, "--source", "theirs", "--set", "k=2")
    assert run.code == 0, run.err
    scores = ssp("evaluate", run.document["run"]).document
    assert scores["gold"] == f"{target}/gold"
    assert scores["n_instances"] == 6
    assert set(scores["stage2"]) == {"token_accuracy", "macro_f1", "paper_f1"}
    chosen = ssp("selections", run.document["run"]).document["selections"]
    assert [len(row["ids"]) for row in chosen] == [2] * 6
    assert all(row["query"] not in row["ids"] for row in chosen)
    again = ssp("run", "ssp", "--dataset", target, "--source", "theirs", "--set", "k=2")
    assert again.document["run"] == run.document["run"]
    assert again.document["computed"] is False
    assert [row["id"] for row in ssp("runs").document["runs"] if row["kind"] == "run"] == [
        run.document["run"]
    ]
    assert ssp("delete", run.document["run"]).code == 0
    assert ssp("show", run.document["run"]).code == 2


def test_importing_twice_gives_the_same_data_set(ssp: Ssp, tmp_path: Path) -> None:
    first = filled(ssp, tmp_path)
    second = ssp("import", str(tmp_path / "mine.conllu"), "--task", "pos", "--language", "fao")
    assert second.code == 0
    assert second.document["dataset"] == first
    assert len(ssp("datasets").document["datasets"]) == 2


def test_a_conllu_file_comes_out_as_it_went_in(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    out = tmp_path / "out.conllu"
    done = ssp("export", target, "--format", "conllu", "--out", str(out))
    assert done.code == 0, done.err
    assert out.read_bytes() == (tmp_path / "mine.conllu").read_bytes()
    about = json.loads(Path(done.document["about"]).read_text("utf8"))
    assert about["labels"] == "gold"


def test_an_export_replaces_plain_files_only(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / "behind.txt")
    for out, words in ((pipe, "not a file"), (tmp_path / "workspace" / "studio.duckdb", "database")):
        answer = ssp("export", target, "--format", "bio", "--out", str(out))
        assert (answer.code, words in answer.message) == (2, True), answer.err
    assert pipe.is_fifo()
    assert ssp("export", target, "--format", "bio", "--out", str(link)).code == 0
    assert link.is_symlink()
    assert (tmp_path / "behind.txt").is_file()


def test_a_file_may_have_any_name(ssp: Ssp, tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff a\nb.txt")
    (tmp_path / name).write_text("Hon PRON\n", "utf8")
    answer = ssp("import", str(tmp_path / name), "--task", "pos", "--language", "fo")
    assert answer.document["dataset"] == "a-b", answer.err


def test_a_run_exports_its_own_labels(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    run = ssp("run", "transfer", "--dataset", target, "--source", "theirs").document["run"]
    out = tmp_path / "run.jsonl"
    about = ssp("export", run, "--format", "jsonl", "--out", str(out)).document
    rows = [json.loads(line) for line in out.read_text("utf8").splitlines()]
    assert len(rows) == 6
    assert all(len(row["confidences"]) == len(row["tokens"]) for row in rows)
    assert about["labels"] == f"stage1 of run {run}"


def test_no_gold_is_said_not_scored(ssp: Ssp, tmp_path: Path) -> None:
    filled(ssp, tmp_path)
    (tmp_path / "plain.txt").write_text("Hon syngur .\nHann syngur væl .\n", "utf8")
    plain = ssp("import", str(tmp_path / "plain.txt"), "--task", "pos", "--language", "fo").document[
        "dataset"
    ]
    run = ssp("run", "transfer", "--dataset", plain, "--source", "theirs").document["run"]
    scores = ssp("evaluate", run).document
    assert (scores["gold"], scores["stage1"], scores["stage2"]) == (None, None, None)


def test_other_splits_of_a_source_are_another_run(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    rows = [("train", "Hon", "PRON"), ("dev", "Hon", "NOUN")]
    lines = [json.dumps({"split": s, "tokens": [t], "labels": [n]}) for s, t, n in rows]
    (tmp_path / "two.jsonl").write_text("\n".join(lines), "utf8")
    ssp("import", str(tmp_path / "two.jsonl"), "--task", "pos", "--language", "is")
    runs = [
        ssp("run", "transfer", "--dataset", target, "--source", f"two:{split}").document["run"]
        for split in ("train", "dev")
    ]
    assert runs[0] != runs[1]


def test_what_a_run_labels_cannot_be_its_source(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    answer = ssp("run", "ssp", "--dataset", target, "--source", f"{target}:test")
    assert (answer.code, "its own source" in answer.message) == (2, True), answer.err


def test_a_broken_file_leaves_the_workspace_as_it_was(ssp: Ssp, tmp_path: Path) -> None:
    filled(ssp, tmp_path)
    before = ssp("datasets").out
    (tmp_path / "bad.conllu").write_text("1\tHon\t_\tPRON\n\n", "utf8")
    answer = ssp(
        "import", str(tmp_path / "bad.conllu"), "--task", "pos", "--language", "fo", "--format", "conllu"
    )
    assert answer.code == 2
    assert "bad.conllu:1" in answer.message
    assert ssp("datasets").out == before


def test_a_target_without_labels_is_labelled_with_those_of_its_sources(ssp: Ssp, tmp_path: Path) -> None:
    source = "Amina B-PER\nta O\ntafi O\nKano B-LOC\n\n" * 4
    (tmp_path / "names.bio").write_text(source, "utf8")
    (tmp_path / "news.txt").write_text("Amina ta tafi Legas\nAmina ta zo\n", "utf8")
    ssp("import", str(tmp_path / "names.bio"), "--task", "ner", "--language", "ha", "--split", "train")
    assert ssp("import", str(tmp_path / "news.txt"), "--task", "ner", "--language", "sw").code == 0
    run = ssp("run", "ssp", "--dataset", "news", "--source", "names", "--set", "k=1")
    assert run.code == 0, run.err
    out = tmp_path / "news.bio"
    assert ssp("export", run.document["run"], "--format", "bio", "--out", str(out)).code == 0
    assert "Amina B-PER" in out.read_text("utf8")


def test_what_a_killed_run_left_behind_is_removed(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    left = tmp_path / "workspace" / "jobs" / "20260101-000000-dead"
    left.mkdir(parents=True)
    (left / "in-this-process").touch()
    assert ssp("run", "transfer", "--dataset", target, "--source", "theirs").code == 0
    assert not left.exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "llm=offline", "--set", "template=zzz"), "unknown prompt template"),
        (("--source", "nope"), "unknown data set"),
    ],
)
def test_names_that_would_not_be_used_are_checked_too(
    ssp: Ssp, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    target = filled(ssp, tmp_path)
    answer = ssp("run", "ssp", "--dataset", target, *arguments)
    assert (answer.code, words in answer.message) == (2, True), answer.err
    assert ssp("runs", "--dataset", "nope").code == 2


def test_text_for_people(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    run = ssp("run", "transfer", "--dataset", target, "--source", "theirs").document["run"]
    assert "token_accuracy" in ssp("evaluate", run, json_too=False).out
    assert target in ssp("datasets", json_too=False).out
    assert "CC" in ssp("catalog", "--task", "pos", json_too=False).out
    assert run in ssp("runs", json_too=False).out
    assert "fingerprint" in ssp("show", target, json_too=False).out


@pytest.mark.slow
def test_a_workspace_held_by_another_process_says_which(ssp: Ssp, tmp_path: Path) -> None:
    filled(ssp, tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "workspace")], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        answer = ssp("datasets")
        assert answer.code == 3
        assert f"process {holder.pid}" in answer.message
    finally:
        holder.kill()
        holder.communicate()


def test_the_next_free_port() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        assert free_port("127.0.0.1", busy) > busy
