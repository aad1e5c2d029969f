"""Alembic's entry: runs the migrations on the connection `core.store.opening` hands over."""

from __future__ import annotations

import duckdb_sqlalchemy.alembic_impl  # noqa: F401 - makes Alembic know DuckDB
from alembic import context

from core.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
