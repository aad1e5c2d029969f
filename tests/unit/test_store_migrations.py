"""Migrations and tables say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from core.errors import StoreDamaged
from core.store import Store, facts, views
from core.store.opening import migration_config, upgrade
from core.store.schema import HEAD, metadata
from core.types import Dataset, Instance, Record

WHAT_THERE_IS = (
    "SELECT table_name, column_name, column_index, data_type, is_nullable, column_default"
    " FROM duckdb_columns() WHERE NOT internal",
    "SELECT table_name, constraint_type, constraint_text, constraint_column_names FROM duckdb_constraints()",
    "SELECT version_num FROM alembic_version",
)


def told(store: Store) -> list[list[str]]:
    """All tables of a database, in its own words."""
    with store.read() as connection:
        return [sorted(map(str, connection.exec_driver_sql(query))) for query in WHAT_THERE_IS]


def test_a_new_file_is_as_the_migrations_would_leave_it(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        created = told(store)
        with store.write() as connection:
            command.downgrade(migration_config(connection), "base")
            upgrade(connection)
            inspect(connection).clear_cache()
            command.check(migration_config(connection))
            connection.exec_driver_sql("INSERT INTO app_meta VALUES ('data_version', '0')")
        assert told(store) == created
    assert len(created[0]) > 100


def test_the_newest_migration_is_the_one_opening_looks_for(store: Store) -> None:
    with store.read() as connection:
        scripts = ScriptDirectory.from_config(migration_config(connection))
    assert scripts.get_heads() == [HEAD]


def test_down_to_nothing_and_up_again(store: Store) -> None:
    with store.write() as connection:
        command.downgrade(migration_config(connection), "base")
        left = set(inspect(connection).get_table_names())
        upgrade(connection)
        inspect(connection).clear_cache()
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
        connection.exec_driver_sql("INSERT INTO app_meta VALUES ('data_version', '0')")
    assert not left & set(metadata.tables)


def test_keys_come_first() -> None:
    for table in metadata.tables.values():
        keys = [column.name for column in table.primary_key.columns]
        assert [column.name for column in table.columns][: len(keys)] == keys


def test_no_foreign_keys_and_no_secondary_indexes() -> None:
    for table in metadata.tables.values():
        assert not table.foreign_keys
        assert not table.indexes


def test_a_failed_migration_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr("core.store.opening._remember", fail)
        with pytest.raises(RuntimeError):
            Store.open(tmp_path)
    try:
        Store.open(tmp_path).close()
    except StoreDamaged as damaged:
        raise AssertionError(str(damaged)) from damaged


def test_a_workspace_of_the_first_version_keeps_its_data(tmp_path: Path) -> None:
    sentence = Record(Instance(0, "test", ("Eg",), "Eg"), ("PRON",))
    with Store.open(tmp_path) as store:
        facts.add_dataset(store, Dataset("old", "Old", "fao", "pos", ("PRON",)), [sentence])
        with store.write() as connection:
            command.downgrade(migration_config(connection), "0001")
    with Store.open(tmp_path) as store:
        found = views.dataset(store, "old")
        assert (found.n_instances, found.egress, found.tagset) == (1, "ask", ())
        assert [record.labels for record in views.records(store, "old")] == [("PRON",)]
