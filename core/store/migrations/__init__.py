"""Alembic migrations, run by `core.store.opening`."""
