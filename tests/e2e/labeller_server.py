"""`uvicorn tests.e2e.labeller_server:app`: the labeller alone, with the product's theme and headers."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.asgi import SafeHeaders

app = st.App(Path(__file__).with_name("labeller_app.py"), middleware=[Middleware(SafeHeaders)])
