"""The way to a server of models: got from whoever asked if text may go there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.llms import Request
from core.llms.keeping import Keep


def _as_it_is(text: str) -> str:
    return text


def _always(request: Request) -> bool:
    return True


@dataclass(frozen=True)
class Line:
    """Leave to ask one host; holds no key.

    Attributes:
        address: of the server, up to and without `/chat/completions`.
        host: the one that the leave is for.
        away: whether that is another machine; what stays here goes through no proxy.
        headers: gives those that carry a key, when they are needed. Raises RecipeError.
        key_refused: says what it means that nobody is let in, and what to do.
        hidden: a text by the server without anything that looks like a key.
        unkeyed: an answer without our own keys.
        keep: writes answers down before they are used; None = somebody else does.
        may_repeat: asked before a call is repeated that may have been paid for, though no answer came.
    """

    address: str
    host: str
    away: bool = True
    headers: Callable[[], Mapping[str, str]] = dict
    key_refused: Callable[[], tuple[str, str]] = lambda: ("lets nobody in (401 or 403)", "")
    hidden: Callable[[str], str] = _as_it_is
    unkeyed: Callable[[str], str] = _as_it_is
    keep: Keep | None = None
    may_repeat: Callable[[Request], bool] = _always
