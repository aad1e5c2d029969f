"""The command line `ssp`."""

from core.cli.app import main

__all__ = ["main"]
