"""Opening and closing a workspace: what users meet when something is in the way."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.errors import StoreDamaged, StoreLocked, StudioError
from core.store import Store, facts, views
from core.store.opening import translated
from core.store.schema import HEAD, app_meta
from core.types import Dataset, Instance, Record

HOLD = """
import sys
from pathlib import Path
from core.store import Store
with Store.open(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


def add(store: Store, name: str = "d", n: int = 3) -> str:
    records = [Record(Instance(i, "test", (name, str(i)), f"{name} {i}"), ("A", "B")) for i in range(n)]
    return facts.add_dataset(store, Dataset(name, name, "fao", "pos", ("A", "B")), records)[0]


def test_opening_makes_the_folder_and_a_versioned_file(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a" / "b") as store:
        assert store.path == (tmp_path / "a" / "b" / "studio.duckdb").resolve()
        assert store.version() == 0
        with store.read() as connection:
            found = {row.key: row.value for row in connection.execute(select(app_meta))}
    assert found["duckdb"] == duckdb.__version__
    assert found["schema"] == HEAD


def test_data_and_version_survive_closing(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        add(store)
        version = store.version()
        assert version > 0
    with Store.open(tmp_path) as store:
        assert store.version() == version
        assert [item.id for item in views.datasets(store)] == ["d"]


def test_opening_again_is_fast_and_needs_no_alembic(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    code = (
        "import sys,time; from pathlib import Path; from core.store import Store; start=time.monotonic();"
        "Store.open(Path(sys.argv[1])).close(); print(time.monotonic()-start, 'alembic' in sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    seconds, alembic = said.stdout.split()
    assert float(seconds) < 0.5
    assert alembic == "False"


def test_two_stores_of_one_file_share_it(tmp_path: Path) -> None:
    first, second = Store.open(tmp_path), Store.open(tmp_path / "." / "")
    add(first)
    assert second.version() == first.version()
    first.close()
    first.close()
    assert [item.id for item in views.datasets(second)] == ["d"]
    second.close()
    with pytest.raises(StudioError, match="closed"):
        second.version()
    duckdb.connect(str(tmp_path / "studio.duckdb"), read_only=True).close()


def test_another_process_is_named(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(StoreLocked) as locked:
            Store.open(tmp_path)
        assert locked.value.pid == holder.pid
        assert str(holder.pid) in str(locked.value)
    finally:
        holder.communicate(timeout=20)
    Store.open(tmp_path).close()


def test_a_workspace_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w").write_text("mine")
    for path in (tmp_path / "w", tmp_path / "w" / "inside"):
        with pytest.raises(StudioError, match="is a file"):
            Store.open(path)
    assert (tmp_path / "w").read_text() == "mine"


@pytest.mark.parametrize(
    "content", [b"", b"short", b"x" * 20_000, b"SQLite format 3\0" + b"\0" * 5_000], ids=repr
)
def test_foreign_files_are_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "studio.duckdb").write_bytes(content)
    with pytest.raises(StoreDamaged) as damaged:
        Store.open(tmp_path)
    assert str(tmp_path) in str(damaged.value)
    assert damaged.value.hint
    assert (tmp_path / "studio.duckdb").read_bytes() == content


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "studio.duckdb")) as other:
        other.execute("CREATE TABLE theirs (a INTEGER)")
    with pytest.raises(StoreDamaged, match="another program"):
        Store.open(tmp_path)
    with duckdb.connect(str(tmp_path / "studio.duckdb")) as other:
        assert other.execute("SELECT table_name FROM information_schema.tables").fetchall() == [("theirs",)]


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Store.open(tmp_path).close()
    with duckdb.connect(str(tmp_path / "studio.duckdb")) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreDamaged, match="newer version"):
        Store.open(tmp_path)


def test_a_truncated_file_is_noticed_at_once(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        add(store, n=2_000)
    whole = (tmp_path / "studio.duckdb").read_bytes()
    for size in (len(whole) - 1, len(whole) // 2, 13_000, 5_000):
        (tmp_path / "studio.duckdb").write_bytes(whole[:size])
        with pytest.raises(StoreDamaged, match="Restore a copy"):
            Store.open(tmp_path)
    (tmp_path / "studio.duckdb").write_bytes(whole)
    with Store.open(tmp_path) as store:
        assert views.dataset(store, "d").n_instances == 2_000


@pytest.mark.parametrize(
    ("message", "kind", "said"),
    [
        ("Failure while replaying WAL file", StoreDamaged, "wal file"),
        ("database has been invalidated", StoreDamaged, "start it again"),
        ("Could not write file: No space left on device", StudioError, "full"),
        ('Cannot open file "x": Permission denied', StudioError, "may not be written"),
        ("Could not set lock on file", StoreLocked, "another process"),
    ],
)
def test_every_trouble_with_the_file_has_a_remedy(
    tmp_path: Path, message: str, kind: type[StudioError], said: str
) -> None:
    with pytest.raises(kind) as raised, translated(tmp_path):
        raise DBAPIError("statement", None, Exception(message))
    assert said in str(raised.value).replace(".wal", "wal")
    assert raised.value.hint


def test_other_errors_stay_what_they_are(store: Store) -> None:
    with pytest.raises(DBAPIError), store.read() as connection:
        connection.execute(text("SELECT nothing FROM nowhere"))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY app_meta TO '/tmp/ssp-studio-stolen.csv'",
        "ATTACH '/tmp/ssp-studio-other.duckdb' AS other",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_sql_reaches_nothing_but_this_file(store: Store, statement: str) -> None:
    with pytest.raises(DBAPIError), store.write() as connection:
        connection.execute(text(statement))
    assert not Path("/tmp/ssp-studio-stolen.csv").exists()


def test_a_failed_write_leaves_nothing_and_the_version(store: Store) -> None:
    def fail() -> None:
        with store.write() as connection:
            connection.execute(app_meta.insert().values(key="k", value="v"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.version() == 0
    with store.read() as connection:
        assert connection.scalar(select(app_meta.c.value).where(app_meta.c.key == "k")) is None
        assert connection.scalar(select(app_meta.c.value).where(app_meta.c.key == "data_version")) == "0"


def test_a_write_inside_a_write_is_part_of_it(store: Store) -> None:
    def fail() -> None:
        with store.write():
            add(store)
            assert [item.id for item in views.datasets(store)] == ["d"]
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert views.datasets(store) == []
    assert store.version() == 0


def test_a_reader_is_not_held_up_by_a_writer(store: Store) -> None:
    add(store)
    seen: list[int] = []
    with store.write() as connection:
        connection.execute(app_meta.insert().values(key="k", value="v"))
        reader = threading.Thread(target=lambda: seen.append(len(views.datasets(store))))
        reader.start()
        reader.join(timeout=10)
    assert seen == [1]


def test_writers_wait_for_each_other(store: Store) -> None:
    order: list[str] = []

    def second() -> None:
        with store.write():
            order.append("second")

    with store.write():
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.05)
        order.append("first")
    waiting.join(timeout=10)
    assert order == ["first", "second"]
    assert store.version() == 2
