"""Vectors kept by content: what was read once is never computed again, and never another."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core import embedding_cache
from core.embedding_cache import AT_A_TIME, MANY, Cache, Float32Array, folder, kept_in
from core.errors import StudioError
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


class Vectors:
    """Draws anew at every call, so that a vector asked for twice would be noticed."""

    def __init__(self, seed: int = 0, width: int = 5) -> None:
        self.dice, self.width, self.asked = np.random.default_rng(seed), width, list[str]()

    def __call__(self, texts: Sequence[str]) -> Float32Array:
        self.asked += texts
        return self.dice.normal(size=(len(texts), self.width)).astype(np.float32)


def never(texts: Sequence[str]) -> Float32Array:
    raise AssertionError(f"computed {len(texts)} texts that are kept")


def texts(count: int) -> list[str]:
    return [f"text {n}" for n in range(count)]


def test_a_hit_is_a_miss_bit_for_bit_in_any_order(tmp_path: Path) -> None:
    first = Cache(tmp_path, ["a"]).rows(texts(600), Vectors())
    backwards = Cache(tmp_path, ["a"]).rows(texts(600)[::-1], never)
    assert first.dtype == np.float32
    assert first.tobytes() == backwards[::-1].tobytes()


def test_what_is_computed_does_not_depend_on_the_order_of_the_question(tmp_path: Path) -> None:
    one, other = Vectors(), Vectors()
    forward = Cache(tmp_path / "1", ["a"]).rows(texts(30), one)
    backward = Cache(tmp_path / "2", ["a"]).rows(texts(30)[::-1], other)
    assert one.asked == other.asked
    assert forward.tobytes() == backward[::-1].tobytes()


def test_equal_texts_are_computed_once(tmp_path: Path) -> None:
    vectors = Vectors()
    rows = Cache(tmp_path, ["a"]).rows(["x", "y", "x", "\ud800"], vectors)
    assert sorted(vectors.asked) == ["x", "y", "\ud800"]
    assert rows[0].tolist() == rows[2].tolist() != rows[1].tolist()
    assert Cache(tmp_path, ["a"]).rows([], never).shape == (0, 0)


def test_another_identity_shares_nothing(tmp_path: Path) -> None:
    Cache(tmp_path, ["a", "b"]).rows(["x"], Vectors())
    for identity in (["a"], ["ab"], ["b", "a"], ["a", "b", ""]):
        vectors = Vectors()
        Cache(tmp_path, identity).rows(["x"], vectors)
        assert vectors.asked == ["x"]


def test_no_text_is_written(tmp_path: Path) -> None:
    Cache(tmp_path, ["a"]).rows(["a secret sentence"], Vectors())
    for path in tmp_path.rglob("*"):
        assert "secret" not in path.name
        assert path.is_dir() or b"secret" not in path.read_bytes()


def test_progress_and_stopping(tmp_path: Path) -> None:
    """What was computed before somebody stopped is kept."""
    told: list[tuple[int, int]] = []

    def report(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2 * AT_A_TIME:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path, ["a"]).rows(texts(1000), Vectors(), report)
    assert told == [(0, 1000), (AT_A_TIME, 1000), (2 * AT_A_TIME, 1000)]
    rest = Vectors()
    Cache(tmp_path, ["a"]).rows(texts(1000), rest)
    assert len(rest.asked) == 1000 - 2 * AT_A_TIME


def test_many_small_shards_are_merged(tmp_path: Path) -> None:
    cache, vectors = Cache(tmp_path, ["a"]), Vectors()
    parts = [cache.rows([f"{n}", f"{n} b"], vectors) for n in range(3 * MANY)]
    assert len(list(cache.folder.glob("*.npy"))) <= MANY + 1
    again = Cache(tmp_path, ["a"]).rows([text for n in range(3 * MANY) for text in (f"{n}", f"{n} b")], never)
    assert again.tobytes() == np.concatenate(parts).tobytes()


def test_large_shards_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_cache, "SMALL", 1)
    cache = Cache(tmp_path, ["a"])
    for n in range(MANY + 4):
        cache.rows([f"{n}"], Vectors())
    assert len(list(cache.folder.glob("*.npy"))) == MANY + 4


def test_of_two_vectors_of_a_text_the_older_counts_even_after_merging(tmp_path: Path) -> None:
    """Two processes that missed the same text at once: both wrote, and everybody reads the same."""
    one, two = Cache(tmp_path, ["a"]), Cache(tmp_path, ["a"])
    for cache in (one, two):
        assert cache._shards() == []
    older = one.rows(["x"], Vectors(1))
    two._keep([embedding_cache._key("x")], Vectors(2)(["x"]))
    assert Cache(tmp_path, ["a"]).rows(["x"], never).tobytes() == older.tobytes()
    for n in range(MANY + 1):
        Cache(tmp_path, ["a"]).rows([f"{n}"], Vectors())
    assert Cache(tmp_path, ["a"]).rows(["x"], never).tobytes() == older.tobytes()


def test_a_merged_shard_is_as_old_as_its_oldest_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector that was read from it stays before one that a large shard got meanwhile."""
    monkeypatch.setattr(embedding_cache, "SMALL", 400)
    one, late = Cache(tmp_path, ["a"]), Cache(tmp_path, ["a"])
    older = one.rows(["x"], Vectors(1))
    many = ["x", *texts(20)]
    late._keep([embedding_cache._key(text) for text in many], Vectors(2)(many))
    for n in range(MANY):
        Cache(tmp_path, ["a"]).rows([f"{n}"], Vectors())
    assert len(list(one.folder.glob("*.npy"))) == 2
    assert Cache(tmp_path, ["a"]).rows(["x"], never).tobytes() == older.tobytes()


DAMAGE = {
    "empty": lambda content: b"",
    "cut in the header": lambda content: content[:40],
    "cut in the records": lambda content: content[:-7],
    "no array": lambda content: b"not an array at all",
    "a pickle": lambda content: b"\x80\x04N.",
    "another array": lambda content: content.replace(b"'check'", b"'chuck'"),
    "a vector changed": lambda content: content[:-2] + bytes([content[-2] ^ 1]) + content[-1:],
    "a key changed": lambda content: content[:128] + bytes([content[128] ^ 1]) + content[129:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_shard_is_ignored_and_made_again(tmp_path: Path, damage: str) -> None:
    cache = Cache(tmp_path, ["a"])
    cache.rows(["x"], Vectors())
    (shard,) = cache.folder.glob("*.npy")
    shard.write_bytes(DAMAGE[damage](shard.read_bytes()))
    vectors = Vectors(1)
    fresh = Cache(tmp_path, ["a"]).rows(["x"], vectors)
    assert vectors.asked == ["x"]
    assert Cache(tmp_path, ["a"]).rows(["x"], never).tobytes() == fresh.tobytes()


@pytest.mark.parametrize("change", [0x01, 0x0A, 0x41, 0x80, 0xFF])
def test_any_byte_may_be_wrong(tmp_path: Path, change: int) -> None:
    """No damage of one byte is fatal or gives a wrong vector."""
    cache = Cache(tmp_path, ["a"])
    whole = cache.rows(["x"], Vectors())
    (shard,) = cache.folder.glob("*.npy")
    content = shard.read_bytes()
    for at in range(len(content)):
        for path in cache.folder.glob("*.npy"):
            path.unlink()
        shard.write_bytes(content[:at] + bytes([content[at] ^ change]) + content[at + 1 :])
        vectors = Vectors(1)
        rows = Cache(tmp_path, ["a"]).rows(["x"], vectors)
        assert vectors.asked == ["x"] or rows.tobytes() == whole.tobytes(), at


def _write_many(place: str, first: int) -> None:
    for at in range(first, first + 60, 3):
        cache = Cache(Path(place), ["a"])
        cache.rows([f"text {n}" for n in range(at, at + 6)], _lengths)


def _lengths(asked: Sequence[str]) -> Float32Array:
    return np.array([[len(text), int(text.split()[1]), 0.1] for text in asked], dtype=np.float32)


@pytest.mark.thorough
@pytest.mark.slow
def test_processes_that_write_and_merge_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_many, args=(str(tmp_path), first)) for first in (0, 0, 30, 50)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    everything = texts(113)
    assert Cache(tmp_path, ["a"]).rows(everything, never).tobytes() == _lengths(everything).tobytes()
    assert not list(tmp_path.rglob(".part-*"))


def test_a_model_that_changed_behind_its_name_is_noticed_by_its_width(tmp_path: Path) -> None:
    Cache(tmp_path, ["a"]).rows(["x"], Vectors(width=5))
    with pytest.raises(StudioError, match=r"5 or 7 numbers.*Delete that folder"):
        Cache(tmp_path, ["a"]).rows(["x", "y"], Vectors(width=7))


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StudioError, match="vectors cannot be kept"):
        Cache(tmp_path / "file", ["a"]).rows(["x"], Vectors())


def test_where_vectors_are_kept(tmp_path: Path) -> None:
    assert Settings(workspace=tmp_path).embeddings == tmp_path / "cache" / "embeddings"
    with kept_in(tmp_path) as place:
        assert folder() == place == tmp_path
    code = "from core.embedding_cache import folder; print(folder())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"SSP_WORKSPACE": "/w"}, capture_output=True, text=True
    )
    assert done.stdout.strip() == "/w/cache/embeddings"
