"""Translation within a run: what the pipeline calls before, around and after Stage I.

translate-test labels the translation of every target item and carries the labels back; translate-train
turns the sources into the target's language with their labels before Stage I learns from them
(0-CLT-T: SSP, arXiv 2406.18880, section 4.3). Translations can also stand beside a sentence in a prompt,
as TransFusion has them beside what is to be labelled (Chen, Jiang, Ritter and Xu 2023, arXiv 2305.13582).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.run_input import RunInput, Sink
from core.translating.test_side import labelled_by_translation
from core.translating.texts import beside, mode, shown, with_translations
from core.translating.train_side import with_translated_sources
from core.types import Instance, Prediction, Report

StageOne = Callable[[RunInput], list[Prediction]]

__all__ = ["beside", "labelled", "mode", "shown", "translated", "unlabelled"]


def translated(job: RunInput, sink: Sink, report: Report) -> RunInput:
    """The run whose target items have the translations its recipe calls for in their meta.

    Raises:
        RecipeError: a text cannot be translated at all. EgressRefused: it may not go to the translator.
    """
    return with_translations(job, sink, report)


def labelled(job: RunInput, stage_one: StageOne, sink: Sink, report: Report) -> list[Prediction]:
    """Stage I of the run's items and, for 0-CLT-U, of the unlabelled items beside them.

    Raises:
        As `translated`.
    """
    more = unlabelled(job)
    wider = replace(job, instances=[*job.instances, *more], others=() if more else job.others)
    if mode(job) == "test":
        return labelled_by_translation(wider, stage_one, report)
    if mode(job) == "train":
        wider = with_translated_sources(wider, sink, report)
    return stage_one(shown(wider))


def unlabelled(job: RunInput) -> list[Instance]:
    """Sentences outside the run that get Stage-I labels and enter the pool (setting `stage1.pool`)."""
    return list(job.others) if job.recipe["stage1"].get("pool") else []
