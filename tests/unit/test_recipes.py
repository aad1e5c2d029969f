"""Recipes resolve completely, and their hash is the run's identity."""

from __future__ import annotations

import pytest

from core.errors import NoRecordedCalls, RecipeError, UnknownName
from core.recipes import Context, Imported, Recipe, resolve
from core.run_identity import run_id
from core.types import Dataset

POS = Dataset("d", "d", "fao", "pos", ("NOUN", "VERB"), fingerprint="f")
NLI = Dataset("n", "n", "aym", "nli", ("entailment", "neutral", "contradiction"))
RELEASED = Context(
    POS,
    {
        "zgul": Imported(frozenset({"stage1", "stage2"}), selections=True),
        "codec": Imported(frozenset({"stage2"})),
    },
    completions=100,
    templates=frozenset({"ssp-release"}),
)


def test_a_plain_data_set_gets_the_offline_parts() -> None:
    recipe = resolve("ssp", {}, Context(POS))
    assert recipe["stage1"]["labeler"] == "crf"
    assert recipe["selector"]["name"] == "ilp"
    assert recipe["stage2"]["labeler"] == "icl_tagger"
    assert recipe["consensus"]["use"] is True


def test_items_have_no_forms_to_agree_on() -> None:
    recipe = resolve("ssp", {}, Context(NLI))
    assert recipe["stage1"]["labeler"] == "overlap"
    assert recipe["consensus"]["use"] is False


def test_replay_takes_imported_labels_recorded_exemplars_and_the_authors_wording() -> None:
    recipe = resolve("ssp", {"llm": "replay"}, RELEASED)
    assert recipe["stage1"] == {"labeler": "imported", "labels": "zgul"}
    assert recipe["selector"] == {"name": "recorded"}
    replayed = {"labeler": "incontext", "llm": "replay", "template": "ssp-release", "from_sources": 0}
    assert recipe["stage2"] == replayed
    assert recipe["consensus"]["use"] is False


def test_offline_on_a_release_chooses_exemplars_anew() -> None:
    assert resolve("ssp", {}, RELEASED)["selector"]["name"] == "ilp"


def test_stored_labels_without_stage_one() -> None:
    recipe = resolve("ssp", {"stage1.labels": "codec", "llm": "recorded"}, RELEASED)
    assert recipe["stage1"]["labels"] == "codec"
    assert recipe["selector"] == {"name": "none"}
    assert recipe["stage2"]["labeler"] == "recorded"


@pytest.mark.parametrize("settings", [{}, {"llm": "replay"}, {"stage2": "none"}])
def test_labels_without_stage_one_can_only_be_shown(settings: dict[str, str]) -> None:
    with pytest.raises(RecipeError, match="Stage-I labels of 'codec'"):
        resolve("ssp", {"stage1.labels": "codec", **settings}, RELEASED)


def test_stage_two_can_be_left_out() -> None:
    recipe = resolve("ssp", {"stage2": "none"}, RELEASED)
    assert recipe["selector"] == {"name": "none"}
    assert recipe["stage2"]["llm"] == "none"


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({"llm": "replay"}, NoRecordedCalls, "no recorded calls"),
        ({"llm": "recorded"}, NoRecordedCalls, "no stored Stage-II labels"),
        ({"llm": "oracle"}, UnknownName, "unknown llm"),
        ({"selector.kk": "3"}, UnknownName, "setting of selector ilp"),
        ({"stage1": "imported"}, RecipeError, "without Stage-I labels"),
        ({"lamda": "3"}, UnknownName, "lambda"),
        ({"selector": "recorded"}, RecipeError, "recorded exemplars"),
        ({"consensus": "maybe"}, RecipeError, "consensus"),
        ({"k": "0"}, RecipeError, "k"),
    ],
)
def test_what_cannot_be_done_is_said(settings: dict[str, str], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        resolve("ssp", settings, Context(POS))


def test_a_recipe_of_another_task_and_an_unknown_one() -> None:
    with pytest.raises(UnknownName, match="Did you mean"):
        resolve("sspp", {}, Context(POS))


def test_settings_reach_the_selector() -> None:
    recipe = resolve("ssp", {"k": "4", "lambda": "0.5", "coverage": "hard"}, Context(POS))
    assert recipe["selector"]["k"] == 4
    assert recipe["selector"]["lambda"] == 0.5
    assert recipe["selector"]["coverage"] == "hard"


def test_identity_changes_with_everything_that_matters() -> None:
    base: Recipe = resolve("ssp", {}, Context(POS))
    other = resolve("ssp", {"k": "4"}, Context(POS))
    ids = {
        run_id(base, ["f"], {"seed": 0}),
        run_id(other, ["f"], {"seed": 0}),
        run_id(base, ["g"], {"seed": 0}),
        run_id(base, ["f"], {"seed": 1}),
    }
    assert len(ids) == 4
    assert run_id(base, ["f"], {"seed": 0}) in ids
    assert all(len(name) == 16 for name in ids)


def test_source_exemplars_stand_beside_those_of_the_offline_tagger_alone() -> None:
    plain = Context(POS)
    assert resolve("ssp", {}, plain)["stage2"]["from_sources"] == 8
    assert resolve("ssp", {"stage2.from_sources": "3"}, plain)["stage2"]["from_sources"] == 3
    assert resolve("ssp", {}, Context(NLI))["stage2"]["from_sources"] == 0
    assert resolve("transfer", {}, plain)["stage2"]["from_sources"] == 0
    for wrong in ("-1", "many", "true"):
        with pytest.raises(RecipeError, match="from_sources"):
            resolve("ssp", {"stage2.from_sources": wrong}, plain)


def test_a_labeler_takes_its_own_settings_and_no_others() -> None:
    recipe = resolve("ssp", {"stage1.iterations": "7"}, Context(POS))
    assert recipe["stage1"]["iterations"] == 7
    with pytest.raises(RecipeError, match="labeler crf has no setting 'itterations'"):
        resolve("ssp", {"stage1.itterations": "7"}, Context(POS))
    with pytest.raises(RecipeError, match="cannot be 'often'"):
        resolve("ssp", {"stage1.iterations": "often"}, Context(POS))
    with pytest.raises(UnknownName, match="setting of stage1 imported"):
        resolve("ssp", {"stage1.iterations": "7"}, RELEASED)
