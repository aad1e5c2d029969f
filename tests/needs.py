"""Tests of what a light installation leaves out: skipped without it, and never in silence."""

from __future__ import annotations

import pytest

from core.availability import is_installed

LEFT_OUT = "LEFT OUT BY THE LIGHT INSTALLATION"


def needs(*packages: str) -> pytest.MarkDecorator:
    """Skip a test unless these packages are installed, saying which are not and how to have them."""
    missing = [package for package in packages if not is_installed(package)]
    reason = f"{LEFT_OUT}: needs {', '.join(missing)}; install with: python start.py --full"
    return pytest.mark.skipif(bool(missing), reason=reason)
