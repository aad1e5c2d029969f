"""The demo world's models as they are trained: what they cost, and what they know."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import prompts, world
from core.embedders.sentence_transformer import SentenceEmbedder
from core.tasks import tasks
from core.types import Exemplar, Record
from core.world import LANGUAGES, WORLD, corpora
from core.world.concepts import concepts
from core.world.models import CAUSAL_NAME, ENCODER_NAME, MASKED_NAME
from tests.needs import needs

pytestmark = needs("torch", "transformers", "sentence-transformers")
KNOWN = concepts(WORLD)
N, POOL = 300, 500
CHANCE = 1 / WORLD.classes


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with world.kept_in(tmp_path_factory.mktemp("world")) as folder:
        for name in world.MODELS:
            began = time.process_time()
            world.ensure(name, lambda *_: None)
            print(f"{name}: {time.process_time() - began:.1f} CPU s")
        yield folder


def test_the_masked_model_names_the_topic_in_every_language_behind_its_cue(models: Path) -> None:
    from transformers import AutoModelForMaskedLM

    model = AutoModelForMaskedLM.from_pretrained(world.folder(MASKED_NAME)).eval()
    for language in LANGUAGES:
        cue, names = KNOWN.cue(language, "topic"), KNOWN.names_in(language)
        test = corpora.items(WORLD, language, "test", N)
        texts = [f"{text_of(one)} {cue} [MASK] ." for one in test]
        with_own, with_a = (
            _right(model, MASKED_NAME, texts, spelled, test) for spelled in (names, corpora.labels(WORLD))
        )
        print(f"{language}: own names {with_own:.3f}, names of A {with_a:.3f}, chance {CHANCE:.2f}, n {N}")
        assert with_own > 0.8
        assert with_a > 3 * CHANCE


def test_the_causal_model_calls_a_text_what_the_example_like_it_is_called(models: Path) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(world.folder(CAUSAL_NAME)).eval()
    pool = corpora.items(WORLD, "qaa", "train", POOL)
    dice = np.random.default_rng(0)
    for language in LANGUAGES:
        test = corpora.items(WORLD, language, "test", N)
        alike = [[next(one for one in pool if one.labels == item.labels)] for item in test]
        anyhow = [[pool[place]] for place in dice.choice(POOL, N)]
        right, luck = (
            _right(model, CAUSAL_NAME, _prompts(test, shown), corpora.labels(WORLD), test)
            for shown in (alike, anyhow)
        )
        print(f"{language}: an example of its class {right:.3f}, any example {luck:.3f}, n {N}")
        assert right > 0.9
        assert luck < 0.2


def test_the_encoder_finds_the_same_topic_in_a_and_less_of_it_across_languages(models: Path) -> None:
    embedder = SentenceEmbedder(model=ENCODER_NAME)
    pool = corpora.items(WORLD, "qaa", "train", POOL)
    found = embedder.against([text_of(one) for one in pool])
    for language in LANGUAGES:
        test = corpora.items(WORLD, language, "test", N)
        nearest = found([text_of(one) for one in test]).argmax(axis=1)
        share = np.mean([pool[at].labels == one.labels for at, one in zip(nearest, test, strict=True)])
        print(f"{language}: nearest of A has the same topic {share:.3f}, chance {CHANCE:.2f}, n {N}")
        assert share > (0.9 if language == "qaa" else 2 * CHANCE)


def text_of(record: Record) -> str:
    return record.instance.text


def _prompts(test: Sequence[Record], shown: Sequence[Sequence[Record]]) -> list[str]:
    template, task = corpora.template(WORLD), tasks["topic"]
    return [
        prompts.render(
            template,
            task,
            [Exemplar("pool", one.instance, one.labels or (), (1.0,)) for one in above],
            item.instance,
            corpora.labels(WORLD),
        ).text
        for item, above in zip(test, shown, strict=True)
    ]


def _right(
    model: Any, name: str, texts: Sequence[str], names: Sequence[str], test: Sequence[Record]
) -> float:
    """The share whose most probable name, at [MASK] or behind the last word, is that of the label."""
    import torch
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(world.folder(name))
    ids = tokenizer.convert_tokens_to_ids(list(names))
    right = 0
    for text, item in zip(texts, test, strict=True):
        read = tokenizer(text, return_tensors="pt")
        tokens = read["input_ids"][0]
        hidden = (tokens == (tokenizer.mask_token_id if tokenizer.mask_token else -1)).nonzero().flatten()
        place = int(hidden[0]) if len(hidden) else -1
        with torch.no_grad():
            best = int(model(**read).logits[0, place, ids].argmax())
        right += item.labels == (corpora.labels(WORLD)[best],)
    return right / len(test)
