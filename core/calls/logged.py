"""A language model whose calls are kept: what was answered once is not asked again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

from core.calls.log import CallLog
from core.calls.spending import Account, Bounds
from core.llms import LLM, Alive, Request, request_key
from core.types import Completion

Pair = tuple[Request, Completion]
Asked = tuple[Request, str]
"""A request and the key of its call."""
HITS = 256
"""Answers of the log that are held while the model is asked for others."""


@runtime_checkable
class Bounded(Protocol):
    """A model that knows the most tokens a call can take."""

    def bounds(self, request: Request) -> Bounds: ...


class Logged:
    """An `LLM` in front of another one: the log answers what it can, and gets everything else.

    Calls are in the log before they are given on; a model that `keeps` them puts them there itself.
    """

    def __init__(self, llm: LLM, log: CallLog, account: Account | None = None, run: str = "") -> None:
        self.llm, self.log, self.account, self.run = llm, log, account or Account(), run
        self._identity = dict(llm.identity())

    @property
    def name(self) -> str:
        """What runs record as their model."""
        return self.llm.name

    def identity(self) -> Mapping[str, Any]:
        """See `LLM.identity`."""
        return self._identity

    def key(self, request: Request) -> str:
        """What a request is kept under."""
        return request_key(self._identity, request)

    def answers(self, requests: Iterable[Request], alive: Alive) -> Iterator[Pair]:
        """See `LLM.answers`.

        Raises:
            BudgetReached: one more call could pass the budget; all others were given.
            CallLogTrouble: an answer cannot be kept.
        """
        return _Round(self, requests, alive).pairs()


class _Round:
    """One pass over some requests."""

    def __init__(self, owner: Logged, requests: Iterable[Request], alive: Alive) -> None:
        self._owner, self._rest, self._alive = owner, iter(requests), alive
        self._next: Asked | None = None
        self._hits: list[Pair] = []
        self._followers: dict[str, list[Request]] = {}

    def pairs(self) -> Iterator[Pair]:
        while True:
            yield from self._leading()
            if self._next is None:
                return
            yield from self._asked()

    def _leading(self) -> Iterator[Pair]:
        """What the log knows, up to the first request that it does not."""
        while asked := self._take():
            found = self._find(asked)
            if found is None:
                self._next = asked
                return
            yield asked[0], found

    def _asked(self) -> Iterator[Pair]:
        """What the model is asked for, and what the log knows among it."""
        answers = self._owner.llm.answers(self._misses(), self._alive)
        try:
            for request, completion in answers:
                followers = self._kept(request, completion)
                yield request, completion
                for follower in followers:
                    self._owner.account.hit()
                    yield follower, completion
                yield from self._held()
        finally:
            _close(answers)
            self._owner.account.release(self._followers)
        yield from self._held()

    def _misses(self) -> Iterator[Request]:
        """What the log does not know; ends where the budget may be reached, or too many were known."""
        while len(self._hits) < HITS and (asked := self._take()):
            found = self._find(asked)
            if found is not None:
                self._hits.append((asked[0], found))
            elif asked[1] in self._followers:
                self._followers[asked[1]].append(asked[0])
            elif self._reserved(asked):
                yield asked[0]
            else:
                self._next = asked
                return

    def _take(self) -> Asked | None:
        """The next request with its key."""
        held, self._next = self._next, None
        if held:
            return held
        request = next(self._rest, None)
        return None if request is None else (request, self._owner.key(request))

    def _find(self, asked: Asked) -> Completion | None:
        found = self._owner.log.find(asked[1])
        if found is not None:
            self._owner.account.hit()
        return found

    def _reserved(self, asked: Asked) -> bool:
        """Whether the budget allows the call now. Raises BudgetReached where it never will."""
        request, key = asked
        account, model = self._owner.account, self._owner.llm
        bounds = model.bounds(request) if isinstance(model, Bounded) else (0, 0)
        if account.reserve(key, bounds):
            self._followers[key] = []
            return True
        if not account.on_their_way:
            raise account.reached()
        return False

    def _kept(self, request: Request, completion: Completion) -> list[Request]:
        """The requests that waited for the same call, once it is in the log."""
        owner = self._owner
        if not getattr(owner.llm, "keeps", False):
            owner.log.add([completion], owner.run)
        key = owner.key(request)
        owner.account.book(key, completion)
        return self._followers.pop(key, [])

    def _held(self) -> Iterator[Pair]:
        held, self._hits = self._hits, []
        yield from held


def _close(answers: object) -> None:
    """Generators, and answers that are on their way, can be given up; a list cannot."""
    close = getattr(answers, "close", None)
    if close:
        close()
