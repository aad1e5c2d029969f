"""What the kernel is worth on languages that neither Stage I nor the kernel has seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.evaluation import evaluate
from core.kernel_training.worlds import K, State, World
from core.labelers.icl_tagger import IclTagger
from core.labelers.kernel.model import Kernel
from core.types import Labels, Prediction, TaskName

METRIC: dict[TaskName, str] = {"pos": "token_accuracy", "ner": "span_f1"}


@dataclass(frozen=True, slots=True)
class Figures:
    """One language that was left out: token accuracy (POS) or strict span F1 (NER) of each stage."""

    language: str
    sentences: int
    stage_one: float
    consensus: float
    stage_two: float

    @property
    def gain(self) -> float:
        """Of Stage II over Stage I."""
        return self.stage_two - self.stage_one


def figures(world: World, kernel: Kernel) -> Figures:
    """The stages of a world without corrections."""
    first = world.states[0]
    found = second_stage(world, first, kernel)
    stages = [score(world, predictions) for predictions in (world.noisy, first.priors, found)]
    return Figures(world.language, len(world.instances), *stages)


def second_stage(
    world: World, state: State, kernel: Kernel, *, target: int = K, source: int = K
) -> list[Prediction]:
    """Stage II with so many target and source exemplars."""
    tagger = IclTagger(world.task, _kernel=kernel)
    found = []
    for row, instance in enumerate(world.instances):
        shown = [(state.pool[at], near) for at, near in state.chosen[row][:target]]
        shown += [(world.sources[at], near) for at, near in world.near[row][:source]]
        items, similar = [item for item, _ in shown], [near for _, near in shown]
        found.append(tagger.label(instance, state.priors[row], items, similar, world.labels)[0])
    return found


def score(world: World, predictions: Sequence[Prediction], without: frozenset[int] = frozenset()) -> float:
    """The task's metric over the rows that are not in `without`."""
    rows = [row for row in range(len(world.gold)) if row not in without]
    gold: list[Labels] = [world.gold[row] for row in rows]
    return evaluate(world.task, gold, [predictions[row].labels for row in rows])[METRIC[world.task]]
