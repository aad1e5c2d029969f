"""What an interrupted training goes on from: files that are whole or absent, and hold tensors alone.

Everything random in training follows from the seed and the number of the step (`training`), so that a
checkpoint is the trained weights, the optimizer's moments and a few numbers, in one safetensors file.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.cloze import tensor_files
from core.cloze.tensor_files import ASIDE, Tensors
from core.errors import StudioError

CURRENT, TRAINED = "training.safetensors", "trained.safetensors"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training has come: `batch` of `epoch` is the next one to do.

    `best_epoch` is the epoch whose weights did best on the held-out items (-1 = none yet), with
    `best_score` and `best_loss`; `risen_epoch` the last one in which the score rose; `scale` is the factor
    of losses in 16 bits (0 = none), `grown` the steps since it changed.
    """

    epoch: int = 0
    batch: int = 0
    best_epoch: int = -1
    best_score: float = 0.0
    best_loss: float = 0.0
    risen_epoch: int = -1
    scale: float = 0.0
    grown: int = 0
    finished: bool = False

    def after(self, epoch: int, score: float, loss: float) -> Progress:
        """With an epoch's result on the held-out items; on a tie the smaller loss is better, but no rise."""
        first = self.best_epoch < 0
        better = first or (score, -loss) > (self.best_score, -self.best_loss)
        risen = epoch if first or score > self.best_score else self.risen_epoch
        done = replace(self, epoch=epoch + 1, batch=0, risen_epoch=risen)
        return replace(done, best_epoch=epoch, best_score=score, best_loss=loss) if better else done


class Checkpoints:
    """The files of one training in one folder. Those of another training (`identity`) count as absent.

    Args:
        folder: made when something is written.
        identity: everything that decides the outcome.
        resumable: whether a later process may go on; otherwise only the best weights are written.
    """

    def __init__(self, folder: Path, identity: str, *, resumable: bool) -> None:
        self.folder, self.identity, self.resumable = folder, identity, resumable

    def trained(self) -> tuple[Tensors, Progress] | None:
        """The weights of a training that came to its end."""
        return self._read(TRAINED)

    def current(self) -> tuple[Tensors, Progress] | None:
        """Weights and optimizer of the last checkpoint, if the best weights it speaks of are there too."""
        found = self._read(CURRENT)
        if found and found[1].best_epoch >= 0 and self._read(self._best(found[1].best_epoch)) is None:
            return None
        return found

    def best(self, epoch: int) -> Tensors:
        """The weights after an epoch.

        Raises:
            StudioError: the file is gone.
        """
        found = self._read(self._best(epoch))
        if found is None:
            raise StudioError(
                f"{self.folder / self._best(epoch)} was removed while the encoder was trained.",
                "Run it again.",
            )
        return found[0]

    def keep_best(self, weights: Tensors, progress: Progress) -> None:
        """Before the checkpoint that names them, and beside those the last checkpoint names."""
        self._write(self._best(progress.best_epoch), weights, progress)

    def keep_current(self, weights: Tensors, progress: Progress) -> None:
        """Written whole, then older best weights are dropped."""
        if self.resumable:
            self._write(CURRENT, weights, progress)
        self._drop(keep={CURRENT, self._best(progress.best_epoch)})

    def finish(self, weights: Tensors, progress: Progress) -> None:
        """Nothing but the trained weights stays."""
        if self.resumable:
            self._write(TRAINED, weights, replace(progress, finished=True))
        self._drop(keep={TRAINED})

    def _best(self, epoch: int) -> str:
        return f"best-{epoch:04d}.safetensors"

    def _drop(self, keep: set[str]) -> None:
        for path in [*self.folder.glob("*.safetensors"), *self.folder.glob(f"{ASIDE}*")]:
            if path.name not in keep:
                path.unlink(missing_ok=True)

    def _write(self, name: str, tensors: Tensors, progress: Progress) -> None:
        notes = {"identity": self.identity, "progress": json.dumps(asdict(progress))}
        try:
            tensor_files.write(self.folder / name, tensors, notes)
        except OSError as problem:
            raise StudioError(
                f"a checkpoint cannot be written to {self.folder}: {problem.strerror or problem}.",
                "Make room there, or correct its permissions, and run it again.",
            ) from None

    def _read(self, name: str) -> tuple[Tensors, Progress] | None:
        """None where the file is absent, damaged, or of another training."""
        found = tensor_files.read(self.folder / name)
        if found is None or found[1].get("identity") != self.identity:
            return None
        with suppress(KeyError, ValueError, TypeError):
            return found[0], Progress(**json.loads(found[1]["progress"]))
        return None
