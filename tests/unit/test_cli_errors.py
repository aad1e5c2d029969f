"""Errors of the command line: one line, an exit code, nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ssp_command import Ssp, filled


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("import", "no-such-thing"), "unknown"),
        (("import", "ud-faroese-of"), "Did you mean"),
        (("run", "ssp", "--dataset", "nothing"), "unknown data set"),
        (("evaluate", "nothing"), "unknown run"),
        (("show", "nothing"), "unknown"),
        (("delete", "nothing"), "unknown"),
        (("catalog", "--language", "xx-nonsense-"), "language"),
        (("catalog", "--task", "parsing"), "unknown task"),
        (("prefetch", "everything"), "unknown thing to prefetch"),
        (("export", "nothing", "--format", "conllu", "--out", "x"), "unknown data set or run"),
        (("no-such-command",), "No such command"),
        (("run",), "Missing argument"),
        (("run", "ssp", "--dataset", "nothing", "--limit", "0"), "--limit"),
        (("datasets", "--no-such-option"), "No such option"),
    ],
)
def test_an_error_is_one_line_and_exit_code_2(ssp: Ssp, arguments: tuple[str, ...], words: str) -> None:
    answer = ssp(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert words in answer.message
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("signal", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_ctrl_c_says_stopped(ssp: Ssp, monkeypatch: pytest.MonkeyPatch, signal: BaseException) -> None:
    def stop(*_: object) -> None:
        raise signal

    monkeypatch.setattr("core.cli.data.views.datasets", stop)
    answer = ssp("datasets")
    assert (answer.code, answer.message) == (130, "error: stopped.")


def test_bad_settings_are_refused(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    for setting, words in (
        ("k", "key=value"),
        ("kk=3", "unknown setting"),
        ("llm=replay", "no recorded calls"),
    ):
        answer = ssp("run", "ssp", "--dataset", target, "--set", setting)
        assert (answer.code, words in answer.message) == (2, True), answer.err
    answer = ssp("run", "ssp", "--dataset", target)
    assert (answer.code, "--source" in answer.message) == (2, True)
