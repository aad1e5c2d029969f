"""The real release: every recorded prompt, answer, label, score and threshold reproduces."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from core import catalog
from core.evaluation import evaluate
from core.llms.replay import Replay
from core.prompts import render
from core.release import checks, describe, gather, layout
from core.release.parts import ImportedRun, Parts
from core.tasks import tasks
from core.types import Exemplar, Labels, Prediction
from tests.needs import needs

pytestmark = pytest.mark.real

TAGGED = {"fao": "fo", "gsw": "gsw", "hau": "hau", "ibo": "ibo", "lug": "lug"}
STAGE_ONE = {
    ("fao", "zgul"): 77.21,
    ("gsw", "zgul"): 65.01,
    ("hau", "zgul"): 52.17,
    ("ibo", "zgul"): 55.95,
    ("lug", "zgul"): 54.55,
    ("fao", "zgul_plus"): 81.45,
    ("gsw", "zgul_plus"): 80.44,
    ("hau", "zgul_plus"): 78.53,
    ("ibo", "zgul_plus"): 68.85,
    ("lug", "zgul_plus"): 66.02,
}
FIXED_BROKEN = {"fao": (61, 23), "gsw": (317, 38), "hau": (118, 28), "ibo": (103, 27), "lug": (94, 39)}


@pytest.fixture(scope="module")
def release(mirror: Path) -> Path:
    return mirror / "dair-iitd" / "SSP"


@pytest.fixture(scope="module")
def gathered(release: Path) -> dict[str, Parts]:
    return {code: read(release, code) for code in (*TAGGED, "aym", "grn")}


def read(root: Path, code: str) -> Parts:
    def fetch(paths: Sequence[str]) -> Path | None:
        assert not any("_100_zgul_pred" in path for path in paths)
        return next((root / path for path in paths if (root / path).is_file()), None)

    return gather(catalog.entry(f"ssp-release-{code}"), fetch, lambda *_: None)


def gold(parts: Parts) -> list[Labels]:
    return [record.labels or () for record in parts.records]


def labels(rows: Sequence[Prediction] | None) -> list[Labels]:
    return [row.labels for row in rows or ()]


def run_of(parts: Parts, name: str) -> ImportedRun:
    return next(run for run in parts.runs if run.name == name)


def f1(release: Path, pattern: str) -> float:
    (path,) = release.glob(pattern)
    with path.open(newline="") as file:
        return float(next(csv.DictReader(file))["f1"])


@pytest.mark.parametrize("code", TAGGED)
def test_recorded_calls_equal_the_derived_ones(mirror: Path, gathered: dict[str, Parts], code: str) -> None:
    parts = gathered[code]
    derived = mirror / "derived" / "recorded-completions" / f"{code}-{parts.dataset.task.upper()}.jsonl"
    wanted = [json.loads(line) for line in derived.read_text(encoding="utf-8").splitlines()]
    keys = ("model", "prompt_sha256", "completion", "finish_reason", "prompt_tokens", "completion_tokens")
    assert len(wanted) == 100
    assert [
        (
            call.model,
            call.prompt_sha256,
            call.text,
            call.finish_reason,
            call.prompt_tokens,
            call.completion_tokens,
        )
        for call in parts.completions
    ] == [tuple(row[key] for key in keys) for row in wanted]
    assert [list(s.chosen) for s in run_of(parts, "zgul").selections] == [
        row["exemplar_rows"] for row in wanted
    ]


@pytest.mark.parametrize("code", TAGGED)
def test_prompts_render_and_answers_parse(gathered: dict[str, Parts], code: str) -> None:
    parts, task = gathered[code], tasks[gathered[code].dataset.task]
    zgul, replay = run_of(parts, "zgul"), Replay(parts.completions)
    assert zgul.stage1 is not None
    assert zgul.stage2 is not None
    done = 0
    for record, selection, stored in zip(parts.records, zgul.selections, zgul.stage2, strict=True):
        shown = [
            Exemplar("d", parts.records[row].instance, zgul.stage1[row].labels, (), "target")
            for row in selection.chosen
        ]
        prompt = render(parts.template, task, shown, record.instance, parts.dataset.labels)
        found, _ = task.parse(replay.complete(prompt).text, record.instance, parts.dataset.labels)
        done += found == stored.labels
    assert done == 100


@pytest.mark.parametrize("code", TAGGED)
def test_scores(release: Path, gathered: dict[str, Parts], code: str) -> None:
    parts, name = gathered[code], TAGGED[code]
    task = parts.dataset.task
    files = {
        "zgul": f"results/*/*/SSP_zgul/{name}/accuracies.csv",
        "zgul_plus": f"translation/zgul_plus_outputs/{name}_gpt4/accuracies.csv",
        "codec": f"translation/codec_stage2_results/{name}/accuracies.csv",
    }
    assert {run.name for run in parts.runs} == set(files)
    for run_name, pattern in files.items():
        run = run_of(parts, run_name)
        wanted = f1(release, pattern)
        assert evaluate(task, gold(parts), labels(run.stage2))["paper_f1"] == pytest.approx(wanted, abs=1e-12)
        assert run.meta["published_f1"] == wanted
        if run.stage1 is not None:
            found = evaluate(task, gold(parts), labels(run.stage1))["paper_f1"]
            assert abs(100 * found - STAGE_ONE[code, run_name]) < 0.005


@pytest.mark.parametrize("code", TAGGED)
def test_fixed_and_broken_tokens(gathered: dict[str, Parts], code: str) -> None:
    parts = gathered[code]
    zgul = run_of(parts, "zgul")
    triples = [
        triple
        for rows in zip(gold(parts), labels(zgul.stage1), labels(zgul.stage2), strict=True)
        for triple in zip(*rows, strict=True)
    ]
    fixed = sum(first != right == second for right, first, second in triples)
    broken = sum(first == right != second for right, first, second in triples)
    assert (fixed, broken) == FIXED_BROKEN[code]


@pytest.mark.parametrize("code", [*TAGGED, "aym", "grn"])
def test_statistics_and_thresholds(release: Path, gathered: dict[str, Parts], code: str) -> None:
    parts = gathered[code]
    task = tasks[parts.dataset.task]
    for run in parts.runs:
        if run.stage1 is None:
            continue
        assert run.meta["statistics_equal"] is True
        assert run.meta["thresholds_equal"] is True
        folder = {"zgul": "zgul_outputs", "zgul_plus": layout.PLUS}.get(run.name, "deberta_ft_outputs")
        suffix = "_80" if run.name == "deberta" else ""
        path = release / folder / f"{parts.dataset.meta['code']}{suffix}_perc_stats.json"
        released = checks.read_thresholds(path)
        ours = checks.our_thresholds(task, parts.dataset.labels, run.stage1)
        assert released
        for label, (percentile, value) in released.items():
            assert percentile == 0.8
            assert ours[label] == pytest.approx(value, abs=1e-9), (run.name, label)


@pytest.mark.parametrize("code", TAGGED)
def test_zgul_plus_selection_is_the_one_shown(gathered: dict[str, Parts], code: str) -> None:
    run = run_of(gathered[code], "zgul_plus")
    assert describe(run) == ["stage1", "stage2", "selection"]
    assert len(run.selections) == 100
    assert {len(selection.chosen) for selection in run.selections} == {8}


def test_a_trailing_space_is_kept(gathered: dict[str, Parts]) -> None:
    instance = gathered["gsw"].records[33].instance
    assert instance.text == " ".join(instance.tokens) + " "


@pytest.mark.parametrize(("code", "accuracy"), [("aym", 39.39), ("grn", 46.46)])
def test_inference_has_stage_one_only(gathered: dict[str, Parts], code: str, accuracy: float) -> None:
    parts = gathered[code]
    (run,) = parts.runs
    assert (run.name, describe(run)) == ("deberta", ["stage1"])
    assert len(parts.records) == 99
    assert abs(100 * evaluate("nli", gold(parts), labels(run.stage1))["accuracy"] - accuracy) < 0.005
    assert parts.completions == []
    assert parts.template == ""


@pytest.mark.parametrize("code", [*TAGGED, "aym", "grn"])
def test_nothing_is_in_doubt(gathered: dict[str, Parts], code: str) -> None:
    assert gathered[code].notes == []


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the test's output clean."""


@pytest.fixture
def live(release: Path, tmp_path: Path) -> Iterator[str]:
    """The upstream layout over HTTP: `{owner}/{repo}/{branch}/{path}`, with `.pth` for `.npy`."""
    root = tmp_path / "served" / "dair-iitd" / "SSP" / "main"
    convert = []
    for path in release.rglob("*"):
        if not path.is_file() or (
            "fo" not in path.name and "/fo" not in path.as_posix() and path.suffix != ".txt"
        ):
            continue
        target = root / path.relative_to(release)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.name.endswith("max_probs_all.npy"):
            convert += [path, target.with_suffix(".pth")]
        else:
            target.symlink_to(path)
    save = (
        "import sys, numpy, torch\n"
        "for a, b in zip(sys.argv[1::2], sys.argv[2::2]): torch.save(torch.tensor(numpy.load(a)), b)"
    )
    subprocess.run([sys.executable, "-c", save, *convert], check=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path / "served")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


IMPORT = """
import json, sys
from pathlib import Path
from core.importing import import_catalog
from core.settings import Settings
from core.store import Store, views
settings = Settings(workspace=Path(sys.argv[1]), mirror=None, live_base=sys.argv[2])
with Store.open(settings.workspace) as store:
    answer = import_catalog(store, settings, "ssp-release-fao", lambda *_: None)
    rows = views.predictions(store, "ssp-release-fao/zgul", "stage1")
    print(json.dumps({**answer, "confidences": [rows[n].confidences for n in sorted(rows)]}))
assert "torch" not in sys.modules
"""


@pytest.mark.thorough
@needs("torch")
@pytest.mark.slow
def test_upstream_layout_over_http(release: Path, live: str, tmp_path: Path) -> None:
    """The whole import from the live layout, in a process that never imports torch."""
    command = [sys.executable, "-c", IMPORT, tmp_path / "workspace", live]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["runs"] == {
        "zgul": ["stage1", "stage2", "selection"],
        "zgul_plus": ["stage1", "stage2", "selection"],
        "codec": ["stage2"],
    }
    assert (answer["instances"], answer["completions"], answer["notes"]) == (100, 100, [])
    matrix = np.load(release / "zgul_outputs/fo_100_max_probs_all.npy")
    assert answer["confidences"] == [[value for value in row if value != -1] for row in matrix.tolist()]
