"""The parallel data set of a run: sentences whose translations are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import RecipeError
from core.parallel_texts import known, pairs, with_parallel, with_translation
from core.pipeline import strip_gold
from core.run_input import Source
from core.store import Store, views
from core.translation.codes import among, same_language
from core.types import Dataset, Instance

FIRST = 5
"""Sentences that are looked at to see whether a data set is a parallel one."""
Pair = tuple[str, str]
"""A text and its translation."""


@dataclass(frozen=True, slots=True)
class Parallel:
    """A data set with its items; `pairs` are those whose text is in the target's language and translated.

    `train`: it is the sources that are translated.
    """

    dataset: Dataset | None = None
    rows: Sequence[Instance] = ()
    pairs: Sequence[Instance] = ()
    by: str = "auto"
    train: bool = False

    @property
    def fingerprints(self) -> list[str]:
        """What a run's identity has of it."""
        return [self.dataset.fingerprint] if self.dataset else []

    def of_target(self, owner: Dataset, items: Sequence[Instance]) -> list[Instance]:
        """The target's items with the translations that are known of them. Raises RecipeError."""
        return list(items) if self.train else self._found(owner, items)

    def of_source(self, owner: Dataset, source: Source) -> Source:
        """A source with the translations that are known of its items. Raises RecipeError."""
        if not self.train:
            return source
        items = self._found(owner, [record.instance for record in source.records])
        records = [replace(record, instance=item) for record, item in zip(source.records, items, strict=True)]
        return replace(source, records=records)

    def _found(self, owner: Dataset, items: Sequence[Instance]) -> list[Instance]:
        if self.dataset is None:
            return list(items)
        return with_parallel(items, owner, self.dataset, self.rows, self.by)


def parallel(store: Store, target: Dataset, recipe: Mapping[str, Mapping[str, object]]) -> Parallel:
    """The data set that `translation.data` names. Its labels, if it has any, are not looked at.

    Raises:
        UnknownName: there is no such data set. RecipeError: it is the target itself.
    """
    table, train = recipe["translation"], recipe["stage1"].get("translate") == "train"
    name = str(table.get("data") or "")
    if not name:
        return Parallel()
    dataset = views.dataset(store, name)
    if dataset.id == target.id:
        raise RecipeError(
            f"{name} is what is to be labelled: its own translations are used without naming it.",
            "Leave translation.data empty.",
        )
    rows = strip_gold(views.records(store, name, with_gold=False))
    beside = _side_by_side(rows, dataset, target)
    return Parallel(dataset, rows, beside, str(table.get("by") or "auto"), train)


def aligned(
    store: Store, target: Dataset, recipe: Mapping[str, Mapping[str, object]]
) -> tuple[tuple[Pair, ...], list[str]]:
    """The sentence pairs of the data set that `stage1.parallel` names, and what a run's identity has of it.

    A pair is (text in another language, its translation in the target's); whichever side the data set is on.

    Raises:
        UnknownName: there is no such data set.
        RecipeError: it holds no translations into the target's language.
    """
    name = str(recipe["stage1"].get("parallel") or "")
    if not name:
        return (), []
    dataset = views.dataset(store, name)
    rows = strip_gold(views.records(store, name, with_gold=False))
    of_target = same_language(dataset.language, target.language)
    found = _from_target(rows) if of_target else pairs(rows, target.language)
    if not found:
        raise RecipeError(
            f"{name} holds no sentences with their translations into {target.language}.",
            "Give stage1.parallel a data set of sentence pairs, one side in the language to be labelled.",
        )
    return tuple(found), [dataset.fingerprint]


def offered(store: Store, target: Dataset) -> list[str]:
    """Data sets that `stage1.parallel` can name: their first sentences have translations, one side in the
    target's language. The target itself is not among them.
    """
    found = []
    for dataset in views.datasets(store):
        own = same_language(dataset.language, target.language)
        rows = [] if dataset.id == target.id else list(views.records(store, dataset.id, limit=FIRST))
        texts = [known(row.instance) for row in rows]
        if any(said if own else among(said, target.language) for said in texts):
            found.append(dataset.id)
    return found


def _from_target(rows: Sequence[Instance]) -> list[Pair]:
    """Every translation of every sentence, the sentence itself last."""
    return [(text, row.text) for row in rows for text in known(row).values() if row.text.strip()]


def _side_by_side(rows: Sequence[Instance], dataset: Dataset, target: Dataset) -> list[Instance]:
    """Sentences of the target's language whose translations are known, whichever side the data set is on."""
    if same_language(dataset.language, target.language):
        return [row for row in rows if known(row)]
    found = [(row, among(known(row), target.language)) for row in rows]
    return [
        with_translation(replace(row, tokens=(), text=text, text_b=None, meta={}), dataset.language, row.text)
        for row, text in found
        if text
    ]
