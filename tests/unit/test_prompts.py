"""Rendering prompts: what templates see, and what they may not do."""

from __future__ import annotations

import hashlib

import pytest

from core import catalog
from core.errors import RecipeError
from core.prompts import prompt_sha256, render
from core.tasks import tasks
from core.types import Exemplar, Instance, Labels

POS = tasks["pos"]


def instance(text: str, text_b: str | None = None) -> Instance:
    return Instance(0, "test", tuple(text.split()) if text_b is None else (), text, text_b)


def exemplar(item: Instance, labels: Labels) -> Exemplar:
    return Exemplar("d", item, labels, (1.0,) * len(labels))


SHOWN = [
    exemplar(instance("Hon las"), ("PRON", "VERB")),
    exemplar(instance("Ein bók"), ("DET", "NOUN")),
]
QUERY = instance("Hann skrivar")


def test_names_of_the_releases_templates() -> None:
    template = "{{demos[0]['input']}}|{{demos[0]['output']}}|{{demos[1]['input']}}|{{sentence}}\n"
    prompt = render(template, POS, SHOWN, QUERY, POS.labels)
    assert prompt.text == "Hon las|Hon\tPRON\nlas\tVERB|Ein bók|Hann skrivar"
    assert prompt.sha256 == hashlib.sha256(prompt.text.encode()).hexdigest()


def test_pairs() -> None:
    task = tasks["nli"]
    template = (
        "{{demos[0]['premise']}}/{{demos[0]['hypothesis']}}={{demos[0]['output']}};{{sentence['hypothesis']}}"
    )
    shown = [exemplar(instance("p", "h"), ("neutral",))]
    assert render(template, task, shown, instance("q", "r"), task.labels).text == "p/h=neutral;r"


def test_query_text_is_the_files_own_as_long_as_it_is_the_words() -> None:
    spaced = Instance(0, "test", ("a", "b"), "a b ")
    assert render("{{sentence}}|", POS, [], spaced, POS.labels).text == "a b |"
    written = Instance(0, "test", ("a", "b", "."), "a b.")
    assert render("{{sentence}}|", POS, [], written, POS.labels).text == "a b .|"


def test_exemplars_are_words_joined_by_single_spaces() -> None:
    spaced = exemplar(Instance(0, "test", ("a", "b"), "a b "), ("NOUN", "NOUN"))
    assert render("{{demos[0].input}}|", POS, [spaced], QUERY, POS.labels).text == "a b|"


def test_hash_ignores_one_final_newline() -> None:
    assert prompt_sha256("a\n") == prompt_sha256("a") != prompt_sha256("a\n\n")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ demos[5]['input'] }}", "more exemplars than the 2 chosen"),
        ("{{ question }}", "'question' is undefined"),
        ("{{ demos[0].colour }}", "colour"),
        ("{% for demo in demos %}", "cannot be rendered"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ demos._rows }}", "unsafe"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ range(10000000) | list }}", "cannot be rendered"),
        ("{% include 'other' %}", "cannot be rendered"),
    ],
)
def test_broken_or_unsafe_templates(template: str, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        render(template, POS, SHOWN, QUERY, POS.labels)


def test_a_template_that_leaves_exemplars_out_is_refused() -> None:
    with pytest.raises(RecipeError, match="shows 1 of the 2 exemplars"):
        render("{{ demos[0].input }}", POS, SHOWN, QUERY, POS.labels)
    assert render("{{ demos[1:][0].input }}{{ demos[-2].input }}", POS, SHOWN, QUERY, POS.labels).text


@pytest.mark.parametrize("name", sorted(tasks))
def test_our_own_templates(name: str) -> None:
    task = tasks[name]
    pair = name == "nli"
    query = instance("Hvar er bókin", "Bókin er her" if pair else None)
    shown = [
        exemplar(instance(f"Orð nummar {n}", "Satt" if pair else None), labels)
        for n, labels in enumerate([(task.labels[0],) * 3, (task.labels[-1],) * 3])
    ]
    if task.unit == "item":
        shown = [exemplar(item.instance, item.labels[:1]) for item in shown]
    text = render(catalog.prompt_template(name), task, shown, query, task.labels).text
    assert all(label in text for label in task.labels)
    assert text.index("Orð nummar 0") < text.index("Orð nummar 1") < text.index("Hvar er bókin")
    assert all(task.render(item.instance, item.labels) in text for item in shown)
    empty = render(catalog.prompt_template(name), task, [], query, task.labels).text
    assert "Hvar er bókin" in empty
    assert "Orð" not in empty
    assert ("Bókin er her" in text) is pair
