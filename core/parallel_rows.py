"""Rows that are translations of each other carry the same label: learning from one gives the other away.

SIB-200 has the same label under the same `index_id` in every language, AmericasNLI under the same `id`.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import RecipeError
from core.types import Dataset, Instance, Record

KEY = "parallel_key"
"""In the meta of a data set: under which name its rows carry what they share with their translations."""


def without_translations(
    source: Dataset, records: Sequence[Record], target: Dataset, instances: Sequence[Instance]
) -> list[Record]:
    """The records that are no translation of an instance which is to be labelled.

    Raises:
        RecipeError: none is left.
    """
    key = source.meta.get(KEY)
    if not isinstance(key, str) or key != target.meta.get(KEY) or source.language == target.language:
        return list(records)
    asked = {item.meta.get(key) for item in instances} - {None}
    kept = [record for record in records if record.instance.meta.get(key) not in asked]
    if not kept:
        raise RecipeError(
            f"every row of {source.id} is a translation of a row to be labelled and has the same label: "
            "nothing would be left to learn.",
            f"Learn from another split: --source {source.id}:train.",
        )
    return kept
