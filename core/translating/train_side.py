"""translate-train: the sources in the target's language, with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.formats.words import words
from core.run_input import RunInput, Sink, Source
from core.tasks import tasks
from core.translating.test_side import carried
from core.translating.texts import examples_into_target, translations
from core.translation import Translated, Way
from core.translation.codes import same_language
from core.types import Dataset, Instance, Labels, Record, Report
from core.word_alignment import Links, learn, links
from core.word_alignment.projection import Sentence

SUFFIX = "translated"


def with_translated_sources(job: RunInput, sink: Sink, report: Report) -> RunInput:
    """The run whose Stage I learns from translations of its sources, behind the sources themselves unless
    `translation.alone` is set. A source in the target's own language stays as it is.

    Raises:
        RecipeError: a source cannot be translated into the target's language.
    """
    own = [source for source in job.sources if same_language(source.language, job.dataset.language)]
    foreign = [source for source in job.sources if source not in own]
    made = [_turned(job, source, report) for source in foreign]
    sink.note("translation", {"sources": {source.dataset: len(source.records) for source in made}})
    before = own if job.recipe["translation"].get("alone") else job.sources
    return replace(job, sources=[*before, *made])


def _turned(job: RunInput, source: Source, report: Report) -> Source:
    """One source in the target's language; records without a translation are left out."""
    language = job.dataset.language
    records = [record for record in source.records if record.labels]
    way = Way(source.language, language, examples_into_target(job, source.language))
    owner = Dataset(
        source.dataset, source.dataset, source.language, job.dataset.task, (), egress=source.egress
    )
    done = translations(job, [record.instance for record in records], way, owner, report)
    pairs = [(record, pair) for record, pair in zip(records, done, strict=True) if _complete(record, pair)]
    if tasks[job.dataset.task].unit == "item":
        found = [_relabelled(record, pair, record.labels or ()) for record, pair in pairs]
    else:
        found = _projected(job, pairs, report)
    return Source(f"{source.dataset} ({SUFFIX})", language, found, source.left_out, source.egress)


def _complete(record: Record, pair: tuple[Translated, Translated]) -> bool:
    return bool(pair[0].text) and (not record.instance.text_b or bool(pair[1].text))


def _relabelled(
    record: Record, pair: tuple[Translated, Translated], labels: Labels, tokens: Sequence[str] = ()
) -> Record:
    item = record.instance
    made = Instance(item.position, item.split, tuple(tokens), pair[0].text, pair[1].text or None)
    return Record(made, labels)


def _projected(
    job: RunInput, pairs: Sequence[tuple[Record, tuple[Translated, Translated]]], report: Report
) -> list[Record]:
    """Labels of the source's words on those of the translation."""
    tokens = [pair[0].words or words(pair[0].text, "unicode") for _, pair in pairs]
    apart = [
        (record.instance.tokens, found)
        for (record, pair), found in zip(pairs, tokens, strict=True)
        if not pair[0].words
    ]
    model = learn(apart, alive=lambda done, total: report("aligning words", done, total))
    sentences = []
    for (record, pair), found in zip(pairs, tokens, strict=True):
        labels = record.labels or ()
        same = Links({(place, place): 1.0 for place in range(len(labels))})
        linked = same if pair[0].words else links(model, record.instance.tokens, found, "intersection")
        sentences.append(Sentence(labels, (1.0,) * len(labels), found, linked))
    done = carried(sentences, job.dataset.labels, tasks[job.dataset.task].fallback)
    return [
        _relabelled(record, pair, labels, found)
        for (record, pair), found, (labels, _) in zip(pairs, tokens, done, strict=True)
    ]
