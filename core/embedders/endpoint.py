"""Embeddings of a server that speaks as OpenAI's does: `POST {base_url}/embeddings`.

This module opens no connection: it asks over a `Line`, which exists only where the owner of the text
lets it go (`core.sending`). Without one it can still answer from the cache.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.addresses import PLAIN, is_plain
from core.embedders import Line, embedders
from core.embedders.checks import check_seconds, check_text, check_whole
from core.embedders.dense import Dense
from core.errors import RecipeError

BYTES_PER_TEXT = 1 << 20
"""An answer larger than this for each text is no vector: 1 MiB holds some 50,000 numbers."""
BASE_URL_HINT = "Give --set embedder.base_url=http://HOST:PORT/v1; a key goes into SSP_EMBEDDINGS_KEY."


@embedders.register("endpoint")
@dataclass(frozen=True)
class EndpointEmbedder(Dense):
    """Similarity of vectors a server gives; prefixes, metric and batch_size as in `Dense`.

    Attributes:
        base_url: http(s) address up to and without `/embeddings`; mostly ends in `/v1`.
        model: the server's name of a model.
        timeout: seconds one answer may take in all.
        retries: times a request is repeated that the server was too busy for, or that got lost.
        agreed: the host the user has agreed to send this text to; "" = none.
    """

    part: ClassVar[str] = "endpoint"
    required: ClassVar[tuple[str, ...]] = ("base_url", "model")

    base_url: str = ""
    model: str = ""
    prefix: str = ""
    query_prefix: str = ""
    metric: str = "cosine"
    batch_size: int = 64
    timeout: float = 60.0
    retries: int = 4
    agreed: str = ""
    _state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.check()
        check_text(self.part, base_url=self.base_url, model=self.model, agreed=self.agreed)
        check_seconds(self.part, "timeout", self.timeout)
        check_whole(self.part, "retries", self.retries, 0, 10)
        if self.base_url and not is_plain(self.base_url):
            raise RecipeError(
                f"embedder endpoint: base_url is not {PLAIN}.",
                BASE_URL_HINT,
            )

    @property
    def address(self) -> str:
        """Where text is sent to."""
        return self.base_url

    def connect(self, line: Line) -> None:
        """Use this way to the server from now on."""
        self._state["line"] = line

    def identity(self) -> tuple[str, ...]:
        """The server and the model it was asked for; a model that changes behind its name is not noticed."""
        return (self.base_url.rstrip("/"), self.model)

    def compute(self, texts: Sequence[str]) -> npt.NDArray[Any]:
        """See `Dense.compute`.

        Raises:
            RecipeError: the server cannot be asked, or its answer is not one vector for each text.
        """
        at_once = range(0, len(texts), self.batch_size)
        tables = [self._ask(texts[at : at + self.batch_size]) for at in at_once]
        if len({table.shape[1] for table in tables}) > 1:
            raise _unusable(self._line().host, "vectors of unequal length")
        return np.concatenate(tables)

    def _line(self) -> Line:
        if "line" not in self._state:
            raise RecipeError(
                "embedder endpoint has no leave to send text.", "Use it in a run, which asks for leave first."
            )
        line: Line = self._state["line"]
        return line

    def _ask(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        line = self._line()
        # servers refuse an empty text, and a blank says as little
        document = {"model": self.model, "input": [text or " " for text in texts], "encoding_format": "float"}
        body = line.post("/embeddings", document, largest=BYTES_PER_TEXT * (len(texts) + 1))
        return _table(_vectors(_entries(body, line.host), len(texts), line.host), line.host)


def _entries(body: bytes, host: str) -> list[Any]:
    """The answer's list `data`."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise _unusable(host, "no JSON") from None
    entries = document.get("data") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _unusable(host, "no list of embeddings")
    return entries


def _vectors(entries: Sequence[dict[str, Any]], count: int, host: str) -> list[Any]:
    """The vectors by their `index`; by their place where no entry has one."""
    if len(entries) != count:
        raise _unusable(host, f"{len(entries)} embeddings for {count} texts")
    if any("index" in entry for entry in entries):
        by_place = {entry.get("index"): entry for entry in entries if type(entry.get("index")) is int}
        if set(by_place) != set(range(count)):
            raise _unusable(host, "embeddings that do not say which text they are of")
        entries = [by_place[place] for place in range(count)]
    return [entry.get("embedding") for entry in entries]


def _table(vectors: Sequence[Any], host: str) -> npt.NDArray[np.float64]:
    """(n, D) finite float64 within the range of float32."""
    if not all(isinstance(vector, list) and vector for vector in vectors):
        raise _unusable(host, "embeddings that are no lists of numbers")
    if len({len(vector) for vector in vectors}) > 1:
        raise _unusable(host, "vectors of unequal length")
    if not all(type(number) in (int, float) for vector in vectors for number in vector):
        raise _unusable(host, "embeddings that are no lists of numbers")
    try:
        table = np.array(vectors, dtype=np.float64)
    except OverflowError:
        raise _unusable(host, "numbers that are not finite") from None
    if not (np.abs(table) <= np.finfo(np.float32).max).all():
        raise _unusable(host, "numbers that are not finite")
    return table


def _unusable(host: str, what: str) -> RecipeError:
    return RecipeError(
        f"{host} answered with {what}.",
        "Check embedder.base_url and embedder.model: the server must answer as OpenAI's /v1/embeddings does.",
    )
