"""Translation models with random weights and small vocabularies, made here; nothing is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyz."
LANGUAGES = ["eng_Latn", "hau_Latn", "lug_Latn"]
SMALL: dict[str, Any] = {
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 32,
    "decoder_ffn_dim": 32,
    "max_position_embeddings": 64,
    "init_std": 0.5,
}


def nllb(folder: Path) -> Path:
    """M2M100 with NLLB's tokenizer: three languages, letter by letter."""
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    torch.manual_seed(5)
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", *LETTERS]
    tokenizer = NllbTokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)}, extra_special_tokens=LANGUAGES
    )
    tokenizer.save_pretrained(folder)
    config = M2M100Config(
        vocab_size=len(tokenizer),
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        decoder_start_token_id=2,
        **SMALL,
    )
    M2M100ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def marian(folder: Path, *words: str) -> Path:
    """Marian with a tokenizer of letters and these words besides (`>>hau<<` where it knows languages)."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import MarianConfig, MarianMTModel, PreTrainedTokenizerFast

    torch.manual_seed(6)
    vocabulary = ["<pad>", "</s>", "<unk>", "\u2581", *LETTERS]
    told = Tokenizer(models.BPE({piece: n for n, piece in enumerate(vocabulary)}, [], unk_token="<unk>"))
    told.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=told, pad_token="<pad>", eos_token="</s>", unk_token="<unk>"
    )
    tokenizer.add_tokens(list(words))
    tokenizer.save_pretrained(folder)
    config = MarianConfig(
        vocab_size=len(tokenizer),
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
        forced_eos_token_id=1,
        **SMALL,
    )
    MarianMTModel(config).save_pretrained(folder)
    return folder
