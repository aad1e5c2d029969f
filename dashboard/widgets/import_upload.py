"""Choosing files of one's own: what may be given, and where it lies while it is looked at."""

from __future__ import annotations

import secrets

import streamlit as st

from core.formats import formats
from core.types import TaskName
from dashboard import actions, naming, state
from dashboard.uploads import Upload

FILE, TRANSLATION, LABEL_FILE = "file", "translation", "labels"
LABELS = {FILE: "Your file", TRANSLATION: "Its translation, line by line", LABEL_FILE: "The file of labels"}


def given(role: str) -> Upload | None:
    """The uploader of one role, and the file in it. Another file forgets what was said of the one before.

    Raises:
        StudioError: there is no room for it in the workspace.
    """
    file = st.file_uploader(LABELS[role], key=f"upload-{role}-{state.kept('uploads', 0)}")
    known: Upload | None = state.kept(f"upload-{role}")
    if file is None:
        if known:
            actions.drop_uploads(_owner(), role)
            state.keep(f"upload-{role}", None)
        return None
    if known and known.id == file.file_id and known.path.exists():
        return known
    upload = actions.keep_upload(_owner(), role, file.file_id, file.name, file.getbuffer())
    state.keep(f"upload-{role}", upload)
    if role == FILE:
        _forget_other(upload)
    return upload


def _forget_other(upload: Upload) -> None:
    """What a link says of the first file is believed; the next file starts afresh."""
    before = state.kept("last-file", upload.sha256)
    state.keep("last-file", upload.sha256)
    if before != upload.sha256:
        state.go(**dict.fromkeys(state.OF_THE_FILE, ""))


def _owner() -> str:
    """A random name of this session, made on first use."""
    owner: str = state.kept("owner", "") or secrets.token_hex(16)
    state.keep("owner", owner)
    return owner


def clear() -> None:
    """Remove this session's files; its uploaders are empty again."""
    actions.drop_uploads(_owner())
    for role in LABELS:
        state.keep(f"upload-{role}", None)
    state.keep("last-file", None)
    state.keep("uploads", state.kept("uploads", 0) + 1)


def limits() -> None:
    """What may be uploaded, and the way for what is larger; said aloud when a file was not taken."""
    most = int(st.get_option("server.maxUploadSize"))
    command = "ssp import FILE --task pos --language CODE"
    with st.container(key="not-taken"):  # shown by frame.css while the uploader refuses a file
        st.warning(
            f"This file was not taken: it is larger than {most} MB. Pack it as .gz or .zip, or import it on "
            "the command line, which reads it from where it lies:",
            icon=":material/block:",
        )
        st.code(command, language=None)
    st.caption(f"Up to {most} MB, packed as .gz or .zip too. For larger files: `{command}`")


def readable(task: TaskName | None) -> None:
    """The formats that are read, of one task where it is known."""
    with st.expander("Which files can be read?", icon=":material/help:"):
        for name in formats:
            form = formats[name]
            if name != "responses" and (task is None or task in form.tasks):
                tasks = ", ".join(naming.SHORT_TASKS[item] for item in form.tasks)
                st.markdown(f"- **{form.title}** · `{name}` · {tasks}")
        st.caption(
            "UTF-8 text. A broken line is named with its number; nothing of a file is stored until you "
            "press Import."
        )
