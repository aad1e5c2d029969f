"""The dashboard as an ASGI application: `uvicorn dashboard.asgi:app`, started by `ssp serve`."""

from __future__ import annotations

import base64
import contextlib
import gc
import hashlib
import logging
import re
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, file_util

from core.errors import StudioError
from core.settings import settings
from dashboard import actions

ROOT = Path(__file__).resolve().parents[1]
SECONDS_BETWEEN_POLLS = 0.5
log = logging.getLogger(__name__)


def content_policy() -> str:
    """Only this server's own scripts, images and connections; no frames around us.

    Components need `blob:`; the page's one inline script is named by its hash, read from the
    Streamlit that is installed.
    """
    page = Path(file_util.get_static_dir(), "index.html").read_text("utf8")
    inline = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *(f"'sha256-{value}'" for value in hashes)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' ws: wss:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SafeHeaders:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": content_policy(),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "X-Frame-Options": "DENY",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_safely if scope["type"] == "http" else send)


def bring_in(stop: threading.Event) -> None:
    """Ingest what workers have finished, until told to stop. A failure is logged and tried again."""
    said = ""
    while not stop.wait(SECONDS_BETWEEN_POLLS):
        try:
            actions.poll()
        except (StudioError, OSError) as error:
            if str(error) != said:
                said = str(error)
                log.error("results of a job could not be brought in: %s", said)


@contextlib.asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Runs the thread that brings in results, as long as the server runs."""
    stop = threading.Event()
    thread = threading.Thread(target=bring_in, args=(stop,), name="bring-in", daemon=True)
    thread.start()
    try:
        yield {}
    finally:
        stop.set()
        thread.join(timeout=10)


def _application() -> st.App:
    settings()  # a relative workspace is meant from where the server was started
    with contextlib.chdir(ROOT):  # config.toml is looked up in the working directory
        config.get_config_options(force_reparse=True)
    go.Figure(go.Scatter(x=pd.Series([0.0]))).to_plotly_json()  # what plotly loads on first use, loaded now
    gc.collect()
    gc.freeze()
    return st.App(ROOT / "dashboard" / "app.py", lifespan=lifespan, middleware=[Middleware(SafeHeaders)])


app = _application()
