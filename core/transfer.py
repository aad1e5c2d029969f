"""One file over HTTP: checked length, bounded retries, and never half a file in its place."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from core.errors import DownloadError

ATTEMPTS = 3
PAUSE = 0.2
"""Seconds, times the number of the attempt."""
CHUNK = 1 << 20
GONE = (404, 410)
BUSY = (408, 425, 429, 500, 502, 503, 504)
HINT = (
    "Nothing was changed. Check the network, or set SSP_MIRROR to a folder or an address that holds the "
    "file as {owner}/{repository}/{path}, then try again."
)


def download(url: str, target: Path, timeout: float) -> Path | None:
    """Fetch `url` into `target`; None when the server says that there is no such file.

    Raises:
        DownloadError: anything else went wrong, after up to three attempts where that can help.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _transfer(url, target, timeout)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in GONE:
                return None
            problem, again = f"the server answered {error.code} {error.reason}", error.code in BUSY
        except (OSError, HTTPException) as error:
            problem, again = _reason(error)
        if not again:
            break
        if attempt < ATTEMPTS:
            time.sleep(PAUSE * attempt)
    raise DownloadError(f"could not fetch {url}: {problem}.", HINT)


def _reason(error: Exception) -> tuple[str, bool]:
    """What went wrong, and whether another attempt may help."""
    cause = getattr(error, "reason", None) or error
    if isinstance(cause, TimeoutError):
        return "it did not answer in time", True
    return str(cause) or type(cause).__name__, isinstance(cause, (HTTPException, ConnectionResetError))


def _transfer(url: str, target: Path, timeout: float) -> Path:
    request = urllib.request.Request(url, headers={"User-Agent": "ssp-studio"})  # noqa: S310
    with _OPENER.open(request, timeout=timeout) as answer, replacing(target) as out:
        stated = answer.headers.get("Content-Length")
        shutil.copyfileobj(answer, out, CHUNK)
        if stated is not None and out.tell() != int(stated):
            raise HTTPException(f"the transfer ended after {out.tell()} of {stated} bytes")
    return target


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """A file that takes `target`'s place only when it was written whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to plain http."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.type == "https" and urlsplit(newurl).scheme != "https":
            raise urllib.error.URLError(f"it redirects to {newurl}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_OPENER = urllib.request.build_opener(_SafeRedirects)
