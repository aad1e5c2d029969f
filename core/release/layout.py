"""Where the SSP release keeps a language's files. Paths are relative to the repository's root.

`code` is the release's own code of the language (fo, gn). Alternatives are listed in the order in
which they are tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

RESULTS = (
    "results/POS/gpt4_0613",
    "results/POS/gpt4_1106_preview",
    "results/NER/gpt4_1106_preview",
    "results/NER/gpt4_0613",
)
PLUS = "translation/zgul_plus_outputs"
SELECTION = "_80percile_8ex_ILP_seq_grb_zgul_lam_"


@dataclass(frozen=True, slots=True)
class Variant:
    """The files of one Stage I and of what followed it. Empty = the release never has them.

    `folder` holds the confidences and statistics of Stage I.
    """

    name: str
    title: str
    stage1: str = ""
    folder: str = ""
    answers: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    selections: tuple[str, ...] = ()


def gold(code: str) -> str:
    """Sentences and gold labels of a tagging language."""
    return f"data/SSP/{code}/test.tsv"


def zgul(code: str, results: tuple[str, ...]) -> Variant:
    """The paper's main run.

    Its labels are never `*_100_zgul_pred.tsv`: for Faroese that file holds ZGUL+ labels.
    """
    return Variant(
        "zgul",
        "ZGUL",
        f"data/SSP/{code}/{code}_pred.tsv",
        "zgul_outputs",
        run_files(results, code, "responses.json"),
        run_files(results, code, "accuracies.csv"),
        (
            f"data/SSP/{code}/{code}_SSP.npy",
            f"zgul_outputs/{code}{SELECTION}1.0_100_v5.npy",
            f"zgul_outputs/{code}{SELECTION}100.0_100_v5.npy",
        ),
    )


def zgul_plus(code: str) -> Variant:
    """The run on the stronger Stage I."""
    return Variant(
        "zgul_plus",
        "ZGUL+",
        f"{PLUS}/{code}_pred.tsv",
        PLUS,
        (f"{PLUS}/{code}_gpt4/responses.json",),
        (f"{PLUS}/{code}_gpt4/accuracies.csv",),
        tuple(f"{PLUS}/{code}{SELECTION}{weight}_v5.npy" for weight in ("1.0", "100.0")),
    )


def codec(code: str) -> Variant:
    """Answers on a Stage I that was not released."""
    folder = f"translation/codec_stage2_results/{code}"
    return Variant(
        "codec", "codec", answers=(f"{folder}/responses.json",), published=(f"{folder}/accuracies.csv",)
    )


def run_files(results: tuple[str, ...], code: str, name: str) -> tuple[str, ...]:
    """A file of the recorded run, in every results folder known."""
    return tuple(f"{folder}/SSP_zgul/{code}/{name}" for folder in results)


def probabilities(folder: str, code: str) -> list[list[str]]:
    """Token confidences: per file stem its spellings (NumPy first: it needs no torch)."""
    stems = [f"{folder}/{code}_max_probs_all", f"{folder}/{code}_100_max_probs_all"]
    return [[f"{stem}.npy", f"{stem}.pth"] for stem in stems]


def statistics(folder: str, code: str) -> tuple[list[str], list[str]]:
    """Released counts and mean confidences, and released thresholds (80th percentile)."""
    stems = [f"{folder}/{code}", f"{folder}/{code}_80", f"{folder}/{code}_100"]
    return [f"{stem}_all_stats.csv" for stem in stems], [f"{stem}_perc_stats.json" for stem in stems]


def template(task: str) -> str:
    """The authors' prompt template of a tagging task."""
    return f"prompts/{task}_8s_tsv_adapt.txt"


def results_folders(meta: Mapping[str, object], gold: Path, code: str) -> tuple[str, ...]:
    """Folders that may hold the recorded run: the catalog's, the known ones, and those beside `gold`.

    Args:
        gold: the fetched `data/SSP/<code>/test.tsv`; where the release is a folder, its `results`
            are searched too, because models and dates are part of the folder names.
    """
    named = meta.get("results", ())
    listed = [named] if isinstance(named, str) else list(named) if isinstance(named, Iterable) else []
    return tuple(dict.fromkeys([*(str(item).rstrip("/") for item in listed), *_beside(gold, code), *RESULTS]))


def _beside(gold: Path, code: str) -> list[str]:
    if len(gold.parents) < 4:
        return []
    root = gold.parents[3]
    found = sorted(root.glob(f"results/*/*/SSP_zgul/{code}"))
    return [str(path.parent.parent.relative_to(root).as_posix()) for path in found]
