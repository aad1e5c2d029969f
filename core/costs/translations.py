"""What the language model of a run is asked to translate, before it labels anything."""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import fmean

from core.asking.token_counts import count_tokens
from core.costs import Range
from core.costs.counting import Counted
from core.llms import LIVE
from core.run_input import RunInput

INSTRUCTION = 40
"""Tokens of a question around the text it is about."""
SHORTER, LONGER = 0.5, 4.0
"""Tokens of a translation for one of its original: bounds."""


def mode_of(job: RunInput) -> str:
    """What the run's language model translates: test (the target), train (the sources), or "" (nothing)."""
    table = job.recipe.get("translation", {})
    if table.get("name") != "llm" or job.recipe["stage2"]["llm"] not in LIVE:
        return ""
    mode = str(job.recipe["stage1"].get("translate", "none"))
    return mode if mode in ("test", "train") else "test" if table.get("beside") is True else ""


def counted(job: RunInput, model: str, most: int) -> Counted | None:
    """Calls and tokens of the translations, from up to `most` texts; None where nothing is translated."""
    texts = _texts(job)
    if not texts:
        return None
    sample = random.Random(job.seed).sample(texts, min(most, len(texts)))  # noqa: S311  no secret
    sizes = [count_tokens(text, model) for text in sample]
    likely, low, high = (
        fmean(values) * len(texts)
        for values in (
            [size.tokens for size in sizes], [size.low for size in sizes], [size.high for size in sizes],
        )
    )  # fmt: skip
    around = Range(INSTRUCTION, INSTRUCTION, INSTRUCTION).times(len(texts))
    return Counted(
        len(job.instances),
        Range(len(texts), len(texts), len(texts)),
        Range(low, likely, high).plus(around),
        Range(SHORTER * low, likely, LONGER * high),
        None,
        len(sample),
        sizes[0].how,
    )


def _texts(job: RunInput) -> Sequence[str]:
    """Each text once: the same is not asked twice."""
    mode = mode_of(job)
    if mode == "train":
        items = [record.instance for source in job.sources for record in source.records]
    else:
        items = [*job.instances, *job.others] if mode == "test" else []
    found = [text for item in items for text in (item.text, item.text_b) if text]
    return list(dict.fromkeys(found))
