"""Which texts of a run are translated, by whom, and where the translations go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from core.errors import RecipeError
from core.language_model import connected
from core.parallel_texts import known, pairs, with_translation
from core.run_input import RunInput, Sink
from core.translation import Text, Translated, Way, build
from core.translation.codes import among, same_language
from core.translation.of_recipes import translator_settings
from core.types import Dataset, Instance, Report

KEPT_IN_NOTE = 500
"""Translations that are kept with the run for everybody to read."""


def mode(job: RunInput) -> str:
    """none, test or train: how Stage I uses translations."""
    return str(job.recipe["stage1"].get("translate", "none"))


def beside(job: RunInput) -> bool:
    """Whether prompts show the translation of a sentence beside it."""
    return bool(job.recipe.get("translation", {}).get("beside", False))


def pivot(job: RunInput) -> str:
    """The language the target is translated into: the one named, else that of a source.

    Raises:
        RecipeError: nothing says which.
    """
    named = str(job.recipe.get("translation", {}).get("language") or "auto")
    if named != "auto":
        return named
    own = [
        source.language for source in job.sources if not same_language(source.language, job.dataset.language)
    ]
    given = [code for code in own if any(among(known(item), code) for item in job.instances)]
    found = next(iter([*given, *own]), "")
    if not found:
        raise RecipeError(
            "nothing says into which language to translate.",
            "Give a --source in that language, or --set translation.language=eng.",
        )
    return found


def with_translations(job: RunInput, sink: Sink, report: Report) -> RunInput:
    """The run whose target items have translations in their meta, where Stage I or a prompt uses them."""
    if mode(job) != "test" and not beside(job):
        return job
    language = pivot(job)
    items = [*job.instances, *job.others]
    way = Way(job.dataset.language, language, _examples(job, language))
    done = translations(job, items, way, job.dataset, report)
    found = [
        with_translation(item, language, first.text, second.text)
        for item, (first, second) in zip(items, done, strict=True)
    ]
    sink.note("translation", _note(job, way, items, done))
    here = len(job.instances)
    return replace(job, instances=found[:here], others=found[here:])


def shown(job: RunInput) -> RunInput:
    """The run as prompts see it: of translations the one that is wanted beside a sentence, or none."""
    language = pivot(job) if beside(job) else ""
    narrow = [[_narrowed(item, language) for item in items] for items in (job.instances, job.others)]
    return replace(job, instances=narrow[0], others=narrow[1])


def _narrowed(item: Instance, language: str) -> Instance:
    meta = {key: value for key, value in item.meta.items() if key not in ("translations", "translations_b")}
    bare = replace(item, meta=meta)
    found = [
        among(known(item, name), language) if language else "" for name in ("translations", "translations_b")
    ]
    return with_translation(bare, language, *found) if found[0] else bare


def translations(
    job: RunInput, items: Sequence[Instance], way: Way, owner: Dataset, report: Report
) -> list[tuple[Translated, Translated]]:
    """Both texts of each item (the second empty where it has none), translated.

    Args:
        owner: the data set whose text this is.
    """
    translator = _translator(job, owner, report)
    first = [Text(item.text, known(item), item.tokens) for item in items]
    second = [Text(item.text_b, known(item, "translations_b")) for item in items if item.text_b]
    done = translator.translate([*first, *second], way, report)
    rest = iter(done[len(first) :])
    nothing = Translated("")
    return [
        (found, next(rest) if item.text_b else nothing)
        for item, found in zip(items, done[: len(first)], strict=True)
    ]


def _translator(job: RunInput, owner: Dataset, report: Report) -> Any:
    """Built, and connected where it asks the run's language model: text passes the gate there."""
    translator = build(str(job.recipe["translation"]["name"]), translator_settings(job.recipe))
    if hasattr(translator, "connect"):
        alone = replace(job, dataset=owner, sources=())
        translator.connect(connected(alone, partial(report, "translating", 0, 1)).llm)
    return translator


def _examples(job: RunInput, language: str) -> list[tuple[str, str]]:
    """Known translations from the target's language, shortest first."""
    found = pairs(job.parallel, language)
    return sorted(set(found), key=lambda pair: (len(pair[0]), pair))


def examples_into_target(job: RunInput, language: str) -> list[tuple[str, str]]:
    """Known translations into the target's language."""
    return [(other, one) for one, other in _examples(job, language)]


def _note(
    job: RunInput, way: Way, items: Sequence[Instance], done: Sequence[tuple[Translated, Translated]]
) -> dict[str, object]:
    """What is kept with the run of its translations."""
    outcomes = Counter(part.outcome for pair in done for part in pair if part.outcome)
    texts = {
        str(item.position): [part.text for part in pair if part.text]
        for item, pair in list(zip(items, done, strict=True))[:KEPT_IN_NOTE]
    }
    return {
        "translator": str(job.recipe.get("translation", {}).get("name") or "given"),
        "source": way.source,
        "target": way.target,
        "texts": len(items),
        "without": sum(not first.text for first, _ in done),
        "outcomes": dict(outcomes),
        "translations": texts,
    }
