"""Sentence models with random weights, made here; nothing is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WIDTH = 16
LETTERS = "abcdefghijklmnopqrstuvwxyz:"
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{letter}" for letter in LETTERS)]


def transformer(folder: Path) -> Path:
    """A plain transformers model, without any word on pooling."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(1)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(WORDS), encoding="utf-8")
    BertTokenizerFast(vocab=str(vocabulary)).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=WIDTH,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        initializer_range=0.5,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def sentence_model(folder: Path, plain: Path, pooling: Any = "cls", **more: Any) -> Path:
    """A sentence model over a plain one."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    modules = [Transformer(str(plain)), *([Pooling(WIDTH, pooling)] if pooling else [])]
    SentenceTransformer(modules=modules, device="cpu", **more).save(str(folder))
    return folder


def token_vectors(plain: Path, text: str) -> Any:
    """(tokens, WIDTH) of one text, by transformers alone."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(plain), AutoModel.from_pretrained(plain).eval()
    with torch.inference_mode():
        return model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].numpy()
