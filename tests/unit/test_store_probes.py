"""The dangerous corners of DuckDB and its dialect, kept as tests of the product.

With another dialect or version some of these lose rows or updates without a word.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from core.errors import ConflictError
from core.store import Store, facts, views
from core.store.schema import annotation, app_meta, instance, prediction
from core.types import Dataset, Instance, Record

pytestmark = pytest.mark.slow


def add(store: Store, name: str, n: int) -> None:
    records = (Record(Instance(i, "test", (name, str(i)), f"{name} {i}"), ("A", "B")) for i in range(n))
    facts.add_dataset(store, Dataset(name, name, "fao", "pos", ("A", "B")), records)


def test_a_statement_inside_a_loop_over_another_loses_no_row(store: Store) -> None:
    add(store, "d", 5_000)
    with store.read() as connection:
        seen = []
        for row in connection.execute(select(instance.c.position).order_by(instance.c.position)):
            seen.append(row.position)
            if row.position % 1_000 == 0:
                connection.execute(select(func.count()).select_from(prediction)).one()
    assert seen == list(range(5_000))


def test_compare_and_swap_counts_its_rows(store: Store) -> None:
    swap = update(app_meta).where(app_meta.c.key == "data_version", app_meta.c.value == "0")
    with store.write() as connection:
        assert connection.execute(swap.values(value="7")).rowcount == 1
        assert connection.execute(swap.values(value="8")).rowcount == 0


def test_many_threads_lose_no_annotation(store: Store) -> None:
    add(store, "d", 10)
    before = store.version()

    def work(worker: int) -> int:
        rng = random.Random(worker)
        for _ in range(25):
            facts.annotate(store, "d", rng.randrange(10), ["A", "B"], author=f"w{worker}")
            views.annotations(store, "d")
        return 25

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 200
    log = views.annotation_log(store, "d")
    assert len(log) == 200
    assert store.version() == before + 200
    for position in range(10):
        versions = [row["version"] for row in log if row["position"] == position]
        assert sorted(versions) == list(range(1, len(versions) + 1))


def test_of_many_threads_that_saw_one_version_only_one_wins(store: Store) -> None:
    add(store, "d", 1)
    start = threading.Barrier(8)

    def work(worker: int) -> bool:
        start.wait()
        try:
            facts.annotate(store, "d", 0, ["A", "B"], author=f"w{worker}", expected_version=0)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1
    with store.read() as connection:
        assert connection.scalar(select(func.count()).select_from(annotation)) == 1


def test_readers_in_many_threads_each_get_their_own_rows(store: Store) -> None:
    for name in "abcd":
        add(store, name, 300)

    def work(number: int) -> set[str]:
        name = "abcd"[number % 4]
        return {record.instance.tokens[0] for record in views.records(store, name)} ^ {name}

    with ThreadPoolExecutor(8) as pool:
        assert not set().union(*pool.map(work, range(40)))


def test_reading_while_importing_sees_all_or_nothing(store: Store) -> None:
    add(store, "first", 10)
    sizes: set[tuple[int, int]] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            with store.read() as connection:
                n = connection.scalar(
                    select(func.count()).select_from(instance).where(instance.c.dataset_id == "d")
                )
                m = connection.scalar(
                    select(func.count()).select_from(prediction).where(prediction.c.run_id == "d/gold")
                )
            sizes.add((n or 0, m or 0))

    looking = threading.Thread(target=look)
    looking.start()
    add(store, "d", 20_000)
    time.sleep(0.05)
    stop.set()
    looking.join()
    assert sizes <= {(0, 0), (20_000, 20_000)}
    assert (20_000, 20_000) in sizes


IMPORTS = """
import itertools, sys
from pathlib import Path
from core.store import Store, facts
from core.types import Dataset, Instance, Record
with Store.open(Path(sys.argv[1])) as store:
    for number in itertools.count(int(sys.argv[2])):
        name = f"d{number}"
        records = (Record(Instance(i, "test", (name, str(i)), name), ("A", "B")) for i in range(2000))
        facts.add_dataset(store, Dataset(name, name, "fao", "pos", ("A", "B")), records)
        facts.annotate(store, name, 0, ["B", "B"], author="me")
        print(name, flush=True)
"""


@pytest.mark.thorough
@pytest.mark.slow
def test_kill_minus_nine_leaves_all_or_nothing(tmp_path: Path) -> None:
    random.seed(0)
    acknowledged: set[str] = set()
    for cycle in range(3):
        command = [sys.executable, "-c", IMPORTS, str(tmp_path), str(1_000 * cycle)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            acknowledged.add(child.stdout.readline().strip())
            time.sleep(random.random() * 0.5)
            os.kill(child.pid, signal.SIGKILL)
            acknowledged |= {line.strip() for line in child.stdout if line.endswith("\n")}
        with Store.open(tmp_path) as store:
            found = {item.id: item for item in views.datasets(store)}
            assert acknowledged <= set(found)
            for name, item in found.items():
                records = list(views.records(store, name))
                assert len(records) == item.n_instances == 2_000
                assert all(record.labels == ("A", "B") for record in records)
                if name in acknowledged:
                    assert views.annotations(store, name) == {0: ("B", "B")}
    assert {path.name for path in tmp_path.iterdir()} <= {"studio.duckdb", "studio.duckdb.wal"}
