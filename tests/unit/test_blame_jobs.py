"""Runs made of another one as jobs: files, stops, deletions; and who labels what changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core import blame
from core.errors import Cancelled, RecipeError, UnknownName
from core.importing import import_catalog
from core.jobs import carrying, launch
from core.jobs.bundle import load, save
from core.jobs.launch import run_here, submit
from core.jobs.prepare import Request, prepare
from core.settings import Settings, with_workspace
from core.store import Store, facts, views
from core.types import Prediction, Selection
from tests.unit.job_project import chosen, project, wait
from tests.unit.llm_project import Asked, asked, quiet, run
from tests.unit.rerun_project import TARGET, Place, again, labels, most, parent, place, prompts

__all__ = ["asked", "chosen", "most", "parent", "place", "project"]
pytestmark = pytest.mark.slow


def test_the_inputs_survive_as_files(place: Place, parent: str, most: list[int], tmp_path: Path) -> None:
    job = prepare(place[0], Request(parent=parent, ban=(str(most[0]),), pin=(str(most[-1]),)))
    save(job, tmp_path)
    back = load(tmp_path)
    assert back.rerun == job.rerun
    assert back.run_id == job.run_id
    assert {at: row.posterior for at, row in back.stage1.items()} == {
        at: row.posterior for at, row in job.stage1.items()
    }
    assert any(row.posterior for row in back.stage1.values())


def test_a_worker_carries_it_out_and_goes_on_after_a_stop(
    place: Place, parent: str, most: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, settings = place
    request = Request(parent=parent, ban=(str(most[3]),))

    def stops(stage: str, _done: int, _total: int) -> None:
        if stage == "Stage II":
            raise Cancelled("enough.")

    with pytest.raises(Cancelled):
        run_here(store, settings, request, stops)
    job = submit(store, settings, request)
    done = wait(store, settings, job)
    assert done.state == "done", done.message
    assert views.run(store, done.run_id)["parent"] == parent
    assert submit(store, settings, request) != job
    assert run_here(store, settings, request, quiet) == (done.run_id, False)


def test_a_parent_that_is_gone_leaves_nothing_half_done(
    place: Place, parent: str, most: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, settings = place
    short, _ = run_here(store, settings, Request("ssp", TARGET, {"k": "3"}), quiet)
    ban = str(prompts(store, short)[0][0][1])
    real = carrying.carry_out

    def deleted_meanwhile(folder: Path, report: Any) -> None:
        real(folder, report)
        facts.delete_run(store, short)

    monkeypatch.setattr(launch, "carry_out", deleted_meanwhile)
    with pytest.raises(UnknownName, match="unknown run"):
        again(place, short, ban)
    assert not [row for row in views.runs(store, TARGET) if row["parent"] == short]


def test_distributions_of_deleted_runs_go(place: Place, parent: str, most: list[int]) -> None:
    store, settings = place
    short, _ = run_here(store, settings, Request("ssp", TARGET, {"k": "2"}), quiet)
    kept = settings.workspace / "distributions"
    assert (kept / short).is_dir()
    facts.delete_run(store, short)
    again(place, parent, str(most[4]))
    assert not (kept / short).exists()
    assert (kept / parent).is_dir()


def test_a_language_model_is_asked_about_the_sentences_that_change(
    project: Store, chosen: Settings, asked: Asked
) -> None:
    parent = run(project, chosen, "ssp", k="2")
    before = len(asked.model.asked)
    assert before == 6
    shown = prompts(project, parent)
    out = shown[0][0][1]
    changed = [at for at, row in shown.items() if ("target", out) in row]
    assert 0 < len(changed) < 6
    made = again((project, chosen), parent, str(out))
    new = asked.texts()[before:]
    assert len(new) == len(changed)
    assert not set(new) & set(asked.texts()[:before])
    assert all(("target", out) not in row for row in prompts(project, made).values())
    old_rows, new_rows = (views.predictions(project, name, "stage2") for name in (parent, made))
    assert old_rows.keys() == new_rows.keys()
    for at in old_rows:
        assert (old_rows[at].completion_key == new_rows[at].completion_key) == (at not in changed)
    assert views.run(project, made)["meta"]["warnings"] == views.run(project, parent)["meta"]["warnings"]


def test_recorded_answers_need_somebody_to_answer(project: Store, chosen: Settings) -> None:
    rows = [Prediction(at, ("PRON", "VERB", "ADV", "PUNCT", "NOUN"), (0.9,) * 5) for at in range(6)]
    pairs = [
        (Selection(at, (), (), (), (), None, None, "recorded"), ((at + 1) % 6, (at + 2) % 6))
        for at in range(5)
    ]
    parent = facts.add_import_run(project, "target", "gpt", stage1=rows, stage2=rows, selections=pairs)
    with pytest.raises(RecipeError, match="were recorded"):
        prepare(project, Request(parent=parent, ban=("3",)))
    made = again((project, chosen), parent, "3", llm="offline")
    shown, now = prompts(project, parent), prompts(project, made)
    changed = {at for at, row in shown.items() if ("target", 3) in row}
    assert changed == {1, 2}
    assert all((now[at] == shown[at]) == (at not in changed) for at in shown)
    assert all(len(now[at]) == 2 and ("target", 3) not in now[at] for at in changed)
    assert now[1][0] == shown[1][0]
    row = views.run(project, made)
    assert row["meta"]["warnings"][-1].startswith(
        "2 sentences are labelled by the offline tagger, all others"
    )
    assert row["params"]["stage2"]["llm"] == "offline"
    assert row["params"]["consensus"]["use"] is False
    kept = again((project, chosen), made, "1")
    assert views.run(project, kept)["parent"] == made


def test_another_selector_keeps_what_it_chose_and_fills_the_place(project: Store, chosen: Settings) -> None:
    parent, _ = run_here(project, chosen, Request("nearest", "target", {"k": "2"}, ["source"]), quiet)
    shown = prompts(project, parent)
    out = shown[0][0][1]
    made = again((project, chosen), parent, str(out))
    for at, row in shown.items():
        new = prompts(project, made)[at]
        assert len(new) == len(row)
        assert all(a == b for a, b in zip(row, new, strict=True) if a != ("target", out))
    with pytest.raises(RecipeError, match="takes the place of a banned one"):
        prepare(project, Request(parent=parent, pin=("5",)))


@pytest.mark.real
def test_recorded_gpt4_answers_of_hausa(
    mirror: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The replayed run shows what the import it came from shows; sentences of a ban are tagged offline."""
    monkeypatch.setenv("SSP_MIRROR", str(mirror))
    settings = with_workspace(tmp_path)
    with Store.open(tmp_path) as store:
        import_catalog(store, settings, "ssp-release-hau", quiet)
        replayed, _ = run_here(store, settings, Request("ssp", "ssp-release-hau", {"llm": "replay"}), quiet)
        recorded = [blame.by_exemplar(blame.load(store, name)) for name in (replayed, "ssp-release-hau/zgul")]
        assert recorded[0].equals(recorded[1])
        worst = recorded[0].iloc[0]
        with pytest.raises(RecipeError, match="were recorded"):
            prepare(store, Request(parent=replayed, ban=(str(worst.position),)))
        made = again((store, settings), replayed, str(worst.position), llm="offline")
        assert views.run(store, made)["meta"]["rerun"]["sentences"] == worst.uses
        left = [
            at
            for at, row in prompts(store, replayed).items()
            if ("ssp-release-hau", worst.position) not in row
        ]
        assert all(labels(store, made)[at] == labels(store, replayed)[at] for at in left)


def test_an_old_job_without_these_fields_is_still_read(project: Store, tmp_path: Path) -> None:
    job = prepare(project, Request("ssp", "target", {}, ["source"]))
    save(job, tmp_path)
    said = json.loads((tmp_path / "job.json").read_text("utf8"))
    del said["rerun"], said["parent"]
    (tmp_path / "job.json").write_text(json.dumps(said), "utf8")
    assert load(tmp_path).rerun is None
