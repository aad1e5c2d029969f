"""A generated project of any size: a data set with gold, and a run with both stages and selections.

Written as Arrow batches past the writers, so that a million tokens are there in a few seconds. The
words follow a Zipf law and each has a favourite label, so that queries have real work to do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, insert

from core.store import Store, schema
from core.store.arrow import put

LABELS = (
    "NOUN VERB PUNCT ADP DET PRON ADJ ADV AUX PROPN CCONJ SCONJ NUM PART INTJ SYM X".split()  # noqa: SIM905
)
WEIGHTS = np.array([25, 13, 12, 10, 9, 8, 7, 5, 4, 3, 2, 1, 0.5, 0.3, 0.1, 0.05, 0.05])
MEAN_TOKENS, FORMS, BATCH, K = 17, 40_000, 10_000, 8
STAGE1_RIGHT, STAGE2_RIGHT = 0.85, 0.9
NAME, RUN = "generated", "0123456789abcdef"

Array = np.ndarray[Any, np.dtype[Any]]


def generate(store: Store, n_sentences: int = 60_000, seed: int = 0) -> tuple[str, str]:
    """Fill the store; the same seed gives the same project.

    Returns:
        The ids of the data set (gold run `<id>/gold`) and of the run (stage1, stage2, selections for
        the first tenth of the sentences).
    """
    random = np.random.default_rng(seed)
    favourite = random.choice(len(LABELS), FORMS, p=WEIGHTS / WEIGHTS.sum())
    n_tokens = 0
    with store.write() as connection:
        for start in range(0, n_sentences, BATCH):
            size = min(BATCH, n_sentences - start)
            n_tokens += _sentences(connection, random, favourite, np.arange(start, start + size))
        _selections(connection, random, n_sentences)
        connection.execute(insert(schema.dataset).values(_dataset(n_sentences, n_tokens)))
        connection.execute(insert(schema.run).values([_run(f"{NAME}/gold", "gold"), _run(RUN, "run")]))
    return NAME, RUN


def _sentences(connection: Connection, random: np.random.Generator, favourite: Array, at: Array) -> int:
    lengths = random.poisson(MEAN_TOKENS - 3, len(at)) + 3
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    n = int(offsets[-1])
    forms = np.minimum(random.zipf(1.3, n) - 1, FORMS - 1)
    gold = np.where(random.random(n) < 0.93, favourite[forms], random.integers(0, len(LABELS), n))
    words = pa.array([f"word{number}" for number in range(FORMS)]).take(pa.array(forms))
    tokens = pa.ListArray.from_arrays(offsets, words)
    batch = {
        "position": pa.array(at),
        "split": pa.array(np.where(at % 10 == 0, "train", "test")),
        "text": pa.array([" ".join(sentence) for sentence in tokens.to_pylist()]),
        "tokens": tokens,
    }
    put(connection, schema.instance, pa.RecordBatch.from_pydict(batch), {"dataset_id": NAME})
    _labels(connection, f"{NAME}/gold", "gold", at, offsets, gold, None)
    before = gold
    for stage, right in (("stage1", STAGE1_RIGHT), ("stage2", STAGE2_RIGHT)):
        guess = np.where(random.random(n) < right, gold, random.integers(0, len(LABELS), n))
        guess = guess if stage == "stage1" else np.where(random.random(n) < 0.7, before, guess)
        before = guess
        _labels(connection, RUN, stage, at, offsets, guess, random.beta(8, 1.5, n).astype(np.float32))
    return n


def _labels(
    connection: Connection,
    run_id: str,
    stage: str,
    at: Array,
    offsets: Array,
    labels: Array,
    confidences: Array | None,
) -> None:
    names = pa.array(LABELS).take(pa.array(labels))
    batch = {"position": pa.array(at), "labels": pa.ListArray.from_arrays(offsets, names)}
    if confidences is not None:
        batch["confidences"] = pa.ListArray.from_arrays(offsets, pa.array(confidences))
        batch["min_confidence"] = pa.array(np.minimum.reduceat(confidences, offsets[:-1]))
        sums = np.add.reduceat(confidences, offsets[:-1])
        batch["mean_confidence"] = pa.array((sums / np.diff(offsets)).astype(np.float32))
    key = {"run_id": run_id, "stage": stage}
    put(connection, schema.prediction, pa.RecordBatch.from_pydict(batch), key)


def _selections(connection: Connection, random: np.random.Generator, n_sentences: int) -> None:
    queries = np.arange(max(1, n_sentences // 10))
    n = len(queries)
    selection = {
        "position": pa.array(queries),
        "status": pa.array(["search"] * n),
        "value": pa.array(random.random(n)),
        "upper_bound": pa.array(random.random(n) + 1),
        "seconds": pa.array(np.full(n, 0.01)),
        "uncovered": pa.array([[]] * n, pa.list_(pa.string())),
        "uncoverable": pa.array([["X"]] * n, pa.list_(pa.string())),
    }
    put(connection, schema.selection, pa.RecordBatch.from_pydict(selection), {"run_id": RUN})
    places = np.minimum(random.zipf(1.2, n * K), n_sentences) - 1
    exemplar = {
        "position": pa.array(np.repeat(queries, K)),
        "rank": pa.array(np.tile(np.arange(K), n)),
        "exemplar_dataset": pa.array([NAME] * (n * K)),
        "exemplar_position": pa.array(places),
        "similarity": pa.array(random.random(n * K)),
        "confidence": pa.array(random.random(n * K)),
        "covers": pa.array([["NOUN", "VERB"]] * (n * K), pa.list_(pa.string())),
        "origin": pa.array(["target"] * (n * K)),
    }
    put(connection, schema.exemplar, pa.RecordBatch.from_pydict(exemplar), {"run_id": RUN})


def _dataset(n_sentences: int, n_tokens: int) -> dict[str, Any]:
    train = -(-n_sentences // 10)
    return {
        "id": NAME,
        "name": "Generated",
        "language": "fao",
        "task": "pos",
        "labels": list(LABELS),
        "licence": "CC0-1.0",
        "citation": "",
        "source": "generated",
        "illustrative": True,
        "fingerprint": NAME,
        "n_instances": n_sentences,
        "n_tokens": n_tokens,
        "splits": {"train": train, "test": n_sentences - train},
        "meta": {},
        "created_at": datetime.now(UTC),
    }


def _run(run_id: str, kind: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": run_id,
        "dataset_id": NAME,
        "kind": kind,
        "recipe": "ssp" if kind == "run" else "",
        "params": {"name": "ssp"} if kind == "run" else {},
        "seed": 0,
        "code_version": "",
        "status": "done",
        "name": kind,
        "created_at": now,
        "finished_at": now,
        "meta": {},
    }
