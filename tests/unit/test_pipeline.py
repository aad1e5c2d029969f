"""The corridor without a store: what goes in, what comes out, what changes what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pytest

from core import choosing
from core.errors import NoRecordedCalls, RecipeError
from core.pipeline import run
from core.recipes import Context, Imported, resolve
from core.run_input import RunInput, Source
from core.types import Completion, Dataset, Exemplar, Influence, Instance, Prediction, Record, Selection

LABELS = ("NOUN", "VERB", "PRON", "PUNCT")
DATASET = Dataset("target", "Target", "fao", "pos", LABELS)
TARGET = ["Hon syngur .", "Hann rør .", "Báturin siglir .", "Hon siglir bátin .", "Hann syngur vísu ."]
NOISY = [
    ("PRON", "VERB", "PUNCT"),
    ("PRON", "NOUN", "PUNCT"),
    ("NOUN", "VERB", "PUNCT"),
    ("PRON", "VERB", "NOUN", "PUNCT"),
    ("PRON", "VERB", "NOUN", "PUNCT"),
]


class Facts:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.stages: dict[str, list[Prediction]] = {}
        self.chosen: list[Selection] = []
        self.pool: list[Exemplar] = []
        self.spoke: list[Influence] = []
        self.calls: list[Completion] = []
        self.notes: dict[str, Mapping[str, object]] = {}

    def predictions(self, stage: str, rows: Sequence[Prediction]) -> None:
        self.stages[stage] = list(rows)

    def selections(self, rows: Sequence[Selection], pool: Sequence[Exemplar]) -> None:
        self.chosen, self.pool = list(rows), list(pool)

    def influences(self, rows: Sequence[Influence]) -> None:
        self.spoke = list(rows)

    def completions(self, rows: Iterable[Completion]) -> None:
        self.calls = list(rows)

    def note(self, name: str, said: Mapping[str, object]) -> None:
        self.notes[name] = said


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


def instances() -> list[Instance]:
    return [Instance(n, "test", tuple(text.split()), text) for n, text in enumerate(TARGET)]


def job(**settings: str) -> RunInput:
    """A run on imported noisy labels, offline."""
    imported = {"noisy": Imported(frozenset({"stage1"}), selections="recorded" in settings.values())}
    recipe = resolve("ssp", settings, Context(DATASET, imported))
    confidences = [tuple(0.6 for _ in labels) for labels in NOISY]
    stage1 = {n: Prediction(n, labels, confidences[n]) for n, labels in enumerate(NOISY)}
    return RunInput("r", DATASET, recipe, 0, instances(), stage1=stage1)


def done(given: RunInput) -> Facts:
    facts = Facts()
    run(given, facts, silent)
    return facts


def test_every_stage_is_a_fact_of_its_own() -> None:
    facts = done(job(k="2"))
    assert list(facts.stages) == ["stage1", "consensus", "stage2"]
    assert [row.position for row in facts.stages["stage2"]] == list(range(5))
    assert all(len(selection.chosen) == 2 for selection in facts.chosen)
    assert all(query.query not in query.chosen for query in facts.chosen)


def test_blocks_of_queries_choose_what_one_block_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = done(job(k="2")).chosen
    monkeypatch.setattr(choosing, "QUERIES_AT_A_TIME", 2)
    parts = done(job(k="2")).chosen
    assert [replace(row, seconds=0) for row in parts] == [replace(row, seconds=0) for row in whole]


def test_a_correction_enters_the_pool_with_full_confidence_and_changes_its_neighbours() -> None:
    before = done(job(k="2", consensus="false"))
    fixed = replace(job(k="2", consensus="false"), corrections={1: ("NOUN", "PRON", "PUNCT")})
    after = done(fixed)
    item = after.pool[1]
    assert (item.labels, item.confidences, item.origin) == (
        ("NOUN", "PRON", "PUNCT"),
        (1.0,) * 3,
        "corrected",
    )
    assert after.stages["stage1"] == before.stages["stage1"]
    assert after.stages["stage2"] != before.stages["stage2"]


def test_recorded_exemplars_are_taken_in_their_order() -> None:
    given = replace(job(selector="recorded"), recorded={0: (3, 1), 2: (4, 0)})
    chosen = {row.query: row for row in done(given).chosen}
    assert (chosen[0].chosen, chosen[0].status) == ((3, 1), "recorded")
    assert set(chosen) == {0, 2}
    assert chosen[0].uncoverable == ()


def test_recorded_exemplars_outside_the_run_are_an_error() -> None:
    with pytest.raises(RecipeError, match="outside this run"):
        done(replace(job(selector="recorded"), recorded={0: (99,)}))


def test_recorded_exemplars_may_be_items_that_a_limited_run_does_not_label() -> None:
    whole = job(selector="recorded")
    given = replace(whole, instances=instances()[:1], others=[instances()[3]], recorded={0: (3,)})
    facts = done(given)
    assert [row.position for row in facts.stages["stage2"]] == [0]
    assert [facts.pool[row].instance.position for row in facts.chosen[0].chosen] == [3]
    assert facts.pool[1].labels == NOISY[3]


def test_an_offline_stage_one_needs_sources() -> None:
    with pytest.raises(RecipeError, match="--source"):
        done(job(stage1="crf"))


def test_a_trained_stage_one_sees_no_gold_of_the_target() -> None:
    records = [Record(item, NOISY[item.position]) for item in instances()]
    given = replace(job(stage1="crf", k="2"), sources=[Source("s", "isl", records)])
    facts = done(given)
    assert [row.labels for row in facts.stages["stage1"]] == NOISY
    assert all(row.posterior is not None for row in facts.stages["stage1"])


def test_a_prompt_nobody_recorded_stops_the_run() -> None:
    imported = {"noisy": Imported(frozenset({"stage1"}))}
    recipe = resolve("ssp", {"llm": "replay"}, Context(DATASET, imported, completions=1))
    given = replace(
        job(), recipe=recipe, template="{{ sentence }}{% for demo in demos %}{{ demo.input }}{% endfor %}"
    )
    with pytest.raises(NoRecordedCalls):
        done(given)
