"""Models of transformers with random weights, one layer and few words."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    PreTrainedTokenizerFast,
)

POSITIONS = 64
"""Tokens that the models read."""


def save_extractive(folder: Path) -> Path:
    """Save a model that marks places; return its folder."""
    torch.manual_seed(1)
    return _save(BertForQuestionAnswering(_config()), folder)


def save_cross_encoder(folder: Path, scores: int = 1) -> Path:
    """Save a model that gives a pair of texts so many scores; return its folder."""
    torch.manual_seed(1)
    return _save(BertForSequenceClassification(_config(scores)), folder)


def _save(model: torch.nn.Module, folder: Path) -> Path:
    model.save_pretrained(folder)  # type: ignore[operator]
    _tokenizer().save_pretrained(folder)
    return folder


def _config(labels: int = 2) -> BertConfig:
    config = BertConfig(
        vocab_size=300,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=POSITIONS,
        initializer_range=0.5,
    )
    config.num_labels = labels
    return config


def _tokenizer() -> PreTrainedTokenizerFast:
    """Return a tokenizer of bytes: each word is as many tokens as it has bytes."""
    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = {word: number for number, word in enumerate([*special, *letters])}
    backend = Tokenizer(models.BPE(vocab=words, merges=[]))
    backend.normalizer = normalizers.NFC()
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 1), ("[SEP]", 2)],
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=backend,
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        model_max_length=POSITIONS,
    )
