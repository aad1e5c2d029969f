"""Where language models answer: addresses to begin with. Nothing else depends on which is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from core.egress import host_of, is_this_machine


@dataclass(frozen=True, slots=True)
class Provider:
    """A way to reach a model: its address, how a server is started there, what a model is called."""

    title: str
    address: str
    how: str = ""
    model: str = ""


PROVIDERS = {
    "hosted": Provider(
        "A hosted service (OpenAI-compatible)",
        "https://api.openai.com/v1",
        "Any service with an OpenAI-compatible address; put its own address below.",
        "the service's name of a model",
    ),
    "vllm": Provider("vLLM", "http://127.0.0.1:8000/v1", "vllm serve MODEL --port 8000", "as it was served"),
    "llamacpp": Provider(
        "llama.cpp server",
        "http://127.0.0.1:8080/v1",
        "llama-server --model FILE.gguf --port 8080",
        "any name: it serves one",
    ),
    "ollama": Provider("Ollama", "http://127.0.0.1:11434/v1", "ollama serve", "as `ollama list` says"),
    "transformers": Provider(
        "transformers serve",
        "http://localhost:8000/v1",
        "transformers serve --port 8000",
        "a folder, or a name that is in the cache",
    ),
}
OTHER = "other"


def of(address: str) -> str:
    """Which of the providers an address is that of; `other` for one's own."""
    return next((name for name, known in PROVIDERS.items() if known.address == address), OTHER)


def away(address: str) -> str:
    """The machine that an address means; "" where it is this one, or none is given."""
    host = host_of(address) if address.strip() else ""
    return "" if not host or is_this_machine(host) else host
