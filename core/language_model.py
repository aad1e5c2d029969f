"""The language model of a run: built from its recipe, let through the gate, its calls kept."""

from __future__ import annotations

from core.errors import RecipeError
from core.llms import LLM
from core.llms.replay import Replay
from core.run_input import RunInput


def connected(job: RunInput) -> LLM:
    """The model that the recipe names, ready to be asked.

    Raises:
        RecipeError: it cannot be built. EgressRefused: the text may not go there.
    """
    name = str(job.recipe["stage2"]["llm"])
    if name == "replay":
        return Replay(job.completions)
    raise RecipeError(f"the language model {name} cannot be asked.")
