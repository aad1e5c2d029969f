"""Requests in, replies out: one batch, in as many parts as memory allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.llms import Request, parameters
from core.llms.causal.choosing import (
    Chosen,
    Dice,
    Draft,
    Freely,
    choose,
    reader_for,
    softmax,
    write,
)
from core.llms.causal.loading import Loaded
from core.llms.causal.reading import Reader
from core.llms.causal.writing import Ids, Written, opening, prompt_ids, prompt_text, written
from core.llms.frames import answer, max_tokens, spelled, units
from core.types import Completion, CompletionStatus, Posterior

SAMPLED = 0.7
"""Temperature of further samples where none is set."""
FENCE = "```"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request and the key of its completion."""

    request: Request
    key: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or why there is none."""

    text: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    finish_reason: str = "stop"
    status: CompletionStatus = "ok"
    error: str | None = None
    logprobs: tuple[tuple[str, float], ...] | None = None
    label_probabilities: Posterior | None = None

    def completion(self, asked: Asked, model: str, identity: Mapping[str, Any], seconds: float) -> Completion:
        """The call, verbatim."""
        prompt = asked.request.prompt
        return Completion(
            asked.key,
            model,
            prompt.sha256,
            prompt.text,
            self.text,
            self.finish_reason,
            self.prompt_tokens,
            self.completion_tokens,
            self.status,
            parameters=parameters(identity, asked.request),
            seconds=seconds,
            error=self.error,
            logprobs=self.logprobs,
            label_probabilities=self.label_probabilities,
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """A model, how it is asked, and the way it reads."""

    model: Loaded
    free: bool
    max_tokens: int
    temperature: float
    reader: type[Reader]

    @classmethod
    def of(cls, model: Loaded, *, free: bool, max_tokens: int, temperature: float) -> Desk:
        """Tries out how the model can be read."""
        import torch

        with torch.inference_mode():
            return cls(model, free, max_tokens, temperature, reader_for(model))

    def complete(self, asked: Sequence[Asked], pause: Callable[[], None]) -> list[Reply]:
        """A reply to each, in order. Raises RecipeError: as `prompt_text`."""
        import torch

        replies: dict[int, Reply] = {}
        with torch.inference_mode():
            for free in (False, True):
                rows = [row for row, one in enumerate(asked) if self._freely(one) is free]
                part = [asked[row] for row in rows]
                found = self._parted(self._write if free else self._choose, part, pause)
                replies |= dict(zip(rows, found, strict=True))
        return [replies[row] for row in range(len(asked))]

    def _freely(self, asked: Asked) -> bool:
        return self.free or asked.request.frame.style == "text"

    def _parted(
        self,
        work: Callable[[Sequence[Asked], Callable[[], None]], list[Reply]],
        asked: Sequence[Asked],
        pause: Callable[[], None],
    ) -> list[Reply]:
        """Half as many at a time where memory does not suffice for all."""
        import torch

        if not asked:
            return []
        try:
            return work(asked, pause)
        except torch.OutOfMemoryError:
            pass  # what holds memory is let go of with the exception
        if len(asked) == 1:
            return [_failed("the memory does not suffice for this prompt: use fewer or shorter exemplars")]
        half = len(asked) // 2
        return [*self._parted(work, asked[:half], pause), *self._parted(work, asked[half:], pause)]

    def _choose(self, asked: Sequence[Asked], pause: Callable[[], None]) -> list[Reply]:
        asks = [written(self.model, one.request) for one in asked]

        def work(rows: Sequence[int]) -> list[Reply]:
            dice = [self._dice(asked[row]) for row in rows]
            found = choose(self.model, self.reader, [asks[row] for row in rows], dice, pause)
            return [
                _labelled(asked[row].request, asks[row], one) for row, one in zip(rows, found, strict=True)
            ]

        return self._fitting([ask.longest for ask in asks], work)

    def _write(self, asked: Sequence[Asked], pause: Callable[[], None]) -> list[Reply]:
        prompts = [prompt_ids(self.model, prompt_text(self.model, one.request)) for one in asked]
        room = [self.model.context - len(prompt) for prompt in prompts]
        wanted = [self.max_tokens or max_tokens(one.request.frame) for one in asked]
        limits = [min(pair) for pair in zip(room, wanted, strict=True)]

        def work(rows: Sequence[int]) -> list[Reply]:
            drafts = [
                Draft(prompts[row], limits[row], self._dice(asked[row]), self._over(asked[row].request))
                for row in rows
            ]
            found = write(self.model, self.reader, drafts, pause)
            return [self._written(prompts[row], one) for row, one in zip(rows, found, strict=True)]

        return self._fitting([len(prompt) + 1 for prompt in prompts], work)

    def _fitting(self, sizes: Sequence[int], work: Callable[[Sequence[int]], list[Reply]]) -> list[Reply]:
        """Replies to what the model can read at once (in tokens), and to the rest why there are none."""
        context = self.model.context
        rows = [row for row, size in enumerate(sizes) if size <= context]
        found = iter(work(rows) if rows else [])
        return [next(found) if size <= context else _too_long(size, context) for size in sizes]

    def _dice(self, asked: Asked) -> Dice:
        further = asked.request.sample > 0
        return Dice(self.temperature or (SAMPLED if further else 0.0), asked.key)

    def _over(self, request: Request) -> Callable[[Ids], bool]:
        """Running text has no turns: an answer is over where its form says so."""
        if self.model.chat:
            return lambda tokens: False
        begins = opening(prompt_text(self.model, request), request)

        def over(tokens: Ids) -> bool:
            text = self._text(tokens).removeprefix(begins)
            if request.frame.style in ("label", "inline", "text"):
                return "\n" in text.lstrip()
            return f"\n{FENCE}" in text or "\n\n" in text.strip("\n")

        return over

    def _written(self, prompt: Ids, found: Freely) -> Reply:
        return Reply(
            self._text(found.tokens),
            len(prompt),
            len(found.tokens),
            "stop" if found.ended else "length",
            "ok" if found.ended else "truncated",
            logprobs=tuple(zip(self._pieces(found.tokens), found.logprobs, strict=True)),
        )

    def _text(self, tokens: Sequence[int]) -> str:
        text: str = self.model.tokenizer.decode(
            list(tokens), skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text

    def _pieces(self, tokens: Ids) -> list[str]:
        """What each token adds to the text; half a character adds nothing until it is whole."""
        pieces, shown = [], ""
        for count in range(1, len(tokens) + 1):
            text = self._text(tokens[:count])
            whole = text if count == len(tokens) else text.rstrip("\ufffd")
            pieces.append(whole[len(shown) :])
            shown = whole if len(whole) > len(shown) else shown
        return pieces


def _labelled(request: Request, asked: Written, found: Chosen) -> Reply:
    """Set text counts as certain; a label has the log-probability of all its tokens together."""
    frame = request.frame
    pieces: list[tuple[str, float]] = []
    for unit, place, scores in zip(units(frame), found.labels, found.scores, strict=True):
        pieces += [(unit.before, 0.0), (spelled(frame)[place], scores[place]), (unit.after, 0.0)]
    return Reply(
        answer(frame, [frame.labels[place] for place in found.labels]),
        len(asked.prompt),
        found.tokens,
        logprobs=tuple(piece for piece in pieces if piece[0]),
        label_probabilities=tuple(tuple(softmax(scores)) for scores in found.scores),
    )


def _too_long(size: int, context: int) -> Reply:
    return _failed(
        f"prompt and answer take {size:,} tokens and the model reads {context:,}: show fewer exemplars"
    )


def _failed(problem: str) -> Reply:
    return Reply(status="failed", finish_reason="", error=problem)
