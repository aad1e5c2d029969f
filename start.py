"""Start SSP Studio: `python start.py` makes the environment, prepares the sample and opens the dashboard.

Needs Python 3.11 or newer and nothing else; `python start.py --help` lists the options. What it does is in
core/starting/. This file can be read by any Python, so that an old one gets a sentence and not a SyntaxError.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - exactly for those who come with an older one
    sys.exit(
        "start.py: SSP Studio needs Python 3.11 or newer, and this is Python %d.%d. " % sys.version_info[:2]  # noqa: UP031
        + "Start it with a newer one, for example: python3.11 start.py"
    )

# `python -P` leaves it out
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120

from core.starting import main

if __name__ == "__main__":
    sys.exit(main())
