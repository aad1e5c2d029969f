"""What blame is counted from: the labels of a run, its prompts, and what their exemplars showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core.blame.keys import Keys
from core.blame.showing import Showing, showing
from core.comparison import GOLD, HUMAN, Comparison, Side
from core.comparison import load as compared_sides
from core.errors import StudioError
from core.store import Store, views
from core.store.views_blame import Places, Shown, Spoken

AFTER = "stage2"


@dataclass(frozen=True, eq=False)
class Material:
    """A run, held against what is right, and the exemplars its prompts showed.

    Attributes:
        compared: the run's Stage II as the last side; before it its Stage I, where it has one.
        shown: R exemplars, of the sentences of `compared` alone.
        showing: E different exemplars and the words and labels they showed.
        which: (R,) the number of each one in `showing`.
        spoken: recorded shares of evidence; empty where the run recorded none.
    """

    run: Mapping[str, Any]
    compared: Comparison
    shown: Shown
    showing: Showing
    which: Places
    spoken: Spoken

    @property
    def after(self) -> int:
        """The place of Stage II among the sides."""
        return len(self.compared.sides) - 1

    @property
    def before(self) -> int | None:
        """The place of Stage I; None where the run has none."""
        return 0 if self.after else None

    @property
    def recorded(self) -> bool:
        """Whether the run noted which words spoke for its labels."""
        return bool(len(self.spoken.positions))

    @cached_property
    def prompts(self) -> tuple[Places, Places]:
        """(S,) where the exemplars of each sentence begin in `shown`, and how many there are."""
        starts = np.searchsorted(self.shown.positions, self.compared.positions, side="left")
        ends = np.searchsorted(self.shown.positions, self.compared.positions, side="right")
        return starts, ends - starts

    @cached_property
    def keys(self) -> Keys:
        """How the exemplars show the labels that Stage II gave."""
        return Keys(self.compared, self.after, self.showing)


def reference_of(store: Store, dataset_id: str) -> str:
    """What can be held to be right: gold where it is known, else what humans corrected, "" = nothing."""
    if any(run["kind"] == GOLD for run in views.runs(store, dataset_id)):
        return GOLD
    return HUMAN if views.annotations(store, dataset_id) else ""


def load(store: Store, run_id: str, against: str = GOLD) -> Material:
    """Everything blame looks at; about a second for a million tokens.

    Args:
        against: gold or human, what is held to be right.

    Raises:
        UnknownName: no such run.
        StudioError: it has no Stage II, chose no exemplars, or there is nothing to hold it against.
    """
    run = views.run(store, run_id)
    if AFTER not in run["stages"]:
        raise StudioError(f"run {run_id} has no Stage II.", "`ssp runs` lists the others.")
    if not against:
        raise StudioError(
            f"{run['dataset']} has no gold labels and no corrected sentences.",
            "Correct some sentences first: an error is told by what is right.",
        )
    before = next((stage for stage in ("stage1", "consensus") if stage in run["stages"]), None)
    sides = [Side(run_id, stage) for stage in (before, AFTER) if stage]
    compared = compared_sides(store, str(run["dataset"]), sides, against)
    shown = _inside(views.shown_exemplars(store, run_id), compared.positions)
    if not len(shown.positions):
        raise StudioError(
            f"no exemplars are stored for run {run_id}.", "Blame needs a run that chose, or recorded, some."
        )
    keys = np.stack([shown.owners, shown.origins, shown.exemplars])
    unique, which = np.unique(keys, axis=1, return_inverse=True)
    found = showing(store, run, shown, unique, against)
    spoken = views.recorded_influence(store, run_id)
    return Material(run, compared, shown, found, np.asarray(which).reshape(-1), spoken)


def _inside(shown: Shown, positions: npt.NDArray[np.int64]) -> Shown:
    kept = np.isin(shown.positions, positions)
    arrays = {
        name: getattr(shown, name)[kept]
        for name in ("positions", "ranks", "owners", "exemplars", "origins", "similarity")
    }
    return Shown(**arrays, datasets=shown.datasets, kinds=shown.kinds)
