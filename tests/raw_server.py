"""A server of OpenAI's chat API asked with any document, by httpx alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Said:
    """Status (0 = no answer) and JSON object of an answer."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Server:
    """What `core.probing.Raw` describes."""

    base_url: str
    model: str

    def ask_raw(self, body: Mapping[str, Any]) -> Said:
        return self._said("POST", "chat/completions", json=dict(body))

    def ask_models(self) -> Said:
        return self._said("GET", "models")

    def _said(self, method: str, path: str, **more: Any) -> Said:
        try:
            answer = httpx.request(method, f"{self.base_url}/{path}", timeout=60.0, trust_env=False, **more)
            document = answer.json()
        except (httpx.HTTPError, ValueError):
            return Said(0, {})
        return Said(answer.status_code, document if isinstance(document, dict) else {})
