"""The tables. Key columns come first: DuckDB cannot drop a column that stands before a key.

No foreign keys (they slow DuckDB down and can hang a checkpoint), `String` instead of `Text`, one
row per instance with a list of labels instead of a row per token. A change here needs a module in
`migrations/versions`; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    JSON,
    REAL,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

HEAD = "0004"
"""The newest migration; `Store.open` skips Alembic when the file already says so."""

metadata = MetaData()


def _json() -> JSON:
    return JSON(none_as_null=True)


def _strings() -> ARRAY[str]:
    return ARRAY(String)


def _moment() -> DateTime:
    return DateTime(timezone=True)


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
    Column("labels", _json(), nullable=False),
    Column("licence", String, nullable=False),
    Column("citation", String, nullable=False),
    Column("source", String, nullable=False),
    Column("illustrative", Boolean, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("n_instances", BigInteger, nullable=False),
    Column("n_tokens", BigInteger, nullable=False),
    Column("splits", _json(), nullable=False),
    Column("meta", _json(), nullable=False),
    Column("created_at", _moment(), nullable=False),
    Column("egress", String),
    Column("tagset", _json()),
)

instance = Table(
    "instance",
    metadata,
    Column("dataset_id", String),
    Column("position", BigInteger),
    Column("split", String, nullable=False),
    Column("text", String, nullable=False),
    Column("text_b", String),
    Column("tokens", _strings(), nullable=False),
    Column("meta", _json()),
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
    Column("params", _json(), nullable=False),
    Column("seed", BigInteger),
    Column("code_version", String, nullable=False),
    Column("parent", String),
    Column("status", String, nullable=False),
    Column("name", String, nullable=False),
    Column("created_at", _moment(), nullable=False),
    Column("finished_at", _moment()),
    Column("meta", _json(), nullable=False),
)

prediction = Table(
    "prediction",
    metadata,
    Column("run_id", String),
    Column("stage", String),
    Column("position", BigInteger),
    Column("labels", _strings(), nullable=False),
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
    Column("uncovered", _strings(), nullable=False),
    Column("uncoverable", _strings(), nullable=False),
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
    Column("covers", _strings(), nullable=False),
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

annotation = Table(
    "annotation",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("dataset_id", String, nullable=False),
    Column("layer", String, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", _moment(), nullable=False),
    Column("action", String, nullable=False),
    Column("labels_before", _strings()),
    Column("labels_after", _strings()),
    Column("comment", String, nullable=False),
    Column("seconds", Double),
    UniqueConstraint("dataset_id", "layer", "position", "version"),
)

queue = Table(
    "queue",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("dataset_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("positions", ARRAY(BigInteger), nullable=False),
    Column("reason", String, nullable=False),
    Column("created_at", _moment(), nullable=False),
)

score = Table(
    "score",
    metadata,
    Column("run_id", String),
    Column("stage", String),
    Column("gold", String),
    Column("metric", String),
    Column("value", Double, nullable=False),
    Column("label_set", _json(), nullable=False),
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
    Column("created_at", _moment(), nullable=False),
)

ingested = Table(
    "ingested",
    metadata,
    Column("path", String, primary_key=True),
    Column("job_id", String, nullable=False),
    Column("n_rows", BigInteger, nullable=False),
    Column("created_at", _moment(), nullable=False),
)
