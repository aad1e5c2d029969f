"""The tables. Key columns come first: DuckDB cannot drop a column that stands before a key.

No foreign keys (they slow DuckDB down and can hang a checkpoint), `String` instead of `Text`, one
row per instance with a list of labels instead of a row per token. A change here needs a module in
`migrations/versions`; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    REAL,
    BigInteger,
    Boolean,
    Column,
    Double,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)

from core.store.columns import json, metadata, moment, strings
from core.store.schema_desk import annotation, assignment, queue, remark, saved, tokenization

HEAD = "0005"
"""The newest migration; `Store.open` skips Alembic when the file already says so."""
__all__ = [
    "HEAD",
    "annotation",
    "app_meta",
    "assignment",
    "completion",
    "dataset",
    "exemplar",
    "influence",
    "ingested",
    "instance",
    "job",
    "metadata",
    "prediction",
    "queue",
    "remark",
    "run",
    "saved",
    "score",
    "selection",
    "template",
    "tokenization",
]

app_meta = Table(
    "app_meta",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", String, nullable=False),
)

dataset = Table(
    "dataset",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("language", String, nullable=False),
    Column("task", String, nullable=False),
    Column("labels", json(), nullable=False),
    Column("licence", String, nullable=False),
    Column("citation", String, nullable=False),
    Column("source", String, nullable=False),
    Column("illustrative", Boolean, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("n_instances", BigInteger, nullable=False),
    Column("n_tokens", BigInteger, nullable=False),
    Column("splits", json(), nullable=False),
    Column("meta", json(), nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("egress", String),
    Column("tagset", json()),
)

instance = Table(
    "instance",
    metadata,
    Column("dataset_id", String),
    Column("position", BigInteger),
    Column("split", String, nullable=False),
    Column("text", String, nullable=False),
    Column("text_b", String),
    Column("tokens", strings(), nullable=False),
    Column("meta", json()),
    Column("raw", String),
    PrimaryKeyConstraint("dataset_id", "position"),
)

run = Table(
    "run",
    metadata,
    Column("id", String, primary_key=True),
    Column("dataset_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("recipe", String, nullable=False),
    Column("params", json(), nullable=False),
    Column("seed", BigInteger),
    Column("code_version", String, nullable=False),
    Column("parent", String),
    Column("status", String, nullable=False),
    Column("name", String, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("finished_at", moment()),
    Column("meta", json(), nullable=False),
)

prediction = Table(
    "prediction",
    metadata,
    Column("run_id", String),
    Column("stage", String),
    Column("position", BigInteger),
    Column("labels", strings(), nullable=False),
    Column("confidences", ARRAY(REAL)),
    Column("min_confidence", REAL),
    Column("mean_confidence", REAL),
    Column("completion_key", String),
    Column("error", String),
    Column("outcome", String),
    PrimaryKeyConstraint("run_id", "stage", "position"),
)

selection = Table(
    "selection",
    metadata,
    Column("run_id", String),
    Column("position", BigInteger),
    Column("status", String, nullable=False),
    Column("value", Double),
    Column("upper_bound", Double),
    Column("seconds", Double),
    Column("uncovered", strings(), nullable=False),
    Column("uncoverable", strings(), nullable=False),
    PrimaryKeyConstraint("run_id", "position"),
)

exemplar = Table(
    "exemplar",
    metadata,
    Column("run_id", String),
    Column("position", BigInteger),
    Column("rank", BigInteger),
    Column("exemplar_dataset", String, nullable=False),
    Column("exemplar_position", BigInteger, nullable=False),
    Column("similarity", Double),
    Column("confidence", Double),
    Column("covers", strings(), nullable=False),
    Column("origin", String, nullable=False),
    PrimaryKeyConstraint("run_id", "position", "rank"),
)

influence = Table(
    "influence",
    metadata,
    Column("run_id", String),
    Column("position", BigInteger),
    Column("tokens", ARRAY(Integer), nullable=False),
    Column("ranks", ARRAY(Integer), nullable=False),
    Column("exemplar_tokens", ARRAY(Integer), nullable=False),
    Column("shares", ARRAY(REAL), nullable=False),
    PrimaryKeyConstraint("run_id", "position"),
)

completion = Table(
    "completion",
    metadata,
    Column("dataset_id", String),
    Column("key", String),
    Column("model", String, nullable=False),
    Column("prompt_sha256", String, nullable=False),
    Column("prompt", String, nullable=False),
    Column("text", String, nullable=False),
    Column("finish_reason", String, nullable=False),
    Column("status", String, nullable=False),
    Column("prompt_tokens", BigInteger),
    Column("completion_tokens", BigInteger),
    Column("parameters", String),
    Column("host", String),
    Column("seconds", Double),
    Column("error", String),
    PrimaryKeyConstraint("dataset_id", "key"),
)

template = Table(
    "template",
    metadata,
    Column("dataset_id", String),
    Column("name", String),
    Column("text", String, nullable=False),
    Column("source", String, nullable=False),
    PrimaryKeyConstraint("dataset_id", "name"),
)

score = Table(
    "score",
    metadata,
    Column("run_id", String),
    Column("stage", String),
    Column("gold", String),
    Column("metric", String),
    Column("value", Double, nullable=False),
    Column("label_set", json(), nullable=False),
    Column("n_instances", BigInteger, nullable=False),
    PrimaryKeyConstraint("run_id", "stage", "gold", "metric"),
)

job = Table(
    "job",
    metadata,
    Column("id", String, primary_key=True),
    Column("run_id", String, nullable=False),
    Column("dataset_id", String, nullable=False),
    Column("recipe", String, nullable=False),
    Column("status", String, nullable=False),
    Column("seconds", Double),
    Column("created_at", moment(), nullable=False),
)

ingested = Table(
    "ingested",
    metadata,
    Column("path", String, primary_key=True),
    Column("job_id", String, nullable=False),
    Column("n_rows", BigInteger, nullable=False),
    Column("created_at", moment(), nullable=False),
)
