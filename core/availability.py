"""Packages that a light installation leaves out: asked for before use, offered when missing."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from core.errors import StudioError

ROOT = Path(__file__).resolve().parents[1]


class NotInstalled(StudioError):
    """Something needs a package that this installation left out."""

    code = "not_installed"


def is_installed(package: str) -> bool:
    """Whether a package is there (`sentence-transformers` as well as `torch`); it is not loaded."""
    return find_spec(package.replace("-", "_")) is not None


def require(package: str, *, purpose: str, remedy: str = "") -> None:
    """Pass when the package is there.

    Args:
        package: its name as in requirements.txt.
        purpose: what needs it, as the subject of a sentence.
        remedy: how to have it, where the full installation leaves it out too.

    Raises:
        NotInstalled: it is not; the hint says how to install it.
    """
    if not is_installed(package):
        raise NotInstalled(
            f"{purpose} needs {package}, which this {'' if remedy else 'light '}installation left out.",
            remedy or f"Install it with: python start.py --full (in {ROOT}).",
        )
