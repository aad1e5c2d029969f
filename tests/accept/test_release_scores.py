"""Acceptance: the released runs reproduce from the command line, figure by figure."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

SSP = Path(__file__).resolve().parents[2] / ".venv" / "bin" / "ssp"

# Stage I, ZGUL, F1 x 100 as published with the release (two decimals).
STAGE_ONE = {"fao": 77.21, "gsw": 65.01, "hau": 52.17, "ibo": 55.95, "lug": 54.55}
STAGE_ONE_PLUS = {"fao": 81.45, "gsw": 80.44, "hau": 78.53, "ibo": 68.85, "lug": 66.02}
NLI_ACCURACY = {"aym": 39.39, "grn": 46.46}
UPSTREAM = {"fao": "fo", "grn": "gn"}

pytestmark = pytest.mark.real


def ssp(workspace: Path, *arguments: str, code: int = 0) -> Any:
    done = subprocess.run(
        [SSP, *arguments, "--json", "--workspace", workspace],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if code == 0 else done.stderr.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("release")


def published(mirror: Path, pattern: str) -> float:
    (path,) = (mirror / "dair-iitd" / "SSP").glob(pattern)
    with path.open(newline="") as file:
        return float(next(csv.DictReader(file))["f1"])


def scores(workspace: Path, dataset: str, *settings: str) -> Any:
    sets = [word for setting in settings for word in ("--set", setting)]
    run = ssp(workspace, "run", "ssp", "--dataset", dataset, *sets)["run"]
    return ssp(workspace, "evaluate", run)


@pytest.mark.parametrize("code", STAGE_ONE)
def test_recorded_run(mirror: Path, workspace: Path, code: str) -> None:
    name = UPSTREAM.get(code, code)
    dataset = ssp(workspace, "import", f"ssp-release-{code}")["dataset"]
    found = scores(workspace, dataset, "llm=replay")
    wanted = published(mirror, f"results/*/*/SSP_zgul/{name}/accuracies.csv")
    before, after = (100 * found[stage]["paper_f1"] for stage in ("stage1", "stage2"))
    print(f"{code}: Stage I {before:.2f}, Stage II {after:.4f}")
    assert found["n_instances"] == 100
    assert found["stage2"]["paper_f1"] == pytest.approx(wanted, abs=1e-9)
    assert abs(100 * found["stage1"]["paper_f1"] - STAGE_ONE[code]) < 0.005


@pytest.mark.parametrize("code", STAGE_ONE)
@pytest.mark.parametrize("labels", ["zgul_plus", "codec"])
def test_stored_labels(mirror: Path, workspace: Path, code: str, labels: str) -> None:
    name = UPSTREAM.get(code, code)
    folder = {"zgul_plus": f"zgul_plus_outputs/{name}_gpt4", "codec": f"codec_stage2_results/{name}"}[labels]
    ssp(workspace, "import", f"ssp-release-{code}")
    found = scores(workspace, f"ssp-release-{code}", f"stage1.labels={labels}", "llm=recorded")
    wanted = published(mirror, f"translation/{folder}/accuracies.csv")
    print(f"{code} {labels}: Stage II {100 * found['stage2']['paper_f1']:.4f}")
    assert found["stage2"]["paper_f1"] == pytest.approx(wanted, abs=1e-9)
    if labels == "codec":
        assert found["stage1"] is None
    else:
        assert abs(100 * found["stage1"]["paper_f1"] - STAGE_ONE_PLUS[code]) < 0.005


@pytest.mark.parametrize("code", NLI_ACCURACY)
def test_nli_has_stage_one_only(mirror: Path, workspace: Path, code: str) -> None:
    dataset = ssp(workspace, "import", f"ssp-release-{code}")["dataset"]
    found = scores(workspace, dataset, "stage2=none")
    print(f"{code}: Stage I accuracy {100 * found['stage1']['accuracy']:.2f}")
    assert found["n_instances"] == 99
    assert found["stage2"] is None
    assert abs(100 * found["stage1"]["accuracy"] - NLI_ACCURACY[code]) < 0.005
    message = ssp(workspace, "run", "ssp", "--dataset", dataset, "--set", "llm=replay", code=2)
    assert "no recorded calls" in message


def test_conllu_files_come_out_byte_for_byte(mirror: Path, tmp_path: Path) -> None:
    files = sorted((mirror / "UniversalDependencies").rglob("*.conllu"))
    assert files
    for path in files:
        dataset = ssp(tmp_path, "import", str(path), "--task", "pos", "--language", path.name.split("_")[0])[
            "dataset"
        ]
        out = tmp_path / "out.conllu"
        ssp(tmp_path, "export", dataset, "--format", "conllu", "--out", str(out))
        assert out.read_bytes() == path.read_bytes(), path
    print(f"{len(files)} CoNLL-U files byte for byte")
