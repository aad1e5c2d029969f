"""Keys of servers: from the environment when they are needed, kept nowhere, in no message."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

from core.egress import host_of, is_this_machine
from core.errors import RecipeError

COMMON = "OPENAI_API_KEY"
"""Not given for any server in particular: it goes nowhere unencrypted but to this machine."""
EMBEDDINGS_KEYS = ("SSP_EMBEDDINGS_KEY", COMMON)
LLM_KEYS = ("SSP_LLM_KEY", COMMON)
"""Environment variables that may hold the key, first come first served; the second is `COMMON`."""
HIDDEN = "[key]"
_LIKELY = re.compile(r"(?i:bearer)\s+[^\s\"',;]{4,}|\bsk-[\w-]{6,}")
"""What looks like a key, whoever's it is."""


def key_name(address: str, names: tuple[str, ...]) -> str:
    """The environment variable that holds the key for an address; "" = none does."""
    private = urlsplit(address).scheme == "https" or is_this_machine(host_of(address))
    usable = names if private else names[:1]
    return next((name for name in usable if os.environ.get(name, "").strip()), "")


def authorization(address: str, names: tuple[str, ...]) -> dict[str, str]:
    """The header that carries the key; {} where there is none.

    Raises:
        RecipeError: it cannot be sent.
    """
    name = key_name(address, names)
    if not name:
        return {}
    key = os.environ[name].strip()
    if not (key.isascii() and key.isprintable()):
        raise RecipeError(f"{name} holds signs that no key has.", "Correct it.")
    return {"Authorization": f"Bearer {key}"}


def about_the_key(address: str, names: tuple[str, ...]) -> tuple[str, str]:
    """What it means that a server lets nobody in (401 or 403), and what to do."""
    name = key_name(address, names)
    if name:
        return f"does not accept the key in {name} (401 or 403)", "Correct the key, or use another model."
    return "asks for a key (401 or 403)", f"Put it into the environment: {names[0]}=..."


def without_keys(text: str) -> str:
    """The text with every key of the environment taken out; nothing else is touched."""
    for name in {*EMBEDDINGS_KEYS, *LLM_KEYS}:
        key = os.environ.get(name, "").strip()
        if len(key) > 3:
            text = text.replace(key, HIDDEN)
    return text


def without_secrets(text: str) -> str:
    """As `without_keys`, and without anything else that looks like a key: for what a server says."""
    return _LIKELY.sub(HIDDEN, without_keys(text))
