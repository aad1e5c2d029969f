"""Acceptance: the recorded GPT-4 runs on the page Compare: the release's figures, and where Hausa falls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import settings
from dashboard import resources
from tests.pages.random_labels import button, listed, settled
from tests.pages.test_pages import assert_well, texts, visit

pytestmark = pytest.mark.real

SSP = [sys.executable, "-m", "core.cli"]
CHANGED = {"fao": (61, 23), "gsw": (317, 38), "hau": (118, 28), "ibo": (103, 27), "lug": (94, 39)}
"""Tokens fixed and broken by GPT-4 over ZGUL, as the release's files have them."""
PLUS = {"fao": (81.45, 82.71), "gsw": (80.44, 85.97), "hau": (78.53, 74.62)}
PLUS |= {"ibo": (68.85, 84.73), "lug": (66.02, 75.36)}
"""Paper-compatible F1 of ZGUL+ and of GPT-4 over it."""
ZGUL = {"fao": (77.21, 82.15), "gsw": (65.01, 85.57), "hau": (52.17, 71.30)}
ZGUL |= {"ibo": (55.95, 82.38), "lug": (54.55, 75.36)}


def ssp(workspace: Path, *arguments: str) -> Any:
    done = subprocess.run(
        [*SSP, *arguments, "--json", "--workspace", workspace],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        env=os.environ,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def release(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """Five languages with two runs each: ZGUL with the calls replayed, ZGUL+ as its authors stored it."""
    folder, runs = tmp_path_factory.mktemp("release"), {}
    for code in CHANGED:
        dataset = ssp(folder, "import", f"ssp-release-{code}")["dataset"]
        kinds = (["llm=replay"], ["stage1.labels=zgul_plus", "llm=recorded"])
        runs[code] = [
            ssp(
                folder,
                "run",
                "ssp",
                "--dataset",
                dataset,
                *(word for said in kind for word in ("--set", said)),
            )["run"]
            for kind in kinds
        ]
    return folder, runs


@pytest.fixture
def runs(
    release: tuple[Path, dict[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, list[str]]]:
    monkeypatch.setenv("SSP_WORKSPACE", str(release[0]))
    settings.reset()
    yield release[1]
    resources.close()
    settings.reset()


def page(code: str, run: str, **more: str) -> AppTest:
    app = settled(visit("compare.py", dataset=f"ssp-release-{code}", run=run, **more))
    assert_well(app)
    return app


def scores(app: AppTest) -> Any:
    return app.dataframe[0].value.set_index("metric")


@pytest.mark.parametrize("code", CHANGED)
def test_fixed_and_broken_are_those_of_the_release(runs: dict[str, list[str]], code: str) -> None:
    app = page(code, runs[code][0])
    fixed, broken = CHANGED[code]
    assert button(app, "Fixed **").label == f"Fixed **{fixed}**"
    assert button(app, "Broken **").label == f"Broken **{broken}**"
    paper = scores(app).loc["Paper-compatible F1"]
    assert (round(paper["Stage I"], 2), round(paper["Stage II"], 2)) == ZGUL[code]


@pytest.mark.parametrize("code", CHANGED)
def test_what_becomes_of_the_better_first_stage(runs: dict[str, list[str]], code: str) -> None:
    paper = scores(page(code, runs[code][1])).loc["Paper-compatible F1"]
    assert (round(paper["Stage I"], 2), round(paper["Stage II"], 2)) == PLUS[code]
    found = f"{paper['Stage I']:.2f} -> {paper['Stage II']:.2f}"
    print(f"{code} ZGUL+: {found} (difference {paper['95 % interval']}, p {paper.p:.4f})")
    assert (paper.difference < 0) == (code == "hau")


def test_hausa_falls_on_which_labels_and_tokens(runs: dict[str, list[str]]) -> None:
    app = page("hau", runs["hau"][1], part="labels")
    table = next(item.value for item in app.dataframe if "f1_after" in item.value.columns).set_index("group")
    print(table.to_string())
    assert table.gain.idxmin() == "LOC"
    assert table.loc["DATE", ["before", "after"]].tolist() == [0, 0]
    broken = page("hau", runs["hau"][1], where='{"change":"broken"}')
    rows = listed(broken)
    assert rows.tokens.sum() == 39
    assert "Fadar: O → B-ORG (O)" in rows["labels"].iloc[0]
    dates = page("hau", runs["hau"][1], where='{"right":"DATE"}')
    assert "I-DATE" in " ".join(listed(dates)["labels"])
    assert "right: DATE" in texts(dates)


def test_both_first_stages_stand_beside_each_other(runs: dict[str, list[str]]) -> None:
    zgul, plus = runs["hau"]
    sides = ",".join(f"{run}@{stage}" for run in (zgul, plus) for stage in ("stage1", "stage2"))
    app = page("hau", zgul, sides=sides, pair="1-3")
    paper = scores(app).loc["Paper-compatible F1"]
    assert [round(value, 2) for value in paper.iloc[:4]] == [52.17, 71.30, 78.53, 74.62]
    assert "ZGUL+" in " ".join(app.multiselect[0].options[:4])
