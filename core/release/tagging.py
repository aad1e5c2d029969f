"""A POS or NER language of the SSP release: gold, ZGUL, ZGUL+ and codec labels, recorded calls."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from core.errors import FormatError
from core.formats import formats
from core.release import checks, layout
from core.release.arrays import read_confidences
from core.release.logs import read_calls
from core.release.parts import Finder, ImportedRun, Parts, dataset_of, with_labels_of
from core.release.stored import as_selections, decide_selection, read_responses, read_tagged
from core.types import Labels, Prediction, Record


def gather(finder: Finder) -> Parts:
    """Read everything the release holds of a tagging language.

    Raises:
        DownloadError: no gold or no Stage-I labels.
        FormatError: a file that exists is broken or does not fit the gold file.
    """
    code, task = finder.code, finder.task
    path = finder.required("gold", [layout.gold(code)])
    records = list(formats["wordtag"].read(path, task=task.name, split="test"))
    results = layout.results_folders(finder.entry.meta, path, code)
    main = layout.zgul(code, results)
    dataset = with_labels_of(dataset_of(finder.entry, main.name), _gold(records))
    parts = Parts(dataset, records, notes=finder.notes)
    stage1 = finder.required("Stage-I labels (ZGUL)", [main.stage1])
    parts.runs.append(_variant(finder, parts, main, stage1))
    _plus_and_codec(finder, parts)
    _recordings(finder, parts, layout.run_files(results, code, "logfile.log"))
    return parts


def _gold(records: Sequence[Record]) -> list[Labels]:
    missing = next((n for n, record in enumerate(records, 2) if record.labels is None), 0)
    if missing:
        raise FormatError("test.tsv", missing, "a sentence without gold labels.", "Fetch the file again.")
    return [record.labels for record in records if record.labels is not None]


def _plus_and_codec(finder: Finder, parts: Parts) -> None:
    plus, codec = layout.zgul_plus(finder.code), layout.codec(finder.code)
    stage1 = finder.optional("Stage-I labels (ZGUL+)", [plus.stage1])
    if stage1:
        parts.runs.append(_variant(finder, parts, plus, stage1))
    run = _variant(finder, parts, codec, None)
    if run.stage2:
        parts.runs.append(run)


def _variant(finder: Finder, parts: Parts, files: layout.Variant, path: Path | None) -> ImportedRun:
    """Stage I (if released) with the selections and stored Stage-II labels made from it."""
    stage1 = _stage1(finder, parts, path, files.folder) if path else None
    meta = _checked(finder, parts, stage1, files.folder) if stage1 else {}
    answers = finder.optional(f"Stage-II labels ({files.title})", files.answers)
    stage2, examples = read_responses(answers, parts.records, finder.task) if answers else (None, {})
    if answers:
        meta |= _published(finder.fetch(files.published))
    if stage1 is None:
        return ImportedRun(files.name, None, stage2, meta=meta)
    matrices = (finder.fetch([name]) for name in files.selections)
    labels = [row.labels for row in stage1]
    rows, origin = decide_selection((found for found in matrices if found), examples, parts.records, labels)
    if rows is None:
        finder.notes.append(f"exemplars ({files.title}): none recorded, or not those of the stored answers")
    chosen = as_selections(rows, stage1, finder.task, parts.dataset.labels) if rows else []
    return ImportedRun(files.name, stage1, stage2, chosen, {**meta, "selection": origin})


def _stage1(finder: Finder, parts: Parts, path: Path, folder: str) -> list[Prediction]:
    labels = read_tagged(path, parts.records, finder.task)
    confidences = _confidences(finder, parts, folder)
    if confidences is None:
        return [Prediction(position, row) for position, row in enumerate(labels)]
    rows = zip(labels, confidences, strict=True)
    return [Prediction(position, row, values) for position, (row, values) in enumerate(rows)]


def _confidences(finder: Finder, parts: Parts, folder: str) -> list[tuple[float, ...]] | None:
    """The first file of confidences that fits the sentences; its error where none of them does."""
    problem: FormatError | None = None
    candidates = layout.probabilities(folder, finder.code)
    for paths in candidates:
        finder.report(f"confidences ({folder})", 0, 0)
        path = finder.fetch(paths)
        try:
            if path:
                return read_confidences(path, parts.lengths)
        except FormatError as error:
            problem = problem or error
    if problem:
        raise problem
    finder.notes.append(f"confidences: not in the release ({candidates[0][0]})")
    return None


def _checked(finder: Finder, parts: Parts, rows: Sequence[Prediction], folder: str) -> dict[str, object]:
    """Our thresholds, and whether they and the statistics below them are the released ones."""
    if rows[0].confidences is None:
        return {}
    tables, percentiles = layout.statistics(folder, finder.code)
    labels = parts.dataset.labels
    equal = checks.compare(
        finder.task,
        labels,
        rows,
        finder.optional(f"statistics ({folder})", tables),
        finder.optional(f"thresholds ({folder})", percentiles),
    )
    finder.notes.extend(
        f"{name} is false in {folder}: ours differ from the released ones"
        for name in equal
        if equal[name] is False
    )
    return {"thresholds": checks.our_thresholds(finder.task, labels, rows), **equal}


def _published(path: Path | None) -> dict[str, object]:
    """The F1 that the release states for its answers, as a fraction; some files are a header only."""
    if path is None:
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        row = next(csv.DictReader(file), None)
    try:
        return {"published_f1": float(row["f1"])} if row else {}
    except (KeyError, ValueError, TypeError) as error:
        raise FormatError(path.name, 2, "no figure in column f1.", "Fetch the file again.") from error


def _recordings(finder: Finder, parts: Parts, logs: Sequence[str]) -> None:
    """Recorded calls and the authors' template, which together allow a replay."""
    log = finder.optional("recorded calls", logs)
    if log is not None:
        parts.completions = read_calls(log)
        if not parts.completions:
            finder.notes.append(f"recorded calls: {log.name} holds no finished call")
    source = layout.template(finder.task.name)
    path = finder.optional("prompt template", [source])
    if path is not None:
        parts.template, parts.template_source = _text(path), f"{finder.entry.repository}/{source}"


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(path.name, 0, "not UTF-8 text.", "Fetch the file again.") from error
