"""Language models: requests in, completions out, in whatever order they come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from core import part_settings
from core.part_settings import defaults
from core.registry import Registry
from core.types import Completion, Labels, Prompt

Style = Literal["rows", "json", "inline", "label", "text"]
"""How an answer is written: a row of word, tab and tag per word; a JSON document; word/TAG words in one line;
one label; or free text.
"""
LIVE = ("endpoint", "transformers")
"""Language models that are asked, and not looked up."""
Alive = Callable[[], None]
"""Called at least twice a second while answers are awaited; may raise `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What an answer may consist of. `words` are those to be labelled, empty where the item has one label."""

    style: Style
    labels: Labels
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One question. `number` is the caller's own and no part of the call.

    `then` are further turns as (role, text): an answer that could not be used, and what to mend. `sample`
    tells several answers to one question apart, `again` those that the user asked for anew.
    """

    prompt: Prompt
    frame: Frame
    then: tuple[tuple[str, str], ...] = ()
    sample: int = 0
    again: int = 0
    number: int = 0


class LLM(Protocol):
    """Anything that answers requests. A bad answer is a completion with a status, not an exception.

    Those that a recipe can name are frozen dataclasses: their public fields are their settings
    (`llm.FIELD`), and those in `operational` do not change an answer.
    """

    @property
    def name(self) -> str:
        """What runs record as their model."""
        ...

    def identity(self) -> Mapping[str, Any]:
        """Everything besides a request that decides the answer; JSON, without secrets."""
        ...

    def answers(self, requests: Iterable[Request], alive: Alive) -> Iterator[tuple[Request, Completion]]:
        """Each request with its completion, in the order in which they come.

        Requests are taken lazily: no more than are worked on at once. `Completion.key` is `request_key`.

        Raises:
            RecipeError: nothing can be asked at all (no such model, a key that is not accepted).
            Cancelled: `alive` said so.
        """
        ...


llms: Registry[type[Any]] = Registry("language model", "core.llms")


def setting_names(name: str) -> tuple[str, ...]:
    """The settings of language model `name`."""
    return tuple(defaults(llms[name]))


def build(name: str, settings: Mapping[str, Any]) -> Any:
    """The language model `name` with these settings. Raises: as `core.part_settings.build`."""
    return part_settings.build(llms, "llm", name, settings)


def request_key(identity: Mapping[str, Any], request: Request) -> str:
    """The content hash a completion is stored under: SHA-256 of the request, in hex."""
    return content_key(parameters(identity, request), request.prompt.sha256)


def parameters(identity: Mapping[str, Any], request: Request) -> str:
    """All of a request but the text of its prompt, as canonical JSON: what `Completion.parameters` holds."""
    frame = request.frame
    asked = {
        "model": dict(identity),
        "frame": {"style": frame.style, "labels": list(frame.labels), "words": list(frame.words)},
        "then": [list(turn) for turn in request.then],
        "sample": request.sample,
        "again": request.again,
    }
    return json.dumps(asked, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_key(said: str, prompt_sha256: str) -> str:
    """The hash of a request, given its parameters and that of its prompt."""
    return hashlib.sha256(f"{prompt_sha256}\n{said}".encode()).hexdigest()
