"""Label words of RoSPrompt and NPPrompt, and scores on seen and unseen classes."""

from __future__ import annotations

from typing import Any

import pytest

from core.catalog.label_word_table import known_languages, label_words
from core.comparison.seen import harmonic_mean, seen_scores
from core.errors import RecipeError, UnknownName
from core.labelers.robust.words import refuse_unknown, scorer, words_for, words_told
from core.tasks import tasks
from core.world import LANGUAGES, WORLD
from core.world.concepts import concepts
from tests.needs import needs
from tests.tiny_masked import TOPICS, cloze_model

torch_there = needs("torch", "transformers")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from core.cloze import checkpoint

    folder = cloze_model("bert", tmp_path_factory.mktemp("bert"))
    return checkpoint.load(str(folder), report=lambda *_: None)


def test_every_label_of_the_tasks_has_words_in_several_languages() -> None:
    for task in ("topic", "nli"):
        table = label_words(task)
        for label in tasks[task].labels:
            assert {"eng", "deu", "spa", "swh"} <= set(table[label]), label
            assert all(
                word == word.strip() and " " not in word for words in table[label].values() for word in words
            )


def test_within_one_language_no_word_stands_for_two_topics() -> None:
    table = label_words("topic")
    for labels in (
        tasks["topic"].labels,
        ("business", "religion", "technology", "health", "politics", "sports"),
    ):
        for code in ("eng", "deu", "fra", "spa", "por", "ind", "swh", "hau", "tur"):
            words = [word for label in labels for word in table[label].get(code, ())]
            assert len(words) == len(set(words)), (code, words)


def test_the_classes_of_the_demo_world_have_a_name_in_each_of_its_languages() -> None:
    names = concepts(WORLD).names_in(LANGUAGES[2])
    table = label_words("topic", ("qac",))
    first = concepts(WORLD).names_in(LANGUAGES[0])[0]
    assert table[first] == {"qac": (names[0],)}
    assert set(LANGUAGES) <= set(known_languages())
    assert not any(label_words("nli", LANGUAGES).values())


def test_a_language_without_words_is_refused_by_name() -> None:
    refuse_unknown(("deu", "swh"))
    with pytest.raises(UnknownName, match="language of label words 'xyz'"):
        refuse_unknown(("xyz",))


@torch_there
def test_a_label_has_its_name_or_the_words_it_was_given(model: Any) -> None:
    def found(*entries: str, **more: Any) -> dict[str, tuple[str, ...]]:
        settings: dict[str, Any] = {"task": "topic", "languages": None, "neighbours": 1} | more
        return words_for(model, TOPICS, entries, **settings)

    assert found() == {topic: (topic,) for topic in TOPICS}
    given = found("health=doctor", "health=nurse")
    assert given == {"sports": ("sports",), "health": ("doctor", "nurse"), "politics": ("politics",)}
    with pytest.raises(RecipeError, match="the label word 'helth=doctor'"):
        found("helth=doctor")
    assert found("travel=law", beyond=("travel",)) == found()


@torch_there
def test_words_of_the_catalog_count_where_the_model_has_them_as_one_token(
    model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {
        "health": {"aaa": ("doctor", "Gesundheit")},
        "sports": {"aaa": ("goal",), "bbb": ("ball", "politics")},
    }
    monkeypatch.setattr("core.labelers.robust.words.label_words", lambda task, languages: table)
    found = words_for(model, TOPICS, ("sports=team",), task="topic", languages=(), neighbours=12)
    assert found == {"sports": ("team",), "health": ("health", "doctor"), "politics": ("politics",)}
    alone = words_for(model, TOPICS, (), task="topic", languages=(), neighbours=1)
    assert alone["sports"] == ("sports", "goal", "ball"), "the name of another label is that label's"


@torch_there
def test_a_label_with_many_names_leaves_one_to_the_label_that_has_no_other(model: Any) -> None:
    labels = ("science/technology", "technology")
    found = words_for(model, labels, (), task="topic", languages=None, neighbours=1)
    assert found == {"science/technology": ("science",), "technology": ("technology",)}


@torch_there
def test_what_is_told_of_the_words_names_pieces_and_neighbours(model: Any) -> None:
    words = {"sports": ("sports", "ball"), "health": ("health",), "politics": ("politics",)}
    told = words_told(model, TOPICS, words, scorer(model, TOPICS, words, 3))
    assert told["words"]["sports"] == [["sports", ["sports"], True], ["ball", ["ball"], True]]  # type: ignore[index]
    near = told["neighbours"]["sports"]  # type: ignore[index]
    assert [near[0][0], near[3][0]] == ["sports", "ball"]
    assert sum(weight for _, weight in near[:3]) == pytest.approx(1, abs=1e-3)


def test_scores_on_seen_and_unseen_classes() -> None:
    found = seen_scores(list("aabbcc"), list("aabcca"), {"a", "b"})
    assert (found.seen, found.unseen, found.n_seen, found.n_unseen) == (0.75, 0.5, 4, 2)
    assert found.harmonic == pytest.approx(2 * 0.75 * 0.5 / 1.25)


def test_without_items_of_one_kind_there_is_no_harmonic_mean() -> None:
    found = seen_scores(["a"], ["b"], {"a"})
    assert (found.seen, found.unseen, found.harmonic, found.n_unseen) == (0.0, None, None, 0)
    assert harmonic_mean(0.0, 0.0) == 0.0
    with pytest.raises(ValueError, match="zip"):
        seen_scores(["a"], [], ())
