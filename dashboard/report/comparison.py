"""The report of a comparison, filled from its numbers and charts."""

from __future__ import annotations

from collections.abc import Iterator

from core import languages
from core.comparison import HUMAN, Comparison
from dashboard import naming
from dashboard.report import beside, headline, sections
from dashboard.report.document import Document, Section
from dashboard.report.examples import examples
from dashboard.report.told import Matter, Told


def of(compared: Comparison, told: Told, *, before: int = 0, after: int = 1) -> Document:
    """A report on two sides of a comparison, and on what the others add.

    Args:
        before, after: places of the two sides; the same place where there is one side only.
    """
    matter = Matter(compared, told, before, after)
    dataset = compared.dataset
    first, second = matter.pair
    return Document(
        title=f"{languages.of(dataset).name}: {second}" + ("" if matter.single else f" against {first}"),
        subtitle=f"{naming.TASKS[dataset.task]}, {dataset.name}",
        facts=_facts(matter),
        sections=tuple(_sections(matter)),
        sides=tuple(told.names),
        colors=told.colors,
        caption=told.caption,
        command=told.command,
        made=told.made,
    )


def _sections(matter: Matter) -> Iterator[Section]:
    made = (
        headline.section,
        sections.changes,
        sections.labels,
        sections.confusions,
        sections.slices,
        beside.calibrations,
        beside.price,
        beside.blame,
        beside.agreement,
        examples,
    )
    for make in made:
        found = make(matter)
        if found is not None and (found.parts or found.paragraphs):
            yield found


def _facts(matter: Matter) -> dict[str, str]:
    """What was compared, on what, against what; what is not known is left out."""
    compared, dataset = matter.compared, matter.compared.dataset
    names = enumerate(zip(matter.told.names, compared.sides, strict=True), 1)
    sides = {f"Side {place}": f"{name} ({side})" for place, (name, side) in names}
    left_out = sum(compared.missing)
    beside = f"; {left_out:,} that not all sides labelled are left out" if left_out else ""
    facts = {
        **sides,
        "Looked at": f"{matter.before + 1} → {matter.after + 1}" if len(sides) > 2 else "",
        "Data": f"{dataset.name} ({dataset.id})" + (", illustrative" if dataset.illustrative else ""),
        "Held to be right": _right(matter),
        "Size": _size(matter) + beside,
        "Label set": f"{len(dataset.labels)} labels: {' '.join(dataset.labels)}",
        "Licence of the data": dataset.licence,
    }
    return {name: value for name, value in facts.items() if value}


def _right(matter: Matter) -> str:
    if not matter.judged:
        return "nothing: the sides are held against each other"
    return "what humans corrected" if matter.compared.against == HUMAN else "the gold labels of the data set"


def _size(matter: Matter) -> str:
    compared = matter.compared
    counted = naming.counted(compared.n_sentences, compared.dataset.task)
    return f"{counted}, {compared.n_tokens:,} tokens" if matter.unit == "tokens" else counted
