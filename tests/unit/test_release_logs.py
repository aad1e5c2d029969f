"""Recorded calls from run logs, in both dialects, with everything that stands between."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import FormatError
from core.prompts import prompt_sha256
from core.release.logs import read_calls, read_repr

NOISE = """\
[10:00:01.1](httpx:INFO) HTTP Request: POST https://llm.invalid/v1/chat "HTTP/1.1 429 Too Many Requests"
[10:00:01.2](openai._base_client:INFO) Retrying request to /chat/completions in 0.4 seconds
[10:00:01.3](backoff:INFO) Backing off get_response(...) for 0.9s (openai.error.RateLimitError: wait
over two lines)
"""


def asked(prompt: str) -> str:
    return f"[10:00:00.12](GPT:INFO) Giving the following prompt:{prompt}\n"


def as_json(text: str | None, finish: str = "stop") -> str:
    body = {
        "id": "x",
        "model": "gpt-4",
        "choices": [{"finish_reason": finish, "index": 0, "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }
    head = "[10:00:02.5](GPT:INFO) "
    return f"{head}Received the following response:\n{head}{json.dumps(body, indent=2)}\n"


def as_repr(
    text: str, extra: str = "refusal=None, role='assistant', function_call=None, tool_calls=None"
) -> str:
    head = "[10:00:02.5](GPT:INFO) "
    return (
        f"{head}Received the following response:\n{head}ChatCompletion(id='x', "
        f"choices=[Choice(finish_reason='stop', index=0, logprobs=None, "
        f"message=ChatCompletionMessage(content={text!r}, {extra}))], created=1, "
        "model='gpt-4-1106-preview', object='chat.completion', usage=CompletionUsage(completion_tokens=3, "
        "prompt_tokens=7, total_tokens=10, details=Details(reasoning_tokens=0, audio=-1)))\n"
    )


def obtained(text: str) -> str:
    return f"[10:00:02.6](main:INFO) Obtained completion: {text}\n"


def log(folder: Path, *parts: str) -> Path:
    path = folder / "logfile.log"
    path.write_text("".join(parts), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("dialect", [as_json, as_repr])
def test_one_call(tmp_path: Path, dialect) -> None:  # type: ignore[no-untyped-def]
    prompt, answer = 'Mark:\n\nSentence: Í "gjár"\nTags:\n```', "Í\tADP\n\"gjár\"\tNOUN\n'\\t'\n```"
    (call,) = read_calls(log(tmp_path, asked(prompt), NOISE, dialect(answer), NOISE, obtained(answer)))
    assert (call.prompt, call.text, call.finish_reason) == (prompt, answer, "stop")
    assert (call.prompt_tokens, call.completion_tokens) == (7, 3)
    assert call.prompt_sha256 == prompt_sha256(prompt)
    assert call.model.startswith("gpt-4")
    assert call.status == "ok"


def test_a_call_without_a_response_is_no_call(tmp_path: Path) -> None:
    parts = [asked("lost"), NOISE, asked("kept"), as_json("1"), asked("cut off"), as_json("2")[:-40]]
    assert [call.prompt for call in read_calls(log(tmp_path, *parts))] == ["kept"]


def test_a_response_without_a_prompt_is_no_call(tmp_path: Path) -> None:
    assert read_calls(log(tmp_path, as_json("1"), NOISE, obtained("1"))) == []


def test_a_repeated_prompt_keeps_the_last_answer(tmp_path: Path) -> None:
    parts = [asked("a"), as_json("old"), asked("b"), as_json("other"), asked("a"), as_json("new")]
    assert [(call.prompt, call.text) for call in read_calls(log(tmp_path, *parts))] == [
        ("b", "other"),
        ("a", "new"),
    ]


def test_the_text_is_what_the_run_obtained(tmp_path: Path) -> None:
    parts = [
        asked("a"),
        as_json("x\tO\n"),
        NOISE,
        obtained("x\tO"),
        asked("b"),
        as_json("y\n"),
        obtained("other"),
    ]
    assert [call.text for call in read_calls(log(tmp_path, *parts))] == ["x\tO", "y\n"]


def test_windows_line_ends(tmp_path: Path) -> None:
    text = "".join([asked("a\nb"), as_repr("x\tO"), obtained("x\tO")]).replace("\n", "\r\n")
    (call,) = read_calls(log(tmp_path, text))
    assert (call.prompt, call.text) == ("a\nb", "x\tO")


def test_refused_and_empty(tmp_path: Path) -> None:
    parts = [asked("a"), as_json(None, "content_filter"), asked("b"), as_json("")]
    assert [(call.text, call.status) for call in read_calls(log(tmp_path, *parts))] == [
        ("", "refused"),
        ("", "unparseable"),
    ]


def test_line_separators_do_not_end_a_line(tmp_path: Path) -> None:
    (call,) = read_calls(log(tmp_path, asked("a\u2028[10:00:00.1](x:INFO) b\x0cc"), as_repr("d\u2028e")))
    assert call.prompt == "a\u2028[10:00:00.1](x:INFO) b\x0cc"
    assert call.text == "d\u2028e"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "ChatCompletion(choices=[__import__('os').getcwd()])",
        "ChatCompletion(choices=open)",
        "ChatCompletion(choices=[x for x in (1,)])",
        "ChatCompletion(1)",
        "ChatCompletion(a=(lambda: 1)())",
        "ChatCompletion(a=<object at 0x1>)",
    ],
)
def test_nothing_is_evaluated(text: str) -> None:
    with pytest.raises((ValueError, SyntaxError)):
        read_repr(text)


def test_a_hostile_response_is_no_call(tmp_path: Path) -> None:
    deep = "ChatCompletion(a=" + "[" * 5000 + "]" * 5000 + ")"
    head = "[10:00:02.5](GPT:INFO) "
    parts = [asked("a"), f"{head}ChatCompletion(choices=[__import__('os').getcwd()])\n", f"{head}{deep}\n"]
    assert read_calls(log(tmp_path, *parts, f"{head}{{}}\n", f'{head}{{"choices": [1]}}\n')) == []


def test_not_text(tmp_path: Path) -> None:
    path = tmp_path / "logfile.log"
    path.write_bytes(b"[10:00:00.1](GPT:INFO) a\n\xff\xfe\n")
    with pytest.raises(FormatError, match=r"logfile\.log:2"):
        read_calls(path)
