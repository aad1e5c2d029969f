"""Translators that need no weights: given, lexicon, a language model; codes of languages; what is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.errors import Cancelled, NoRecordedCalls, RecipeError, UnknownName
from core.llms.replay import Replay
from core.prompts import prompt_sha256
from core.translation import Text, Translated, Way, build, translators
from core.translation.codes import among, first_known, name_of, same_language
from core.translation.keeping import KeptTranslations, kept_in
from core.translation.llm import asked, read
from core.types import Completion, CompletionStatus
from tests.needs import needs

WAY = Way("lug", "eng")


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


def test_the_translators_there_are() -> None:
    assert list(translators) == ["given", "lexicon", "llm", "seq2seq"]


def test_a_setting_no_translator_has_is_refused() -> None:
    with pytest.raises(RecipeError, match="has no setting 'beam'"):
        build("lexicon", {"beam": 3})
    with pytest.raises(UnknownName, match="given"):
        build("givn", {})


@needs("torch", "transformers")
def test_a_checkpoint_is_asked_for() -> None:
    with pytest.raises(RecipeError, match="needs a model"):
        build("seq2seq", {})


def test_given_takes_what_came_with_the_data_whatever_the_spelling_of_its_code() -> None:
    texts = [Text("Omusajja", {"en": "The man", "fr": "L'homme"}), Text("Ekitabo", {"fr": "Le livre"})]
    assert build("given", {}).translate(texts, WAY, silent) == [Translated("The man"), Translated("")]


def test_given_says_when_nothing_was_given() -> None:
    with pytest.raises(RecipeError, match="none of the 1 texts came with a translation into English"):
        build("given", {}).translate([Text("Omusajja", {"fr": "L'homme"})], WAY, silent)


def test_a_lone_translation_of_unknown_language_is_believed() -> None:
    assert among({"und": "The man"}, "eng") == "The man"
    assert among({"und": "The man", "fra": "L'homme"}, "eng") == ""


def test_codes() -> None:
    assert same_language("en", "eng")
    assert same_language("hau", "ha")
    assert not same_language("hau", "ibo")
    assert name_of("lug") == "Luganda"
    assert name_of("zzz") == "zzz"
    words = {"hau_Latn": 1, "__ha__": 2, "ha": 3}
    assert first_known("hau", ("{}", "__{}__"), words) == ("hau_Latn", "hau_Latn")
    assert first_known("hau", ("__{}__",), words) == ("ha", "__ha__")
    assert first_known("lug", ("{}", "__{}__"), words) is None


PAIRS = [
    ("omusajja alaba embwa", "man sees dog"),
    ("omukazi alaba omusajja", "woman sees man"),
    ("embwa eruma omukazi", "dog bites woman"),
    ("omusajja alaba omukazi", "man sees woman"),
    ("embwa alaba embwa", "dog sees dog"),
]


def test_a_lexicon_is_learned_from_parallel_text_and_keeps_capitals_and_strangers() -> None:
    texts = [Text("Embwa alaba omukazi Kampala .", tokens=("Embwa", "alaba", "omukazi", "Kampala", "."))]
    (found,) = build("lexicon", {}).translate(texts, Way("lug", "eng", PAIRS), silent)
    assert found == Translated("Dog sees woman Kampala .", words=("Dog", "sees", "woman", "Kampala", "."))


def test_a_lexicon_without_parallel_text_says_what_to_name() -> None:
    with pytest.raises(RecipeError, match="no sentences to learn from") as found:
        build("lexicon", {}).translate([Text("Embwa")], WAY, silent)
    assert "translation.data" in found.value.hint


def answered(texts: dict[str, str], examples: int = 0) -> Replay:
    """A model that answers these questions, as recorded."""
    prompts = {asked(text, Way("lug", "eng", PAIRS), examples): answer for text, answer in texts.items()}
    return Replay(
        Completion(str(n), "m", prompt_sha256(prompt), prompt, answer)
        for n, (prompt, answer) in enumerate(prompts.items())
    )


def test_a_language_model_is_asked_once_for_each_text_with_examples_if_wanted() -> None:
    translator = build("llm", {"examples": 2})
    translator.connect(answered({"Embwa  eruma": "A dog bites.", "Alaba": "“He sees.”"}, 2))
    seen: list[tuple[str, int, int]] = []
    texts = [Text("Embwa  eruma"), Text("Alaba"), Text("Embwa  eruma")]
    found = translator.translate(texts, Way("lug", "eng", PAIRS), lambda *said: seen.append(said))
    assert found == [Translated("A dog bites.", "ok"), Translated("He sees.", "repaired"), found[0]]
    assert seen[-1] == ("translating", 2, 2)


def test_what_the_model_is_asked() -> None:
    assert asked("Embwa\n eruma.", Way("lug", "eng", PAIRS), 1) == (
        "Translate from Luganda to English. Reply with the translation alone, in one line.\n\n"
        "Luganda: omusajja alaba embwa\nEnglish: man sees dog\n\nLuganda: Embwa eruma.\nEnglish:"
    )


def test_a_translator_without_its_model_says_so() -> None:
    with pytest.raises(RecipeError, match="no language model"):
        build("llm", {}).translate([Text("a")], WAY, silent)


def test_a_question_nobody_recorded_is_an_error() -> None:
    translator = build("llm", {})
    translator.connect(Replay([]))
    with pytest.raises(NoRecordedCalls):
        translator.translate([Text("a")], WAY, silent)


@pytest.mark.parametrize(
    ("status", "text", "expected"),
    [
        ("ok", "A dog.", Translated("A dog.", "ok")),
        ("ok", "\n\nA dog.\nNote: a small one.", Translated("A dog.", "repaired")),
        ("ok", "«Un chien»", Translated("Un chien", "repaired")),
        ("ok", '"Yes" and "no"', Translated('"Yes" and "no"', "ok")),
        ("ok", "'", Translated("", "unparseable")),
        ("ok", "  \n", Translated("", "unparseable")),
        ("refused", "I cannot.", Translated("", "refused")),
        ("truncated", "A", Translated("", "truncated")),
        ("failed", "", Translated("", "failed")),
    ],
)
def test_answers_are_read_as_one_line(status: CompletionStatus, text: str, expected: Translated) -> None:
    assert read(Completion("k", "m", "h", "p", text, status=status)) == expected


def test_what_is_translated_is_kept_and_not_translated_again(tmp_path: Path) -> None:
    asked_for: list[str] = []

    def compute(texts: Sequence[str]) -> list[str]:
        asked_for.extend(texts)
        return [text.upper() for text in texts]

    with kept_in(tmp_path):
        first = KeptTranslations({"model": "m"})
        assert first.of(["bb", "a", "bb"], compute, lambda *_: None) == ["BB", "A", "BB"]
        assert KeptTranslations({"model": "m"}).of(["a", "c"], compute, lambda *_: None) == ["A", "C"]
        assert KeptTranslations({"model": "n"}).of(["a"], compute, lambda *_: None) == ["A"]
    assert asked_for == ["a", "bb", "c", "a"]


def test_a_damaged_line_is_translated_anew(tmp_path: Path) -> None:
    with kept_in(tmp_path):
        kept = KeptTranslations({"model": "m"})
        kept.of(["a", "b"], lambda texts: [text.upper() for text in texts], lambda *_: None)
        (path,) = kept.folder.glob("*.jsonl")
        rows = [json.loads(line) for line in path.read_text("utf8").splitlines()]
        rows[0]["text"] = "forged"
        path.write_text("\n".join([*map(json.dumps, rows), "{half", "[]", ""]), "utf8")
        again = KeptTranslations({"model": "m"})
        assert again.of(["a", "b"], lambda texts: ["new" for _ in texts], lambda *_: None) == ["new", "B"]


def test_stopping_keeps_what_was_finished(tmp_path: Path) -> None:
    texts = [f"{n:03}" for n in range(100)]

    def stop(done: int, _total: int) -> None:
        if done:
            raise Cancelled("stopped by the user.")

    with kept_in(tmp_path):
        with pytest.raises(Cancelled):
            KeptTranslations({}).of(texts, lambda some: list(some), stop)
        left: list[str] = []

        def rest(some: Sequence[str]) -> list[str]:
            left.extend(some)
            return list(some)

        KeptTranslations({}).of(texts, rest, lambda *_: None)
    assert len(left) == 36
