"""A window at the desk without a browser: the same websocket, the same messages, none of the drawing.

It speaks Streamlit's own protocol, so that a server is measured with everything that lies between a key and
the answer but the browser: twenty of them fit on a machine where twenty browsers would not.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Origin, Subprotocol

PATIENCE = 60.0
ANNOTATOR, LABELLER = "ssp_annotator", "ssp_labeller"


@dataclass
class Window:
    """One person at one window.

    Attributes:
        data: what the labeller shows now; acks: client -> seq, the newest that was acknowledged.
        waited: seconds from sending each message to its acknowledgement.
    """

    url: str
    who: str
    query: str
    client: str = field(default_factory=lambda: uuid4().hex)
    data: dict[str, Any] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    seq: int = 0
    outbox: list[dict[str, Any]] = field(default_factory=list)
    served: list[int] = field(default_factory=list)
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    _ids: dict[str, str] = field(default_factory=dict)
    _fragment: str = ""
    _socket: Any = None

    async def open(self) -> None:
        """Open the page under this name, and wait for the first items."""
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await websockets.connect(
            address,
            origin=Origin(self.url),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            open_timeout=PATIENCE,
        )
        await self._run("")
        await self._until(lambda: ANNOTATOR in self._ids)
        await self._run("", {ANNOTATOR: {"who": self.who}})
        while not self._served():  # a queue may have to be worked out first
            try:
                await self._until(self._served, 1.0)
            except TimeoutError:
                await self._run("")

    def _served(self) -> bool:
        return self.data.get("who") == self.who and bool(self.data["queue"])

    async def close(self) -> None:
        await self._socket.close()

    def message(self, kind: str, item: dict[str, Any], **more: Any) -> dict[str, Any]:
        """What a labeller sends of an item."""
        self.seq += 1
        shown = {
            "id": item["id"],
            "version": item["version"],
            "tv": item["tv"],
            "dataset": self.data["dataset"],
        }
        counted = {"ms": 900, "keys": 5, "clicks": 0, "blind": self.data["blind"], "who": self.who}
        said = {"client": self.client, "seq": self.seq, "kind": kind, "key": self.data["key"]}
        return {**said, **shown, **counted, **more}

    async def save(self, item: dict[str, Any], labels: list[str]) -> dict[str, Any]:
        """Save an item, and wait for the acknowledgement; its answer."""
        message = self.message("labels", item, labels=labels, action="set")
        self.outbox.append(message)
        began = time.perf_counter()
        await self._run(self._fragment, {LABELLER: {"outbox": self.outbox}})
        await self._until(lambda: self.data.get("acks", {}).get(self.client, 0) >= message["seq"])
        self.waited.append(time.perf_counter() - began)
        self.served.append(item["id"])
        self.outbox = []
        return self.answers[message["seq"]]

    async def _run(self, fragment: str, values: dict[str, Any] | None = None) -> None:
        back = BackMsg()
        asked = back.rerun_script
        asked.query_string, asked.page_name, asked.fragment_id = self.query, "annotate", fragment
        self._values = getattr(self, "_values", {}) | {
            self._ids[name]: said for name, said in (values or {}).items()
        }
        for name, said in self._values.items():
            state = asked.widget_states.widgets.add()
            state.id, state.json_value = name, json.dumps(said)
        await self._socket.send(back.SerializeToString())

    async def _until(self, done: Callable[[], bool], seconds: float = PATIENCE) -> None:
        async with asyncio.timeout(seconds):
            while not done():
                self._take(ForwardMsg.FromString(await self._socket.recv()))

    def _take(self, message: ForwardMsg) -> None:
        component = message.delta.new_element.bidi_component
        if component.component_name.endswith((ANNOTATOR, LABELLER)):
            name = ANNOTATOR if component.component_name.endswith(ANNOTATOR) else LABELLER
            self._ids[name] = component.id
            if name == LABELLER:
                self._fragment = message.delta.fragment_id
                self.data = json.loads(component.json)
                for answer in self.data["answers"]:
                    if answer["client"] == self.client:
                        self.answers[answer["seq"]] = answer
