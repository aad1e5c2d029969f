"""What a run will ask for, and what that costs, before it begins. Nothing is sent to find out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

from core.calls.pricing import REMARK, Price, price
from core.costs import NOTHING, Estimate, PerItem, Range, translations
from core.costs.counting import EXEMPLARS, Counted, counted, tokenizer
from core.costs.leaving import destinations, statement, to_agree
from core.costs.pace import Pace, recipe_pace
from core.costs.repairs import Repairs, repairs_of
from core.costs.sampling import Asked, sampled
from core.jobs.prepare import Request, prepare
from core.language_model import remembered
from core.llms import LIVE, Style
from core.recipes import model_settings
from core.run_input import RunInput
from core.settings import with_workspace
from core.store import Store, views

SAMPLE = 50
"""Items whose prompts are rendered and counted."""


def estimate(store: Store, request: Request, workspace: Path) -> Estimate:
    """What a run will ask for, and what it costs.

    Raises:
        StudioError: what `prepare` raises. EgressRefused: text would leave that has to stay.
    """
    return estimate_of(store, prepare(store, request), workspace)


def estimate_of(store: Store, job: RunInput, workspace: Path) -> Estimate:
    """As `estimate`, for a run that is prepared."""
    places = destinations(job)
    said, agree = statement(places, job.dataset.task), to_agree(places)
    name = str(job.recipe["stage2"]["llm"])
    if name not in LIVE or not places:
        return _no_model(job, said, agree)
    model, seen = remembered(name, model_settings(job.recipe), workspace)
    asked = sampled(job, SAMPLE, job.seed, seen)
    allowed = asked[-1].manner.asking.repairs if asked else 0
    repairs = repairs_of(views.model_outcomes(store, model.name), allowed)
    log = with_workspace(workspace).calls if _is_settled(model) else None
    stages = [counted(stage, model, repairs, log, _styles(stage, model, seen)) for stage in asked]
    translated = translations.counted(job, tokenizer(model), SAMPLE)
    stages += [translated] if translated else []
    host = places[0].host
    paid = price(model.name, host, workspace)
    untried = any(_styles(stage, model, seen) for stage in asked)
    plan = _Plan(asked, stages, repairs, recipe_pace(store, job.recipe), paid, untried)
    return plan.estimate(job, model, host, said, agree)


def _is_settled(model: Any) -> bool:
    """Whether it is known how the model will be asked, so that calls can be looked up in the log."""
    decided = (getattr(model, "constrain", "auto"), getattr(model, "logprobs", "auto"))
    return "auto" not in decided


def _styles(asked: Asked, model: Any, seen: object | None) -> tuple[Style, ...]:
    """The style that answers may turn out to have: a server not tried out yet may obey a schema alone."""
    untried = seen is None and getattr(model, "constrain", "none") == "auto"
    return ("json",) if untried and asked.manner.asking.output == "auto" else ()


def _no_model(job: RunInput, said: str, agree: tuple[str, ...]) -> Estimate:
    return Estimate(
        items=len(job.instances),
        calls=NOTHING,
        cached=0,
        prompt_tokens=NOTHING,
        completion_tokens=NOTHING,
        price=NOTHING,
        currency="",
        priced="no language model is asked",
        seconds=None,
        host="",
        model="",
        statement=said,
        agree=agree,
    )


@dataclass(frozen=True)
class _Plan:
    asked: Sequence[Asked]
    stages: Sequence[Counted]
    repairs: Repairs
    pace: Pace
    price: Price | None
    untried: bool

    def estimate(self, job: RunInput, model: Any, host: str, said: str, agree: tuple[str, ...]) -> Estimate:
        calls = _sum([stage.calls for stage in self.stages])
        prompt = _sum([stage.prompt.times(_new(stage)) for stage in self.stages])
        completion = _sum([stage.completion.times(_new(stage)) for stage in self.stages])
        to_ask = _sum([stage.calls.times(_new(stage)) for stage in self.stages])
        return Estimate(
            items=len(job.instances),
            calls=calls,
            cached=self._cached(),
            prompt_tokens=prompt,
            completion_tokens=completion,
            price=self._money(prompt, completion),
            currency=self.price.currency if self.price else "",
            priced=_priced(self.price),
            seconds=self.pace.of(to_ask, prompt.plus(completion)),
            host=host,
            model=model.name,
            statement=said,
            agree=agree,
            measured_on=max(stage.measured for stage in self.stages),
            per_item=self._per_item(len(job.instances)),
            notes=tuple(self._notes()),
        )

    def _cached(self) -> int | None:
        if any(stage.found is None for stage in self.stages):
            return None
        return round(sum((stage.found or 0.0) * stage.calls.low for stage in self.stages))

    def _money(self, prompt: Range, completion: Range) -> Range | None:
        if self.price is None:
            return None
        pairs = zip(
            (prompt.low, prompt.likely, prompt.high),
            (completion.low, completion.likely, completion.high),
            strict=True,
        )
        return Range(*(self.price.of(*pair) for pair in pairs))

    def _per_item(self, n: int) -> PerItem:
        """What is asked once, whatever the number of items, is left out."""
        labelling = [*self.stages][self._mines :]
        calls, prompt, completion = (
            _sum([getattr(stage, name) for stage in labelling]).likely / max(1, n)
            for name in ("calls", "prompt", "completion")
        )
        measured = max((stage.measured for stage in labelling), default=0)
        return PerItem(calls, prompt, completion, "estimated", measured)

    @property
    def _mines(self) -> bool:
        return bool(self.asked) and self.asked[0].stage == "mining"

    def _notes(self) -> list[str]:
        said = [f"Tokens: {stage.how}" for stage in self.stages[:1] if stage.how]
        if self.untried:
            said.append(
                "What the server obeys was not tried out yet (ssp llm probe); answers are taken to be JSON, "
                "the longest it could ask for."
            )
        if not all(stage.certain for stage in self.asked):
            said.append(
                "Exemplars are not chosen yet: others of the same pool stand in, and prompts may be off by "
                f"{EXEMPLARS:.0%} for that."
            )
        if self._mines:
            said.append(
                f"{self.stages[0].calls.likely:,.0f} of the calls try exemplars for the retriever, once: "
                "other runs with the same sources and settings use it again."
            )
        if len(self.stages) > len(self.asked):
            said.append(f"{self.stages[-1].calls.likely:,.0f} of the calls are translations.")
        if self._cached() is None:
            said.append("How many calls are in the log already is known when the run asks for them.")
        if self.repairs.calls.high and not self.repairs.known_from:
            said.append(
                f"{self.repairs.calls.likely:.0%} of the answers are taken to need mending: an assumption, "
                "this model was not asked yet."
            )
        if self.pace.seconds is None:
            said.append("How long a call takes is not known: none was made to this model yet.")
        return said


def _sum(parts: Sequence[Range]) -> Range:
    return reduce(Range.plus, parts, NOTHING)


def _new(stage: Counted) -> float:
    """The share of a stage's calls that are not in the log."""
    return 1.0 - (stage.found or 0.0)


def _priced(found: Price | None) -> str:
    if found is None:
        return "no price is known for this model there; set one with `ssp llm prices`"
    if not found.date:
        return found.source
    return (
        f"{found.prompt:g} and {found.completion:g} {found.currency} per million tokens of prompts and "
        f"answers ({found.source}, {found.date}). {REMARK}"
    )
