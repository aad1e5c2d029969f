"""How asking a language model ended, and what else a call says of itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("prediction", sa.Column("outcome", sa.String(), nullable=True))
    op.add_column("completion", sa.Column("parameters", sa.String(), nullable=True))
    op.add_column("completion", sa.Column("host", sa.String(), nullable=True))
    op.add_column("completion", sa.Column("seconds", sa.Double(), nullable=True))
    op.add_column("completion", sa.Column("error", sa.String(), nullable=True))


def downgrade() -> None:
    for name in ("error", "seconds", "host", "parameters"):
        op.drop_column("completion", name)
    op.drop_column("prediction", "outcome")
