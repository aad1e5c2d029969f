"""Tokens of a text: exactly where the tokenizer is here, else within the bounds of what was measured."""

from __future__ import annotations

from pathlib import Path

from core.asking.token_counts import GUESSED, MEASURED, count_tokens
from tests.needs import needs

ROWS = (
    "Gáta\tPROPN\n:\tPUNCT\nEin\tDET\ngáta\tNOUN\ner\tAUX\nein\tDET\nstutt\tADJ\nsøga\tNOUN\n,\tPUNCT\n"
    "sum\tDET\nendar\tVERB\nvið\tADP\neinum\tDET\nspurningi\tNOUN\n.\tPUNCT\n```"
)
GPT_4 = 76
"""What the SSP release recorded for this answer."""


def test_an_estimate_holds_the_truth_between_its_bounds() -> None:
    found = count_tokens(ROWS, "gpt-4")
    assert found.low < GPT_4 < found.high
    assert abs(found.tokens - GPT_4) <= 4
    assert (found.how, found.exact) == (MEASURED, False)


def test_scripts_that_were_not_measured_are_called_a_guess() -> None:
    amharic = "ኢትዮጵያ ሀገር ናት"
    found = count_tokens(amharic)
    assert found.how == GUESSED
    assert found.low <= found.tokens <= found.high
    assert found.high >= len(amharic.replace(" ", "").encode())


def test_nothing_has_no_tokens() -> None:
    assert count_tokens("").tokens == 0
    assert count_tokens("a" * 1000).tokens > 300


@needs("tokenizers")
def test_a_tokenizer_that_is_here_counts(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"Hon": 0, "las": 1, "?": 2}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    found = count_tokens("Hon las bók", str(tmp_path))
    assert (found.tokens, found.low, found.high, found.exact) == (3, 3, 3, True)
    assert tmp_path.name in found.how


def test_a_file_that_is_no_tokenizer_is_estimated(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    assert not count_tokens("Hon las", str(tmp_path)).exact
