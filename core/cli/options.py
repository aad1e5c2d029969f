"""What several commands take, read from what the user typed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core import catalog, languages, tagsets
from core.catalog import private_language
from core.decisions import Decision
from core.errors import StudioError, UnknownName
from core.types import Dataset, LabelInfo, Language, TaskName

TASKS: tuple[TaskName, ...] = ("pos", "ner", "nli", "topic")


def required(option: str, value: str | None) -> str:
    """The value. Raises StudioError where there is none."""
    if value is None:
        raise StudioError(f"importing a file needs {option}.", "For example --task pos --language fo.")
    return value


def task_named(value: str | None) -> TaskName:
    """The task of that name. Raises UnknownName."""
    name = required("--task", value)
    for task in TASKS:
        if name == task:
            return task
    raise UnknownName("task", name, TASKS)


def readable(path: Path) -> Path:
    """The path, if it is a file. Raises StudioError."""
    if not path.is_file():
        raise StudioError(
            f"{path}: there is no such file.", "Give a file, or a data set id from `ssp catalog`."
        )
    return path


def spoken(
    code: str,
    known: list[Dataset],
    *,
    name: str | None = None,
    script: str | None = None,
    direction: str | None = None,
) -> Language:
    """The language of a code: described here, described with another data set, or the catalog's.

    Raises:
        UnknownName: nothing names it. StudioError: the description is not complete.
    """
    if name is not None:
        return private_language(code, name=name, script=script or "Latn", direction=direction)
    own = languages.own(known)
    if code in own:
        return own[code]
    if script or direction:
        raise StudioError(
            "--script and --direction describe a language of your own.", "Give --language-name."
        )
    return catalog.language(code)


def pairs(option: str, values: Sequence[str]) -> dict[str, str]:
    """`NAME=VALUE` options as a table. Raises StudioError where there is no `=`."""
    found = {}
    for value in values:
        name, equals, meaning = value.rpartition("=") if value.startswith("=") else value.partition("=")
        if not equals or not name:
            raise StudioError(f"{option} {value}: expected NAME=VALUE.", f"For example {option} NN=NOUN.")
        found[name] = meaning
    return found


def decisions(mapped: Sequence[str], kept: Sequence[str], dropped: Sequence[str]) -> tuple[Decision, ...]:
    """What was decided of labels. Raises StudioError where one label was decided twice."""
    made = [Decision(label, "map", target) for label, target in pairs("--map", mapped).items()]
    made += [Decision(label, "keep") for label in kept] + [Decision(label, "drop") for label in dropped]
    names = [decision.label for decision in made]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise StudioError(f"the label {twice!r} is decided twice.", "Give one of --map, --keep and --drop.")
    return tuple(made)


def tagset_file(path: Path | None) -> tuple[LabelInfo, ...]:
    """The guidelines of a TOML file. Raises StudioError."""
    return tagsets.read(readable(path.expanduser())) if path else ()
