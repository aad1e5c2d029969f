"""What a sweep asks for: rows from values and variants, and what is no such thing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.egress import EgressRefused
from core.errors import Cancelled, StudioError
from core.jobs.request import Request
from core.sweeps import Done, Row, carried_out, over_of, rows_of, variant_of
from core.sweeps.running import told_as

BASE = Request("mpt", "target", {"stage1.model": "m"}, ("theirs:train",))


def test_values_are_read_each_once_and_in_order() -> None:
    assert over_of(["stage1.alpha=1, 0.3,1", "source=a:train,b"]) == {
        "stage1.alpha": ("1", "0.3"),
        "source": ("a:train", "b"),
    }


@pytest.mark.parametrize("text", ["stage1.alpha", "stage1.alpha=", "=1,2", "alpha= , "])
def test_values_that_are_none(text: str) -> None:
    with pytest.raises(StudioError, match="is not KEY=VALUE"):
        over_of([text])


def test_a_setting_given_twice() -> None:
    with pytest.raises(StudioError, match="k is given twice"):
        over_of(["k=1", "k=2"])


def test_a_variant_has_a_name_and_settings() -> None:
    said = 'without KL: stage1.alpha=0 "stage1.template={text} {mask}" stage1.words=a=b'
    assert variant_of(said) == (
        "without KL",
        {"stage1.alpha": "0", "stage1.template": "{text} {mask}", "stage1.words": "a=b"},
    )
    assert variant_of("full") == ("full", {})


@pytest.mark.parametrize("text", [": k=1", "x: k", "x: =1", 'x: k="1'])
def test_variants_that_are_none(text: str) -> None:
    with pytest.raises(StudioError, match="--variant"):
        variant_of(text)


def test_rows_are_every_variant_under_every_combination() -> None:
    over = {"stage1.alpha": ["0", "1"], "stage1.target_shots": ["1", "4"]}
    rows = rows_of(
        BASE, over, {"mpt": {}, "soft prompt": {"recipe": "soft_prompt", "source": "a,b", "split": "dev"}}
    )
    assert len(rows) == 8
    assert rows[0].name == "mpt, stage1.alpha = 0, stage1.target_shots = 1"
    assert rows[0].request == Request(
        "mpt",
        "target",
        {"stage1.model": "m", "stage1.alpha": "0", "stage1.target_shots": "1"},
        ("theirs:train",),
    )
    last = rows[-1].request
    assert (last.recipe, last.sources, last.split) == ("soft_prompt", ("a", "b"), "dev")
    assert last.overrides == {"stage1.model": "m", "stage1.alpha": "1", "stage1.target_shots": "4"}


def test_without_anything_to_vary_there_is_one_row() -> None:
    assert rows_of(BASE, {}) == [Row("mpt", {}, BASE)]


def refusing(error: StudioError, at: int) -> tuple[list[tuple[str, int]], Callable[[Request, str], str]]:
    """Carries requests out in name only; the one at this place fails."""
    asked: list[tuple[str, int]] = []

    def run(request: Request, called: str) -> str:
        asked.append((called, request.seed))
        if len(asked) == at:
            raise error
        return f"run{len(asked)}"

    return asked, run


def test_all_rows_under_a_seed_before_the_next() -> None:
    asked, run = refusing(StudioError("no"), 0)
    done = list(carried_out(rows_of(BASE, {"k": ["1", "2"]}), [0, 5], run))
    assert done == [Done(0, 0, "run1"), Done(1, 0, "run2"), Done(0, 5, "run3"), Done(1, 5, "run4")]
    assert asked == [
        ("1 of 4: k = 1, seed 0", 0),
        ("2 of 4: k = 2, seed 0", 0),
        ("3 of 4: k = 1, seed 5", 5),
        ("4 of 4: k = 2, seed 5", 5),
    ]


def test_one_that_fails_does_not_stop_the_others() -> None:
    _, run = refusing(StudioError("no such thing.", "Do this."), 1)
    done = list(carried_out(rows_of(BASE, {"k": ["1", "2"]}), [0], run))
    assert done == [Done(0, 0, error="no such thing. Do this."), Done(1, 0, "run2")]


@pytest.mark.parametrize("error", [Cancelled("stopped."), EgressRefused("not there.")])
def test_what_stands_in_the_way_of_all_stops_it(error: StudioError) -> None:
    asked, run = refusing(error, 2)
    with pytest.raises(type(error)):
        list(carried_out(rows_of(BASE, {"k": ["1", "2", "3"]}), [0], run))
    assert len(asked) == 2


def test_nobody_having_agreed_stops_it() -> None:
    error = StudioError("nobody agreed.")
    error.code = "not_confirmed"
    _, run = refusing(error, 1)
    with pytest.raises(StudioError, match="nobody agreed"):
        list(carried_out(rows_of(BASE, {}), [0], run))


def test_progress_says_which_run_is_meant() -> None:
    heard: list[tuple[str, int, int]] = []
    told_as(lambda *said: heard.append(said), "1 of 2: x")("training", 3, 4)
    assert heard == [("1 of 2: x: training", 3, 4)]
