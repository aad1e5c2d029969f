"""A run without some exemplars of another: what changes, what stays, and what it all equals."""

from __future__ import annotations

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from core.errors import RecipeError, StudioError
from core.jobs.again import request_of
from core.jobs.facts_files import FileSink
from core.jobs.launch import run_here
from core.jobs.prepare import Request, prepare
from core.jobs.without import change_of
from core.rerun import rerun
from core.store import views
from tests.unit.llm_project import quiet
from tests.unit.rerun_project import TARGET, Place, again, labels, most, parent, place, prompts, sure

__all__ = ["most", "parent", "place"]
pytestmark = pytest.mark.slow


def test_it_is_what_a_whole_run_without_the_exemplar_gives(
    place: Place, parent: str, most: list[int]
) -> None:
    """Bit for bit, though only some sentences were labelled and nothing of Stage I was computed."""
    store = place[0]
    one, two = str(most[0]), str(most[2])
    made = again(place, parent, one, two)
    whole, _ = run_here(*place, Request("ssp", TARGET, {"ban": f"{one} {two}"}), quiet)
    assert whole != made
    for stage in ("stage1", "consensus", "stage2"):
        assert labels(store, made, stage) == labels(store, whole, stage)
        assert sure(store, made, stage) == sure(store, whole, stage)
    assert prompts(store, made) == prompts(store, whole)
    moved = [at for at, row in labels(store, made).items() if row != labels(store, parent)[at]]
    assert moved, "the exemplars with most to answer for changed nothing"


def test_sentences_that_did_not_show_it_are_the_parents(place: Place, parent: str, most: list[int]) -> None:
    store = place[0]
    rare = min(most, key=lambda at: sum((TARGET, at) in row for row in prompts(store, parent).values()))
    made = again(place, parent, str(rare))
    showed = {at for at, row in prompts(store, parent).items() if (TARGET, rare) in row}
    assert 0 < len(showed) < 30
    before, after = (views.selections(store, name) for name in (parent, made))
    for old, new in zip(before, after, strict=True):
        assert (old == new) == (old["position"] not in showed)
        assert (TARGET, rare) not in [(item["dataset"], item["position"]) for item in new["exemplars"]]
    for stage in ("stage1", "consensus", "stage2"):
        old_rows, new_rows = (views.predictions(store, name, stage) for name in (parent, made))
        assert old_rows.keys() == new_rows.keys()
        assert all(old_rows[at] == new_rows[at] for at in old_rows if stage != "stage2" or at not in showed)
    kept = [at for at in old_rows if at not in showed]
    assert all(views.influence(store, parent, at) == views.influence(store, made, at) for at in kept)
    row = views.run(store, made)
    assert (row["parent"], row["status"], row["recipe"]) == (parent, "done", "ssp")
    assert row["params"]["rerun"] == {"of": parent, "ban": [f"{TARGET}@{rare}"], "pin": []}
    assert row["params"]["selector"]["ban"] == str(rare)
    assert row["meta"]["rerun"]["sentences"] == len(showed)
    assert {score.stage for score in views.scores(store, made)} >= {"stage1", "stage2"}


def test_a_swap_changes_one_place_and_no_other(place: Place, parent: str, most: list[int]) -> None:
    store = place[0]
    out, into = most[0], most[-1]
    made = again(place, parent, str(out), pin=(str(into),))
    swapped = 0
    for at, before in prompts(store, parent).items():
        after = prompts(store, made)[at]
        if (TARGET, out) not in before:
            assert after == before
        elif at != into and (TARGET, into) not in before:
            assert after == [(TARGET, into) if row == (TARGET, out) else row for row in before]
            swapped += 1
        else:
            assert (TARGET, out) not in after
            assert sum(old != new for old, new in zip(before, after, strict=True)) == 1
    assert swapped
    assert "ban" in views.run(store, made)["params"]["selector"]
    assert not views.run(store, made)["params"]["selector"].get("pin")


def test_pinned_everywhere_where_nothing_is_banned(place: Place, parent: str, most: list[int]) -> None:
    store, wanted = place[0], most[-1]
    made = again(place, parent, pin=(str(wanted),))
    whole, _ = run_here(*place, Request("ssp", TARGET, {"pin": str(wanted)}), quiet)
    assert prompts(store, made) == prompts(store, whole)
    assert labels(store, made) == labels(store, whole)


def test_an_exemplar_of_a_source_gives_way_to_the_next_nearest(place: Place, parent: str) -> None:
    store = place[0]
    ref = next(ref for row in prompts(store, parent).values() for ref in row if ref[0] != TARGET)
    made = again(place, parent, f"{ref[0]}@{ref[1]}")
    for at, before in prompts(store, parent).items():
        after = prompts(store, made)[at]
        assert len(after) == len(before)
        assert [row for row in before if row[0] == TARGET] == [row for row in after if row[0] == TARGET]
        assert ref not in after
        assert (ref in before) == (after != before)


def test_what_was_banned_stays_banned(place: Place, parent: str, most: list[int]) -> None:
    store = place[0]
    first = again(place, parent, str(most[0]))
    second = again(place, first, str(most[1]))
    assert views.run(store, second)["parent"] == first
    assert views.run(store, second)["params"]["rerun"]["ban"] == [f"{TARGET}@{at}" for at in most[:2]]
    assert not {(TARGET, at) for at in most[:2]} & {
        ref for row in prompts(store, second).values() for ref in row
    }
    both = again(place, parent, str(most[0]), str(most[1]))
    assert labels(store, second) == labels(store, both)


def test_without_distributions_a_label_moves_only_where_the_exemplars_move_it(
    place: Place, parent: str, most: list[int]
) -> None:
    store, settings = place
    exact = again(place, parent, str(most[0]), str(most[2]))
    kept = settings.workspace / "distributions" / parent
    aside = settings.workspace / "aside"
    kept.rename(aside)
    try:
        rough = again(place, parent, str(most[0]), str(most[2]))
        same = prepare(store, Request(parent=parent, ban=(str(most[0]),)))
    finally:
        aside.rename(kept)
    assert same.rerun is not None
    assert not same.rerun.whole
    assert "only labels and confidences are known" in views.run(store, rough)["meta"]["warnings"][-1]
    differ = [at for at, row in labels(store, rough).items() if row != labels(store, parent)[at]]
    assert set(differ) <= {
        at for at, row in prompts(store, parent).items() if {(TARGET, m) for m in most[:3]} & {*row}
    }
    assert rough != exact


def test_a_control_with_the_same_exemplars_changes_nothing(
    place: Place, parent: str, most: list[int]
) -> None:
    """Where only labels are known, the exemplars of before must give the labels of before."""
    store, settings = place
    job = prepare(store, Request(parent=parent, ban=(str(most[0]),)))
    assert job.rerun is not None
    rough = {
        **{at: replace(row, posterior=None) for at, row in job.stage1.items()},
        **views.predictions(store, parent, "consensus"),
    }
    unbanned = replace(job.rerun, ban=(), whole=False, solve=False)
    sink = FileSink(settings.workspace / "control", job.instances)
    rerun(replace(job, stage1=rough, rerun=unbanned), sink, quiet)
    rows = pq.read_table(settings.workspace / "control" / "out" / "prediction-stage2.parquet").to_pylist()
    assert {row["position"]: tuple(row["labels"]) for row in rows} == {
        item.position: labels(store, parent)[item.position] for item in job.instances
    }


@pytest.mark.parametrize(
    ("ban", "pin", "said"),
    [
        ((), (), "no exemplar is named"),
        (("x",), (), "names no exemplar"),
        (("99",), (), "no prompt of run"),
        (("elsewhere@1",), (), "no prompt of run"),
        (("BEST",), ("9999",), "not in the pool"),
        (("BEST",), ("sample-ner-eng@1",), "not in the pool"),
    ],
)
def test_what_cannot_be_is_said(
    place: Place, parent: str, most: list[int], ban: tuple[str, ...], pin: tuple[str, ...], said: str
) -> None:
    named = tuple(str(most[0]) if name == "BEST" else name for name in ban)
    with pytest.raises(StudioError, match=said):
        prepare(place[0], Request(parent=parent, ban=named, pin=pin))


def test_a_run_of_a_run_is_not_asked_for_as_if_it_were_whole(
    place: Place, parent: str, most: list[int]
) -> None:
    made = again(place, parent, str(most[0]))
    with pytest.raises(RecipeError, match="with other exemplars in some sentences"):
        request_of(place[0], made)
    assert prepare(place[0], request_of(place[0], parent)).run_id == parent


def test_a_single_position_may_come_as_a_number(place: Place) -> None:
    """`--set ban=0` reads as a number, and 0 is a position like any other."""
    made, _ = run_here(*place, Request("ssp", TARGET, {"ban": "0", "k": "2"}, limit=6), quiet)
    assert all((TARGET, 0) not in row for row in prompts(place[0], made).values())


def test_how_much_changes_is_known_before(place: Place, parent: str, most: list[int]) -> None:
    shown = prompts(place[0], parent)
    change = change_of(place[0], Request(parent=parent, ban=(str(most[0]),)))
    assert set(change.positions) == {at for at, row in shown.items() if (TARGET, most[0]) in row}
