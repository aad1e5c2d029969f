"""`python -m core.cli` is `ssp`."""

from core.cli.app import main

main()
