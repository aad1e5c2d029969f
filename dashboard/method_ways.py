"""Runs of a method and of what it is held against, grouped: what each group is called, which stands first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core import embedders, labelers
from core.catalog.method_table import Method
from core.part_settings import defaults
from core.sweeps import Found, varying
from dashboard import naming

Settings = Mapping[str, Any]
FOLLOWING = {"stage1.labels", "consensus.use", "stage2.template", "selector.preset", "stage1.download"}
"""Settings that say nothing of what was tried."""
SHARED = ("stage1", "sources")
"""Tables whose settings mean the same in several recipes."""


@dataclass(frozen=True, slots=True)
class Way:
    """Runs that differ by their seed alone, one per seed (the newest).

    Attributes:
        own: whether it is the method itself, not something it is held against.
        settings: all its settings, those too that nobody gave.
    """

    name: str
    recipe: str
    own: bool
    settings: Settings
    runs: tuple[Found, ...]

    @property
    def scores(self) -> tuple[float, ...]:
        return tuple(run.score for run in self.runs)


def is_own(settings: Settings, method: Method) -> bool:
    """Whether a run of these settings is the method's own, by itself or as a part of another recipe."""
    key, *values = method.mark
    return str(settings.get(key)) in values


def ways(runs: Sequence[Found], method: Method, *, run: str = "") -> list[Way]:
    """Runs grouped by all but the seed, newest first: the method's own, then those of its baselines.

    Args:
        run: the group that holds it stands first; else the method's own with the fewest settings of its own.
    """
    same: dict[str, list[Found]] = {}
    for one in runs:
        if one.recipe in method.recipes or is_own(one.settings, method):
            key = repr(
                (
                    one.code,
                    one.recipe,
                    one.n,
                    one.labels,
                    sorted(complete(one).items(), key=lambda item: item[0]),
                )
            )
            same.setdefault(key, []).append(one)
    groups = sorted(same.values(), key=lambda group: _rank(group, method, run))
    kinds: dict[tuple[str, bool], list[Found]] = {}
    for group in groups:
        kinds.setdefault(_kind(group[0], method), []).append(_full(group[0]))
    found = [_way(group, kinds[_kind(group[0], method)], groups[0][0], method) for group in groups]
    return _told_apart(found)


def _told_apart(found: Sequence[Way]) -> list[Way]:
    """The ways, each with a name of its own: runs of an earlier version of the program are other runs."""
    names: set[str] = set()
    ways = []
    for way in found:
        first = way.runs[0]
        apart = f", version {first.code.rpartition('+')[2][:8]}, {first.n} items" if way.name in names else ""
        ways.append(replace(way, name=way.name + apart))
        names.add(way.name)
    return ways


def _rank(group: Sequence[Found], method: Method, run: str) -> tuple[bool, bool, int, int]:
    first, known = group[0], [*method.recipes]
    place = known.index(first.recipe) if first.recipe in known else len(known)
    chosen = run in {one.run for one in group}
    return not chosen, not is_own(first.settings, method), place, len(_changed(first))


def _kind(run: Found, method: Method) -> tuple[str, bool]:
    return run.recipe, is_own(run.settings, method)


def complete(run: Found) -> dict[str, Any]:
    """The settings of a run, those of its Stage I and similarity that nobody gave at their defaults."""
    return {**_usual(run), **run.settings}


def _full(run: Found) -> Found:
    return replace(run, settings=complete(run))


def _usual(run: Found) -> dict[str, Any]:
    """What the labeler and the similarity of a run have where nothing is said."""
    found: dict[str, Any] = {}
    for table, key, parts in (
        ("stage1", "stage1.labeler", labelers.labelers),
        ("embedder", "embedder.name", embedders.embedders),
    ):
        name = str(run.settings.get(key, ""))
        if name in parts:
            found |= {f"{table}.{setting}": value for setting, value in defaults(parts[name]).items()}
    return found


def _changed(run: Found) -> list[str]:
    """The settings of a run that are not at their defaults."""
    usual = _usual(run)
    return [key for key, value in run.settings.items() if key in usual and usual[key] != value]


def _way(group: Sequence[Found], siblings: Sequence[Found], headed: Found, method: Method) -> Way:
    first, settings = group[0], complete(group[0])
    keys = _telling(first, siblings, headed, method)
    said = [f"{setting_name(key)} {plain(settings[key])}" for key in keys if settings.get(key) is not None]
    newest = {run.seed: run for run in reversed(group)}
    runs = tuple(newest[seed] for seed in sorted(newest))
    name = ", ".join([_called(first, method), *said])
    return Way(name, first.recipe, is_own(first.settings, method), settings, runs)


def _telling(run: Found, siblings: Sequence[Found], headed: Found, method: Method) -> list[str]:
    """What a run is named by: what tells it from its siblings, or from the first where both have it."""
    mine, theirs = complete(run), complete(headed)
    given = {key for key in {**run.settings, **headed.settings} if key in mine and key in theirs}
    both = {key for key in given if key.partition(".")[0] in SHARED} - {"stage1.labeler"}
    other = [key for key in varying([_full(run), _full(headed)]) if key in both]
    told = [key for key in varying(siblings) if _told_by_itself(key, siblings)]
    keys = dict.fromkeys([*told, *(other if run.recipe != headed.recipe else [])])
    same_recipe = run.recipe == method.recipe and not is_own(run.settings, method)
    first = [method.mark[0]] if same_recipe else []
    return [*first, *(key for key in keys if key not in FOLLOWING and key not in first)]


def _told_by_itself(key: str, siblings: Sequence[Found]) -> bool:
    """Whether a setting tells runs apart that have it: what another part lacks, its name tells."""
    values = {repr(run.settings[key]) for run in siblings if key in run.settings}
    return len(values) > 1


def _called(run: Found, method: Method) -> str:
    """What the runs of a recipe are called where nothing else tells them apart."""
    title = naming.RECIPES.get(run.recipe, run.recipe)
    if is_own(run.settings, method):
        return title if run.recipe == method.recipe else f"{title} with {method.title}"
    return "the same" if run.recipe == method.recipe else title


def setting_name(key: str) -> str:
    """A setting in a few letters: `stage1.alpha` as `alpha`, `embedder.name` as `embedder`."""
    table, _, name = key.partition(".")
    said = table if name in {"name", "labeler", "use"} else name or table
    return said.replace("stage1", "Stage I").replace("_", " ")


def plain(value: object) -> str:
    """A setting's value as it is read."""
    if isinstance(value, tuple | list):
        return " ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value).rstrip("/").rpartition("/")[2] or "none"


def alike(shown: Sequence[Way]) -> list[Way]:
    """The ways that were scored on as many items, and under as many labels, as the first."""
    if not shown:
        return []
    first = shown[0].runs[0]
    return [way for way in shown if (way.runs[0].n, way.runs[0].labels) == (first.n, first.labels)]
