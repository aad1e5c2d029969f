"""A run's identity: the hash of everything that decides its results, the engine's own source included."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import core
from core.recipe_llm import identity
from core.recipes import Recipe


@lru_cache(maxsize=1)
def code_version() -> str:
    """Version plus a digest of the engine's own source: other code, other run."""
    digest = hashlib.sha256()
    root = Path(core.__file__).parent
    rooms = ("tasks", "embedders", "llms", "asking", "labelers", "selectors", "cloze", "retrieval", "world")
    files = sorted(
        path for room in rooms for kind in ("*.py", "*.json") for path in (root / room).rglob(kind)
    )
    modules = ("pipeline", "choosing", "source_exemplars", "prompts", "templates", "in_context")
    again = ("rerun", "remade", "corrected")
    for path in [*files, *(root / f"{name}.py" for name in (*modules, *again))]:
        digest.update(path.read_bytes())
    return f"{core.__version__}+{digest.hexdigest()[:8]}"


def run_id(recipe: Recipe, fingerprints: list[str], scope: Mapping[str, object]) -> str:
    """First 16 hex digits of the hash of everything that decides a run's results.

    Settings of a language model that change no answer (where it is, how patiently it is asked) are no part.
    """
    decides = {"recipe": identity(recipe), "data": fingerprints, "scope": dict(scope), "code": code_version()}
    canonical = json.dumps(decides, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
