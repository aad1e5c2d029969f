"""Talking with a language model until each item has its labels, or there is no more to be had.

In rounds: first every item is asked; those whose answers cannot be used are then told what was wrong, in a
further turn that is a call of its own. So a model that works in batches keeps working in batches, and a run
that was interrupted finds every finished turn in the log of calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from core.asking.confidence import (
    NOT_KNOWN,
    Method,
    Sure,
    agreed,
    generated,
    scored,
    verbalised,
    with_chance,
)
from core.asking.manner import Manner, Question, opening
from core.asking.outcomes import error_of, outcome_of, status_of, worth_repair
from core.asking.repairs import HOW_SURE, PERCENTAGES, said_again, to_mend
from core.asking.styles import read
from core.llms import LLM, Alive, Frame, Request
from core.tasks.reading import Reading
from core.types import Completion, Outcome, Prediction


@dataclass(frozen=True, slots=True)
class Answer:
    """An item's labels, and the calls they took, in order.

    `method` is how the confidences were come by, None where there are none. The call that the labels were
    read from is the prediction's `completion_key`.
    """

    prediction: Prediction
    calls: tuple[Completion, ...]
    method: Method | None = None


@dataclass(frozen=True, slots=True)
class _Heard:
    """One answer that was read."""

    completion: Completion
    reading: Reading
    outcome: Outcome


@dataclass(slots=True)
class _Talk:
    """One conversation about one item."""

    question: Question
    request: Request
    heard: list[_Heard] = field(default_factory=list)
    number_said: str | None = None
    extra: list[Completion] = field(default_factory=list)

    @property
    def best(self) -> _Heard:
        """The turn with the most labels; of equals the last one that was answered."""
        answered = [turn for turn in self.heard if turn.outcome != "failed"] or self.heard
        return max(reversed(answered), key=lambda turn: turn.reading.usable)


def ask(llm: LLM, manner: Manner, questions: Iterable[Question], alive: Alive) -> Iterator[Answer]:
    """One answer per question, in the order in which they are settled.

    Raises:
        RecipeError: the template cannot be rendered, or nothing can be asked at all.
        Cancelled: `alive` said so.
    """
    talks = _Talks(manner)
    requests: Iterable[Request] = talks.openings(questions)
    while True:
        further: list[Request] = []
        for request, completion in llm.answers(requests, alive):
            follows = talks.hear(request, completion)
            if follows is not None:
                further.append(follows)
            else:
                yield from talks.settled(request.number)
        if not further:
            return
        requests = further


class _Talks:
    """The conversations that are not over yet."""

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._open: dict[int, _Talk] = {}
        self._over: dict[int, list[_Talk]] = {}

    def openings(self, questions: Iterable[Question]) -> Iterator[Request]:
        samples = self._manner.samples
        for place, question in enumerate(questions):
            for sample in range(samples):
                request = opening(self._manner, place * samples + sample, question, sample)
                self._open[request.number] = _Talk(question, request)
                yield request

    def hear(self, request: Request, completion: Completion) -> Request | None:
        """Take an answer in; the turn that follows it, or None where the conversation is over."""
        talk = self._open[request.number]
        if request.frame.labels == PERCENTAGES and talk.heard:
            talk.number_said, talk.extra = completion.text, [completion]
            return None
        manner = self._manner
        instance = talk.question.instance
        reading = read(manner.style, completion.text, manner.task, instance, manner.labels)
        outcome = outcome_of(completion, reading, len(talk.heard))
        status = status_of(completion, outcome)
        talk.heard.append(_Heard(replace(completion, status=status), reading, outcome))
        talk.request = request
        if worth_repair(completion, reading) and len(talk.heard) <= manner.asking.repairs:
            return self._mending(request, talk.heard[-1], talk)
        if manner.method == "verbalised" and talk.best.reading.usable:
            return self._how_sure(talk)
        return None

    def _mending(self, request: Request, heard: _Heard, talk: _Talk) -> Request:
        manner, cut_off = self._manner, heard.outcome == "truncated"
        instance = talk.question.instance
        said = to_mend(heard.reading, manner.style, instance, manner.labels, cut_off=cut_off)
        turns = (("assistant", said_again(heard.completion.text)), ("user", said))
        return replace(request, then=(*request.then, *turns))

    def _how_sure(self, talk: _Talk) -> Request:
        answer = said_again(talk.best.completion.text)
        turns = (("assistant", answer), ("user", HOW_SURE))
        return replace(talk.request, then=turns, frame=Frame("label", PERCENTAGES))

    def settled(self, number: int) -> Iterator[Answer]:
        """The answer that the end of this conversation completes, if it does."""
        talk = self._open.pop(number)
        samples = self._manner.samples
        if samples == 1:
            yield self._answer(talk)
            return
        together = self._over.setdefault(number // samples, [])
        together.append(talk)
        if len(together) == samples:
            del self._over[number // samples]
            yield self._majority(sorted(together, key=lambda other: other.request.sample))

    def _answer(self, talk: _Talk) -> Answer:
        best = talk.best
        sure, method = self._sure(talk, best)
        sure = with_chance(sure, best.reading, self._manner.labels)
        calls = tuple(turn.completion for turn in talk.heard)
        row = _prediction(talk, best, best.reading, best.outcome, sure)
        return Answer(row, (*calls, *talk.extra), method)

    def _sure(self, talk: _Talk, best: _Heard) -> tuple[Sure, Method | None]:
        manner, completion = self._manner, best.completion
        found: dict[Method, Sure] = {}
        if manner.method in (None, "scoring"):
            found["scoring"] = scored(completion, best.reading, manner.labels)
        if manner.method in (None, "tokens") and not found.get("scoring", NOT_KNOWN).confidences:
            item = talk.question.instance
            found["tokens"] = generated(
                completion, best.reading, manner.style, manner.task, item, manner.labels
            )
        if manner.method == "verbalised" and talk.number_said is not None:
            found["verbalised"] = verbalised(talk.number_said, best.reading, PERCENTAGES)
        for method, sure in found.items():
            if sure.confidences is not None:
                return sure, method
        return NOT_KNOWN, None

    def _majority(self, talks: list[_Talk]) -> Answer:
        """What most of the answers say, and how many of them agree."""
        bests = [talk.best for talk in talks]
        manner = self._manner
        reading, sure = agreed([best.reading for best in bests], manner.labels, manner.task.fallback)
        first = max(bests, key=lambda best: best.reading.usable)
        outcome = first.outcome if first.reading.complete or not reading.complete else "repaired"
        calls = tuple(turn.completion for talk in talks for turn in talk.heard)
        return Answer(_prediction(talks[0], first, reading, outcome, sure), calls, "samples")


def _prediction(talk: _Talk, from_: _Heard, reading: Reading, outcome: Outcome, sure: Sure) -> Prediction:
    return Prediction(
        talk.question.instance.position,
        reading.labels,
        sure.confidences,
        sure.posterior,
        completion_key=from_.completion.key,
        error=error_of(from_.completion, reading, outcome),
        outcome=outcome,
    )
