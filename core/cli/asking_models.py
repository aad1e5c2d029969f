"""A language model that a command asks without a run: said what it takes, agreed to, then connected."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.calls.pricing import price
from core.cli.confirming import agreed
from core.cli.cost_text import needs_text
from core.cli.run_options import settings_of
from core.costs.asking import needs
from core.costs.leaving import Destination, Text, statement, to_agree
from core.egress import EgressRefused, host_of
from core.errors import StudioError
from core.language_model import Connected, connect_model
from core.llms import LIVE, Request
from core.types import Dataset


@dataclass(frozen=True)
class Named:
    """A language model before it is asked; `told` are the settings that the command itself gives."""

    name: str
    settings: Mapping[str, Any]
    told: Mapping[str, str]

    @property
    def host(self) -> str:
        """Where text would go; "" = nowhere."""
        address = str(self.settings.get("base_url", ""))
        return host_of(address) if address else ""

    @property
    def model(self) -> str:
        """What it is called there."""
        return str(self.settings.get("model", ""))


def named(setting: Sequence[str] | None) -> Named:
    """From `--set llm=NAME --set llm.FIELD=VALUE`. Raises StudioError."""
    said = settings_of(setting or [])
    name = said.pop("llm", "endpoint" if "llm.base_url" in said else "")
    strange = [key for key in said if not key.startswith("llm.")]
    if name not in LIVE or strange:
        what = (
            f"--set {strange[0]} is no setting of a language model." if strange else "which language model?"
        )
        raise StudioError(what, f"Give --set llm={' or '.join(LIVE)}, --set llm.model=..., and its settings.")
    own = {key.removeprefix("llm."): value for key, value in said.items()}
    return Named(name, own, own)


def connected(
    asked: Named,
    owners: Sequence[Dataset],
    texts: Sequence[Text],
    requests: Iterable[Request],
    workspace: Path,
    *,
    yes: bool,
) -> Connected:
    """The model, ready to be asked, after it was said what that takes and somebody agreed.

    Args:
        owners: the data sets whose text the requests hold. texts: how much of each.

    Raises:
        EgressRefused: text may not go there. NotConfirmed, Cancelled: nobody agreed.
    """
    place = Destination(asked.host, asked.model, "labels", tuple(texts), agreed=_has_leave(asked))
    wanted, said = to_agree([place]), statement([place], owners[0].task)
    takes = needs(requests, asked.model)
    table = price(asked.model, asked.host, workspace)
    paid = takes.price(table)
    print(needs_text(said, takes, table), file=sys.stderr)
    by_hand = agreed(said, leaves=place.leaves, costs=paid is None or paid.high > 0, yes=yes)
    if wanted and not by_hand and host_of(str(asked.told.get("base_url", ""))) != asked.host:
        raise EgressRefused(
            f"nobody has agreed that text goes to {asked.host}.",
            f"Name it with the command: --set llm.agreed={asked.host}",
        )
    leave = {"agreed": asked.host} if wanted else {}
    return connect_model(asked.name, {**asked.settings, **leave}, owners, workspace)


def _has_leave(asked: Named) -> bool:
    given = str(asked.told.get("agreed", ""))
    return bool(given) and host_of(given) == asked.host
