"""Work that takes longer than a page may: done once, in a thread, for every session that asks for it."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.errors import Cancelled, StudioError
from core.llms import Alive

REMEMBERED = 64
"""Answers that are kept."""
SECONDS = 0.5
AT_ONCE = threading.Semaphore(2)
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Work:
    """Something that is being worked out, or was: `value` or `error` once `done`."""

    began: float = field(default_factory=time.monotonic)
    done: bool = False
    value: Any = None
    error: StudioError | None = None
    stopped: threading.Event = field(default_factory=threading.Event)

    def alive(self) -> None:
        """Raises Cancelled once somebody stopped it."""
        if self.stopped.is_set():
            raise Cancelled("stopped by the user.")

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.began


@st.cache_resource(show_spinner=False)
def _desk() -> OrderedDict[str, Work]:
    return OrderedDict()


def look(key: str) -> Work | None:
    """What was asked under this key, finished or not; None where nothing was."""
    return _desk().get(key)


def start(key: str, do: Callable[[Alive], Any]) -> Work:
    """Begin, unless it is on its way or was finished without an error. `do` calls what it is given now and
    then, so that it can be stopped.
    """
    desk, known = _desk(), look(key)
    if known and not (known.done and known.error):
        return known
    work = desk[key] = Work()
    while len(desk) > REMEMBERED:
        desk.popitem(last=False)
    threading.Thread(target=_carry_out, args=(work, do), name="page-work", daemon=True).start()
    return work


def forget(key: str) -> None:
    """Stop it if it is on its way, and ask anew next time."""
    work = _desk().pop(key, None)
    if work:
        work.stopped.set()


def _carry_out(work: Work, do: Callable[[Alive], Any]) -> None:
    try:
        with AT_ONCE:
            work.alive()
            work.value = do(work.alive)
    except StudioError as error:
        work.error = error
    except Exception as error:  # a thread's end: whatever it was, the page must not wait for ever
        log.exception("work for a page failed")
        work.error = StudioError(
            f"this failed unexpectedly ({type(error).__name__}).", "See the server's log."
        )
    finally:
        work.done = True


def follow(work: Work, said: str) -> None:
    """Say that it is on its way, with a way to stop it; the page runs anew when it has ended."""
    st.fragment(_panel, run_every=SECONDS)(work, said)


def _panel(work: Work, said: str) -> None:
    if work.done:
        st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        icon = ":material/progress_activity:"
        st.badge(f"{said} · {work.seconds:.0f} s", color="blue", icon=icon)
        st.button(
            "Stop",
            key=f"stop-{said}",
            type="tertiary",
            icon=":material/stop_circle:",
            on_click=work.stopped.set,
        )
