"""Where a data set's text may go, and what annotators are told of its labels.

Columns that are added must be nullable (DuckDB): NULL means the default, `ask` and no guidelines.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("dataset", sa.Column("egress", sa.String(), nullable=True))
    op.add_column("dataset", sa.Column("tagset", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("dataset", "tagset")
    op.drop_column("dataset", "egress")
