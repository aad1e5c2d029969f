"""Settings kept as a recipe: found again, run by name, refused where they make none."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import own_recipes
from core.errors import FormatError, RecipeError, StudioError, UnknownName
from tests.ssp_command import Ssp, filled


def test_saved_settings_are_a_recipe(tmp_path: Path) -> None:
    wanted = {
        "selector.k": 4,
        "selector.lambda": 0.5,
        "selector.pin": ["3", "5"],
        "selector.coverage": "hard",
    }
    path = own_recipes.save(tmp_path, "four", "ssp", wanted, title='Four "close" ones')
    made = own_recipes.recipe(tmp_path, "four")
    assert path.parent == own_recipes.folder(tmp_path)
    assert (made["title"], made["selector"]["k"], made["selector"]["lambda"]) == ('Four "close" ones', 4, 0.5)
    assert (made["selector"]["pin"], made["selector"]["coverage"]) == ("3 5", "hard")
    assert list(own_recipes.every(tmp_path))[-1] == "four"
    assert own_recipes.recipe(tmp_path, "ssp")["selector"]["k"] == 8


@pytest.mark.parametrize("name", ["", "Four", "../x", "a b", "ssp", "x" * 50])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(StudioError):
        own_recipes.save(tmp_path, name, "ssp", {})
    assert not own_recipes.folder(tmp_path).exists()


def test_a_recipe_is_never_overwritten(tmp_path: Path) -> None:
    own_recipes.save(tmp_path, "mine", "ssp", {"selector.k": 4})
    with pytest.raises(StudioError, match="already"):
        own_recipes.save(tmp_path, "mine", "ssp", {"selector.k": 5})
    assert own_recipes.recipe(tmp_path, "mine")["selector"]["k"] == 4


def test_settings_no_recipe_has(tmp_path: Path) -> None:
    with pytest.raises((UnknownName, RecipeError)):
        own_recipes.save(tmp_path, "mine", "ssp", {"stage3.k": 4})
    with pytest.raises(UnknownName):
        own_recipes.recipe(tmp_path, "absent")


@pytest.mark.parametrize("text", ["name = ", 'name = "other"\n', "\xff"])
def test_a_file_that_is_no_recipe_is_named(tmp_path: Path, text: str) -> None:
    own_recipes.folder(tmp_path).mkdir()
    (own_recipes.folder(tmp_path) / "bad.toml").write_text(text, "latin-1")
    with pytest.raises(FormatError, match=r"bad\.toml"):
        own_recipes.every(tmp_path)


def test_it_runs_by_its_name(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    own_recipes.save(tmp_path / "workspace", "two", "ssp", {"selector.k": 2})
    run = ssp("run", "two", "--dataset", target, "--source", "theirs")
    assert run.code == 0, run.err
    chosen = ssp("selections", run.document["run"]).document["selections"]
    assert [len(row["ids"]) for row in chosen] == [2] * 6
    assert ssp("run", "tow", "--dataset", target, "--source", "theirs").code == 2
