"""The note `training` of a run: how its prompt was trained, from what, and which words it is near."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.cloze.checkpoint import Checkpoint
from core.cloze.soft_prompt import nearest
from core.cloze.training import Curve
from core.cloze.verbalizer import told
from core.labelers.prompting.lessons import Lessons, counted
from core.labelers.prompting.reading import Reading

Tensor = Any
NEAREST = 5
"""Vocabulary words shown beside each vector."""


@dataclass(frozen=True)
class Stage:
    """One training of a run. `on`: what its score is counted on."""

    name: str
    curve: Curve
    on: str = "held-out source items"


def training_note(
    method: str,
    model: Checkpoint,
    stages: Sequence[Stage],
    prompts: Mapping[str, Tensor],
    reading: Reading,
    lessons: Lessons,
    artefact: str | None,
) -> dict[str, Any]:
    """As the Method page reads it; the stages' curves stand behind each other, their steps counted on."""
    points: list[dict[str, Any]] = []
    for stage in stages:
        begin = points[-1]["step"] if points else 0
        told_of = stage.curve.told(stage.on)["curve"]
        points += [point | {"step": begin + point["step"], "stage": stage.name} for point in told_of]
    first = stages[0].curve.told() if stages else {"best": 0, "stopped": "end"}
    return {
        "method": method,
        "curve": points,
        "best": first["best"],
        "stopped": first["stopped"],
        "stages": [{"name": one.name} | _ended(one) for one in stages],
        "seconds": round(sum(one.curve.seconds for one in stages), 2),
        "model": model.name,
        "artefact": artefact,
        "words": told(reading.words),
        "near": {name: nearest(model, vectors, NEAREST) for name, vectors in prompts.items()},
        "shots": counted(lessons.train),
        "target_shots": counted(lessons.target),
        "held_out": len(lessons.held_out),
        "pairs": len(lessons.pairs[0]),
        "seen": None,
    }


def _ended(stage: Stage) -> dict[str, Any]:
    told_of = stage.curve.told(stage.on)
    steps = told_of["curve"][-1]["step"] if told_of["curve"] else 0
    return {"steps": steps, "best": told_of["best"], "stopped": told_of["stopped"]}
