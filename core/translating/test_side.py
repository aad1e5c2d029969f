"""translate-test: the translation of an item is labelled, and its labels are carried back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.errors import RecipeError
from core.formats.words import words
from core.labelers.posteriors import is_bio
from core.parallel_texts import known, pairs
from core.run_input import RunInput, Source
from core.tasks import tasks
from core.translating.texts import pivot
from core.translation.codes import among, name_of, same_language
from core.types import Instance, Prediction, Report
from core.word_alignment import Links, Model, learn, links
from core.word_alignment.projection import Carried, Sentence, spans, tags

UNALIGNED = "no translation: labelled as it stands"


def labelled_by_translation(
    job: RunInput, stage_one: Callable[[RunInput], list[Prediction]], report: Report
) -> list[Prediction]:
    """One prediction per instance: Stage I labels what its meta says of its translation.

    An item without a translation is labelled as it stands; its prediction says so in `error`.

    Raises:
        RecipeError: no source is in the language of the translations.
    """
    language = pivot(job)
    there = [_in_translation(item, language) for item in job.instances]
    inner = replace(
        job,
        dataset=replace(job.dataset, language=language),
        instances=[found or item for item, found in zip(job.instances, there, strict=True)],
        others=(),
        sources=_speaking(job, language),
        corrections={},
    )
    rows = stage_one(inner)
    if tasks[job.dataset.task].unit == "item":
        return [_marked(row, found) for row, found in zip(rows, there, strict=True)]
    return _carried(job, language, there, rows, report)


def _in_translation(item: Instance, language: str) -> Instance | None:
    """The translation as an item of its own; None where there is none."""
    text, text_b = among(known(item), language), among(known(item, "translations_b"), language)
    if not text or (item.text_b and not text_b):
        return None
    found = words(text, "unicode") if item.tokens else ()
    return Instance(item.position, item.split, found, text, text_b or None)


def _speaking(job: RunInput, language: str) -> list[Source]:
    found = [source for source in job.sources if same_language(source.language, language)]
    if not found:
        raise RecipeError(
            f"no source is in {name_of(language)}, the language of the translations.",
            f"Add --source with labelled data in {name_of(language)}, or set translation.language.",
        )
    return found


def _marked(row: Prediction, found: Instance | None) -> Prediction:
    return row if found else replace(row, error=row.error or UNALIGNED)


def _carried(
    job: RunInput,
    language: str,
    there: Sequence[Instance | None],
    rows: Sequence[Prediction],
    report: Report,
) -> list[Prediction]:
    """Labels of the translations on the target's words."""
    model = _model(job, language, there, report)
    sentences = [
        _sentence(model, item, found, row)
        for item, found, row in zip(job.instances, there, rows, strict=True)
    ]
    done = carried(sentences, job.dataset.labels, tasks[job.dataset.task].fallback)
    return [
        replace(_marked(row, found), position=item.position, labels=labels, confidences=sure, posterior=None)
        for item, found, row, (labels, sure) in zip(job.instances, there, rows, done, strict=True)
    ]


def _model(job: RunInput, language: str, there: Sequence[Instance | None], report: Report) -> Model:
    own = [(found.tokens, item.tokens) for item, found in zip(job.instances, there, strict=True) if found]
    more = [(words(other, "unicode"), words(one, "unicode")) for one, other in pairs(job.parallel, language)]
    return learn([*own, *more], alive=lambda done, total: report("aligning words", done, total))


def _sentence(model: Model, item: Instance, found: Instance | None, row: Prediction) -> Sentence:
    """What was labelled beside what is to be labelled; an item without a translation is its own."""
    sure = row.confidences or (1.0,) * len(row.labels)
    if found is None:
        same = Links({(place, place): 1.0 for place in range(len(item.tokens))})
        return Sentence(row.labels, sure, item.tokens, same)
    return Sentence(row.labels, sure, item.tokens, links(model, found.tokens, item.tokens, "intersection"))


def carried(sentences: Sequence[Sentence], label_set: Sequence[str], fallback: str) -> list[Carried]:
    """Labels and confidences of the target words of each sentence: BIO spans, or tags."""
    if is_bio(label_set):
        return [spans(sentence) for sentence in sentences]
    return tags(sentences, fallback)
