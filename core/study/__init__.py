"""Studies of the offline parts on public data: what they are worth, measured again by anybody."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache(maxsize=1)
def measured() -> dict[str, Any]:
    """What `ssp study --out core/study/exemplars.json` last wrote: seeds, date, version and figures."""
    found: dict[str, Any] = json.loads(files("core.study").joinpath("exemplars.json").read_text("utf8"))
    return found
