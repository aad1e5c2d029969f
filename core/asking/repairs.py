"""Telling a model what was wrong with its answer, so that it can mend it."""

from __future__ import annotations

from core.llms import Style
from core.tasks.reading import Reading
from core.types import Instance, Labels

LONGEST_ANSWER = 4_000
"""Characters of an answer that are shown to the model again."""
FORM = {
    "rows": "one line per word, in this order: the word exactly as given, a tab, one tag",
    "json": 'one JSON document {"words": [{"word": "...", "tag": "..."}, ...]}, every word in this order',
    "inline": "every word exactly as given, in this order, in one line: word/TAG word/TAG",
}
HOW_SURE = (
    "How sure are you, in percent, that all of this is right? Reply with one number out of: "
    "0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100."
)
PERCENTAGES: Labels = tuple(str(number) for number in range(0, 101, 10))


def said_again(text: str) -> str:
    """An answer as the model's own turn: cut where it is very long, never empty."""
    if len(text) > LONGEST_ANSWER:
        return f"{text[:LONGEST_ANSWER]} [...]"
    return text if text.strip() else "(no answer)"


def to_mend(reading: Reading, style: Style, instance: Instance, labels: Labels, *, cut_off: bool) -> str:
    """What the model is told: what was wrong, and what the answer has to be."""
    wrong = reading.fault or "it is not what was asked for"
    wrong = f"it broke off, and {wrong}" if cut_off else wrong
    if not instance.tokens:
        form = 'one JSON document {"label": "..."}' if style == "json" else "one of these alone"
        return f"That answer cannot be used: {wrong}. Answer again, with {form}: {', '.join(labels)}."
    return (
        f"That answer cannot be used as it stands: {wrong}. Give the whole answer again for the same "
        f"{len(instance.tokens)} words: {FORM.get(style, FORM['rows'])}. Write nothing else. "
        f"The words, one per line:\n" + "\n".join(instance.tokens) + f"\nAllowed tags: {', '.join(labels)}."
    )
