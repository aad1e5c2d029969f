"""Which text goes where before it goes: a sentence for people, and the gate of `core.egress`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.costs import STAYS
from core.costs.sampling import mines
from core.costs.translations import mode_of
from core.egress import EgressRefused, host_of, is_this_machine
from core.llms import LIVE
from core.run_input import RunInput
from core.types import Dataset, Egress

ITEMS = {"pos": "sentence", "ner": "sentence", "nli": "pair of sentences", "topic": "text"}
MANY = {"sentence": "sentences", "pair of sentences": "pairs of sentences", "text": "texts"}


@dataclass(frozen=True, slots=True)
class Text:
    """So many items of a data set; `up_to`: at most so many. `role` is "" or exemplar."""

    dataset: str
    n: int
    egress: Egress
    role: str = ""
    up_to: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a part of a recipe sends text. `host` "" = nowhere, the part works in process."""

    host: str
    model: str
    purpose: str
    texts: tuple[Text, ...]
    agreed: bool

    @property
    def leaves(self) -> bool:
        """Whether that is another machine."""
        return bool(self.host) and not is_this_machine(self.host)


def destinations(job: RunInput) -> list[Destination]:
    """Everywhere a run sends text, the language model first."""
    found = [_model(job), _embedder(job)]
    return [one for one in found if one is not None and one.texts]


def _model(job: RunInput) -> Destination | None:
    """The language model sees what it labels or translates, and the exemplars it is shown."""
    if job.recipe["stage2"]["llm"] not in LIVE:
        return None
    labels = any(job.recipe[stage]["labeler"] == "incontext" for stage in ("stage1", "stage2"))
    mode = mode_of(job)
    texts = [_target(job)] if labels or mode == "test" else []
    if mode == "train":
        texts += [Text(source.dataset, len(source.records), source.egress) for source in job.sources]
    elif mines(job):
        texts += [_whole(source.dataset, len(source.records), source.egress) for source in job.sources]
        labels = True
    elif labels:
        texts += _exemplars(job)
    return _destination(job.recipe.get("llm", {}), "labels" if labels else "translations", tuple(texts))


def _embedder(job: RunInput) -> Destination | None:
    """A server of vectors sees all that is compared: the target, and what of the sources is shown."""
    table = job.recipe["embedder"]
    if table["name"] != "endpoint" or not table.get("base_url"):
        return None
    shown = tuple(_whole(source.dataset, len(source.records), source.egress) for source in job.sources)
    return _destination(table, "vectors", (_target(job), *(shown if _shows_sources(job) else ())))


def _destination(table: Mapping[str, Any], purpose: str, texts: tuple[Text, ...]) -> Destination:
    address, agreed = str(table.get("base_url", "")), str(table.get("agreed", ""))
    host = host_of(address) if address else ""
    has_leave = bool(agreed) and host_of(agreed) == host
    return Destination(host, str(table.get("model", "")), purpose, texts, has_leave)


def _target(job: RunInput) -> Text:
    return Text(job.dataset.id, len(job.instances) + len(job.others), job.dataset.egress)


def _whole(dataset: str, n: int, egress: Egress) -> Text:
    return Text(dataset, n, egress, "exemplar")


def _shows_sources(job: RunInput) -> bool:
    return _per_query(job) > 0


def _per_query(job: RunInput) -> int:
    """Exemplars of the sources that one item is shown, over both stages."""
    first, second = job.recipe["stage1"], job.recipe["stage2"]
    in_first = int(first.get("k", 0)) if first["labeler"] == "incontext" else 0
    in_second = int(second.get("from_sources", 0)) if second["labeler"] == "incontext" else 0
    return in_first + in_second


def _exemplars(job: RunInput) -> Iterator[Text]:
    most = _per_query(job) * len(job.instances)
    for source in job.sources:
        n = min(most, len(source.records))
        if n:
            yield Text(source.dataset, n, source.egress, "exemplar", up_to=True)


def statement(found: Iterable[Destination], task: str) -> str:
    """What leaves this machine and where to, or that nothing does."""
    all_of_them = list(found)
    away = [one for one in all_of_them if one.leaves]
    if not away:
        return f"{STAYS}: {_stays(all_of_them)}."
    return " ".join(_sentence(one, task) for one in away)


def _stays(found: Iterable[Destination]) -> str:
    said = [
        f"{one.model or 'the model'} {f'is asked at {one.host}' if one.host else 'works in this process'}"
        for one in found
    ]
    return "; ".join(said) or "no language model is asked"


def _sentence(one: Destination, task: str) -> str:
    target, *shown = [_counted(text, task) for text in one.texts]
    also = f" (and {', '.join(shown)})" if shown else ""
    purpose = "" if one.purpose == "labels" else f", for {one.purpose}"
    return f"{target}{also} go to {one.host} (model {one.model or 'unnamed'}{purpose})."


def _counted(text: Text, task: str) -> str:
    noun = ITEMS[task]
    role = f"{text.role} " if text.role else ""
    number = f"{'up to ' if text.up_to else ''}{text.n:,}"
    return f"{number} {role}{noun if text.n == 1 else MANY[noun]} of {text.dataset}"


def to_agree(found: Iterable[Destination]) -> tuple[str, ...]:
    """Hosts that somebody has to agree to before text goes there.

    Raises:
        EgressRefused: text would go there that has to stay on this machine.
    """
    hosts: dict[str, None] = {}
    for one in found:
        if not one.leaves:
            continue
        for text in one.texts:
            if text.egress == "local":
                raise EgressRefused(
                    f"{text.dataset} is set to stay on this machine: its text is not sent to {one.host}.",
                    f"Use a model on this machine, or allow it: ssp egress {text.dataset} ask",
                )
        if not one.agreed and any(text.egress != "any" for text in one.texts):
            hosts[one.host] = None
    return tuple(hosts)


def owners(job: RunInput) -> list[Dataset]:
    """The data sets of a run: its target and its sources."""
    sources = [
        Dataset(one.dataset, one.dataset, one.language, job.dataset.task, (), egress=one.egress)
        for one in job.sources
    ]
    return [job.dataset, *sources]
