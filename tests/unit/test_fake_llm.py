"""The fake server is what other tests measure by: it answers sensibly, fails as told, and counts."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from typing import Any

import pytest

from tests.fake_llm import ANSWER_FAULTS, FAULTS, MODEL, FakeLLM, serving
from tests.fake_llm.faults import fate
from tests.fake_llm.grammars import generate
from tests.fake_llm.reading import Question
from tests.llm_client import request

ROWS = request(1, "Hon syngur nú").prompt.text
SCHEMA = {
    "type": "object",
    "properties": {
        "words": {
            "type": "array",
            "prefixItems": [
                {
                    "type": "object",
                    "properties": {"word": {"enum": [word]}, "tag": {"enum": ["NOUN", "VERB", "PRON"]}},
                }
                for word in ("Hon", "syngur", "nú")
            ],
        }
    },
}


def ask(fake: FakeLLM, **body: Any) -> tuple[int, Any]:
    document = {"model": MODEL, "messages": [{"role": "user", "content": ROWS}], **body}
    asked = urllib.request.Request(
        f"{fake.url}/chat/completions", json.dumps(document).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def text(fake: FakeLLM, **body: Any) -> str:
    return str(ask(fake, **body)[1]["choices"][0]["message"]["content"])


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        (ROWS, "Hon\tPRON\nsyngur\tVERB\nnú\tNOUN"),
        ("Tags: A, B.\nAs word/TAG.\n\nText: x y\nWords: x/B y/A\n\nText: y x z\nWords:", "y/A x/B z/A"),
        ("Pick one out of: sports, health.\n\nText: goal win\nTopic: sports\n\nText: flu\nTopic: health\n\n"
         "Text: flu season\nTopic:", "health"),
    ],
)  # fmt: skip
def test_it_reads_the_exemplars(prompt: str, answer: str) -> None:
    with serving() as fake:
        assert text(fake, messages=[{"role": "user", "content": prompt}]) == answer


def test_json_exemplars() -> None:
    prompt = (
        'Tags: A, B.\nReply in JSON.\n\nText: x\nWords: {"words": [{"word": "x", "tag": "B"}]}\n\nText: x y\n'
    )
    with serving() as fake:
        said = json.loads(text(fake, messages=[{"role": "user", "content": prompt}]))
    assert said == [{"word": "x", "tag": "B"}, {"word": "y", "tag": "A"}]


def test_what_dialects_make_of_a_constraint() -> None:
    wanted = {
        "words": [
            {"word": "Hon", "tag": "PRON"},
            {"word": "syngur", "tag": "VERB"},
            {"word": "nú", "tag": "NOUN"},
        ]
    }
    by_schema = {"response_format": {"type": "json_schema", "json_schema": {"schema": SCHEMA}}}
    by_object = {"response_format": {"type": "json_object", "schema": SCHEMA}}
    structured = {"structured_outputs": {"json": SCHEMA}}
    grammar = 'root ::= "Hon\\t" tag "\\nsyngur\\t" tag "\\n"\ntag ::= "NOUN" | "VERB" | "PRON"'
    with serving() as fake:
        assert json.loads(text(fake, **by_schema)) == wanted
        assert ask(fake, **structured)[0] == 400
        fake.set(dialect="vllm")
        assert json.loads(text(fake, **structured)) == wanted
        assert text(fake, guided_choice=["zebra"]) != "zebra"
        assert text(fake, structured_outputs={"choice": ["zebra"]}) == "zebra"
        fake.set(dialect="llamacpp")
        assert json.loads(text(fake, **by_object)) == wanted
        assert ask(fake, **by_schema)[0] == 422
        assert text(fake, grammar=grammar) == "Hon\tPRON\nsyngur\tVERB\n"
        fake.set(dialect="transformers-serve")
        assert text(fake, **by_schema).startswith("Hon\t")
        assert ask(fake, **structured)[0] == 422


def test_log_probabilities_by_dialect() -> None:
    with serving() as fake:
        said = ask(fake, logprobs=True, top_logprobs=3)[1]["choices"][0]
        entries = said["logprobs"]["content"]
        assert "".join(entry["token"] for entry in entries) == said["message"]["content"]
        assert all(len(entry["top_logprobs"]) == 3 for entry in entries)
        fake.set(dialect="llamacpp")
        older = ask(fake, logprobs=True)[1]["choices"][0]["logprobs"]
        assert older["token_logprobs"][0] is None
        fake.set(dialect="transformers-serve")
        assert ask(fake, logprobs=True, n=3)[1]["choices"][0]["logprobs"] is None


@pytest.mark.parametrize("fault", ANSWER_FAULTS)
def test_a_bad_answer_is_a_finished_call(fault: str) -> None:
    with serving(drip=0.05) as fake:
        fake.script.append(fault)
        said = ask(fake)[1]["choices"][0]
        unspoiled = text(fake)
        assert fake.counts()["finished"] == 2
    assert (said["message"]["content"] == unspoiled) == (fault in {"slow-stream", "ignored-fields"})


def test_faults_do_not_depend_on_the_order() -> None:
    rates = {"429": 0.2, "reset": 0.1, "truncated": 0.2}
    found = [fate(rates, 1, f"c{number}", 0) for number in range(4_000)]
    assert [fate(rates, 1, f"c{number}", 0) for number in range(4_000)] == found
    for name, rate in rates.items():
        share = found.count(name) / len(found)
        assert abs(share - rate * (0.7 if name == "truncated" else 1)) < 0.03
    assert fate(rates, 1, "c", 0) == fate(rates, 1, "c", 0)
    with pytest.raises(ValueError, match="no such fault"), serving(faults={"nonsense": 1.0}):
        pass


def test_it_counts_calls_by_content() -> None:
    with serving() as fake:
        for number in (1, 1, 2):
            fake.script.append("429" if fake.counts()["asked"] == 0 else "")
            ask(fake, seed=number)
        counts = fake.counts()
    assert (counts["asked"], counts["contents"], counts["finished"], counts["repeated"]) == (3, 2, 2, 0)
    assert counts["fates"] == {"429": 1, "none": 2}
    assert set(counts["fates"]) - {"none"} <= set(FAULTS)


def test_grammars_of_nothing_but_a_word() -> None:
    question = Question("Labels: A, B.\n\nText: x")
    assert generate('root ::= "zebra"', question) == "zebra"
    assert generate('root ::= ("B" | "A") tail\ntail ::= "!"', question) == "B!"


@pytest.mark.slow
def test_it_runs_on_its_own() -> None:
    command = [sys.executable, "-m", "tests.fake_llm", "--dialect", "vllm", "--fault", "429=1", "--key", "k"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        url = running.stdout.readline().split()[1].removesuffix("/v1")
        change = json.dumps({"latency": 0.01, "faults": {}}).encode()
        with urllib.request.urlopen(f"{url}/settings", change) as said:
            assert json.loads(said.read())["dialect"] == "vllm"
        with urllib.request.urlopen(f"{url}/counts") as said:
            assert json.loads(said.read())["asked"] == 0
        running.terminate()
