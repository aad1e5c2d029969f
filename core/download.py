"""Public files: from a mirror folder, a mirror address, or the live host, cached in the workspace."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from core.errors import DownloadError
from core.settings import Settings
from core.transfer import HINT, download, replacing

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class _Address:
    """Where the files of one repository lie: a folder, or an address with its cache folder."""

    name: str
    folder: Path
    url: str = ""


def fetch(repository: str, branch: str, paths: str | Sequence[str], *, settings: Settings) -> Path | None:
    """A local copy of the first of `paths` that exists; None if none of them does.

    A folder is read in place. What came over HTTP stays in `<workspace>/downloads`; files put there
    by `keep` come first and make the call work without a network.

    Args:
        repository: owner/name.
        branch: only part of the live address.
        paths: the path inside the repository, or alternatives in order of preference.

    Raises:
        DownloadError: the address does not answer as it should, or a name is not a plain path.
    """
    wanted = [paths] if isinstance(paths, str) else list(paths)
    for name in (repository, branch, *wanted):
        _check(name)
    kept = kept_folder(settings) / repository
    asked = [path for path in wanted if not _mark(kept, path).is_file()]
    ready = _first(kept, asked)
    if ready or not asked:
        return ready
    address = _address(repository, branch, settings)
    ready = _first(address.folder, asked)
    if ready or not address.url:
        return ready
    copies = (_download(address, path, settings) for path in asked)
    return next((copy for copy in copies if copy), None)


def require(repository: str, branch: str, paths: str | Sequence[str], *, settings: Settings) -> Path:
    """As `fetch`, for a file that has to be there.

    Raises:
        DownloadError: also when none of the paths exists.
    """
    found = fetch(repository, branch, paths, settings=settings)
    if found is None:
        raise missing(repository, branch, [paths] if isinstance(paths, str) else paths, settings)
    return found


def missing(repository: str, branch: str, paths: Sequence[str], settings: Settings) -> DownloadError:
    """The error that says none of `paths` is at the address in use."""
    place = _address(repository, branch, settings).name
    return DownloadError(f"{place} holds none of {', '.join(paths)}.", HINT)


def kept_folder(settings: Settings) -> Path:
    """Files kept for work without a network, whatever address they came from."""
    return settings.downloads / "kept"


def keep(repository: str, paths: str | Sequence[str], found: Path | None, settings: Settings) -> Path | None:
    """Keep what `fetch` answered, a file or its absence, so that it answers the same without a network."""
    kept = kept_folder(settings) / repository
    wanted = [paths] if isinstance(paths, str) else list(paths)
    if found is None:
        for path in wanted:
            _mark(kept, path).parent.mkdir(parents=True, exist_ok=True)
            _mark(kept, path).touch()
        return None
    named = max((path for path in wanted if found.as_posix().endswith(f"/{path}")), key=len)
    if found != kept / named:
        with found.open("rb") as source, replacing(kept / named) as target:
            shutil.copyfileobj(source, target)
    return kept / named


def forget_absence(repository: str, paths: Sequence[str], settings: Settings) -> None:
    """Ask the address again for files that were kept as absent."""
    for path in paths:
        _mark(kept_folder(settings) / repository, path).unlink(missing_ok=True)


def _mark(kept: Path, path: str) -> Path:
    return kept / f"{path}.absent"


def _first(folder: Path, paths: Sequence[str]) -> Path | None:
    return next((folder / path for path in paths if (folder / path).is_file()), None)


def _check(name: str) -> None:
    parts = name.split("/")
    plain = re.fullmatch(r"[^\\:\x00-\x1f\x7f]+", name) and not any(part in ("", ".", "..") for part in parts)
    if not plain:
        raise DownloadError(
            f"{name!r} is not a plain path inside a repository.", "Nothing was changed. Correct it."
        )


def _address(repository: str, branch: str, settings: Settings) -> _Address:
    if settings.mirror is None:
        return _online(settings.live_base, f"{repository}/{branch}", settings, secure=True)
    if urlsplit(settings.mirror).scheme in ("http", "https"):
        return _online(settings.mirror, repository, settings, secure=False)
    folder = _folder(settings.mirror)
    if not folder.is_dir():
        raise DownloadError(
            f"SSP_MIRROR names {settings.mirror}, which is neither a folder nor an http(s) address.",
            "Nothing was changed. Correct SSP_MIRROR, or unset it to use the public addresses.",
        )
    return _Address(str(folder / repository), folder / repository)


def _folder(mirror: str) -> Path:
    local = unquote(urlsplit(mirror).path) if mirror.startswith("file://") else mirror
    return Path(local).expanduser()


def _online(base: str, below: str, settings: Settings, *, secure: bool) -> _Address:
    parts = urlsplit(base)
    allowed = parts.scheme == "https" or (
        parts.scheme == "http" and (not secure or parts.hostname in LOOPBACK)
    )
    if not allowed or not parts.hostname:
        raise DownloadError(
            f"{base} is not an https address.",
            "Nothing was changed. Correct SSP_LIVE_BASE, or set SSP_MIRROR.",
        )
    slug = re.sub(r"[^A-Za-z0-9.-]+", "_", f"{parts.netloc.rpartition('@')[2]}{parts.path}").strip("_")
    url = f"{base.rstrip('/')}/{quote(below)}"
    return _Address(url, settings.downloads / slug / below, url)


def _download(address: _Address, path: str, settings: Settings) -> Path | None:
    return download(f"{address.url}/{quote(path)}", address.folder / path, settings.timeout)
