"""Addresses of servers."""

from __future__ import annotations

from urllib.parse import urlsplit

PLAIN = "a plain http or https address (no user, password, query or fragment)"


def is_plain(url: str) -> bool:
    """Whether every reader of URLs finds the same host in it, and no secret."""
    if any(sign in url for sign in "@?#\\") or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
