"""A causal language model with random weights and its tokenizer, made here; nothing is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

LINES = (
    "You label words with their part of speech. Allowed tags: ADJ, NOUN, VERB, PUNCT, PRON, ADV, DET.",
    "You mark named entities. Allowed tags: O, B-PER, I-PER, B-LOC, I-LOC, B-ORG, I-ORG, B-DATE, I-DATE.",
    "Reply with one word out of: entailment, neutral, contradiction.",
    "Reply with one topic out of: science/technology, travel, politics, sports, health, entertainment.",
    "Write one line per word, in the order of the sentence: the word exactly as given, a tab, one tag.",
    'Text: Hon syngur .\nWords:\n```\nHon\tPRON\nsyngur\tVERB\n.\tPUNCT\n```\n{"words": [{"word": "Hon"}]}',
)
CHAT = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
END = "<|im_end|>"


def language_model(folder: Path, *, chat: bool = True, positions: int = 2048, seed: int = 3) -> Path:
    """A Qwen2 of width 32 and two layers, in 32 bits; its tokenizer is trained on `LINES`."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = _tokenizer()
    if chat:
        tokenizer.chat_template = CHAT
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = Qwen2Config(
        vocab_size=len(tokenizer) + 1,  # the library adds one when it reads the tokenizer back
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=positions,
        initializer_range=0.3,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    return folder


def _tokenizer() -> Any:
    """Bytes in pairs, cut as those of Qwen and Llama: a tab or a space belongs to what follows."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    cut = r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    found = Tokenizer(models.BPE())
    found.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(cut), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    found.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420,
        special_tokens=["<|pad|>", "<|im_start|>", END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    found.train_from_iterator(LINES, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=found, eos_token=END, pad_token="<|pad|>")
