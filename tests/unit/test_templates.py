"""Templates that a user writes: what they may do, how far they may go, where they are wrong."""

from __future__ import annotations

import time

import pytest

from core import catalog
from core.errors import RecipeError
from core.prompts import difference, preview
from core.tasks import tasks
from core.templates import TemplateProblem, filled
from core.types import Exemplar, Instance

NAMES = {"a": 1, "words": ["x", "y"], "text": "Hon"}
POS = tasks["pos"]
ITEM = Instance(0, "test", ("Hon", "las"), "Hon las")
SHOWN = [Exemplar("d", ITEM, ("PRON", "VERB"), (1.0, 1.0))]


def test_what_a_template_may_do() -> None:
    template = (
        "{{ words | join(', ') }} {{ text ~ '!' }} {{ text|replace('H', 'h')|upper }} {{ 2 * 3 + a }} "
        "{{ 'ab' * 2 }}{% for word in words %}\n{{ loop.index }} {{ word|center(5) }}{% endfor %}"
        "{% set z = a + 1 %}{{ z % 2 }}"
    )
    assert filled(template, NAMES) == "x, y Hon! HON 7 abab1   x  2   y  0"


@pytest.mark.parametrize(
    ("template", "said", "line"),
    [
        ("\n{{ zz }}", "'zz' is undefined", 2),
        ("a\n\n{% for x in words %}", "Unexpected end of template", 3),
        ("a\n{{ 1 / 0 }}", "division by zero", 2),
        ("{{ ''.__class__ }}", "unsafe", 1),
        ("\n\n{% for w in words %}\n{{ w.colour }}\n{% endfor %}", "colour", 4),
        ("{% include 'x' %}", "may not hold Include", 1),
        ("{% import 'x' as y %}", "may not hold Import", 1),
        ("{% macro f() %}{{ f() }}{% endmacro %}", "may not hold Macro", 1),
        ("{% set x %}a{% endset %}", "may not hold AssignBlock", 1),
        ("{{ namespace() }}", "undefined", 1),
        ("{% for x in words recursive %}{{ loop(words) }}{% endfor %}", "nested too deeply", 0),
    ],
)
def test_what_is_wrong_and_where(template: str, said: str, line: int) -> None:
    with pytest.raises(TemplateProblem) as caught:
        filled(template, NAMES)
    assert said in caught.value.said
    assert caught.value.line == line


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% for a in range(9999) %}{{ 'ab' * 1000 }}{% endfor %}",
        "{{ 'a' * 999999999 }}",
        "{{ 999999999 * 'a' }}",
        "{{ [1] * 999999999 }}",
        "{{ 'a'|center(999999999) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{{ 10 ** 10 ** 10 }}",
        "{% set x = 'ab' %}" + "{% set x = x ~ x %}" * 60,
        "{% set x = 'ab' %}" + "{% set x = x + x %}" * 60,
        "{% set x = 'ab' %}" + "{% set x = [x, x]|join %}" * 60,
        "{% set x = 'ab' %}" + "{% set x = x|replace('a', x) %}" * 60,
        "{% set x = 'ab' %}" + "{% set x = x.join(x) %}" * 60,
        "{% set x = [1, 2] %}" + "{% set x = x + x %}" * 60,
        "{{ words|map('center', 999999999)|list }}",
    ],
)
def test_no_template_runs_for_ever_or_fills_the_memory(template: str) -> None:
    began = time.monotonic()
    with pytest.raises(TemplateProblem):
        filled(template, NAMES)
    assert time.monotonic() - began < 5


def test_a_preview_tells_what_render_would_raise() -> None:
    good = preview(catalog.prompt_template("pos"), POS, SHOWN, ITEM, POS.labels)
    assert "Hon\tPRON" in good.text
    assert good.problem == ""
    bad = preview("x\n{{ colour }}", POS, [], ITEM, POS.labels)
    assert (bad.text, bad.line) == ("", 2)
    assert "names something unknown: 'colour' is undefined (line 2 of the template)" in bad.problem
    assert "shows 0 of the 1 exemplars" in preview("x", POS, SHOWN, ITEM, POS.labels).problem


def test_the_difference_to_the_default() -> None:
    default = catalog.prompt_template("pos")
    assert difference(default, default) == ""
    changed = difference(default.replace("You label words", "Label words"), default)
    assert "-You label words with their part of speech." in changed
    assert "+Label words with their part of speech." in changed


@pytest.mark.parametrize("language", ["deu", "eng", "fra", "spa", "swa"])
@pytest.mark.parametrize("task", sorted(tasks))
def test_our_instructions_in_every_language(task: str, language: str) -> None:
    text = catalog.prompt_template(task, language)
    assert "[[" not in text
    query = ITEM if tasks[task].unit == "token" else Instance(0, "test", (), "Hon las", "Hon las ikki")
    found = preview(text, tasks[task], [], query, tasks[task].labels)
    assert found.problem == ""
    assert "Hon las" in found.text
    assert tasks[task].labels[-1] in found.text
    assert (
        found.text == preview(catalog.prompt_template(task), tasks[task], [], query, tasks[task].labels).text
    ) == (language == "eng")


def test_a_language_nobody_wrote_them_in() -> None:
    assert catalog.prompt_languages() == ("deu", "eng", "fra", "spa", "swa")
    with pytest.raises(RecipeError, match="there are deu, eng, fra, spa, swa"):
        catalog.prompt_template("pos", "fao")


def test_translations_stand_beside_the_sentence() -> None:
    told = Instance(0, "test", ("Hon", "las"), "Hon las", meta={"translations": {"eng": "She read"}})
    shown = [Exemplar("d", told, ("PRON", "VERB"), (1.0, 1.0))]
    text = preview(catalog.prompt_template("pos"), POS, shown, told, POS.labels).text
    assert text.count("Translation (eng): She read") == 2
