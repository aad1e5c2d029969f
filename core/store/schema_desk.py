"""The tables of what humans do: what they say of labels and words, what they put aside, who does what.

`annotation`, `remark` and `tokenization` only grow. In `annotation` a row of one batch is part of one bulk
action, `reverts` is the row that it takes back, `run_id` and `stage` are whose labels stood there before.
In `tokenization`, `first` and `last` tell for every word from which imported ones it is made.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Double,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from core.store.columns import json, metadata, moment, strings

annotation = Table(
    "annotation",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("dataset_id", String, nullable=False),
    Column("layer", String, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("action", String, nullable=False),
    Column("labels_before", strings()),
    Column("labels_after", strings()),
    Column("comment", String, nullable=False),
    Column("seconds", Double),
    Column("keys", Integer),
    Column("batch", String),
    Column("reverts", BigInteger),
    Column("run_id", String),
    Column("stage", String),
    UniqueConstraint("dataset_id", "layer", "position", "version"),
)

saved = Table(
    "saved",
    metadata,
    Column("client", String),
    Column("seq", BigInteger),
    Column("dataset_id", String, nullable=False),
    Column("answer", json(), nullable=False),
    Column("created_at", moment(), nullable=False),
    PrimaryKeyConstraint("client", "seq"),
)

remark = Table(
    "remark",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("dataset_id", String, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("token", Integer),
    Column("kind", String, nullable=False),
    Column("text", String, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", moment(), nullable=False),
)

tokenization = Table(
    "tokenization",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("dataset_id", String, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("author", String, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("action", String, nullable=False),
    Column("tokens", strings(), nullable=False),
    Column("first", ARRAY(Integer), nullable=False),
    Column("last", ARRAY(Integer), nullable=False),
    Column("reverts", BigInteger),
    UniqueConstraint("dataset_id", "position", "version"),
)

assignment = Table(
    "assignment",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("dataset_id", String, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("author", String, nullable=False),
    Column("state", String, nullable=False),
    Column("created_at", moment(), nullable=False),
)

queue = Table(
    "queue",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("dataset_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("positions", ARRAY(BigInteger), nullable=False),
    Column("reason", String, nullable=False),
    Column("created_at", moment(), nullable=False),
    Column("kind", String),
    Column("meta", json()),
)
