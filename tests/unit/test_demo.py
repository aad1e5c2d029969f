"""The demo on the real release: prepared once, works without a network, restored in seconds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core import demo
from core.errors import DownloadError, StudioError
from core.settings import Settings
from core.store import Store, facts, views
from core.types import Dataset, Instance, Record

pytestmark = [pytest.mark.real, pytest.mark.slow]


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


def test_prefetched_prepared_and_reset_without_a_network(mirror: Path, tmp_path: Path) -> None:
    online = Settings(workspace=tmp_path, mirror=str(mirror))
    offline = Settings(workspace=tmp_path, mirror=str(tmp_path / "nowhere"))
    assert demo.prefetch(online, silent) > 10
    with Store.open(tmp_path) as store:
        run = demo.prepare_demo(store, offline, silent)
        assert demo.is_demo(offline)
        before = scores(store, run)
        assert round(100 * before["stage2", "paper_f1"], 2) == 85.57
        facts.annotate(store, demo.DATASET, 0, views.predictions(store, run, "stage2")[0].labels, author="me")
        facts.delete_run(store, run)
        started = time.monotonic()
        assert demo.reset(store, offline, silent) == run
        print(f"reset took {time.monotonic() - started:.1f} s")
        assert scores(store, run) == before
        assert views.annotations(store, demo.DATASET) == {}


def test_only_the_demos_own_workspace_is_reset(tmp_path: Path) -> None:
    """The user's workspace holds the demo's as a folder of the very name of the mark."""
    (tmp_path / "demo").mkdir()
    mine = Settings(workspace=tmp_path)
    assert not demo.is_demo(mine)
    with Store.open(tmp_path) as store:
        record = Record(Instance(0, "test", ("a",), "a"), ("NOUN",))
        facts.add_dataset(store, Dataset("mine", "Mine", "fao", "pos", ("NOUN",)), [record])
        with pytest.raises(StudioError, match="not the demo's"):
            demo.reset(store, mine, silent)
        assert [item.id for item in views.datasets(store)] == ["mine"]


def test_without_files_and_network_nothing_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "demo").touch()
    nowhere = Settings(workspace=tmp_path, mirror=str(tmp_path))
    with Store.open(tmp_path) as store, pytest.raises(DownloadError):
        demo.reset(store, nowhere, silent)


def scores(store: Store, run: str) -> dict[tuple[str, str], float]:
    return {(score.stage, score.metric): score.value for score in views.scores(store, run)}
