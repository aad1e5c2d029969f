"""Forced answers: a word that nobody would say, asked for by nothing but the constraint."""

from __future__ import annotations

import json
import math
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from core.errors import RecipeError
from core.llms import LLM, Alive, Frame
from core.llms.causal.waiting import attended
from core.llms.frames import CONSTRAINTS, Constraint, fields, max_tokens
from core.probing.capabilities import Capabilities, State

QUESTION = "Is water wet? Reply with one word."
ROOM = 8
"""Tokens for a word."""
BUSY = (0, 408, 409, 425, 429)
"""Answers besides 5xx after which it helps to ask again; 0 = there was none."""
ATTEMPTS, PAUSE = 3, 0.5
"""Of one question, and seconds before the second one; doubled for the third."""
SLACK = 1e-3
"""By which probabilities may sum to more than one, for rounding."""
Json = Mapping[str, Any]


class RawAnswer(Protocol):
    """What a server said: its status (0 = there was no answer), and its JSON ({} = none)."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> Mapping[str, Any]: ...


@runtime_checkable
class Raw(Protocol):
    """A model behind an address, asked with any document."""

    @property
    def model(self) -> str: ...
    @property
    def base_url(self) -> str: ...
    def ask_raw(self, body: Mapping[str, Any]) -> RawAnswer: ...
    def ask_models(self) -> RawAnswer: ...


def probe(llm: LLM, alive: Alive) -> Capabilities:
    """Ask a model a few short questions, and see what it does.

    Some eight calls of a few tokens each for a model behind an address; a model in this process is known.

    Raises:
        RecipeError: it does not answer at all. Cancelled: `alive` said so.
    """
    asked: object = llm
    while hasattr(asked, "llm"):  # what is asked through a log
        asked = asked.llm
    if isinstance(asked, Raw):
        return _Probe(asked, alive).run()
    return _in_process(asked)


def _in_process(model: object) -> Capabilities:
    """Where we choose the tokens ourselves, nothing has to be asked."""
    free = bool(getattr(model, "free", False))
    found: dict[str, State] = {"scoring": "no" if free else "yes", "logprobs": "yes"}
    said = "It writes freely (llm.free): answers may be anything."
    note = said if free else "Every answer is held to the labels."
    return Capabilities.of(
        found, place="transformers", model=str(getattr(model, "model", "")), asked_at=_now(), notes=(note,)
    )


class _Probe:
    """One server."""

    def __init__(self, server: Raw, alive: Alive) -> None:
        self._server = server
        self._alive = alive
        self._notes: list[str] = []
        self._room = "max_tokens"

    def run(self) -> Capabilities:
        """All questions; only the model list where the model does not answer."""
        models = self._models()
        status, plain = self._ask({}, ROOM)
        told = _text(plain) is not None
        if not told and not models:
            raise RecipeError(
                f"{self._host} gave no answer to a plain question ({status or 'no connection'}).",
                "Is the server running, and are llm.base_url, llm.model and the key right?",
            )
        found: dict[str, State] = dict.fromkeys((*CONSTRAINTS, "logprobs", "several"), "not tried")
        if told:
            found = {name: self._holds(name) for name in CONSTRAINTS}
            found |= {"logprobs": self._logprobs(), "several": self._several()}
        else:
            self._notes.append(
                f"The model {self._server.model} did not answer ({status or 'no connection'})."
            )
        found["listed"] = ("yes" if self._server.model in models else "no") if models else "not tried"
        return Capabilities.of(
            found,
            place="endpoint",
            host=self._host,
            model=self._server.model,
            served=self._served(plain) if told else "",
            models=models,
            asked_at=_now(),
            notes=tuple(self._notes),
        )

    @property
    def _host(self) -> str:
        return urlsplit(self._server.base_url).hostname or self._server.base_url

    def _models(self) -> tuple[str, ...]:
        _, document = self._patiently(self._server.ask_models)
        listed = document.get("data")
        rows = listed if isinstance(listed, list) else []
        return tuple(str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row)

    def _served(self, plain: Json) -> str:
        served = str(plain.get("model") or "")
        if served and served != self._server.model:
            self._notes.append(f"The answer says that it comes from {served}.")
        return served

    def _holds(self, constraint: Constraint) -> State:
        """Whether the answer is a word that only the constraint names."""
        nonce = f"zq{secrets.token_hex(4)}"
        frame = Frame("rows", (nonce,), ("water",)) if constraint in ("grammar", "structured") else None
        frame = frame or Frame("label", (nonce,))
        status, document = self._ask(fields(constraint, frame) or {}, max_tokens(frame))
        return self._state(status, document, lambda said: "yes" if nonce in said else "ignored")

    def _logprobs(self) -> State:
        status, document = self._ask({"logprobs": True, "top_logprobs": 3}, ROOM)

        def judge(said: str) -> State:
            given = _choices(document)[0].get("logprobs")
            if not given:
                return "ignored"
            problem = _implausible(given, said, document.get("usage"))
            if problem:
                self._notes.append(f"Log-probabilities came, but {problem}.")
            return "no" if problem else "yes"

        return self._state(status, document, judge)

    def _several(self) -> State:
        status, document = self._ask({"n": 2, "temperature": 1.0}, ROOM)
        return self._state(
            status, document, lambda said: "yes" if len(_choices(document)) == 2 else "ignored"
        )

    def _state(self, status: int, document: Json, judge: Callable[[str], State]) -> State:
        if 400 <= status < 500 and status not in BUSY:
            return "refused"
        said = _text(document)
        if said is None:
            # A server that breaks at a field has not taken it, but may just have been busy.
            return "refused" if status >= 500 and status != 503 else "not tried"
        return judge(said)

    def _ask(self, more: Json, room: int) -> tuple[int, Json]:
        messages = [{"role": "user", "content": QUESTION}]
        body = {"model": self._server.model, "messages": messages, "temperature": 0.0, **more}
        status, document = self._patiently(lambda: self._server.ask_raw(body | {self._room: room}))
        if status == 400 and self._room == "max_tokens" and "max_completion_tokens" in json.dumps(document):
            self._room = "max_completion_tokens"
            return self._ask(more, room)
        return status, document

    def _patiently(self, ask: Callable[[], RawAnswer]) -> tuple[int, Json]:
        """Status and document of an answer; asked again where a server is busy."""
        pause = PAUSE
        for _ in range(ATTEMPTS - 1):
            answer = attended(lambda _: ask(), self._alive, abandon=True)
            if answer.status not in BUSY and answer.status < 500:
                return answer.status, answer.body
            attended(lambda _, pause=pause: time.sleep(pause), self._alive)  # type: ignore[misc]
            pause *= 2
        answer = attended(lambda _: ask(), self._alive, abandon=True)
        return answer.status, answer.body


def _choices(document: Json) -> list[Json]:
    found = document.get("choices")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(document: Json) -> str | None:
    """The answer in a document; None where there is none."""
    first = next(iter(_choices(document)), {})
    message = first.get("message")
    if not isinstance(message, dict):
        return None
    return str(message.get("content") or "")


def _implausible(given: object, said: str, usage: object) -> str:
    """What is wrong with the log-probabilities of an answer; "" = nothing."""
    rows = given.get("content") if isinstance(given, dict) else None
    if not isinstance(rows, list) or not rows:
        return "not in the form of the chat API"
    if not all(isinstance(row, dict) and _is_probability(row.get("logprob")) for row in rows):
        return "some are no logarithms of probabilities"
    if any(_total(row.get("top_logprobs")) > 1 + SLACK for row in rows):
        return "the probabilities of one token's alternatives sum to more than 1"
    counted = usage.get("completion_tokens") if isinstance(usage, dict) else None
    if isinstance(counted, int) and not 0 <= counted - len(rows) <= 1:
        return f"there are {len(rows)} for {counted} tokens"
    joined = "".join(str(row.get("token", "")) for row in rows)
    return "" if said.strip() in joined or "\ufffd" in joined + said else "they belong to another text"


def _is_probability(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value) and value <= SLACK


def _total(alternatives: object) -> float:
    rows = alternatives if isinstance(alternatives, list) else []
    return sum(math.exp(row["logprob"]) for row in rows if isinstance(row, dict) and "logprob" in row)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
