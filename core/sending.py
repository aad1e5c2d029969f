"""Text sent to a host: one JSON document by POST, after the gate let it pass.

Neither keys (`core.keys`) nor the text, nor what a server says of them, get into a message.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from urllib.parse import urlsplit

from core.egress import check, host_of, is_this_machine
from core.embedders import Line
from core.errors import RecipeError
from core.keys import EMBEDDINGS_KEYS as KEYS
from core.keys import LLM_KEYS, about_the_key, authorization, without_keys, without_secrets
from core.llms import Request
from core.llms.keeping import Keep
from core.llms.line import Line as ModelLine
from core.pauses import BUSY, asked_pause
from core.types import Dataset

if TYPE_CHECKING:
    import httpx
    from tenacity import RetryCallState

PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the first repetition, doubled each time; and the most, whatever a server asks for."""
CONNECTING = 10.0
"""Seconds a connection may take to come about."""


@runtime_checkable
class Sender(Protocol):
    """A part that sends text, once it is given a line."""

    @property
    def address(self) -> str: ...
    @property
    def agreed(self) -> str: ...
    @property
    def timeout(self) -> float: ...
    @property
    def retries(self) -> int: ...
    def connect(self, line: Line) -> None: ...


def connect(part: object, datasets: Iterable[Dataset]) -> None:
    """Let a part that sends text send that of these data sets; one that sends none needs no leave.

    Raises:
        EgressRefused: the text may not go where the part would send it.
    """
    if not isinstance(part, Sender):
        return
    host = let_through(part.address, datasets, part.agreed)
    part.connect(PostLine(part.address.rstrip("/"), host, part.timeout, part.retries))


def let_through(address: str, datasets: Iterable[Dataset], agreed: str) -> str:
    """The host of an address, once text of these data sets may go there.

    Args:
        agreed: the host that the user has agreed to; "" = none.

    Raises:
        EgressRefused: the text may not go there.
    """
    host = host_of(address)
    check(datasets, address, agreed=bool(agreed) and host_of(agreed) == host)
    return host


def model_line(
    address: str, host: str, may_repeat: Callable[[Request], bool], keep: Keep | None = None
) -> ModelLine:
    """The way to a language model, for text that was let through; its key stays in the environment.

    Args:
        may_repeat, keep: see `core.llms.line.Line`.
    """
    return ModelLine(
        address=address.rstrip("/"),
        host=host,
        away=not is_this_machine(host),
        headers=partial(authorization, address, LLM_KEYS),
        key_refused=partial(about_the_key, address, LLM_KEYS),
        hidden=without_secrets,
        unkeyed=without_keys,
        keep=keep,
        may_repeat=may_repeat,
    )


class _Again(Exception):
    """This attempt failed; another may not. `wait` is what the server asks for, in seconds."""

    def __init__(self, problem: str, wait: float = 0.0) -> None:
        super().__init__(problem)
        self.wait = wait


@dataclass(frozen=True)
class PostLine:
    """A `core.embedders.Line`: `timeout` seconds for an answer in all, `retries` repetitions."""

    address: str
    host: str
    timeout: float
    retries: int

    def post(self, path: str, document: Mapping[str, object], *, largest: int) -> bytes:
        """The body of the answer to a JSON document.

        Raises:
            RecipeError: no usable answer after all repetitions; names the host and what to do.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

        text = json.dumps(document, ensure_ascii=True).encode("ascii")
        attempts = Retrying(
            stop=stop_after_attempt(self.retries + 1),
            wait=_pause,
            retry=retry_if_exception_type(_Again),
            reraise=True,
        )
        try:
            return attempts(self._once, path, text, largest)
        except _Again as last:
            problem = str(last)
        raise RecipeError(
            f"{self.host} {problem} ({self.retries + 1} attempts).",
            "Is the server running and reachable? Try again, or set embedder.timeout and embedder.retries.",
        )

    def _once(self, path: str, text: bytes, largest: int) -> bytes:
        import httpx

        try:
            return self._exchange(path, text, largest)
        except httpx.TimeoutException:
            problem = f"did not answer within {self.timeout:g} seconds"
        except httpx.TransportError as error:
            problem = f"could not be reached or broke off ({type(error).__name__})"
        except httpx.DecodingError:
            problem = "answered with a damaged body"
        except httpx.InvalidURL:
            raise RecipeError(f"{self.host} cannot be part of an address.", "Correct it.") from None
        raise _Again(problem)

    def _exchange(self, path: str, text: bytes, largest: int) -> bytes:
        """One request. Proxies of the environment are for other hosts: what stays here goes through none."""
        import httpx

        ends = time.monotonic() + self.timeout
        url = httpx.URL(self.address + path)
        if url.host.rstrip(".").lower() != self.host:  # readers of URLs disagree about odd ones
            raise RecipeError(f"{self.host} is not where that address leads.", "Correct it.")
        limits = httpx.Timeout(self.timeout, connect=min(CONNECTING, self.timeout))
        away = not is_this_machine(self.host)
        with (
            httpx.Client(timeout=limits, follow_redirects=False, trust_env=away, verify=_trusted()) as client,
            client.stream("POST", url, content=text, headers=_headers(self.address)) as answer,
        ):
            self._check(answer)
            return self._body(answer, largest, ends)

    def _body(self, answer: httpx.Response, largest: int, ends: float) -> bytes:
        """All of it, if it is not too large and comes in time."""
        import httpx

        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if len(body) > largest:
                raise RecipeError(
                    f"{self.host} answered with more than {largest:,} bytes.",
                    "Is it a server of embeddings? Check embedder.base_url.",
                )
            if time.monotonic() > ends:
                raise httpx.ReadTimeout("")
        return bytes(body)

    def _check(self, answer: httpx.Response) -> None:
        """Pass an answer whose body is wanted. Raises RecipeError; _Again where asking again may help."""
        status = answer.status_code
        if status in BUSY or status >= 500:
            raise _Again(f"is busy or broken (it answered {status})", asked_pause(answer.headers))
        if status == 200:
            return
        if answer.is_redirect:
            raise self._redirected(answer)
        said, hint = _refusals(self.address).get(
            status, (f"answered {status}", "Check embedder.base_url and embedder.model.")
        )
        raise RecipeError(f"{self.host} {said}.", hint)

    def _redirected(self, answer: httpx.Response) -> RecipeError:
        target = urlsplit(answer.headers.get("Location", "")).hostname or self.host
        return RecipeError(
            f"{self.host} sends us on to {target}; text is not sent on.",
            "If that is where it should go, give its address as embedder.base_url.",
        )


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """Certificates to believe; reading them takes longer than a request."""
    import httpx

    return httpx.create_ssl_context()


def _refusals(address: str) -> dict[int, tuple[str, str]]:
    """What an answer means, and what to do."""
    key = about_the_key(address, KEYS)
    refused = (
        "does not take this request (400, 413 or 422)",
        "Try a smaller embedder.batch_size, or another model.",
    )
    absent = (
        "has no embeddings there, or not of that model (404)",
        "Check embedder.base_url and embedder.model.",
    )
    return {401: key, 403: key, 404: absent, 400: refused, 413: refused, 422: refused}


def _headers(address: str) -> dict[str, str]:
    fixed = {"Content-Type": "application/json", "User-Agent": "ssp-studio"}
    return fixed | authorization(address, KEYS)


def _pause(state: RetryCallState) -> float:
    """Seconds before the next attempt."""
    problem = state.outcome.exception() if state.outcome else None
    asked = problem.wait if isinstance(problem, _Again) else 0.0
    own = PAUSE * float(2 ** (state.attempt_number - 1))
    return min(max(own, asked), LONGEST_PAUSE)
