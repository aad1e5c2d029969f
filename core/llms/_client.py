"""The client of OpenAI's API, made so that it sends nothing but what we say. Loaded when a line is opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import lru_cache, partial
from ssl import SSLContext
from typing import Any

import httpx2
import openai

from core.errors import RecipeError
from core.llms.line import Line
from core.llms.troubles import Again, Trouble

CONNECTING = 10.0
"""Seconds a connection may take to come about."""
LARGEST = 16 << 20
"""Bytes of an answer; the longest with log-probabilities has some hundred thousand."""
LARGEST_COMPLAINT = 1 << 16
STRIPPED = ("x-stainless-", "authorization", "openai-")


class TooLarge(httpx2.ReadError):
    """An answer has more bytes than any should."""


class Capped(httpx2.AsyncByteStream):
    """A body that ends with an error where it gets too large."""

    def __init__(self, stream: httpx2.AsyncByteStream, largest: int) -> None:
        self._stream, self._largest = stream, largest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > self._largest:
                raise TooLarge("")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _cap(response: httpx2.Response) -> None:
    """What is packed can become a thousand times as large: it is asked for unpacked, and trusted less."""
    largest = LARGEST if response.status_code == 200 else LARGEST_COMPLAINT
    packed = response.headers.get("content-encoding", "identity") != "identity"
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = Capped(response.stream, largest // 32 if packed else largest)


async def _only_ours(line: Line, request: httpx2.Request) -> None:
    """The client itself never sees a key, and would tell the host which system and Python this is."""
    for name in [name for name in request.headers if name.lower().startswith(STRIPPED)]:
        del request.headers[name]
    request.headers.update(line.headers())


@lru_cache(maxsize=1)
def _trusted() -> SSLContext:
    """Certificates to believe; reading them takes longer than a request."""
    return httpx2.create_ssl_context()


def opened(line: Line, connections: int) -> openai.AsyncOpenAI:
    """A client for one line; it repeats nothing, follows nobody and waits without end.

    Raises:
        RecipeError: the address leads elsewhere than the leave; a key cannot be sent.
    """
    if (
        httpx2.URL(line.address).host.rstrip(".").lower() != line.host
    ):  # readers of URLs disagree about odd ones
        raise RecipeError(f"{line.host} is not where that address leads.", "Correct it.")
    line.headers()  # what is wrong with a key is said before anything is sent
    http = httpx2.AsyncClient(
        follow_redirects=False,
        trust_env=line.away,
        verify=_trusted(),
        timeout=httpx2.Timeout(None, connect=CONNECTING),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=connections),
        event_hooks={"request": [partial(_only_ours, line)], "response": [_cap]},
    )
    return openai.AsyncOpenAI(
        api_key="none",
        base_url=line.address,
        max_retries=0,
        http_client=http,
        default_headers={"User-Agent": "ssp-studio", "Accept-Encoding": "identity"},
    )


async def send(client: openai.AsyncOpenAI, path: str, body: dict[str, Any] | None) -> httpx2.Response:
    """One request, a POST where there is a body; its answer, whatever the status.

    Raises:
        Trouble: there was none. Again: another attempt may get one.
    """
    try:
        if body is None:
            return await client.get(path, cast_to=httpx2.Response)
        return await client.post(path, cast_to=httpx2.Response, body=body)
    except openai.APIStatusError as error:
        return error.response
    except openai.APIConnectionError as error:
        raise _broken(error.__cause__) from None
    except httpx2.HTTPError as error:
        raise _broken(error) from None


def _broken(cause: BaseException | None) -> Trouble:
    if isinstance(cause, TooLarge):
        return Trouble(
            f"answered with more than {LARGEST:,} bytes", "huge", "Is it a server of language models?"
        )
    if isinstance(cause, httpx2.DecodingError):
        return Again("answered with a damaged body", "odd", lost=True)
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout):
        if "CERTIFICATE" in str(cause).upper():
            hint = "Its certificate must be one that this machine trusts (SSL_CERT_FILE)."
            return Trouble("does not prove that it is itself (its certificate)", "certificate", hint)
        return Again("cannot be reached", "unreachable")
    return Again("broke off before it had answered", "broken", lost=True)
