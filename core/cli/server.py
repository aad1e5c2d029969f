"""`ssp serve`: the dashboard under uvicorn, on the next free port."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import signal
import socket
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import Json, Workspace, app, configured
from core.cli.output import answer
from core.errors import StudioError
from core.presence import announced
from core.settings import reset as reset_settings
from core.store import Store

PORTS_TO_TRY = 50


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to bind to")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="First port to try")] = 8501,
    tour: Annotated[bool, typer.Option("--tour", help="Open on the guided tour.")] = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Open the dashboard."""
    folder = configured(workspace).workspace.resolve()
    with Store.open(folder):
        pass
    free = free_port(host, port)
    if free != port:
        print(f"port {port} is taken, using {free}", file=sys.stderr)
    if not is_loopback(host):
        warning = (
            "other machines can reach this dashboard, and it has no login: anybody may change your labels"
        )
        print(f"warning: {warning}", file=sys.stderr)
        os.environ.setdefault("STREAMLIT_SERVER_ALLOWED_HOSTS", f"localhost,127.0.0.1,{host}")
    os.environ["SSP_WORKSPACE"] = str(folder)
    reset_settings()
    os.chdir(Path(__file__).resolve().parents[2])
    url = f"http://{host}:{free}/{'?tour=1' if tour else ''}"
    signal.signal(signal.SIGTERM, _leave)  # uvicorn raises the signal again once it has shut down
    with announced(folder, url):
        asyncio.run(_serve(host, free, url, as_json=as_json))


def _leave(_number: int, _frame: object) -> None:
    sys.exit(0)


def free_port(host: str, first: int) -> int:
    """The first port from `first` on that can be bound. Raises StudioError."""
    for port in range(first, first + PORTS_TO_TRY):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OverflowError:
                break
            except OSError:
                continue
            return port
    raise StudioError(f"no free port from {first} on {host}.", "Choose another with --port.")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _serve(host: str, port: int, url: str, *, as_json: bool) -> None:
    import uvicorn

    config = uvicorn.Config("dashboard.asgi:app", host=host, port=port, log_level="warning", access_log=False)
    config.load()  # imports the dashboard, which sets log levels of its own
    for name in ("uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    if server.started:
        answer({"url": url}, f"SSP Studio is ready: {url}", as_json=as_json)
        sys.stdout.flush()
        if has_display():
            webbrowser.open(url)
    await serving


def has_display() -> bool:
    """Whether a browser window could appear for the person who typed the command."""
    if sys.platform in {"darwin", "win32"}:
        return sys.stdout.isatty()
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
