"""The language model of a run: built from its recipe, let through the gate, its calls kept."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import RecipeError
from core.llms import LLM, Alive
from core.llms.replay import Replay
from core.run_input import RunInput


@dataclass(frozen=True)
class Connected:
    """A model that can be asked, where it is, and what is known of it."""

    llm: LLM
    host: str = ""

    def capabilities(self) -> object | None:
        return None

    def spent(self) -> object | None:
        return None

    def expect(self, requests: int) -> None:
        """Nothing is projected."""


def connected(job: RunInput, alive: Alive) -> Connected:
    """The model that the recipe names, ready to be asked.

    Raises:
        RecipeError: it cannot be built. EgressRefused: the text may not go there.
    """
    name = str(job.recipe["stage2"]["llm"])
    alive()
    if name == "replay":
        return Connected(Replay(job.completions))
    raise RecipeError(f"the language model {name} cannot be asked.")
