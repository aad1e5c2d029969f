"""Language models: a prompt in, a completion out."""

from __future__ import annotations

import hashlib
import json
from typing import Protocol

from core.registry import Registry
from core.types import Completion, Prompt


class LLM(Protocol):
    """Anything that answers a prompt. A bad answer is a completion with a status, not an exception."""

    @property
    def name(self) -> str: ...

    def complete(self, prompt: Prompt) -> Completion:
        """Answer one prompt, verbatim."""


llms: Registry[type[LLM]] = Registry("language model", "core.llms")


def request_key(model: str, prompt_sha256: str) -> str:
    """The content hash a completion is stored under: SHA-256 of the request, in hex."""
    request = {"model": model, "prompt_sha256": prompt_sha256}
    return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()
