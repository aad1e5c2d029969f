"""A server of language models on this machine: speaks as OpenAI's API does, in several dialects, or fails.

    with serving(dialect="vllm", latency=0.2, faults={"429": 0.1}) as fake:
        endpoint(base_url=fake.url, model=fake.model)
        fake.counts()                      # how often each request came, and was answered in full

`python -m tests.fake_llm --port 8099 --dialect openai --fault 429=0.1` serves until it is stopped;
`GET /counts` tells what `counts()` does, `POST /settings` changes `Settings`. Its answers are sensible: each
word gets the tag it has most often in the exemplars of the prompt, else the first label.
"""

from tests.fake_llm.counting import Counts
from tests.fake_llm.faults import ANSWER_FAULTS, FAULTS, TRANSPORT_FAULTS
from tests.fake_llm.server import MODEL, FakeLLM, Settings, serving

__all__ = ["ANSWER_FAULTS", "FAULTS", "MODEL", "TRANSPORT_FAULTS", "Counts", "FakeLLM", "Settings", "serving"]
