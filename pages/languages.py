"""Languages: every run of every language side by side, published figures beside those of the same data."""

from __future__ import annotations

import streamlit as st

from dashboard import naming, queries, state
from dashboard.charts.matrix import matrix
from dashboard.widgets.empty import empty
from dashboard.widgets.export import Tables, export_menu
from dashboard.widgets.languages import board, chosen, controls, papers, rising
from dashboard.widgets.layout import chart
from dashboard.widgets.method import link

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.title("Languages", width="content")
    buttons = st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small")
st.caption("Every scored run of a task, language by language, beside what papers published of the same data.")
datasets = queries.datasets()
tasks = controls.tasks(datasets)
if not tasks:
    empty("No data yet", "Import a data set, or prepare the embedded sample.", command="ssp sample")
    st.stop()
task = controls.task(tasks, datasets)
found = board.entries(task)
if not found:
    empty(
        "No scores of this task yet",
        "A run of a data set with gold labels is scored when it is done.",
        command="ssp sample",
    )
    st.stop()
metric, per, by = controls.choices(task, found)
shown = board.board(found, metric, per=per, by=by)
names = [board.row_name(entry.method, per) for entry in found]
tables: Tables = {"Matrix": shown.cells.drop(columns=["text", "told", "kind"])}

note = (
    f"{naming.METRICS[metric]} of each run's last stage in percent, below it the change from "
    "Stage I. A red frame and ▼: it fell. A dotted frame: published, not measured here. "
    "Click a cell to look at its run."
)
place = shown.place(state.view().run)
figure = matrix(shown.cells, dark=state.dark(), groups=shown.groups, ends=shown.ends, chosen=place)
chart("Runs by language", figure, note=note, **chosen.cell_to_run("matrix", shown))
if shown.partial:
    st.caption("* scored on a part of the data set only.")
looked_at = chosen.opened(found)
if looked_at:
    chosen.card(looked_at, metric)

lines = rising.table(found, metric, names, board.titles(found, by))
if not lines.empty:
    st.subheader("From stage to stage")
    rising.charts(lines, metric)
    tables["Slopes"] = lines

st.subheader("All runs")
tables["Runs"] = rows = chosen.table(found, metric, names)
st.caption("Choose a row to look at its run.")
chosen.listed(rows, found)
link.results()
with st.expander("Published figures", icon=":material/menu_book:"):
    tables["Published figures"] = published = papers.table(task, found)
    papers.listed(published)
with buttons:
    export_menu(tables, stem=f"languages-{task}", key="languages")
