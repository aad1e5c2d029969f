"""Bad and odd files through `ssp import`: one clear message and exit code 2, or all of it stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.odd_files import ODD, Odd
from tests.own_files import put
from tests.ssp_command import Ssp

pytestmark = pytest.mark.slow


def test_there_are_many() -> None:
    assert len({odd.what for odd in ODD}) == len(ODD) >= 80


LONG = {"gzip bomb", "zip bomb", "a line of 10 MB", "a line of 70 MB"}
CASES = [pytest.param(odd, id=odd.what, marks=[pytest.mark.slow] * (odd.what in LONG)) for odd in ODD]


@pytest.mark.parametrize("odd", CASES)
def test_odd_file(ssp: Ssp, tmp_path: Path, odd: Odd) -> None:
    path = put(tmp_path / "in", odd.name, odd.bytes())
    before = ssp("datasets").out
    done = ssp("import", str(path), "--task", odd.task, "--language", "fo", *odd.options)
    assert "Traceback" not in done.err
    assert sorted((tmp_path / "in").iterdir()) == [path]
    if odd.outcome == "imported":
        assert done.code == 0, done.err
        assert not odd.said or odd.said in done.document["problems"]
        return
    assert done.code == 2, done.out
    assert done.out == ""
    assert len(done.err.strip().splitlines()[-1]) < 1500
    assert odd.said in done.message
    assert odd.name in done.message or odd.name.partition(".")[0] in done.message
    if odd.line is not None:
        assert f"{odd.name}:{odd.line}: " in done.message
    assert ("--" in done.message) == (odd.outcome == "decide") or odd.outcome == "refused"
    assert ssp("datasets").out == before
