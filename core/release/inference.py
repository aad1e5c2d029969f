"""An NLI language of the SSP release: gold and the labels of a fine-tuned encoder.

No answers of a language model were released for these languages.
"""

from __future__ import annotations

from core.formats import formats
from core.formats.label_lists import read_label_lists, read_probabilities
from core.release import checks, layout
from core.release.parts import Finder, ImportedRun, Parts, dataset_of
from core.types import Labels, Prediction

DEBERTA = "deberta"
FOLDER = "deberta_ft_outputs"


def gather(finder: Finder) -> Parts:
    """Read everything the release holds of an NLI language.

    Raises:
        DownloadError: no gold or no Stage-I labels.
        FormatError: a file that exists is broken or does not fit the gold file.
    """
    path = finder.required("gold", [f"data/processed/test_{finder.code}.tsv"])
    records = list(formats["nli"].read(path, task=finder.task.name, split="test"))
    parts = Parts(dataset_of(finder.entry, DEBERTA), records, notes=finder.notes)
    stage1 = _stage1(finder, parts)
    parts.runs.append(ImportedRun(DEBERTA, stage1, meta=_facts(finder, parts.dataset.labels, stage1)))
    return parts


def _stage1(finder: Finder, parts: Parts) -> list[Prediction]:
    path = finder.required("Stage-I labels (DeBERTa)", [f"{FOLDER}/{finder.code}_predictions.json"])
    labels = read_label_lists(path, parts.lengths)
    found = finder.optional("confidences", [f"{FOLDER}/{finder.code}_max_probs.json"])
    values = read_probabilities(found, parts.lengths) if found else [None] * len(labels)
    rows = zip(labels, values, strict=True)
    return [Prediction(position, row, confidence) for position, (row, confidence) in enumerate(rows)]


def _facts(finder: Finder, labels: Labels, rows: list[Prediction]) -> dict[str, object]:
    meta: dict[str, object] = {}
    if rows[0].confidences is not None:
        tables, percentiles = layout.statistics(FOLDER, finder.code)
        tables_found = finder.optional("statistics", tables)
        equal = checks.compare(
            finder.task, labels, rows, tables_found, finder.optional("thresholds", percentiles)
        )
        meta |= {"thresholds": checks.our_thresholds(finder.task, labels, rows), **equal}
    similarity = f"data/processed/{finder.code}_tgt_tgt_sim.npy"
    if finder.optional("similarities", [similarity]):
        meta["similarity"] = f"{finder.entry.repository}/{similarity}"
    return meta
