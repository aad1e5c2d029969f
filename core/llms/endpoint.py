"""Any server that speaks as OpenAI's chat API does: `POST {base_url}/chat/completions`.

This module opens no connection: it asks over a `Line`, which exists only where the owners of the text let it
go (`core.language_model`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from core.addresses import PLAIN, is_plain
from core.errors import RecipeError
from core.llms import Alive, Request, llms
from core.llms.awaiting import Answers, Loop
from core.llms.bodies import answer_bound, prompt_bound
from core.llms.frames import CONSTRAINTS, Constraint
from core.llms.line import Line
from core.llms.session import CHAT, MODELS, Session

BASE_URL_HINT = "Give --set llm.base_url=http://HOST:PORT/v1; a key goes into SSP_LLM_KEY."
AHEAD = 2
"""Requests taken for each that may be on its way: the next is ready when one comes back."""
BETWEEN: Mapping[str, tuple[float, float]] = {
    "temperature": (0.0, 2.0),
    "top_p": (0.0, 1.0),
    "max_tokens": (0, 1_000_000),
    "seed": (0, 2**31 - 1),
    "concurrency": (1, 512),
    "timeout": (0.01, 86_400.0),
    "retries": (0, 20),
    "requests_per_minute": (0, 10**9),
    "tokens_per_minute": (0, 10**12),
    "max_calls": (0, 10**12),
    "max_price": (0.0, 1e12),
    "max_total_tokens": (0, 10**15),
}
OURS = ("model", "messages", "stream", "n")
"""Fields of a request that `extra` may not name."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What a server said: its status (0 = no answer), and the JSON object of its body ({} = none)."""

    status: int
    body: Mapping[str, Any]
    error: str = ""


@llms.register("endpoint")
@dataclass(frozen=True)
class Endpoint:
    """A model behind an address.

    Attributes:
        base_url: http(s) address up to and without `/chat/completions`; mostly ends in `/v1`.
        model: the server's name of it.
        temperature: 0 = the likeliest answer; further samples of one question are then drawn at 0.7.
        top_p: share of the probability that is drawn from.
        max_tokens: of an answer; 0 = as many as the longest valid one can have.
        seed: of the server's sampling; 0 = none is sent.
        constrain: what holds an answer to its frame: none, or some of schema, grammar, choice and structured,
            the preferred first; auto = what the server was seen to obey.
        logprobs: on, off, or auto = on where the server was seen to give them.
        extra: a JSON object of further fields of a request; null takes one of ours out.
        concurrency: calls at once. timeout: seconds for one answer in all.
        retries: times a call is repeated that the server was too busy for, or that got lost.
        requests_per_minute: at most; 0 = as many as there are. tokens_per_minute: as well.
        max_calls, max_price, max_total_tokens: where a run stops; 0 = nowhere.
        agreed: the host the user has agreed to send this text to; "" = none.
    """

    required: ClassVar[tuple[str, ...]] = ("base_url", "model")
    operational: ClassVar[tuple[str, ...]] = (
        "concurrency",
        "timeout",
        "retries",
        "requests_per_minute",
        "tokens_per_minute",
        "max_calls",
        "max_price",
        "max_total_tokens",
        "agreed",
    )

    base_url: str = ""
    model: str = ""
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 0
    seed: int = 0
    constrain: str = "auto"
    logprobs: str = "auto"
    extra: str = ""
    concurrency: int = 8
    timeout: float = 60.0
    retries: int = 6
    requests_per_minute: int = 0
    tokens_per_minute: int = 0
    max_calls: int = 0
    max_price: float = 0.0
    max_total_tokens: int = 0
    agreed: str = ""
    _state: dict[str, Line] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for key, (low, high) in BETWEEN.items():
            value = getattr(self, key)
            if not (math.isfinite(value) and low <= value <= high):
                raise _refused(key, value, f"a number from {low:g} to {high:g}")
        if self.base_url and not is_plain(self.base_url):
            raise RecipeError(f"language model endpoint: base_url is not {PLAIN}.", BASE_URL_HINT)
        if self.logprobs not in ("auto", "on", "off"):
            raise _refused("logprobs", self.logprobs, "auto, on or off")
        known = ("auto", "none", *CONSTRAINTS)
        if not self._wished or not set(self._wished) <= set(known):
            raise _refused("constrain", self.constrain, f"one of {', '.join(known)}")
        self._check_extra()

    def _check_extra(self) -> None:
        try:
            document = json.loads(self.extra or "{}")
        except ValueError:
            document = None
        if not isinstance(document, dict) or set(document) & set(OURS):
            raise _refused("extra", self.extra, f"a JSON object without {', '.join(OURS)}")

    @property
    def name(self) -> str:
        """What runs record as their model."""
        return self.model

    @property
    def _wished(self) -> list[str]:
        return self.constrain.replace(",", " ").split()

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """What may hold an answer, the preferred first; `auto` that nobody has decided holds nothing."""
        return tuple(name for wish in self._wished for name in CONSTRAINTS if name == wish)

    def identity(self) -> Mapping[str, Any]:
        """See `LLM.identity`. A model that changes behind its name is not noticed."""
        return {
            "endpoint": self.base_url.rstrip("/"),
            "model": self.model,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "seed": self.seed,
            "constrain": list(self.constraints),
            "logprobs": self.logprobs == "on",
            "extra": json.loads(self.extra or "{}"),
        }

    def connect(self, line: Line) -> None:
        """Use this way to the server from now on."""
        self._state["line"] = line

    @property
    def keeps(self) -> bool:
        """Whether answers are written down before they are given."""
        return "line" in self._state and self._state["line"].keep is not None

    def tuned(self, **settings: Any) -> Endpoint:
        """The same with other settings, over the same line. Raises RecipeError."""
        other = replace(self, **settings)
        other._state.update(self._state)
        return other

    def bounds(self, request: Request) -> tuple[int, int]:
        """No call of this request takes more tokens: of its prompt, of its answer."""
        return prompt_bound(request), answer_bound(self, request)

    def answers(self, requests: Iterable[Request], alive: Alive) -> Answers:
        """See `LLM.answers`."""
        line = self._line()
        return Answers(requests, lambda: Session(self, line), AHEAD * self.concurrency, alive)

    def ask_raw(self, body: Mapping[str, Any]) -> RawAnswer:
        """The answer to exactly this document, whatever it is.

        Raises:
            RecipeError: there is no leave, or a key cannot be sent.
        """
        return self._raw(CHAT, body)

    def ask_models(self) -> RawAnswer:
        """What the server says of its models. Raises as `ask_raw`."""
        return self._raw(MODELS, None)

    def _raw(self, path: str, body: Mapping[str, Any] | None) -> RawAnswer:
        session = Session(self, self._line())
        loop = Loop(session)
        try:
            return RawAnswer(*loop.result(session.raw(path, body)))
        finally:
            loop.close()

    def _line(self) -> Line:
        if "line" not in self._state:
            raise RecipeError(
                "language model endpoint has no leave to send text.",
                "Use it in a run, which asks for leave first.",
            )
        return self._state["line"]


def _refused(key: str, value: object, wanted: str) -> RecipeError:
    return RecipeError(f"language model endpoint: {key} cannot be {value!r}.", f"Give {wanted}.")
