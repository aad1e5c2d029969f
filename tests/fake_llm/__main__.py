"""`python -m tests.fake_llm --port 8099 --dialect vllm --fault 429=0.1`: serve until stopped."""

from __future__ import annotations

import argparse
import asyncio
import gc

from tests.fake_llm.server import MODEL, FakeLLM, Settings


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.fake_llm")
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--dialect", default="openai")
    words.add_argument("--model", action="append", default=[])
    words.add_argument("--latency", type=float, default=0.0)
    words.add_argument("--fault", action="append", default=[], metavar="NAME=RATE")
    words.add_argument("--seed", type=int, default=0)
    words.add_argument("--key", default="")
    words.add_argument("--silence", type=float, default=30.0)
    words.add_argument("--drip", type=float, default=0.5)
    words.add_argument("--forget", action="store_true", help="keep no requests")
    said = words.parse_args()
    faults = {name: float(rate) for name, _, rate in (text.partition("=") for text in said.fault)}
    settings = Settings(
        dialect=said.dialect,
        models=tuple(said.model) or (MODEL,),
        key=said.key,
        latency=said.latency,
        faults=faults,
        seed=said.seed,
        silence=said.silence,
        drip=said.drip,
        keep=not said.forget,
    )
    asyncio.run(_serve(FakeLLM(settings), said.port))


async def _serve(fake: FakeLLM, port: int) -> None:
    server = await fake.serve(port)
    gc.freeze()
    print(f"ready {fake.url}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    main()
