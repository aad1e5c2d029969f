"""Where a data set's text may go. Whatever sends text to another host asks here first."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from core.errors import StudioError
from core.types import Dataset, Egress

CHOICES: tuple[Egress, ...] = ("local", "ask", "any")
MEANING: dict[Egress, str] = {
    "local": "The text never leaves this machine.",
    "ask": "Before the text is sent to another host, somebody has to agree, for that run and that host.",
    "any": "The text may be sent to any host a run names.",
}


class EgressRefused(StudioError):
    """Text was about to be sent where it may not go."""

    code = "egress_refused"


def check(datasets: Iterable[Dataset], address: str, *, agreed: bool = False) -> None:
    """Let text of these data sets go to `address`, or refuse.

    Args:
        datasets: whose text would be sent, sources of exemplars included.
        address: URL or host name; this machine itself is always allowed.
        agreed: somebody has said yes to this very run and host.

    Raises:
        EgressRefused: one of them may not go there.
    """
    host = host_of(address)
    if is_this_machine(host):
        return
    for dataset in datasets:
        if dataset.egress == "local":
            raise EgressRefused(
                f"{dataset.id} is set to stay on this machine: its text is not sent to {host}.",
                f"Use a model on this machine, or allow it: ssp egress {dataset.id} ask",
            )
        if dataset.egress != "any" and not agreed:
            raise EgressRefused(
                f"text of {dataset.id} would be sent to {host}, and nobody has agreed to that.",
                f"Agree for this run, or allow it for good: ssp egress {dataset.id} any",
            )


def host_of(address: str) -> str:
    """The host of a URL, or of a bare `host` or `host:port`."""
    host = urlsplit(address if "//" in address else f"//{address}").hostname
    return (host or address).rstrip(".").lower()


def is_this_machine(host: str) -> bool:
    """Whether a host name can only mean this machine. Other names are not looked up."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
