"""The nouns of the engine: frozen, free of behaviour, standard library only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

TaskName = Literal["pos", "ner", "nli", "topic"]
Direction = Literal["ltr", "rtl"]
Labels = tuple[str, ...]
Posterior = tuple[tuple[float, ...], ...]
"""Per token (or one row per item) a probability per label, in the order of the label set."""
Egress = Literal["local", "ask", "any"]
"""Where a data set's text may go: nowhere, to a host the user agreed to each time, or anywhere."""
Tokenization = Literal["whitespace", "unicode"]
Report = Callable[[str, int, int], None]
"""Progress sink: (what is being done, done, total). May raise `Cancelled`."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language as the catalog or a BCP 47 tag names it. `code` is ISO 639-3."""

    code: str
    name: str
    script: str = "Latn"
    family: str = ""
    direction: Direction = "ltr"
    aliases: tuple[str, ...] = ()
    glottocode: str = ""


@dataclass(frozen=True, slots=True)
class LabelInfo:
    """What annotators are told of a label: a guideline, a key to press, a colour (#RRGGBB)."""

    label: str
    description: str = ""
    key: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a user says of a file that the file does not say itself.

    `columns` gives the column (of a table) that holds a field: tokens, labels, text, text_b, id,
    split, glosses, or translation:<code>. `tokenization` splits text that comes without tokens.
    `language` is the code of the data set's language and `partner` a line-aligned translation in
    `partner_language`, where a format holds two languages.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    tokenization: Tokenization = "whitespace"
    language: str = ""
    partner: str = ""
    partner_language: str = ""


@dataclass(frozen=True, slots=True)
class Instance:
    """One sentence, premise-hypothesis pair or document.

    `position` counts from 0 over all splits of its data set, in file order. `tokens` is empty for
    NLI and topic. `text` is the sentence, premise or document exactly as in the file, `text_b`
    the hypothesis. `raw` is the verbatim block of the file where a lossless export needs it.

    Of `meta`, these names have a meaning of their own: `translations` (language code -> text),
    `transliteration` (text), `glosses` and `transliterations` (one string per token, "" = none),
    `original_labels` (the file's own labels where an import mapped them), `sent_id`, `id`.
    """

    position: int
    split: str
    tokens: tuple[str, ...]
    text: str
    text_b: str | None = None
    meta: Mapping[str, object] = field(default_factory=dict)
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What a format reader yields: an instance and its labels, if the file has any.

    `labels` holds one label per token (POS, NER in BIO) or one in all (NLI, topic), exactly as in
    the file. `lines` are the line numbers of the tokens, or the one line the record begins on;
    empty when unknown.
    """

    instance: Instance
    labels: Labels | None = None
    confidences: tuple[float, ...] | None = None
    lines: tuple[int, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set as stored: what it is, whose it is, and what it may be used for."""

    id: str
    name: str
    language: str
    task: TaskName
    labels: Labels
    licence: str = ""
    citation: str = ""
    source: str = ""
    illustrative: bool = False
    fingerprint: str = ""
    n_instances: int = 0
    n_tokens: int = 0
    splits: Mapping[str, int] = field(default_factory=dict)
    meta: Mapping[str, object] = field(default_factory=dict)
    egress: Egress = "ask"
    tagset: tuple[LabelInfo, ...] = ()


Outcome = Literal["ok", "repaired", "unparseable", "refused", "truncated", "failed"]
"""How asking a language model for the labels of one item ended.

ok: the answer was usable as it stood. repaired: after its mistakes were pointed out, or with labels missing.
unparseable: nothing in it was usable. refused: the model or its host would not answer. truncated: it ended
before it was complete. failed: there was no answer.
"""
OUTCOMES: tuple[Outcome, ...] = ("ok", "repaired", "unparseable", "refused", "truncated", "failed")


@dataclass(frozen=True, slots=True)
class Prediction:
    """Labels a labeler gave one instance. `confidences` are probabilities of the labels given.

    `posterior` (in memory only) is the whole distribution over the label set. Where a language model was
    asked, `outcome` says how that ended and `error` what was wrong with its answer.
    """

    position: int
    labels: Labels
    confidences: tuple[float, ...] | None = None
    posterior: Posterior | None = None
    completion_key: str | None = None
    error: str | None = None
    outcome: Outcome | None = None


Origin = Literal["target", "corrected", "source"]


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A labelled instance that may be shown to an in-context labeler.

    `origin`: target (noisy label), corrected (human label, confidence 1) or source (gold).
    """

    dataset: str
    instance: Instance
    labels: Labels
    confidences: tuple[float, ...]
    origin: Origin = "target"
    posterior: Posterior | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The exemplars chosen for one query, and why.

    `chosen` are row numbers of the pool in prompt order, most similar first; `similarity` and
    `confidence` are parallel to it (`confidence` is the mean over the item's tokens). `value` is
    the objective, `upper_bound` a proven bound on it. `covers` lists the priced labels each one carries.

    `status` is how it was found. Proven to be best: certificate (the K highest scores show every label in
    demand), search, or milp (by an integer programming solver); rows of older versions say optimal for
    these three. Otherwise feasible (the solver's time ran out), heuristic or recorded.
    """

    query: int
    chosen: tuple[int, ...]
    similarity: tuple[float, ...]
    confidence: tuple[float, ...]
    covers: tuple[Labels, ...]
    value: float | None
    upper_bound: float | None
    status: str
    uncovered: Labels = ()
    uncoverable: Labels = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Influence:
    """Which exemplar tokens spoke for the labels of an item's tokens.

    Parallel tuples with the strongest first for each token: `tokens` index the item, `ranks` are places
    in its selection, `exemplar_tokens` index that exemplar and `shares` are parts of all the evidence
    for the token, in (0, 1]. What has no tokens (NLI, topic) has index 0.
    """

    position: int
    tokens: tuple[int, ...]
    ranks: tuple[int, ...]
    exemplar_tokens: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt; `sha256` is that of the text without a final newline."""

    text: str
    sha256: str


CompletionStatus = Literal["ok", "unparseable", "refused", "truncated", "failed"]


@dataclass(frozen=True, slots=True)
class Completion:
    """One call of a language model, verbatim. `key` is the content hash of the request.

    `parameters` is everything else that was asked for, as canonical JSON: settings, constraint, further
    turns. `host` is where it was sent ("" = nowhere), `seconds` how long the answer took, `error` what went
    wrong. `logprobs` are (token, natural logarithm of its probability) of the answer, `label_probabilities`
    a row per token of the item (one row for NLI and topic) over the label set, where the model gives them.
    """

    key: str
    model: str
    prompt_sha256: str
    prompt: str
    text: str
    finish_reason: str = "stop"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    status: CompletionStatus = "ok"
    parameters: str = ""
    host: str = ""
    seconds: float | None = None
    error: str | None = None
    logprobs: tuple[tuple[str, float], ...] | None = None
    label_probabilities: Posterior | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with what it was computed against."""

    metric: str
    value: float
    stage: str
    gold: str
    label_set: Labels
    n_instances: int
