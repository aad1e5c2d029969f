"""What a labeler of whole texts cannot do is said before anything is trained; forms do not offer it."""

from __future__ import annotations

import pytest

from core.errors import RecipeError
from core.labelers import labelers
from core.recipe_context import Context
from core.recipes import resolve
from core.types import Dataset
from dashboard import plans

ITEMS_ONLY = ("hard_prompt", "mpt", "npprompt", "pct", "rosprompt", "soft_prompt", "vote")
NEWS = Context(Dataset("news", "News", "fao", "topic", ("a", "b")))


@pytest.mark.parametrize("labeler", ITEMS_ONLY)
def test_words_are_kept_out_by_one_sentence(labeler: str) -> None:
    words = Context(Dataset("mine", "Mine", "fao", "pos", ("NOUN",)))
    with pytest.raises(RecipeError) as refused:
        resolve("ssp", {"stage1": labeler}, words)
    assert refused.value.message == (
        f"Stage I by {labeler} gives one label to a whole text (nli, topic), and mine is a pos data set."
    )
    assert refused.value.hint


@pytest.mark.parametrize("recipe", ["mpt", "pct", "soft_prompt", "hard_prompt", "rosprompt", "npprompt"])
def test_their_recipes_do_not_do_words_either(recipe: str) -> None:
    with pytest.raises(RecipeError, match=f"recipe '{recipe}' does not do ner"):
        resolve(recipe, {}, Context(Dataset("mine", "Mine", "hau", "ner", ("O",))))


def test_forms_offer_what_a_task_can_have() -> None:
    assert set(ITEMS_ONLY) <= set(plans.stage1_names("topic"))
    assert set(ITEMS_ONLY) <= set(plans.stage1_names("nli"))
    assert not set(ITEMS_ONLY) & set(plans.stage1_names("ner"))
    assert {"crf", "encoder"} <= set(plans.stage1_names("pos"))
    assert all(labelers[name].tasks == ("nli", "topic") for name in ITEMS_ONLY)


def test_a_vote_asks_nobody_and_sees_three() -> None:
    made = resolve("xampler", {"stage1": "vote", "embedder.base": "m"}, NEWS)
    assert (made["stage2"]["llm"], made["stage2"]["labeler"], made["stage1"]["k"]) == ("none", "none", 3)


def test_a_language_model_that_was_chosen_labels_what_the_retriever_learns_from() -> None:
    model = {"llm": "endpoint", "llm.model": "m", "llm.base_url": "http://127.0.0.1/v1"}
    made = resolve("xampler", {"stage1": "vote", "embedder.base": "m", **model}, NEWS)
    assert (made["stage2"]["llm"], made["stage2"]["labeler"]) == ("endpoint", "none")
    other = resolve("transfer", model, NEWS)
    assert other["stage2"]["labeler"] == "incontext"


def test_another_part_leaves_out_what_belonged_to_the_recipes_own() -> None:
    """What somebody sets by name is never left out in silence."""
    own = {"name": "own", "title": "", "description": "", "source": "", "tasks": ["topic"]}
    tables = {
        "stage1": {"labeler": "mpt", "labels": "auto", "alpha": 0.5, "prompt_length": 3, "model": "m"},
        "consensus": {"use": False},
        "selector": {"name": "none"},
        "embedder": {"name": "xampler", "base": "m", "batch_size": 8},
        "stage2": {"labeler": "none", "llm": "none", "template": "auto", "from_sources": 0},
    }
    context = Context(NEWS.dataset, recipes={"own": {**own, **tables}})
    made = resolve("own", {"stage1": "soft_prompt", "embedder": "ngrams"}, context)
    assert made["embedder"] == {"name": "ngrams"}
    assert made["stage1"] == {"labeler": "soft_prompt", "labels": "none", "prompt_length": 3, "model": "m"}
    with pytest.raises(RecipeError, match="no setting 'alpha'"):
        resolve("own", {"stage1": "soft_prompt", "stage1.alpha": "1"}, context)
    assert resolve("own", {}, context)["stage1"]["alpha"] == 0.5
