"""A round takes the corrections in: what it labels anew, what it leaves, and what it all equals."""

from __future__ import annotations

import pytest

from core.corrected import MOVED
from core.errors import RecipeError, StudioError
from core.jobs.again import request_of
from core.jobs.bundle import load, save
from core.jobs.launch import run_here
from core.jobs.prepare import Request, prepare
from core.loop import round as loop_round
from core.loop.affected import affected, n_corrections
from core.store import facts, views
from tests.unit.llm_project import quiet
from tests.unit.rerun_project import TARGET, Place, labels, parent, place, prompts, sure

__all__ = ["parent", "place"]
pytestmark = pytest.mark.slow


def gold(place: Place) -> dict[int, tuple[str, ...]]:
    return {at: row.labels for at, row in views.predictions(place[0], f"{TARGET}/gold", "gold").items()}


def correct(place: Place, *positions: int) -> None:
    right = gold(place)
    for at in positions:
        facts.annotate(place[0], TARGET, at, right[at], author="Anna", seconds=9.0)


@pytest.fixture
def clean(place: Place) -> Place:
    """The project without corrections: what a test before this one said is taken back."""
    for at in views.annotations(place[0], TARGET):
        facts.annotate(place[0], TARGET, at, None, author="Anna", action="undo")
    return place


@pytest.fixture(scope="module")
def imported(place: Place, parent: str) -> str:
    """A run on stored Stage-I labels: nothing of it is learned anew where something was corrected."""
    settings = {"stage1.labeler": "imported", "stage1.labels": parent, "k": "4"}
    return run_here(*place, Request("ssp", TARGET, settings), quiet)[0]


def test_it_is_what_a_whole_run_with_the_corrections_gives(clean: Place, imported: str) -> None:
    """All choices and all of consensus; of Stage II whatever moved more than `MOVED` can decide."""
    store = clean[0]
    correct(clean, 3, 8, 17, 21)
    made = loop_round.here(*clean, imported, quiet)
    settings = {
        "stage1.labeler": "imported",
        "stage1.labels": views.run(store, imported)["params"]["stage1"]["labels"],
    }
    whole, _ = run_here(*clean, Request("ssp", TARGET, {**settings, "k": "4"}), quiet)
    assert whole != made
    assert labels(store, made, "stage1") == labels(store, whole, "stage1")
    assert labels(store, made, "consensus") == labels(store, whole, "consensus")
    assert sure(store, made, "consensus") == sure(store, whole, "consensus")
    assert prompts(store, made) == prompts(store, whole)
    assert labels(store, made) == labels(store, whole)
    assert MOVED < 0.1
    assert labels(store, made) != labels(store, imported)


def test_what_it_labels_is_what_was_foretold(clean: Place, imported: str) -> None:
    store = clean[0]
    correct(clean, 5)
    told = affected(store, imported)
    made = loop_round.here(*clean, imported, quiet)
    row = views.run(store, made)
    assert told.corrections == n_corrections(store, imported) == 1
    assert row["meta"]["rerun"]["positions"] == list(told.positions)
    assert row["meta"]["rerun"]["sets"] == told.sets
    assert 0 < len(told.positions) <= 30
    assert told.sets + told.shown <= len(told.positions)
    assert (row["parent"], row["params"]["rerun"]["corrected"]) == (imported, True)
    kept = set(gold(clean)) - set(told.positions)
    before, after = (views.predictions(store, name, "stage2") for name in (imported, made))
    assert all(before[at] == after[at] for at in kept)
    assert before.keys() == after.keys()
    assert {score.stage for score in views.scores(store, made)} >= {"consensus", "stage2"}
    assert affected(store, made).positions == ()


def test_a_corrected_label_inside_a_shown_exemplar_counts(clean: Place, imported: str) -> None:
    """Sentences that go on showing it are labelled anew, though their exemplars are the same."""
    store = clean[0]
    shown = prompts(store, imported)
    uses = [at for row in shown.values() for _, at in row if at in gold(clean)]
    often = max(set(uses), key=uses.count)
    right = list(gold(clean)[often])
    right[0] = "B-PER" if right[0] != "B-PER" else "O"
    facts.annotate(store, TARGET, often, right, author="Anna")
    told, made = affected(store, imported), loop_round.here(*clean, imported, quiet)
    now = prompts(store, made)
    showing = {at for at, row in now.items() if (TARGET, often) in row}
    assert showing
    assert showing <= set(told.positions)
    origins = {
        (row["position"], item["position"]): item["origin"]
        for row in views.selections(store, made)
        for item in row["exemplars"]
    }
    assert all(origins[at, often] == "corrected" for at in showing)


def test_rounds_go_on_from_each_other(clean: Place, imported: str) -> None:
    store = clean[0]
    correct(clean, 1)
    one = loop_round.here(*clean, imported, quiet)
    correct(clean, 2)
    assert n_corrections(store, one) == 1
    assert n_corrections(store, imported) == 2
    two = loop_round.here(*clean, one, quiet)
    straight = loop_round.here(*clean, imported, quiet)
    assert labels(store, two) == labels(store, straight)
    with pytest.raises(StudioError, match="nothing was corrected"):
        loop_round.here(*clean, two, quiet)


def test_what_is_said_while_it_computes_is_left_for_the_next(clean: Place, imported: str) -> None:
    store, settings = clean
    correct(clean, 11)
    job = prepare(store, loop_round.request_of(store, imported))
    correct(clean, 12)
    assert set(job.corrections) == {11}
    assert job.said_until < views.last_said(store, TARGET).isoformat()
    made = loop_round.here(store, settings, imported, quiet)
    assert n_corrections(store, made) == 0


def test_a_ban_on_a_round_keeps_its_corrections(clean: Place, imported: str) -> None:
    store = clean[0]
    correct(clean, 4, 9)
    made = loop_round.here(*clean, imported, quiet)
    shown = next(
        at for row in prompts(store, made).values() for name, at in row if name == TARGET and at not in (4, 9)
    )
    correct(clean, 14)
    without, _ = run_here(*clean, Request(parent=made, ban=(str(shown),)), quiet)
    assert n_corrections(store, without) == 1
    human = {
        item["position"]
        for row in views.selections(store, without)
        for item in row["exemplars"]
        if item["origin"] == "corrected"
    }
    assert human <= {4, 9}
    again = loop_round.here(*clean, without, quiet)
    assert (TARGET, shown) not in [place for row in prompts(store, again).values() for place in row]


def test_it_goes_through_a_jobs_folder(clean: Place, imported: str) -> None:
    store, settings = clean
    correct(clean, 6)
    job = prepare(store, loop_round.request_of(store, imported))
    folder = settings.workspace / "bundle"
    save(job, folder)
    read = load(folder)
    assert read.rerun == job.rerun
    assert (dict(read.corrections), read.said_until, dict(read.partial)) == (
        dict(job.corrections),
        job.said_until,
        dict(job.partial),
    )


def test_stage_one_that_was_learned_stays(clean: Place, parent: str) -> None:
    """Its kept distributions are what consensus starts from; the tagger does not learn from corrections."""
    store = clean[0]
    correct(clean, 3, 8)
    made = loop_round.here(*clean, parent, quiet)
    assert labels(store, made, "stage1") == labels(store, parent, "stage1")
    assert labels(store, made, "consensus") != labels(store, parent, "consensus")
    assert views.run(store, made)["meta"]["warnings"] == []
    with pytest.raises(RecipeError, match="corrections made since"):
        request_of(store, made)


def test_a_run_without_stage_two_says_so(clean: Place) -> None:
    store = clean[0]
    bare, _ = run_here(*clean, Request("ssp", TARGET, {"stage2.llm": "none"}), quiet)
    correct(clean, 3)
    with pytest.raises(RecipeError, match="no Stage II"):
        affected(store, bare)


def test_a_sentence_whose_words_were_changed_is_reached(clean: Place, imported: str) -> None:
    """A split word: labelled anew over the words of now, and everything that shows the sentence."""
    store = clean[0]
    before = views.instances(store, TARGET, [2])[2]
    first = before.tokens[0]
    facts.retokenize(store, TARGET, 2, 0, 0, [first[:1], first[1:]], author="Anna", expected_version=0)
    told = affected(store, imported)
    assert 2 in told.positions
    made = loop_round.here(*clean, imported, quiet)
    assert len(labels(store, made)[2]) == len(before.tokens) + 1
    assert "" not in labels(store, made)[2]
    assert views.stale(store, made) == []
    facts.undo_tokenization(store, TARGET, 2, author="Anna")
