"""What a run is given and where its results go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from core.types import (
    Completion,
    Dataset,
    Egress,
    Exemplar,
    Influence,
    Instance,
    Labels,
    Prediction,
    Record,
    Selection,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Gold-labelled data of one source language.

    `left_out` counts the rows that were not taken because they translate one that is to be labelled;
    `egress` is where its text may go.
    """

    dataset: str
    language: str
    records: Sequence[Record]
    left_out: int = 0
    egress: Egress = "ask"


@dataclass(frozen=True, slots=True)
class Place:
    """One exemplar of a stored prompt; `similarity` None where it was not recorded."""

    dataset: str
    position: int
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Rerun:
    """What makes a run another one's with other exemplars in some sentences.

    Attributes:
        parent: the run whose labels all other sentences keep.
        ban: exemplars that may not be shown, and pin: those that take their places; (data set, position).
        before: position -> its exemplars in `parent`, in prompt order.
        outside: positions whose sentences stand behind those of the run in the pool (0-CLT-U).
        solve: whether the run's own selector chooses again; else all other exemplars stay where they are.
        whole: whether `stage1` is Stage I with its distributions, so that what follows comes out as it would
            have; else it is what exemplars are shown with, labels and confidences alone.
        same: whether these sentences are labelled by whatever labelled them in `parent`.
        earlier: the human labels that `parent` had; None where exemplars were banned or swapped. With
            them the run takes in the `corrections` made since (`core.corrected`) and finds for itself
            which sentences these reach: `instances` are then all of the run. earlier_partial: as `partial`.
        stale: positions whose words, or whose exemplars' words, humans changed since.
    """

    parent: str
    ban: tuple[tuple[str, int], ...] = ()
    pin: tuple[tuple[str, int], ...] = ()
    before: Mapping[int, tuple[Place, ...]] = field(default_factory=dict)
    outside: frozenset[int] = frozenset()
    solve: bool = True
    whole: bool = False
    same: bool = True
    earlier: Mapping[int, Labels] | None = None
    earlier_partial: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    stale: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RunInput:
    """Everything a run needs; `instances` are the target's, without their gold.

    `recorded` maps a position to the positions of its recorded exemplars in prompt order;
    `others` are the items outside the run that recorded exemplars name: they enter the pool with
    their `stage1` labels, or with those that Stage I gives them (0-CLT-U). `parallel` are texts with
    their translations, to align words by; `aligned` are pairs (text, its translation in the target's
    language) that Stage I learns from. `again_template` is for items that are asked anew.
    `corrections` are human labels, which enter the pool with confidence 1: all that was said until
    `said_until` (ISO; "" = not known); `partial` are those of single words, by item and place, where nobody
    said anything of the rest. `warnings` are for the user's eyes. `folder` is that of the job
    which carries the run out, in a workspace.

    With `rerun`, `instances` are the sentences whose exemplars change, `others` the rest of the pool,
    `stage1` the labels that exemplars are shown with, `stage2` what the parent gave these sentences.
    """

    run_id: str
    dataset: Dataset
    recipe: Mapping[str, Any]
    seed: int
    instances: Sequence[Instance]
    sources: Sequence[Source] = ()
    stage1: Mapping[int, Prediction] = field(default_factory=dict)
    stage2: Mapping[int, Prediction] = field(default_factory=dict)
    recorded: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    others: Sequence[Instance] = ()
    parallel: Sequence[Instance] = ()
    aligned: Sequence[tuple[str, str]] = ()
    completions: Sequence[Completion] = ()
    template: str = ""
    again_template: str = ""
    corrections: Mapping[int, Labels] = field(default_factory=dict)
    partial: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    said_until: str = ""
    warnings: tuple[str, ...] = ()
    folder: Path | None = field(default=None, compare=False)
    rerun: Rerun | None = None


class Sink(Protocol):
    """Where facts go, stage by stage; `note` is for what is told of the run as a whole (JSON).

    `completions` comes once for each stage that asks a language model; a second `note` of a name adds to
    the first.
    """

    def predictions(self, stage: str, found: Sequence[Prediction]) -> None: ...
    def selections(self, found: Sequence[Selection], pool: Sequence[Exemplar]) -> None: ...
    def influences(self, found: Sequence[Influence]) -> None: ...
    def completions(self, found: Iterable[Completion]) -> None: ...
    def note(self, name: str, said: Mapping[str, object]) -> None: ...
