"""The desk: what a save carries, remarks, tokenisations, who is to label what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
ADDED = {
    "annotation": {
        "keys": sa.Integer,
        "batch": sa.String,
        "reverts": sa.BigInteger,
        "run_id": sa.String,
        "stage": sa.String,
    },
    "queue": {"kind": sa.String, "meta": sa.JSON},
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind(), nullable=True))
    op.create_table(
        "saved",
        sa.Column("client", sa.String()),
        sa.Column("seq", sa.BigInteger()),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client", "seq"),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Integer()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "tokenization",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("tokens", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("first", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("last", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("reverts", sa.BigInteger()),
        sa.UniqueConstraint("dataset_id", "position", "version"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("dataset_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    for name in ("assignment", "tokenization", "remark", "saved"):
        op.drop_table(name)
    for table, columns in ADDED.items():
        for name in reversed(columns):
            op.drop_column(table, name)
