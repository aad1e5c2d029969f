"""Making the retriever a run needs, or finding it made: mine pairs, fine-tune, keep the folder."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from core.choosing import text_of
from core.embedders.xampler import FACTS, gone, is_kept, place
from core.errors import StudioError
from core.kept import Kept, shifted
from core.library_remarks import quiet
from core.retrieval.encoders import untrained, vectors
from core.retrieval.judging import Judge, Pair, judge_of, nearest
from core.retrieval.learning import ON, learn, lessons
from core.retrieval.naming import NAME, asks, identity, nothing_to_learn, settings_of, usable
from core.run_input import RunInput, Sink
from core.types import Exemplar, Report
from core.whole_files import read_json, replace_json

PAIRS_AT_A_TIME = 2000
"""Pairs that are judged, and kept, as one piece."""
Tried = tuple[int, int, float]


def ready(job: RunInput, sink: Sink, report: Report, kept: Kept) -> None:
    """See that the retriever a run's recipe names is there: mine pairs and train it, unless it is.

    How that went becomes the note `retriever`; `training` is that of a labeler.

    Raises:
        RecipeError: it is named, not there, and not what this run's settings and sources make; or it cannot
            be made (`judging`, `learning`). EgressRefused: text of a source may not go to the language model.
        Cancelled: `report` said so; what was finished is kept.
    """
    table = job.recipe.get("embedder", {})
    if table.get("name") != NAME:
        return
    trained = str(table.get("trained") or "")
    made = is_kept(trained)
    if not made:
        if trained != identity(job.recipe, job.sources, job.seed, job.dataset.labels, job.template):
            raise gone(trained)
        _make(job, trained, report, kept)
    sink.note("retriever", {**facts(trained), "reused": made})


def facts(trained: str) -> dict[str, Any]:
    """What is known of a kept retriever: what it was made of, and how the training went."""
    return read_json(place(trained) / FACTS)


def pool_of(job: RunInput, language: str) -> list[Exemplar]:
    """The source items a retriever learns from."""
    return [
        Exemplar(source.dataset, record.instance, record.labels, (1.0,) * len(record.labels), "source")
        for source, record in usable(job.sources, job.dataset.labels, language)
        if record.labels
    ]


def _make(job: RunInput, trained: str, report: Report, kept: Kept) -> None:
    began = time.monotonic()
    table = settings_of(job.recipe)
    pool = pool_of(job, str(table["source"]))
    if not pool:
        raise nothing_to_learn(str(table["source"]))
    texts = [text_of(item.instance) for item in pool]
    report("loading the encoder", 0, 1)
    layer, length = int(table["layer"]), int(table["max_length"])
    model = untrained(str(table["base"]), layer=layer, length=length, report=report)
    judge = judge_of(job, pool, table, asked=asks(job.recipe))
    tried = list(_tried(model, texts, table, job.seed, report))
    pairs = _judged(judge, tried, report, kept)
    given = lessons(pairs, float(table["dev_share"]), job.seed)
    curve = learn(
        model, texts, given, table, job.seed, keep=kept.folder("retriever"), identity=trained, report=report
    )
    said = {
        "method": NAME,
        **curve.told(ON),
        "seconds": round(time.monotonic() - began, 1),
        "model": str(table["base"]),
        "artefact": trained,
        "pairs": _counts(pairs, tried, judge),
        "calls": dict(judge.calls()),
        "settings": {key: value for key, value in table.items() if key != "trained"},
        "sources": [[one.dataset, one.language, len(one.records)] for one in job.sources],
        "seed": job.seed,
    }
    with kept_as(trained) as folder, quiet():
        model.save(str(folder), create_model_card=False)
        replace_json(folder / FACTS, said)


def _tried(
    model: Any, texts: Sequence[str], table: Mapping[str, Any], seed: int, report: Report
) -> Iterator[Tried]:
    """The pairs to judge: each query with its nearest neighbours by the encoder as it is."""
    rows = vectors(model, texts, report, "embedding the sources")
    wanted = int(table["queries"]) or len(texts)
    drawn = np.random.default_rng([abs(seed), 0]).permutation(len(texts))[:wanted]
    return nearest(rows, sorted(drawn.tolist()), int(table["candidates"]), texts)


def _judged(judge: Judge, tried: Sequence[Tried], report: Report, kept: Kept) -> list[Pair]:
    def work(start: int, block: Sequence[Tried]) -> list[Pair]:
        return judge.pairs(block, shifted(report, start, len(block), len(tried)))

    return kept.pieces("pairs", tried, PAIRS_AT_A_TIME, work, (Pair,))


def _counts(pairs: Sequence[Pair], tried: Sequence[Tried], judge: Judge) -> dict[str, object]:
    right = sum(pair.right for pair in pairs)
    return {
        "positive": right,
        "negative": len(pairs) - right,
        "queries": len({query for query, *_ in tried}),
        "by": judge.by,
    }


def all_kept() -> list[str]:
    """The names of the retrievers that are kept, oldest first."""
    found = [path for path in place("").parent.glob(f"*/{FACTS}") if path.parent.name[0] != "."]
    return [path.parent.name for path in sorted(found, key=lambda path: path.stat().st_mtime_ns)]


def remove(trained: str) -> int:
    """Delete a retriever; the bytes that were freed.

    Raises:
        RecipeError: there is none of that name.
    """
    if trained not in all_kept():
        raise gone(trained)
    files = [path for path in place(trained).rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    (place(trained) / FACTS).unlink()  # from here on it counts as absent
    shutil.rmtree(place(trained))
    return size


@contextmanager
def kept_as(trained: str) -> Iterator[Path]:
    """A folder to fill; it takes its name when the block ends well, and is whole or absent.

    Raises:
        StudioError: it cannot be written.
    """
    target = place(trained)
    aside = target.with_name(f".{trained}.{os.getpid()}.part")
    try:
        aside.mkdir(parents=True)
        yield aside
        if not is_kept(trained):  # else another run was quicker
            shutil.rmtree(target, ignore_errors=True)
            aside.replace(target)
    except OSError as problem:
        raise StudioError(
            f"a retriever cannot be written to {target.parent}: {problem.strerror or problem}.",
            "Make room there, or correct its permissions, and run it again.",
        ) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
