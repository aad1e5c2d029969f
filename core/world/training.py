"""Training the world's models, on text drawn as it goes: half a minute each on one core."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from core.types import Report
from core.world.concepts import SPECIAL, Ids, concepts
from core.world.documents import MASK, PAD, likewise, plain
from core.world.plan import World

EVERY = 50
"""Steps between two words of progress; at each one a user can cancel."""
LONGEST = 128
"""Tokens a model reads at once."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a model is trained.

    Attributes:
        batch: texts at a step.
        hidden: share of the tokens hidden in a text (masked model).
        name_hidden: share of the names of classes that are hidden besides (masked model).
        plain_every: every so many steps a batch of plain texts, else texts with examples (causal model).
        most_above: examples above a question (causal model).
    """

    steps: int = 2400
    batch: int = 64
    learning_rate: float = 4e-3
    warm_up: float = 0.1
    decay: float = 0.01
    width: int = 64
    inner: int = 128
    layers: int = 2
    heads: int = 4
    hidden: float = 0.25
    name_hidden: float = 0.5
    plain_every: int = 3
    most_above: int = 3


MASKED = Course()
CAUSAL = Course(steps=1000, batch=32, inner=96)


def train_masked(world: World, course: Course, report: Report, doing: str) -> Any:
    """A masked language model of the world (`RobertaPreLayerNormForMaskedLM`), ready to be saved.

    Devlin et al. 2019 (arXiv 1810.04805), section 3.1, task 1, every hidden token as [MASK]; layers normalise
    what they read (Xiong et al. 2020, arXiv 2002.04745), which lets so small a model learn fast.
    """
    import torch
    from torch.nn.functional import cross_entropy

    with one_thread(world.seed):
        model = _masked_model(world, course)

        def loss(tokens: Any, hidden: Any) -> Any:
            read = tokens.masked_fill(hidden, MASK)
            states = model.roberta_prelayernorm(read, attention_mask=(tokens != PAD).long())
            return cross_entropy(model.lm_head(states.last_hidden_state[hidden]), tokens[hidden])

        def batches() -> Iterator[tuple[Any, Any]]:
            dice = np.random.default_rng([world.seed, 2])
            while True:
                tokens, names = plain(world, course.batch * EVERY, dice)
                hidden = _hidden(tokens, names, course, dice)
                for block in zip(np.split(tokens, EVERY), np.split(hidden, EVERY), strict=True):
                    yield torch.from_numpy(block[0]), torch.from_numpy(block[1])

        _descend(model, course, loss, batches(), lambda step: report(doing, step, course.steps))
    return model.eval()


def train_causal(world: World, course: Course, vectors: Any, report: Report, doing: str) -> Any:
    """A causal language model of the world (`LlamaForCausalLM`), ready to be saved.

    Every token is to be told from those before it; the names count as much as all tokens together, since a
    sentence of the world is mostly chance.

    Args:
        vectors: (words, width) input vectors of the masked model, with which this one begins: it knows which
            words are of one kind and need not learn it again. The end of a line has a vector of its own.
    """
    import torch
    from torch.nn.functional import cross_entropy

    with one_thread(world.seed):
        model = _causal_model(world, course)
        with torch.no_grad():
            model.model.embed_tokens.weight[: len(vectors)] = vectors

        def loss(tokens: Any, names: Any) -> Any:
            seen = tokens != PAD
            states = model.model(tokens, attention_mask=seen.long()).last_hidden_state[:, :-1]
            told = seen[:, 1:]
            losses = cross_entropy(model.lm_head(states[told]), tokens[:, 1:][told], reduction="none")
            return losses.mean() + losses[names[:, 1:][told]].mean()

        def batches() -> Iterator[tuple[Any, Any]]:
            dice = np.random.default_rng([world.seed, 5])
            for step in count():
                tokens, places = _causal_batch(world, course, step, dice)
                names = np.zeros(tokens.shape, dtype=bool)
                np.put_along_axis(names, places, values=True, axis=1)
                names[:, 0] = False
                yield torch.from_numpy(tokens), torch.from_numpy(names)

        _descend(model, course, loss, batches(), lambda step: report(doing, step, course.steps))
    return model.eval()


def _causal_batch(world: World, course: Course, step: int, dice: np.random.Generator) -> tuple[Ids, Ids]:
    if step % course.plain_every == course.plain_every - 1:
        tokens, names = plain(world, course.batch * 2, dice)
        return tokens, names[:, None]
    return likewise(world, course.batch, int(dice.integers(1, course.most_above + 1)), dice)


def _hidden(tokens: Ids, names: Ids, course: Course, dice: np.random.Generator) -> Any:
    hidden = (dice.random(tokens.shape) < course.hidden) & (tokens >= len(SPECIAL))
    rows = np.flatnonzero((names > 0) & (dice.random(len(names)) < course.name_hidden))
    hidden[rows, names[rows]] = True
    return hidden


def _masked_model(world: World, course: Course) -> Any:
    from transformers import RobertaPreLayerNormConfig, RobertaPreLayerNormForMaskedLM

    made: Any = RobertaPreLayerNormForMaskedLM(
        RobertaPreLayerNormConfig(
            **_sizes(world, course),
            type_vocab_size=1,
            max_position_embeddings=LONGEST + PAD + 1,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
    )
    return made


def _causal_model(world: World, course: Course) -> Any:
    from transformers import LlamaConfig, LlamaForCausalLM

    sizes = _sizes(world, course)
    made: Any = LlamaForCausalLM(
        LlamaConfig(
            **sizes | {"vocab_size": sizes["vocab_size"] + 1},
            num_key_value_heads=course.heads,
            max_position_embeddings=LONGEST,
        )
    )
    return made


def _sizes(world: World, course: Course) -> dict[str, Any]:
    return {
        "vocab_size": len(concepts(world).vocabulary),
        "hidden_size": course.width,
        "intermediate_size": course.inner,
        "num_hidden_layers": course.layers,
        "num_attention_heads": course.heads,
        "pad_token_id": PAD,
        "bos_token_id": SPECIAL.index("[CLS]"),
        "eos_token_id": SPECIAL.index("[SEP]"),
        "tie_word_embeddings": True,
    }


def _descend(
    model: Any,
    course: Course,
    loss: Callable[..., Any],
    batches: Iterator[tuple[Any, ...]],
    told: Callable[[int], None],
) -> None:
    from torch.optim import AdamW
    from torch.optim.lr_scheduler import OneCycleLR

    optimizer = AdamW(model.parameters(), lr=course.learning_rate, weight_decay=course.decay, fused=True)
    rate = OneCycleLR(optimizer, course.learning_rate, course.steps, pct_start=course.warm_up)
    model.train()
    for step in range(course.steps):
        if step % EVERY == 0:
            told(step)
        optimizer.zero_grad()
        loss(*next(batches)).backward()
        optimizer.step()
        rate.step()
    told(course.steps)


@contextmanager
def one_thread(seed: int) -> Iterator[None]:
    """One thread and dice of its own, so that the weights are the same again; both are put back."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)
