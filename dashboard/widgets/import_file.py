"""A file of one's own, step by step: choose, say what it is, look, decide, import."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.decisions import decided
from core.formats.detect import guess_split
from core.types import Language, TaskName
from dashboard import state
from dashboard.uploads import Upload
from dashboard.widgets import (
    import_finish,
    import_found,
    import_guidelines,
    import_labels,
    import_language,
    import_options,
    import_upload,
)
from dashboard.widgets.empty import problem
from dashboard.widgets.export import export_menu
from dashboard.widgets.import_reading import Look, look

TRANSLATED = ("pos", "ner", "topic")
"""Tasks whose items are one text, which a translation can stand beside."""


def own_file() -> None:
    """The whole of the tab."""
    if state.view().present:
        st.info("This is presentation mode: nothing can be imported.", icon=":material/visibility:")
        return
    import_finish.imported()
    st.subheader("1 · The file, and what it is")
    left, right = st.columns([3, 2], gap="large")
    with left, st.container(key="own-upload"):
        upload = import_upload.given(import_upload.FILE)
        import_upload.limits()
    if upload:
        import_finish.forget_imported()
    task = import_options.task_chosen()
    language = import_language.picker()
    with right:
        translation = _translation(task)
    if upload is None or task is None or language is None:
        import_upload.readable(task)
        import_finish.button(None, _missing(upload, task, language))
        return
    seen = look(upload, translation, task, language)
    pair = translation is not None
    import_options.reading(task, seen.found.format, guess_split(upload.name), pair=pair)
    partner = seen.choice.options.partner_language
    import_options.column_form(task, seen.found.columns, partner, expanded=seen.found.error is not None)
    _what_is_in_it(seen)
    if seen.found.error:
        import_finish.button(None, ["the file cannot be read as it is; see above."])
        return
    _finish(seen, _its_labels(seen))


def _translation(task: TaskName | None) -> Upload | None:
    """A second file with a translation of each line, and its language."""
    if task is not None and task not in TRANSLATED:
        return None
    with st.expander("A translation of plain text, line by line", icon=":material/translate:"):
        found = import_upload.given(import_upload.TRANSLATION)
        import_language.chooser("Language of the translation", "partner")
        import_language.named(state.view().partner)
    return found


def _missing(upload: Upload | None, task: TaskName | None, language: Language | None) -> list[str]:
    missing = {
        "choose a file.": upload,
        "say which task its labels belong to.": task,
        "say which language it is in.": language,
    }
    return [reason for reason, there in missing.items() if there is None]


def _what_is_in_it(seen: Look) -> None:
    """How much, the first items as they would be stored, and what is odd."""
    found, task = seen.found, seen.choice.task
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.subheader("2 · What is in it", width="content")
        buttons = st.container(width="content")
    if found.error:
        problem(found.error)
    if found.n_instances:
        import_found.figures(found, task)
        infos = import_guidelines.all_infos(task, seen.labels)
        import_found.preview(
            [decided(record, task, seen.table) for record in found.preview],
            labels=seen.labels,
            colors={info.label: info.color for info in infos},
            about={info.label: info.description for info in infos if info.description},
            direction=seen.choice.language.direction,
        )
    listed = import_found.problems(found, seen.open_labels)
    with buttons:
        export_menu(import_found.tables(found, listed), stem="import", key="import")


def _its_labels(seen: Look) -> str:
    """The mapping and the guidelines; returns what is wrong with the latter, or ""."""
    if not seen.labels and not seen.found.unknown:
        return ""
    st.subheader("3 · Its labels")
    import_labels.mapping(seen.found, seen.choice.task, seen.table)
    return import_guidelines.guidelines(seen.choice.task, seen.labels)


def _finish(seen: Look, wrong: str) -> None:
    """Where the text may go, the dry run, the button."""
    task = seen.choice.task
    st.subheader("4 · Import")
    left, right = st.columns(2, gap="large")
    with left:
        egress = import_finish.where_text_may_go()
        import_finish.identifier(seen.choice.name)
    with right:
        counts = import_finish.after(seen.found, task, seen.table, seen.open_labels)
        import_finish.summary(seen.found, task, seen.labels, counts)
    complete = replace(
        seen.choice,
        decisions=tuple(seen.table.values()),
        tagset=import_guidelines.infos(task, seen.labels),
        egress=egress,
        dataset_id=state.view().name.strip() or None,
    )
    import_finish.button(complete, _reasons(seen.open_labels, wrong), n=seen.found.n_instances)


def _reasons(open_labels: tuple[str, ...], wrong: str) -> list[str]:
    """Why it cannot be imported yet."""
    reasons = [wrong] if wrong else []
    if open_labels:
        shown = ", ".join(open_labels[:5]) + (" …" if len(open_labels) > 5 else "")
        many = "label is" if len(open_labels) == 1 else "labels are"
        reasons.insert(0, f"{len(open_labels):,} {many} not decided: {shown}")
    return reasons
