"""Uploaded files: under names of our own, never for long."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from dashboard import uploads

OWNER, OTHER = "a" * 32, "b" * 32


def put(
    workspace: Path, name: str, content: bytes = b"x", owner: str = OWNER, role: str = "file"
) -> uploads.Upload:
    return uploads.store(workspace, owner, role, file_id="1", name=name, content=memoryview(content))


def files(workspace: Path) -> list[str]:
    return sorted(path.relative_to(workspace).as_posix() for path in workspace.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("name", "path", "shown"),
    [
        ("../../etc/passwd", "file", "passwd"),
        ("C:\\own\\words.TSV.GZ", "file.tsv.gz", "words.TSV.GZ"),
        ("a\nb\u202e.conllu", "file.conllu", "ab.conllu"),
        ("..", "file", ".."),
        ("", "file", "file"),
        ("x.b\0d", "file", "x.bd"),
        ("name." + "x" * 300, "file", "name." + "x" * 195),
    ],
)
def test_of_a_name_only_a_plain_suffix_is_used(tmp_path: Path, name: str, path: str, shown: str) -> None:
    upload = put(tmp_path, name)
    assert upload.name == shown
    assert files(tmp_path)[0].startswith(f"uploads/{OWNER}/{path}")
    assert upload.path.parent == tmp_path / "uploads" / OWNER


def test_another_file_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    put(tmp_path, "a.tsv")
    put(tmp_path, "a.txt", role="translation")
    upload = put(tmp_path, "b.conllu", b"other")
    assert files(tmp_path) == [f"uploads/{OWNER}/file.conllu", f"uploads/{OWNER}/translation.txt"]
    assert (upload.size, upload.path.read_bytes()) == (5, b"other")


def test_a_session_removes_its_own_files_alone(tmp_path: Path) -> None:
    put(tmp_path, "a.tsv")
    put(tmp_path, "a.tsv", role="translation")
    put(tmp_path, "a.tsv", owner=OTHER)
    uploads.remove(tmp_path, OWNER, "translation")
    assert files(tmp_path) == [f"uploads/{OWNER}/file.tsv", f"uploads/{OTHER}/file.tsv"]
    uploads.remove(tmp_path, OWNER)
    assert files(tmp_path) == [f"uploads/{OTHER}/file.tsv"]
    assert not (tmp_path / "uploads" / OWNER).exists()
    uploads.remove(tmp_path, OWNER)


def test_what_stayed_for_more_than_a_day_is_removed_by_the_next_upload(tmp_path: Path) -> None:
    old = put(tmp_path, "old.tsv", owner=OTHER).path
    yesterday = time.time() - uploads.LONGEST_STAY - 60
    for path in (old, old.parent):
        os.utime(path, (yesterday, yesterday))
    put(tmp_path, "new.tsv")
    assert files(tmp_path) == [f"uploads/{OWNER}/file.tsv"]


@pytest.mark.parametrize("owner", ["..", "../x", "", "A" * 32, "a" * 31 + "/"])
def test_an_owner_is_a_random_name_and_nothing_else(tmp_path: Path, owner: str) -> None:
    with pytest.raises(ValueError, match="owner"):
        put(tmp_path, "a.tsv", owner=owner)
    assert files(tmp_path) == []
