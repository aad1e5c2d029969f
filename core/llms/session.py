"""Calls of one endpoint on one event loop: paced, at most so many at once, repeated where that may help."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from core.llms import Request, content_key, parameters
from core.llms.bodies import answer_bound, body_of, prompt_bound
from core.llms.keeping import Keeper
from core.llms.line import Line
from core.llms.pacing import Pace
from core.llms.replies import NEW_NAME, Reply, document_of, read
from core.llms.troubles import Again, Health, Trouble
from core.types import Completion

if TYPE_CHECKING:
    from tenacity import AsyncRetrying, RetryCallState

    from core.llms.endpoint import Endpoint

CHAT, MODELS = "chat/completions", "models"
PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the first repetition, doubled each time; and the most."""
LONGEST_ASKED = 120.0
"""Seconds a host is left alone at its own wish, whatever it asks for."""
KNOCKS = 3
"""Attempts to reach a host that has never answered."""
BYTES_PER_TOKEN = 3
"""For pacing alone, where a guess is good enough."""
SHOWN_MODELS = 8


class Session:
    """`async with` it; then `complete`, `models` or `raw`, any number at once."""

    def __init__(self, part: Endpoint, line: Line) -> None:
        self._part, self._line = part, line
        self._identity = part.identity()
        self._health = Health(line.host)
        self._keeper = Keeper(line.keep) if line.keep else None
        self._renamed = False

    async def __aenter__(self) -> Session:
        from core.llms import _client

        self._send = _client.send
        self._client = _client.opened(self._line, self._part.concurrency)
        self._slots = asyncio.Semaphore(self._part.concurrency)
        self._pace = Pace(self._part.requests_per_minute, self._part.tokens_per_minute)
        return self

    async def settle(self) -> None:
        """Keep the answers that are here already."""
        if self._keeper:
            await self._keeper.close()

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def complete(self, request: Request) -> Completion:
        """The completion of a request; one that got no answer has failed and says why.

        Raises:
            RecipeError: nothing can be asked at all.
        """
        attempts = self._attempts(self._part.retries)
        try:
            reply: Reply
            seconds: float
            reply, seconds = await attempts(self._once, request)
        except Trouble as trouble:
            tried = attempts.statistics.get("attempt_number", 1)
            return await self._failed(request, trouble, int(tried))
        self._health.good()
        return await self._kept(self._completion(request, reply, seconds))

    async def _kept(self, completion: Completion) -> Completion:
        if self._keeper:
            await self._keeper.kept(completion)
        return completion

    def _attempts(self, retries: int) -> AsyncRetrying:
        from tenacity import AsyncRetrying, retry_if_exception_type, wait_random_exponential

        return AsyncRetrying(
            stop=partial(self._enough, retries + 1),
            wait=partial(_pause, wait_random_exponential(PAUSE, LONGEST_PAUSE, min=PAUSE / 2)),
            retry=retry_if_exception_type(Again),
            reraise=True,
        )

    async def _once(self, request: Request) -> tuple[Reply, float]:
        """One attempt: the reply and the seconds it took."""
        renamed = self._renamed
        try:
            return await self._asked(request, body_of(self._part, request))
        except Again as again:
            again.last = again.lost and not self._line.may_repeat(request)
            if again.wait:
                self._pace.hold(min(again.wait, LONGEST_ASKED))
            raise
        except Trouble as trouble:
            if trouble.kind != NEW_NAME or renamed:
                raise
        self._renamed = True
        return await self._asked(request, body_of(self._part, request))

    async def _asked(self, request: Request, body: dict[str, Any]) -> tuple[Reply, float]:
        if self._renamed:
            body[NEW_NAME] = body.pop("max_tokens", None)
        tokens = (
            prompt_bound(request) // BYTES_PER_TOKEN + answer_bound(self._part, request) // BYTES_PER_TOKEN
        )
        await self._pace.wait(tokens)
        async with self._slots:
            self._health.check()
            clock = asyncio.get_running_loop().time
            began = clock()
            status, headers, content = await self._exchange(CHAT, body)
            seconds = clock() - began
        return read(status, headers, content, self._line), seconds

    async def _exchange(self, path: str, body: dict[str, Any] | None) -> tuple[int, Mapping[str, str], bytes]:
        try:
            async with asyncio.timeout(self._part.timeout):
                answer = await self._send(self._client, path, body)
        except TimeoutError:
            problem = f"did not answer within {self._part.timeout:g} seconds"
            raise Again(problem, "slow", lost=True) from None
        return answer.status_code, answer.headers, answer.content

    def _enough(self, most: int, state: RetryCallState) -> bool:
        """Whether the attempt made last was the last of all."""
        problem = state.outcome.exception() if state.outcome else None
        if isinstance(problem, Again) and problem.kind == "unreachable" and not self._health.answered:
            most = min(most, KNOCKS)
        return state.attempt_number >= most or (isinstance(problem, Again) and problem.last)

    async def _failed(self, request: Request, trouble: Trouble, attempts: int) -> Completion:
        if trouble.kind == "model" and not self._health.answered:
            self._pace.hold(self._part.timeout)  # nothing else is asked meanwhile
            trouble.hint = f"{trouble.hint} {await self._offered()}".strip()
        if attempts > 1:
            trouble.problem = f"{trouble.problem} ({attempts} attempts)"
        self._health.bad(trouble)
        return await self._kept(self._completion(request, None, None, f"{self._line.host} {trouble.problem}"))

    async def _offered(self) -> str:
        """The models that the host says it has."""
        names = await self.models()
        shown = ", ".join(names[:SHOWN_MODELS]) + (", ..." if len(names) > SHOWN_MODELS else "")
        return f"It has: {shown}." if names else ""

    async def models(self) -> list[str]:
        """Names of the models that the host lists; empty where it lists none."""
        _, document, _ = await self.raw(MODELS, None)
        entries = document.get("data")
        entries = entries if isinstance(entries, list) else []
        found = (entry.get("id") for entry in entries if isinstance(entry, dict))
        return [self._line.hidden(name) for name in found if isinstance(name, str)]

    async def raw(self, path: str, body: Mapping[str, Any] | None) -> tuple[int, dict[str, Any], str]:
        """Status, JSON and trouble of the answer to exactly this body, tried once; 0, {} = there is none."""
        try:
            status, _, content = await self._exchange(path, None if body is None else dict(body))
        except Trouble as trouble:
            return 0, {}, trouble.problem
        return status, document_of(self._line.unkeyed(content.decode("utf8", "replace"))), ""

    def _completion(
        self, request: Request, reply: Reply | None, seconds: float | None, error: str | None = None
    ) -> Completion:
        said = parameters(self._identity, request)
        return Completion(
            key=content_key(said, request.prompt.sha256),
            model=self._part.model,
            prompt_sha256=request.prompt.sha256,
            prompt=request.prompt.text,
            text=reply.text if reply else "",
            finish_reason=reply.finish_reason if reply else "",
            prompt_tokens=reply.prompt_tokens if reply else None,
            completion_tokens=reply.completion_tokens if reply else None,
            status=reply.status if reply else "failed",
            parameters=said,
            host=self._line.host,
            seconds=seconds,
            error=error,
            logprobs=reply.logprobs if reply else None,
        )


def _pause(own: Any, state: RetryCallState) -> float:
    """Seconds before the next attempt: those the host asks for, else our own."""
    problem = state.outcome.exception() if state.outcome else None
    asked = problem.wait if isinstance(problem, Again) else 0.0
    return min(asked, LONGEST_ASKED) if asked else float(own(state))
