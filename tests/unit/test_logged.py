"""A model in front of which the log answers: nothing is asked twice, nothing is used before it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.calls import Account, Budget, BudgetReached, CallLog, Logged
from core.calls import logged as module
from core.calls.log import CallLogTrouble
from core.calls.pricing import Price
from core.errors import RecipeError
from core.llms import Alive, Request, request_key
from core.types import Completion
from tests.llm_client import request, requests, silent

PRICE = Price("m", "example.org", 1.0, 2.0, "EUR")


class Parrot:
    """Answers `window` requests at a time, the last one first; `asked` counts."""

    name = "parrot"

    def __init__(self, window: int = 4, status: str = "ok", told: bool = True) -> None:
        self.window, self.status, self.told = window, status, told
        self.asked: list[str] = []
        self.taken = 0

    def identity(self) -> Mapping[str, Any]:
        return {"parrot": 1}

    def bounds(self, request: Request) -> tuple[int, int]:
        return 1_000_000, 1_000_000

    def answers(self, requests: Iterable[Request], alive: Alive) -> Iterator[tuple[Request, Completion]]:
        held: list[Request] = []
        for asked in requests:
            alive()
            held.append(asked)
            self.asked.append(asked.prompt.text)
            if len(held) == self.window:
                yield self._pair(held.pop())
        while held:
            yield self._pair(held.pop())

    def _pair(self, asked: Request) -> tuple[Request, Completion]:
        key = request_key(self.identity(), asked)
        tokens = (500_000, 250_000) if self.told else (None, None)
        text = "" if self.status == "failed" else f"answer {asked.number}"
        return asked, Completion(
            key, "parrot", asked.prompt.sha256, asked.prompt.text, text, "stop", *tokens,
            status=self.status, seconds=0.5,  # type: ignore[arg-type]
        )  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> CallLog:
    return CallLog(tmp_path / "calls.sqlite")


def numbers(logged: Logged, asked: Iterable[Request]) -> list[int]:
    return [given.number for given, _ in logged.answers(asked, silent)]


def test_the_second_time_nothing_is_asked(log: CallLog) -> None:
    parrot = Parrot()
    first = {given.number: found for given, found in Logged(parrot, log).answers(requests(9), silent)}
    again = Logged(parrot, CallLog(log.path))
    pairs = list(again.answers(requests(9), silent))
    assert [given.number for given, _ in pairs] == list(range(9))
    assert {given.number: found for given, found in pairs} == first
    assert len(parrot.asked) == 9
    spent = again.account.spent()
    assert (spent.calls, spent.cached, spent.prompt_tokens) == (0, 9, 0)


def test_only_what_is_missing_is_asked(log: CallLog) -> None:
    parrot = Parrot()
    numbers(Logged(parrot, log), map(request, (1, 2, 5, 6, 7)))
    del parrot.asked[:]
    assert sorted(numbers(Logged(parrot, log), requests(9))) == list(range(9))
    assert len(parrot.asked) == 4


def test_a_call_is_kept_before_it_is_used(log: CallLog) -> None:
    for given, found in Logged(Parrot(), log).answers(requests(5), silent):
        assert CallLog(log.path).find(found.key) == found, given.number


def test_what_cannot_be_kept_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broken = Logged(Parrot(), CallLog(tmp_path / "file" / "calls.sqlite"))
    with pytest.raises(CallLogTrouble):
        next(broken.answers(requests(3), silent))


def test_failed_calls_are_kept_and_asked_again(log: CallLog) -> None:
    numbers(Logged(Parrot(status="failed"), log), requests(3))
    assert len(list(log.lines())) == 3
    parrot = Parrot()
    numbers(Logged(parrot, log), requests(3))
    assert len(parrot.asked) == 3


def test_the_same_question_is_on_its_way_once(log: CallLog) -> None:
    parrot = Parrot(window=3)
    same = [replace(request(number % 2), number=number) for number in range(10)]
    found = {given.number: call.text for given, call in Logged(parrot, log).answers(same, silent)}
    assert len(found) == 10
    assert len(parrot.asked) == 2
    assert len(set(found.values())) == 2


def test_another_sample_is_another_question(log: CallLog) -> None:
    parrot = Parrot()
    numbers(Logged(parrot, log), [request(1, sample=0), request(1, sample=1), request(1, again=1)])
    assert len(parrot.asked) == 3


def test_many_known_ones_are_not_held(log: CallLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was nearly done goes on: what is known flows through, however much it is."""
    monkeypatch.setattr(module, "HITS", 5)
    known = [number for number in range(60) if number not in (0, 33)]
    numbers(Logged(Parrot(), log), map(request, known))
    parrot, taken, most = Parrot(), [0], [0]

    def counted() -> Iterator[Request]:
        for asked in requests(60):
            taken[0] += 1
            yield asked

    for given, _ in Logged(parrot, log).answers(counted(), silent):
        taken[0] -= 1
        most[0] = max(most[0], taken[0])
        assert given.number < 60
    assert len(parrot.asked) == 2
    assert most[0] <= 5 + parrot.window + 1


def test_requests_are_taken_lazily(log: CallLog) -> None:
    parrot, taken = Parrot(window=4), []

    def counted() -> Iterator[Request]:
        for asked in requests(50):
            taken.append(asked.number)
            yield asked

    answers = Logged(parrot, log).answers(counted(), silent)
    next(answers)
    assert len(taken) <= 6
    answers.close()  # type: ignore[attr-defined]
    assert Logged(parrot, log).account.on_their_way == 0


def test_a_budget_of_calls_is_never_passed(log: CallLog) -> None:
    parrot, account = Parrot(), Account(Budget(calls=5))
    found: list[int] = []
    answers = Logged(parrot, log, account).answers(requests(20), silent)
    with pytest.raises(BudgetReached, match="5 of 5 calls") as stopped:
        found.extend(given.number for given, _ in answers)
    assert sorted(found) == list(range(5))
    assert len(parrot.asked) == 5
    assert stopped.value.code == "budget"
    assert "max_calls" in stopped.value.hint


def test_a_budget_of_money_counts_what_could_come(log: CallLog) -> None:
    """A call can cost 3 EUR and costs 1: 5 EUR are enough for three, since the third could bring 5."""
    parrot, account = Parrot(), Account(Budget(price=5.0), PRICE)
    with pytest.raises(BudgetReached, match=r"3\.0000 of 5 EUR"):
        numbers(Logged(parrot, log, account), requests(20))
    assert account.spent().price == 3.0
    assert len(parrot.asked) == 3


def test_a_host_that_tells_no_tokens_is_booked_at_the_most(log: CallLog) -> None:
    account = Account(Budget(tokens=6_000_000))
    parrot = Parrot(told=False)
    with pytest.raises(BudgetReached, match="6,000,000 of 6,000,000 tokens"):
        numbers(Logged(parrot, log, account), requests(20))
    assert len(parrot.asked) == 3


def test_known_answers_need_no_budget(log: CallLog) -> None:
    numbers(Logged(Parrot(), log), requests(9))
    assert len(numbers(Logged(Parrot(), log, Account(Budget(calls=1))), requests(9))) == 9


def test_a_run_goes_on_within_its_budget(log: CallLog) -> None:
    """Calls of earlier workers of the run count; those of others do not."""
    numbers(Logged(Parrot(), log, run="other"), requests(3))
    numbers(Logged(Parrot(), log, run="mine"), map(request, (3, 4)))
    account = Account(Budget(calls=4), PRICE, log.totals("mine"))
    parrot = Parrot()
    with pytest.raises(BudgetReached):
        numbers(Logged(parrot, log, account, "mine"), requests(20))
    assert len(parrot.asked) == 2
    assert (account.spent().calls, account.spent().cached, account.spent().price) == (4, 5, 4.0)


def test_an_error_of_the_model_ends_the_round(log: CallLog) -> None:
    class Broken(Parrot):
        def _pair(self, asked: Request) -> tuple[Request, Completion]:
            raise RecipeError("no such model.")

    logged = Logged(Broken(), log)
    with pytest.raises(RecipeError, match="no such model"):
        numbers(logged, requests(9))
    assert logged.account.on_their_way == 0


def test_what_is_projected() -> None:
    account = Account(price=PRICE)
    assert account.projected() is None
    account.expect(10)
    call = Completion("k", "m", "h", "p", "t", prompt_tokens=1_000_000, completion_tokens=500_000)
    account.book("k", call)
    account.hit()
    assert account.spent().price == 2.0
    assert account.projected() == pytest.approx(2.0 + 8 * 1.0)


def test_lost_attempts_are_booked_at_the_most() -> None:
    account = Account(Budget(tokens=5))
    assert account.reserve("k", (1, 1))
    assert account.repeat("k")
    assert not account.repeat("k")
    assert account.spent().lost == 2
    account.release(["k"])
    assert not account.reserve("other", (1, 1))
    assert account.spent().prompt_tokens == 0
