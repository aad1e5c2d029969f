"""Masked and causal language models of five architectures with random weights, and tokenizers to match.

`cloze_model("xlm-roberta", folder)` writes one; nothing is downloaded. They know the words of `WORDS`, each
as one token, and read everything else letter by letter or as unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

TOPICS = ("sports", "health", "politics")
NAMES = ("science", "technology", "travel", "entertainment", "geography", "yes", "maybe", "no")
OTHERS = (
    "ball",
    "team",
    "goal",
    "doctor",
    "nurse",
    "pill",
    "vote",
    "law",
    "party",
    "the",
    "a",
    "is",
    "about",
)
CONTENT = {"sports": OTHERS[0:3], "health": OTHERS[3:6], "politics": OTHERS[6:9]}
"""Words that tell each topic."""
WORDS = (*TOPICS, *NAMES, *OTHERS, "text", "topic", "Topic")
MASKED, CAUSAL = ("bert", "xlm-roberta", "modernbert"), ("qwen2", "llama")
KINDS = (*MASKED, *CAUSAL)
WIDTH, PLACES = 32, 64
BASE: dict[str, Any] = {
    "hidden_size": WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "initializer_range": 0.3,
}


def cloze_model(kind: str, folder: Path, *, seed: int = 1, places: int = PLACES) -> Path:
    """A model of this kind (see `KINDS`) with its tokenizer, as transformers saves them."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM

    from core.library_remarks import quiet

    tokenizer = TOKENIZERS[kind]()
    tokenizer.save_pretrained(folder)
    offset = 2 if kind == "xlm-roberta" else 0
    config = AutoConfig.for_model(
        kind,
        **BASE,
        vocab_size=len(tokenizer),
        max_position_embeddings=places + offset,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        **_own(kind, tokenizer),
    )
    torch.manual_seed(seed)
    maker: Any = AutoModelForMaskedLM if kind in MASKED else AutoModelForCausalLM
    with quiet():
        maker.from_config(config).save_pretrained(folder)
    return folder


def _own(kind: str, tokenizer: Any) -> dict[str, Any]:
    if kind == "xlm-roberta":
        return {"type_vocab_size": 1}
    if kind == "modernbert":
        return {
            "cls_token_id": tokenizer.cls_token_id,
            "sep_token_id": tokenizer.sep_token_id,
            "local_attention": 16,
        }
    if kind in CAUSAL:
        return {"num_key_value_heads": 2}
    return {}


def _bert() -> Any:
    """Words, and letters for what is none."""
    import transformers

    letters = "abcdefghijklmnopqrstuvwxyz.?:,"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(map(str.lower, WORDS))]
    vocabulary += [letter for letter in letters if letter not in vocabulary]
    vocabulary += [f"##{letter}" for letter in letters]
    library: Any = transformers
    return library.BertTokenizerFast(vocab={word: at for at, word in enumerate(vocabulary)})


def _xlm() -> Any:
    """Sub-words with a mark for the space before them, padding at 1, as XLM-R has them."""
    import transformers

    letters = "abcdefghijklmnopqrstuvwxyzT.?:,"
    rows = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    rows += [(f"\u2581{word}", -3.0) for word in WORDS if word not in ("a",)]
    rows += [("\u2581", -6.0), *((letter, -8.0) for letter in letters)]
    rows += [(f"\u2581{letter}", -7.0) for letter in letters]
    library: Any = transformers
    return library.XLMRobertaTokenizerFast(vocab=[*rows, ("<mask>", 0.0)])


def _bytes(specials: dict[str, str], *, begin: bool) -> Any:
    """Bytes in pairs, a space belongs to the word behind it: as ModernBERT, Qwen and Llama 3 read."""
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

    found = Tokenizer(models.BPE())
    found.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    found.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=900,
        special_tokens=list(specials.values()),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    found.train_from_iterator([f" {word}" for word in WORDS] * 3, trainer)
    if begin:
        first = specials["bos_token"]
        found.post_processor = processors.TemplateProcessing(
            single=f"{first} $A", special_tokens=[(first, found.token_to_id(first))]
        )
    elif "cls_token" in specials:
        first, last = specials["cls_token"], specials["sep_token"]
        found.post_processor = processors.TemplateProcessing(
            single=f"{first} $A {last}",
            special_tokens=[(one, found.token_to_id(one)) for one in (first, last)],
        )
    library: Any = transformers
    return library.PreTrainedTokenizerFast(tokenizer_object=found, **specials)


def _modern() -> Any:
    from tokenizers import AddedToken

    specials = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    tokenizer = _bytes({**specials, "mask_token": "[MASK]"}, begin=False)
    tokenizer.add_special_tokens({"mask_token": AddedToken("[MASK]", lstrip=True, special=True)})
    return tokenizer


def _qwen() -> Any:
    return _bytes({"eos_token": "<|endoftext|>", "pad_token": "<|pad|>"}, begin=False)


def _llama() -> Any:
    return _bytes({"bos_token": "<|begin|>", "eos_token": "<|end|>"}, begin=True)


TOKENIZERS: dict[str, Callable[[], Any]] = {
    "bert": _bert,
    "xlm-roberta": _xlm,
    "modernbert": _modern,
    "qwen2": _qwen,
    "llama": _llama,
}
