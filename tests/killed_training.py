"""Trains the tiny encoder in processes that are killed: `python -m tests.killed_training MODEL FOLDER KILLS`.

Prints a JSON list of digests of the labels: first those of an undisturbed training, then one per kill, each
of a training that was killed at a random moment, with a checkpoint at every step, and started again. The
libraries are loaded once; every training runs in a fork.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from core.labelers import build
from core.labelers.fine_tuning import training
from core.labelers.fine_tuning.pretrained import classifier, tokenizer_of
from tests.tiny_encoder import UPOS, tagged

SETTINGS = {"epochs": 3, "learning_rate": 5e-3, "batch_size": 8, "patience": 3}


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def train(model: str, keep: Path, answer: Path) -> None:
    """Train, label, and write a digest of labels and confidences."""
    labeler = build("encoder", {"model": model, **SETTINGS})
    labeler.fit([("aaa", tagged(50, 1))], [], UPOS, seed=3, report=silent, keep=keep)
    found = labeler.label([record.instance for record in tagged(20, 9)], silent)
    told = repr([(prediction.labels, prediction.posterior) for prediction in found])
    answer.write_text(hashlib.sha256(told.encode()).hexdigest())


def forked(model: str, keep: Path, answer: Path, kill_after: float | None) -> float:
    """Seconds that a training took, or until it was killed."""
    began = time.monotonic()
    child = os.fork()
    if not child:
        train(model, keep, answer)
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return time.monotonic() - began


def _load_libraries(model: str) -> None:
    """Without learning anything: torch's own threads, which that starts, do not outlive a fork."""
    tokenizer_of(model, Path(model))
    classifier(model, Path(model), UPOS, tokens=True, seed=0)


def main(model: str, folder: Path, kills: int) -> list[str]:
    import torch

    torch.set_num_threads(1)  # a fork has no use for the threads of its parent
    _load_libraries(model)
    training.EVERY, training.SPARING = 0.0, 0
    dice = random.Random(0)
    folder.mkdir(parents=True, exist_ok=True)
    answer = folder / "answer"
    took = forked(model, folder / "undisturbed", answer, None)
    digests = [answer.read_text()]
    for kill in range(kills):
        answer.unlink()
        keep = folder / f"kill-{kill}"
        for _ in range(3):
            forked(model, keep, folder / "ignored", dice.uniform(0.1, took))
        forked(model, keep, answer, None)
        digests.append(answer.read_text())
    return digests


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
