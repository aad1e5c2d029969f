"""Work that takes long, done in a thread while somebody is asked whether it is still wanted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from threading import Event
from typing import TypeVar

from core.llms import Alive

T = TypeVar("T")
PATIENCE = 0.3
"""Seconds between two calls of `alive`."""


class Stopped(Exception):
    """The work is not wanted any more; nobody reads this."""


def attended(work: Callable[[Callable[[], None]], T], alive: Alive, *, abandon: bool = False) -> T:
    """What `work` returns.

    Args:
        work: gets a function to call now and then; it raises once the work is not wanted.
        abandon: do not wait for work that is not wanted any more; it ends by itself.

    Raises:
        Whatever `work` or `alive` raises; after the latter, when `work` has come to its next pause.
    """
    unwanted = Event()

    def pause() -> None:
        if unwanted.is_set():
            raise Stopped

    pool = ThreadPoolExecutor(1, "language-model")
    future = pool.submit(work, pause)
    try:
        while not wait_for([future], PATIENCE).done:
            alive()
        return future.result()
    finally:
        unwanted.set()
        pool.shutdown(wait=not abandon)
