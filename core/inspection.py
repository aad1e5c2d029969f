"""Looking into a user's file before anything is stored: what it holds, what is odd, what to decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from core.decisions import Decision, decided, labels_after, problem_of, suggested, unknown
from core.errors import Cancelled, FormatError, StudioError
from core.formats import formats
from core.formats.columns import columns
from core.formats.detect import detect, guess_split
from core.sources import Part, label_set, line_of, numbered
from core.tasks import tasks
from core.text_checks import TextChecks
from core.types import Egress, LabelInfo, Labels, Language, ReadOptions, Record, Report, TaskName
from core.unpacking import Unpacked, unpacked

PREVIEW = 20
LISTED = 50
"""Problems of one kind that are kept with their line; all of them are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a file: `error` stops the import, `decide` waits for the user, `note` informs.

    `done` says what will be done about it; `line` is 0 where it is about the file as a whole.
    """

    kind: str
    severity: Literal["error", "decide", "note"]
    file: str
    line: int
    message: str
    done: str

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class FileChoice:
    """A file of the user's own, and everything the user says of it.

    `name` is what the file is called (never used as a path); format and split are guessed when
    absent; `translations` is a file with one line per line of this one.
    """

    path: Path
    name: str
    task: TaskName
    language: Language
    format: str | None = None
    split: str | None = None
    dataset_id: str | None = None
    options: ReadOptions = field(default_factory=ReadOptions)
    decisions: tuple[Decision, ...] = ()
    tagset: tuple[LabelInfo, ...] = ()
    egress: Egress = "ask"
    translations: Path | None = None
    licence: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file holds. `labels` are those in the file with their counts; `label_set`, `preview` and
    the splits are as they would be stored. `unknown` are the labels without a decision.

    `problems` are the first of each kind, `counts` all of them by kind. `error` is what stops the
    import, if anything does.
    """

    format: str = ""
    splits: Mapping[str, int] = field(default_factory=dict)
    n_instances: int = 0
    n_tokens: int = 0
    labels: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    suggested: tuple[Decision, ...] = ()
    label_set: Labels = ()
    preview: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    error: StudioError | None = None

    @property
    def importable(self) -> bool:
        return self.error is None and not self.unknown


def inspect(choice: FileChoice, report: Report | None = None) -> Inspection:
    """Read a file through and say what is in it. What is wrong with the file is a problem, not an exception.

    Raises:
        Cancelled: `report` did.
    """
    try:
        with opened(choice) as (parts, skipped):
            return look(choice, parts, skipped, report or _silent)
    except Cancelled:
        raise
    except StudioError as error:
        return _stopped(error, Inspection())


@contextmanager
def opened(choice: FileChoice) -> Iterator[tuple[list[Part], list[Problem]]]:
    """The readable files of a choice - a zip may hold several - and what was left out, in words.

    Raises:
        StudioError: it cannot be unpacked, no format knows it, or the user's words do not fit it.
    """
    for decision in choice.decisions:
        if reason := problem_of(choice.task, decision):
            raise StudioError(f"{reason}.", "Correct the mapping.")
    with ExitStack() as stack:
        members = stack.enter_context(unpacked(choice.path, choice.name))
        if choice.translations:
            beside = stack.enter_context(unpacked(choice.translations, choice.translations.name))
            if not len(members) == len(beside) == 1:
                raise FormatError(
                    choice.name, 0, "a zip of several files cannot have translations.", "Give one file each."
                )
            choice = replace(choice, translations=beside[0].path)
        yield _parts(choice, members)


def _parts(choice: FileChoice, members: Sequence[Unpacked]) -> tuple[list[Part], list[Problem]]:
    options = _options(choice)
    forced = "parallel" if choice.translations else choice.format
    if forced:
        _check_format(forced, choice.task)
    known = {member.name: forced or _guess(member, choice.task) for member in members}
    first_error = next((found for found in known.values() if isinstance(found, FormatError)), None)
    usable = [member for member in members if isinstance(known[member.name], str)]
    if not usable:
        raise first_error or FormatError(choice.name, 0, "holds no file.", "Give a file of sentences.")
    sizes = Counter[str]()
    for member in usable:
        sizes[str(known[member.name])] += member.path.stat().st_size
    written = sizes.most_common(1)[0][0]
    parts = [
        Part(member.path, member.name, choice.split or guess_split(member.name), written, options)
        for member in usable
        if known[member.name] == written
    ]
    left = [member.name for member in members if known[member.name] != written]
    done = "Left out of the import."
    return parts, [Problem("left_out", "note", name, 0, f"no {written} file", done) for name in left]


def _guess(member: Unpacked, task: TaskName) -> str | FormatError:
    try:
        return detect(member.path, task)
    except FormatError as error:
        return FormatError(member.name, error.line, error.problem, error.hint)


def _check_format(name: str, task: TaskName) -> None:
    if task not in formats[name].tasks:
        able = [other for other in formats if task in formats[other].tasks]
        raise StudioError(
            f"files of format {name} hold no {task} labels.", f"Formats that do: {', '.join(able)}."
        )


def _options(choice: FileChoice) -> ReadOptions:
    options = replace(choice.options, language=choice.options.language or choice.language.code)
    return replace(options, partner=str(choice.translations)) if choice.translations else options


def look(choice: FileChoice, parts: Sequence[Part], skipped: Sequence[Problem], report: Report) -> Inspection:
    """Inspect files that are open (see `opened`)."""
    seen = _Seen(choice)
    for problem in skipped:
        seen.add(problem)
    error: StudioError | None = None
    try:
        for part, record in numbered(choice.task, parts, report, "checking"):
            seen.take(part, record)
        if not seen.n_instances:
            raise FormatError(
                parts[0].name, 0, "holds nothing to import.", "Give a file that holds at least one item."
            )
    except FormatError as found:
        error = found
    result = seen.result(parts[0])
    return _stopped(error, result) if error else result


def _stopped(error: StudioError, found: Inspection) -> Inspection:
    file, line = (error.path, error.line) if isinstance(error, FormatError) else ("", 0)
    said = error.problem if isinstance(error, FormatError) else error.message
    problem = Problem(
        "unreadable", "error", file, line, said.rstrip("."), error.hint or "Nothing is imported."
    )
    return replace(
        found,
        problems=(problem, *found.problems),
        counts={"unreadable": 1, **found.counts},
        error=error,
    )


class _Seen:
    """What was met so far."""

    def __init__(self, choice: FileChoice) -> None:
        self._choice = choice
        self._decisions = {decision.label: decision for decision in choice.decisions}
        self._checks = TextChecks(choice.task)
        self._first: dict[str, tuple[str, int]] = {}
        self._problems: dict[str, list[Problem]] = {}
        self._counts = Counter[str]()
        self.labels = Counter[str]()
        self.splits = Counter[str]()
        self.preview: list[Record] = []
        self.n_instances = self.n_tokens = self.unlabelled = 0

    def take(self, part: Part, record: Record) -> None:
        self.n_instances += 1
        self.n_tokens += len(record.instance.tokens)
        self.splits[record.instance.split] += 1
        self._take_labels(part, record)
        after = decided(record, self._choice.task, self._decisions)
        self.unlabelled += after.labels is None
        if len(self.preview) < PREVIEW:
            self.preview.append(after)
        for kind, line, message, done in self._checks.of(after):
            self.add(Problem(kind, "note", part.name, line, message, done))

    def _take_labels(self, part: Part, record: Record) -> None:
        for place, label in enumerate(record.labels or ()):
            if label not in self.labels:
                self._first[label] = (part.name, line_of(record, place))
            self.labels[label] += 1

    def add(self, problem: Problem) -> None:
        self._counts[problem.kind] += 1
        listed = self._problems.setdefault(problem.kind, [])
        if len(listed) < LISTED:
            listed.append(problem)

    def result(self, part: Part) -> Inspection:
        task = self._choice.task
        open_labels = [label for label in unknown(task, self.labels) if label not in self._decisions]
        for label in open_labels:
            self.add(self._undecided(label))
        if self.unlabelled:
            self.add(self._unlabelled(part))
        settled = set(self.labels) - set(open_labels)
        return Inspection(
            format=part.format,
            splits=dict(self.splits),
            n_instances=self.n_instances,
            n_tokens=self.n_tokens,
            labels=dict(self.labels),
            unknown={label: self.labels[label] for label in open_labels},
            suggested=tuple(suggested(task, label) for label in open_labels),
            label_set=label_set(task, labels_after(task, settled, self._decisions)),
            preview=tuple(self.preview),
            problems=tuple(problem for found in self._problems.values() for problem in found),
            counts=dict(self._counts),
            columns=tuple(columns(part.path, part.format)),
        )

    def _undecided(self, label: str) -> Problem:
        file, line = self._first[label]
        times = f"{self.labels[label]:,} time{'s' * (self.labels[label] != 1)}"
        message = f"{label!r} is no label of {tasks[self._choice.task].title.lower()} ({times})"
        return Problem(
            "unknown_label", "decide", file, line, message, "Keep it, map it to a label, or drop it."
        )

    def _unlabelled(self, part: Part) -> Problem:
        every = self.unlabelled == self.n_instances
        message = "no item has labels" if every else f"{self.unlabelled:,} items have no labels"
        return Problem("unlabelled", "note", part.name, 0, message, "Kept; they can be labelled, not scored.")


def _silent(doing: str, done: int, total: int) -> None:
    """A report nobody reads."""
