"""How a training went, and what an interrupted one goes on from: files of tensors and numbers alone."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.cloze import tensor_files
from core.errors import StudioError

Tensor = Any
CURRENT, TRAINED = "training.safetensors", "trained.safetensors"


@dataclass
class Curve:
    """How a training went.

    Attributes:
        points: per `judge_every` steps: step, mean loss and its parts since the last, score or None.
        best: the step whose weights were kept; without a judge the last.
        stopped: early or end.
        seconds: of training and judging, over all sittings.
    """

    points: list[dict[str, Any]] = field(default_factory=list)
    best: int = 0
    stopped: str = "end"
    seconds: float = 0.0

    def told(self, on: str = "held-out source items") -> dict[str, Any]:
        """As a run's note `training` has it."""
        return {
            "curve": [point | {"on": on if point["score"] is not None else ""} for point in self.points],
            "best": self.best,
            "stopped": self.stopped,
            "seconds": round(self.seconds, 2),
        }


@dataclass
class State:
    """How far it has come; `risen` is the last step whose score rose, `sums` the losses since a point."""

    step: int = 0
    best_score: float | None = None
    best_loss: float = math.inf
    risen: int = 0
    sums: dict[str, float] = field(default_factory=dict)
    curve: Curve = field(default_factory=Curve)


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where a training is kept. What another training (`identity`) left there counts as absent.

    Attributes:
        folder: None = nothing is kept.
        identity: everything that decides the outcome.
    """

    folder: Path | None = None
    identity: str = ""

    def read(self, name: str) -> tuple[dict[str, Tensor], State] | None:
        """Tensors and state; None where there are none of this training."""
        found = tensor_files.read(self.folder / name) if self.folder else None
        if found is None or found[1].get("identity") != self.identity:
            return None
        with suppress(KeyError, TypeError, ValueError):
            stated = json.loads(found[1]["state"])
            return found[0], State(**{**stated, "curve": Curve(**stated["curve"])})
        return None

    def write(self, name: str, tensors: Mapping[str, Tensor], state: State) -> None:
        """Whole or not at all. Raises StudioError."""
        if self.folder is None:
            return
        notes = {"identity": self.identity, "state": json.dumps(asdict(state))}
        try:
            tensor_files.write(self.folder / name, tensors, notes)
        except OSError as problem:
            raise StudioError(
                f"a checkpoint cannot be written to {self.folder}: {problem.strerror or problem}.",
                "Make room there, or correct its permissions, and run it again.",
            ) from None

    def finish(self, tensors: Mapping[str, Tensor], state: State) -> None:
        """Nothing but the trained weights stays."""
        if self.folder is None:
            return
        self.write(TRAINED, tensors, state)
        for path in [self.folder / CURRENT, *self.folder.glob(f"{tensor_files.ASIDE}*")]:
            path.unlink(missing_ok=True)
