"""Files that a recipe names are part of a run's identity."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core import local_parts
from core.local_parts import fingerprints


def test_what_is_no_path_here_is_left_out(tmp_path: Path) -> None:
    assert fingerprints({"stage1": {"labeler": "crf"}, "stage2": {}}) == {}
    assert (
        fingerprints({"stage1": {"model": "some/hub-name"}, "stage2": {"weights": str(tmp_path / "no")}})
        == {}
    )


def test_other_content_is_another_file(tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    weights.write_text("{}", "utf8")
    recipe = {"stage2": {"weights": str(weights)}}
    before = fingerprints(recipe)
    assert set(before) == {"stage2.weights"}
    assert fingerprints(recipe) == before
    weights.write_text('{"a": 1}', "utf8")
    assert fingerprints(recipe) != before


def test_a_folder_counts_as_a_whole_and_large_files_by_length_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_parts, "WHOLE", 4)
    (tmp_path / "config.json").write_text("{}", "utf8")
    large = tmp_path / "model.safetensors"
    large.write_bytes(b"12345678")
    os.utime(large, ns=(1, 1))
    recipe = {"stage1": {"model": str(tmp_path)}}
    before = fingerprints(recipe)
    large.write_bytes(b"12345678")
    os.utime(large, ns=(2, 2))
    assert fingerprints(recipe) != before
    os.utime(large, ns=(1, 1))
    assert fingerprints(recipe) == before
