"""The pages: where their scripts lie and what they are called."""

from __future__ import annotations

from pathlib import Path

PAGES = Path(__file__).resolve().parents[1] / "pages"
OVERVIEW = str(PAGES / "overview.py")
IMPORT = str(PAGES / "import_data.py")
RUN = str(PAGES / "run.py")
METHOD = str(PAGES / "method.py")
STAGE1 = str(PAGES / "stage1.py")
EXEMPLARS = str(PAGES / "exemplars.py")
COMPARE = str(PAGES / "compare.py")
ANNOTATE = str(PAGES / "annotate.py")
AUDIT = str(PAGES / "audit.py")
LANGUAGES = str(PAGES / "languages.py")
CALLS = str(PAGES / "calls.py")
JOBS = str(PAGES / "jobs.py")
TITLES = {
    OVERVIEW: ("Overview", ":material/home:", "overview"),
    IMPORT: ("Import", ":material/database_upload:", "import"),
    RUN: ("Run", ":material/play_arrow:", "run"),
    METHOD: ("Method", ":material/schema:", "method"),
    STAGE1: ("Stage I", ":material/looks_one:", "stage1"),
    EXEMPLARS: ("Exemplars", ":material/join_inner:", "exemplars"),
    COMPARE: ("Compare", ":material/compare_arrows:", "compare"),
    ANNOTATE: ("Annotate", ":material/edit_note:", "annotate"),
    AUDIT: ("Audit", ":material/fact_check:", "audit"),
    LANGUAGES: ("Languages", ":material/language:", "languages"),
    CALLS: ("Calls", ":material/forum:", "calls"),
    JOBS: ("Jobs", ":material/work_history:", "jobs"),
}
