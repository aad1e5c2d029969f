"""A language model whose answers a test writes: a whole implementation of the protocol, in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from core.llms import Alive, Request, parameters, request_key
from core.types import Completion

Script = Callable[[Request], "str | Completion"]


@dataclass
class Scripted:
    """Answers by a function of the request; remembers what it was asked."""

    script: Script
    name: str = "scripted"
    asked: list[Request] = field(default_factory=list)
    rounds: int = 0

    def identity(self) -> Mapping[str, Any]:
        return {"scripted": self.name}

    def answers(self, requests: Iterable[Request], alive: Alive) -> Iterator[tuple[Request, Completion]]:
        self.rounds += 1
        for request in requests:
            alive()
            self.asked.append(request)
            said = self.script(request)
            yield request, self.completion(request, said) if isinstance(said, str) else said

    def completion(self, request: Request, text: str, **fields: Any) -> Completion:
        """What a call that was answered so is kept as."""
        return Completion(
            request_key(self.identity(), request),
            self.name,
            request.prompt.sha256,
            request.prompt.text,
            text,
            parameters=parameters(self.identity(), request),
            **fields,
        )


@dataclass(frozen=True)
class Endpoint:
    """Stands in the registry as a model with settings that a recipe can name."""

    base_url: str = ""
    model: str = ""
    temperature: float = 0.0
    timeout: float = 60.0

    required: ClassVar[tuple[str, ...]] = ("model",)
    operational: ClassVar[tuple[str, ...]] = ("base_url", "timeout")


def tagged(request: Request, tag_of: Callable[[str], str]) -> str:
    """The answer to a request for the tags of words, in its own style."""
    words, style = request.frame.words, request.frame.style
    if style == "inline":
        return " ".join(f"{word}/{tag_of(word)}" for word in words)
    return "\n".join(f"{word}\t{tag_of(word)}" for word in words) + "\n```"
