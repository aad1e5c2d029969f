"""Names people read: of data sets, runs, stages, tasks and scores. No ids where a name fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core import languages, tagsets
from core.catalog import language
from core.errors import UnknownName
from core.llms import LIVE
from core.types import Dataset
from dashboard.part_names import LABELERS as LABELERS
from dashboard.part_names import METHODS as METHODS
from dashboard.part_names import RECIPES as RECIPES
from dashboard.part_names import SELECTORS as SELECTORS
from dashboard.part_names import SHORT_SIMILARITIES as SHORT_SIMILARITIES
from dashboard.part_names import SIMILARITIES as SIMILARITIES

TASKS = {"pos": "Part of speech", "ner": "Named entities", "nli": "Inference", "topic": "Topic"}
SHORT_TASKS = {"pos": "POS", "ner": "NER", "nli": "NLI", "topic": "topic"}
STAGES = {
    "stage1": "Stage I",
    "consensus": "Stage I + consensus",
    "stage2": "Stage II",
    "pool": "Stage I of unlabelled sentences",
    "gold": "Gold",
}
METRICS = {
    "token_accuracy": "Token accuracy",
    "macro_f1": "Macro F1",
    "span_f1": "Span F1 (strict)",
    "span_f1_lenient": "Span F1 (lenient)",
    "accuracy": "Accuracy",
    "paper_f1": "Paper-compatible F1",
}
MAIN_METRIC = {"pos": "token_accuracy", "ner": "span_f1", "nli": "accuracy", "topic": "accuracy"}
IMPORTED = {"zgul": "ZGUL", "zgul_plus": "ZGUL+", "codec": "CODEC", "deberta": "DeBERTa"}
LLMS = {
    "offline": "offline in-context tagger",
    "replay": "recorded GPT-4 calls, replayed",
    "recorded": "stored labels, not replayed",
    "none": "no Stage II",
    "endpoint": "language model on a server",
    "transformers": "language model in this process",
}
OUTCOMES = {
    "ok": "usable",
    "repaired": "repaired",
    "unparseable": "not usable",
    "refused": "refused",
    "truncated": "cut off",
    "failed": "no answer",
}
PROVEN = {"certificate", "search", "milp", "optimal"}
STATUSES = {
    "certificate": "proven optimal: the best by score show every label",
    "search": "proven optimal by search",
    "milp": "proven optimal by the solver",
    "optimal": "proven optimal",
    "feasible": "feasible, not proven optimal",
    "heuristic": "found by heuristic",
    "recorded": "recorded with the release",
}
EGRESS = {"local": "Stays on this machine", "ask": "Ask each time", "any": "May go anywhere"}
PROBLEMS = {
    "unreadable": "cannot be read",
    "unknown_label": "unknown label",
    "illegal_bio": "illegal BIO",
    "duplicate_id": "repeated id",
    "duplicate_text": "repeated text",
    "leak": "text in two splits",
    "invisible": "invisible character",
    "mixed_script": "mixed scripts",
    "not_nfc": "not composed (NFC)",
    "long_sentence": "long sentence",
    "left_out": "file left out",
    "unlabelled": "no labels",
}
SEVERITIES = {"error": "error", "decide": "to decide", "note": "note"}


def unit(task: str) -> str:
    """What is counted: tokens, or items where a label belongs to the whole text."""
    return "tokens" if task in {"pos", "ner"} else "items"


def items(task: str) -> str:
    """What instances are called, in the plural."""
    return "sentences" if unit(task) == "tokens" else "items"


def counted(n: int, task: str) -> str:
    """`1 sentence`, `12 items`."""
    return f"{n:,} {items(task) if n != 1 else items(task).removesuffix('s')}"


def language_name(code: str) -> str:
    """A language of the catalog, by its code."""
    return language(code).name


def language_of(dataset: Dataset) -> str:
    """The language of a data set, one that only its owner knows too."""
    return languages.of(dataset).name


def translation_title(code: str) -> str:
    """The language of a translation, as far as its file says."""
    try:
        return "Translation" if code == "und" else language(code).name
    except UnknownName:
        return code


def plain(text: str) -> str:
    """Typed text for a place that reads Markdown: nothing in it is a link, an image or a formula."""
    return in_badge(text).replace("[", "\\[").replace("]", "\\]")


def in_badge(text: str) -> str:
    """As `plain`, for `st.badge`, which takes care of square brackets itself."""
    escaped = re.sub(r"([\\`*_{}<>#~$|!&])", r"\\\1", " ".join(text.split()))
    return escaped.replace("://", ":\u2060//").replace("www.", "www\u2060.")


def is_synthetic(dataset: Dataset) -> bool:
    """Whether a program made up its sentences (the demo world)."""
    return dataset.meta.get("kind") == "world"


def language_task(dataset: Dataset) -> str:
    return f"{language_of(dataset)} · {SHORT_TASKS[dataset.task]}"


def label_colors(dataset: Dataset) -> dict[str, str]:
    """Colours of labels (types, for entities): of whoever made the label set, else the catalog's."""
    return {info.label: info.color for info in tagsets.of(dataset) if info.color}


def guidelines(dataset: Dataset) -> dict[str, str]:
    """What each label of a data set means, for those of which it is known."""
    return {info.label: info.description for info in tagsets.of(dataset) if info.description}


def run_title(run: Mapping[str, Any]) -> str:
    """A run in a few words: the recipe and who gave the last labels - or whose labels were imported."""
    if run["kind"] == "import":
        return f"{imported(str(run['id']))} labels, imported"
    llm = str(_resolved(run).get("stage2", {}).get("llm"))
    labels = imported(str(_resolved(run).get("stage1", {}).get("labels", "")))
    stored = f"stored {labels} labels".replace("  ", " ")
    answered = {"offline": "offline tagger", "replay": "GPT-4 replayed", "recorded": stored}
    answered |= dict.fromkeys(LIVE, model(_resolved(run)))
    recipe = str(run["recipe"] or "run")
    return f"{RECIPES.get(recipe, recipe)}, {answered.get(llm, 'Stage I only')}"


def model(recipe: Mapping[str, Any]) -> str:
    """What the language model of a recipe is called: the last part of its name."""
    name = str(recipe.get("llm", {}).get("model", "")).rstrip("/")
    return name.rpartition("/")[2] or "language model"


def run_details(run: Mapping[str, Any]) -> str:
    """What tells a run from its siblings: exemplars, seed and time."""
    selector = _resolved(run).get("selector", {})
    chosen = selector_title(selector) if selector.get("name") not in {None, "none"} else ""
    seed = f"seed {run['seed']}" if run["kind"] == "run" and run["seed"] is not None else ""
    return " · ".join(part for part in (chosen, seed, str(run["created_at"])[:16]) if part)


def selector_title(selector: Mapping[str, Any]) -> str:
    name = SELECTORS.get(str(selector.get("name")), str(selector.get("name")))
    return f"{name}, K = {selector['k']}" if "k" in selector else name


def similarity(run: Mapping[str, Any]) -> str:
    """By what the exemplars of a run were compared, in two words; "" where it chose none, or by n-grams."""
    table = _resolved(run)
    name = str(table.get("embedder", {}).get("name", "ngrams"))
    ends = table.get("stage2", {}).get("labeler") == "none"
    looked = not ends or table.get("stage1", {}).get("labeler") in {"vote", "incontext"}
    return SHORT_SIMILARITIES.get(name, name) if looked and name != "ngrams" else ""


def stage1_source(run: Mapping[str, Any]) -> str:
    """Who gave the Stage-I labels of a run."""
    if run["kind"] == "import":
        return f"{imported(str(run['id']))}, imported"
    stage1 = _resolved(run).get("stage1", {})
    if stage1.get("labeler") == "imported":
        return f"{IMPORTED.get(str(stage1.get('labels')), str(stage1.get('labels')))}, imported"
    return LABELERS.get(str(stage1.get("labeler")), str(stage1.get("labeler", "unknown")))


def stages(run: Mapping[str, Any]) -> str:
    """Who gave the labels of each stage a run has."""
    if "stage1" not in run["stages"]:
        labels = _resolved(run).get("stage1", {}).get("labels") or run["id"]
        return f"Stage II: {imported(str(labels))}, {stage2_source(run)}"
    return f"Stage I: {stage1_source(run)} · Stage II: {stage2_source(run)}"


def prompt_origin(run: Mapping[str, Any]) -> str:
    """Why there is no prompt that was really sent, in one sentence."""
    if run["kind"] == "import" or _resolved(run).get("stage2", {}).get("llm") == "recorded":
        return "The labels of this run were stored by its authors; the prompts they sent were not recorded."
    if _resolved(run).get("stage2", {}).get("llm") == "offline":
        return "This run's Stage II is the offline in-context tagger, which reads the exemplars directly."
    return "No call is recorded for this sentence."


def stage2_source(run: Mapping[str, Any]) -> str:
    """Who gave the Stage-II labels of a run. The offline tagger is never called a language model."""
    if run["kind"] == "import":
        return LLMS["recorded"]
    llm = str(_resolved(run).get("stage2", {}).get("llm", "none"))
    return f"language model {model(_resolved(run))}" if llm in LIVE else LLMS.get(llm, llm)


def imported(run_id: str) -> str:
    name = run_id.rpartition("/")[2]
    computed = re.fullmatch("[0-9a-f]{16}", name)
    return f"run {name[:6]}" if computed else IMPORTED.get(name, name)


def _resolved(run: Mapping[str, Any]) -> Mapping[str, Any]:
    """The resolved recipe of a run, wherever its parameters keep it."""
    values = run.get("params") or {}
    found = values.get("recipe", values)
    return found if isinstance(found, Mapping) else values


def resolved(run: Mapping[str, Any]) -> Mapping[str, Any]:
    """The recipe a run was computed with, every `auto` decided; empty for imported labels."""
    return _resolved(run)


def length(text: str, rate: tuple[str, float, int] | None) -> str:
    """How long a prompt is: in words, and in the tokens of a model where recorded calls tell their rate."""
    size = len(text.encode("utf-8", "surrogatepass"))
    words = f"{len(text.split()):,} words, {len(text):,} characters"
    if rate is None:
        return f"{words}, at most {size:,} tokens (one per byte)"
    model, per_byte, calls = rate
    return f"{words}, about {size * per_byte:,.0f} {model} tokens (as in {calls:,} recorded calls)"


def signed(number: int) -> str:
    """`+5`, `-5` or a plain `0`."""
    return f"{number:+,}" if number else "0"


def against(gold_name: str, n: int, labels: int, task: str) -> str:
    """What a score was computed against, in one line."""
    items = "sentences" if task in {"pos", "ner"} else "items"
    return f"against {gold_name} · {n:,} {items} · {labels} labels"
