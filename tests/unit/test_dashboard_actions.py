"""Actions: what a form becomes, what presentation forbids, what the server sends along."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from core.inspection import FileChoice
from dashboard import actions, asgi, naming, state
from dashboard.widgets.catalog import matching


def run_async(awaited: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser test before this one may have left a loop running here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, awaited).result()


@pytest.fixture
def presenting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "view", lambda: state.View(present=True))


@pytest.mark.usefixtures("presenting")
def test_presentation_refuses_every_change() -> None:
    def silent(*_: object) -> None:
        return None

    for change in (
        lambda: actions.import_dataset("x", silent),
        lambda: actions.keep_upload("a" * 32, "file", "1", "x", memoryview(b"")),
        lambda: actions.import_file(cast(FileChoice, None), silent),
        lambda: actions.start_run("ssp", "x", {}),
        lambda: actions.cancel("x"),
        lambda: actions.save_recipe("x", "ssp", {}),
        lambda: actions.add_queue("x", "name", [0], ""),
        lambda: actions.delete_queue(1),
        lambda: actions.reset_demo(silent),
    ):
        with pytest.raises(actions.ReadOnly):
            change()


def test_the_policy_allows_only_our_own_scripts_and_images() -> None:
    rules = dict(rule.split(" ", 1) for rule in asgi.content_policy().split("; "))
    assert "'unsafe-inline'" not in rules["script-src"]
    assert "sha256-" in rules["script-src"]
    assert rules["img-src"] == "'self' data: blob:"
    assert rules["frame-ancestors"] == "'none'"


def test_the_catalog_is_searched_by_every_word() -> None:
    import pandas as pd

    table = pd.DataFrame(
        {
            "id": ["a-fao", "b-hau"],
            "name": ["UD Faroese", "Hausa (NER)"],
            "language": ["Faroese", "Hausa"],
            "code": ["fao", "hau"],
            "task": ["pos", "ner"],
        }
    )
    assert list(matching(table, "ud far", "", "").id) == ["a-fao"]
    assert list(matching(table, "(ner", "", "").id) == ["b-hau"]
    assert list(matching(table, "", "hau", "").id) == ["b-hau"]
    assert matching(table, "", "hau", "pos").empty


def test_every_answer_carries_the_policy() -> None:

    sent: list[dict[str, object]] = []

    async def inner(_scope: object, _receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]

    async def collect(message: dict[str, object]) -> None:
        sent.append(message)

    run_async(asgi.SafeHeaders(inner)({"type": "http"}, None, collect))  # type: ignore[arg-type]
    names = {name for name, _ in sent[0]["headers"]}  # type: ignore[attr-defined]
    assert {b"content-security-policy", b"x-content-type-options", b"referrer-policy"} <= names


def test_results_are_brought_in_even_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import threading

    from core.errors import StudioError

    stop, calls = threading.Event(), []

    def poll() -> list[str]:
        calls.append(1)
        if len(calls) > 2:
            stop.set()
        raise StudioError("no luck.")

    monkeypatch.setattr(asgi, "SECONDS_BETWEEN_POLLS", 0.001)
    monkeypatch.setattr(actions, "poll", poll)
    asgi.bring_in(stop)
    assert len(calls) == 3
    assert caplog.text.count("no luck") == 1


def test_the_server_stops_its_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(actions, "poll", list)

    async def live() -> bool:
        async with asgi.lifespan(None):
            return any(thread.name == "bring-in" for thread in threading.enumerate())

    assert run_async(live())
    assert not any(thread.name == "bring-in" for thread in threading.enumerate())


@pytest.mark.parametrize(
    ("run", "title", "first", "second"),
    [
        (
            {"kind": "import", "id": "d/zgul_plus"},
            "ZGUL+ labels, imported",
            "ZGUL+, imported",
            "stored labels, not replayed",
        ),
        (
            {
                "kind": "run",
                "id": "x",
                "recipe": "ssp",
                "params": {"stage1": {"labeler": "crf"}, "stage2": {"llm": "offline"}},
            },
            "SSP, offline tagger",
            "CRF trained on the source languages",
            "offline in-context tagger",
        ),
        (
            {
                "kind": "run",
                "id": "x",
                "recipe": "transfer",
                "params": {"recipe": {"stage2": {"llm": "none"}}},
            },
            "Transfer, Stage I only",
            "unknown",
            "no Stage II",
        ),
    ],
)
def test_runs_have_names_people_read(run: dict[str, object], title: str, first: str, second: str) -> None:
    assert (naming.run_title(run), naming.stage1_source(run), naming.stage2_source(run)) == (
        title,
        first,
        second,
    )


def test_labels_without_stage_one_name_only_their_own_source() -> None:
    run = {"kind": "import", "id": "d/codec", "stages": ["stage2"], "params": {}}
    assert naming.stages(run) == "Stage II: CODEC, stored labels, not replayed"


def test_a_prompt_that_was_not_sent_is_explained_by_who_gave_the_labels() -> None:
    def origin(llm: str) -> str:
        return naming.prompt_origin({"kind": "run", "params": {"stage2": {"llm": llm}}})

    assert "offline in-context tagger" in origin("offline")
    assert "stored by its authors" in origin("recorded")
    assert "No call is recorded" in origin("replay")


def test_stored_labels_are_told_apart_by_name() -> None:
    recipe = {"stage1": {"labeler": "imported", "labels": "zgul_plus"}, "stage2": {"llm": "recorded"}}
    run = {"kind": "run", "id": "x", "recipe": "ssp", "params": {"recipe": recipe}}
    assert naming.run_title(run) == "SSP, stored ZGUL+ labels"


def test_typed_text_is_no_markdown() -> None:
    typed = "![x](http://o.invalid/a.png) *b* `c` $d$ <i> a_b\n\n# e\\"
    assert naming.plain(typed) == (
        r"\!\[x\](http:" + "\u2060" + r"//o.invalid/a.png) \*b\* \`c\` \$d\$ \<i\> a\_b \# e\\"
    )
    assert naming.in_badge("[x]") == "[x]", "st.badge escapes square brackets itself"


def test_the_language_of_a_translation_is_named_as_far_as_it_is_known() -> None:
    titles = [naming.translation_title(code) for code in ("en", "eng", "und", "x-hill")]
    assert titles == ["English", "English", "Translation", "x-hill"]


def test_no_gain_has_no_sign() -> None:
    assert [naming.signed(number) for number in (0, 5, -1200)] == ["0", "+5", "-1,200"]


def test_the_server_says_nothing_about_widgets_that_follow_the_address() -> None:
    assert asgi.config.get_option("global.disableWidgetStateDuplicationWarning") is True
