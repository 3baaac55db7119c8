"""Compile a sentence-transformers model for OpenVINO. Compiling needs torch; running does not."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import openvino
from numpy.typing import NDArray

from embeddings.errors import CannotCompile, EncoderError
from embeddings.fingerprint import AGREEMENT, EXACT, Fingerprint
from embeddings.openvino.eight_bits import compress_layers, compress_tables
from embeddings.openvino.encoder import OpenVINOEncoder
from embeddings.openvino.graph_rewriting import join_projections
from embeddings.openvino.model_directory import (
    FEW_TEXTS_FILE,
    GRAPH_FILE,
    SINGLE_TEXT_FILE,
    ModelDescription,
    write_refusal,
)
from embeddings.openvino.packing import model_inputs, pack, single_text_shapes
from embeddings.openvino.probe_texts import PROBES
from embeddings.openvino.runtime_settings import runtime_settings, usable_threads
from embeddings.openvino.trace import first_position, trace
from embeddings.options import EncoderOptions
from embeddings.sentence_transformer import SentenceTransformerEncoder
from embeddings.text import canonical
from embeddings.tokenization.sentencepiece_model import sentencepiece_model
from embeddings.tokenization.tokenizer import (
    JSON_FILE,
    SENTENCEPIECE_FILE,
    JsonTokenizer,
    SentencePieceTokenizer,
    load_tokenizer,
)
from embeddings.vectors import Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_MIN_AGREEMENT = 0.98
"""Cosine to float32 below which vectors are wrong rather than coarse."""


def compile_model(
    model: SentenceTransformerEncoder,
    source: str,
    precisions: list[str],
    directory: Path,
    *,
    coarse: bool = False,
    single: bool = True,
) -> None:
    """Write a model into a directory, compiled in the first precision that agrees with float32.

    If the model cannot be compiled, the directory holds a note of the reason instead.

    Args:
        model: the model on torch.
        source: the name or path it came from.
        precisions: ``bf16``, ``f32`` or ``int8``, the preferred first.
        directory: an empty folder.
        coarse: accept a precision even if its vectors are of a coarser class than float32.
        single: write a graph for one short text. It is faster, and holds 140 MB of memory.

    Raises:
        OSError: the directory cannot be written.
    """
    try:
        traced = trace(model.model)
        around = _write_tokenizer(model.model, directory)
        probes = [*PROBES, _longest(model)]
        expected = model.encode_passages(probes)
        reasons = []
        for precision in precisions:
            compiled = _describe(model, source, precision, around)
            graph = _rewritten(traced.clone(), compiled, directory)
            _write_graph(graph, precision, directory, single=single)
            agreement = _agreement(compiled, directory, probes, expected)
            if agreement >= AGREEMENT or (coarse and agreement >= _MIN_AGREEMENT):
                _with_agreement(compiled, agreement).write(directory)
                return
            reasons.append(f"its {precision} vectors agree to a cosine of only {agreement:.4f}")
        raise CannotCompile("; ".join(reasons))
    except (EncoderError, RuntimeError) as error:
        refusal = (
            error
            if isinstance(error, CannotCompile)
            else CannotCompile(f"OpenVINO fails ({str(error).splitlines()[0][:200]})")
        )
        for path in directory.iterdir():
            path.unlink()
        write_refusal(directory, source, refusal)


def _rewritten(
    traced: openvino.Model, compiled: ModelDescription, directory: Path
) -> openvino.Model:
    join_projections(traced)
    compress_tables(traced)
    if compiled.precision == "int8":
        compress_layers(traced, *_probe_inputs(compiled, directory))
    return traced


def _probe_inputs(
    compiled: ModelDescription, directory: Path
) -> tuple[dict[str, NDArray[np.generic]], NDArray[np.bool]]:
    """Return the inputs of a graph for the probe texts, and which places hold their tokens."""
    own = load_tokenizer(directory).ids([canonical(text) for text in PROBES])
    items = [[*compiled.prefix, *ids, *compiled.suffix] for ids in own]
    (batch,) = pack([len(item) for item in items], 2 * sum(map(len, items)))
    is_token = np.zeros((batch.rows, batch.length), dtype=np.bool)
    for place in batch.places:
        is_token[place.row, place.start : place.end] = True
    inputs = model_inputs(
        batch, items, compiled.fingerprint.pooling, compiled.first_position, compiled.padding
    )
    return inputs, is_token.reshape(-1)


def _write_graph(traced: openvino.Model, precision: str, directory: Path, *, single: bool) -> None:
    try:
        openvino.save_model(traced, directory / GRAPH_FILE, compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(f"cannot write the graph ({error})") from error
    settings = runtime_settings(precision, streams=1, threads=usable_threads())
    core = openvino.Core()
    # Read from the file, because an exported graph finds its weights by their position in it.
    graph = core.read_model(directory / GRAPH_FILE)
    for file in (FEW_TEXTS_FILE, SINGLE_TEXT_FILE) if single else (FEW_TEXTS_FILE,):
        if file == SINGLE_TEXT_FILE:
            graph.reshape(single_text_shapes())
        exported = core.compile_model(graph, "CPU", settings).export_model()
        (directory / file).write_bytes(exported.getvalue())


def _write_tokenizer(model: SentenceTransformer, directory: Path) -> tuple[list[int], list[int]]:
    """Write the tokenizer; return the special tokens' ids before and after a text's own."""
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise CannotCompile("its tokenizer does not come from the tokenizers library")
    backend.no_truncation()
    backend.no_padding()
    content = backend.to_str()
    (directory / JSON_FILE).write_text(content, encoding="utf-8")
    smaller = sentencepiece_model(json.loads(content))
    if smaller is not None and _same_tokens(smaller, directory / JSON_FILE):
        (directory / SENTENCEPIECE_FILE).write_bytes(smaller)
        (directory / JSON_FILE).unlink()
    bare = backend.encode("a", add_special_tokens=False).ids
    framed = backend.encode("a").ids
    for start in range(len(framed) - len(bare) + 1):
        if framed[start : start + len(bare)] == bare:
            return framed[:start], framed[start + len(bare) :]
    raise CannotCompile("its special tokens are not put around the text")


def _same_tokens(model: bytes, original: Path) -> bool:
    texts = [canonical(text) for text in PROBES]
    try:
        return SentencePieceTokenizer(model).ids(texts) == JsonTokenizer(original).ids(texts)
    except RuntimeError:
        return False


def _describe(
    model: SentenceTransformerEncoder,
    source: str,
    precision: str,
    around: tuple[list[int], list[int]],
) -> ModelDescription:
    inner = model.model
    padding = inner.tokenizer.pad_token_id
    return ModelDescription(
        fingerprint=model.fingerprint,
        source=source,
        precision=precision,
        runtime=f"OpenVINO {version('openvino')}",
        agreement=0.0,
        max_tokens=int(inner.max_seq_length or 0),
        prefix=around[0],
        suffix=around[1],
        padding=0 if padding is None else int(padding),
        first_position=first_position(inner),
        lower_case=bool(getattr(next(iter(inner)), "do_lower_case", False)),
    )


def _longest(model: SentenceTransformerEncoder) -> str:
    """Return a text of about as many tokens as the model reads."""
    text = " ".join(PROBES) * (1 + model.max_passage_tokens // 100)
    while model.count_tokens([text])[0] > model.max_passage_tokens:
        text = text[: len(text) * 9 // 10]
    return text


def _agreement(
    compiled: ModelDescription, directory: Path, probes: list[str], expected: Vectors
) -> float:
    """Return the least cosine between the compiled model's vectors and the torch model's."""
    compiled.write(directory)
    encoder = OpenVINOEncoder(directory, EncoderOptions())
    # Together and one by one, because different graphs run them.
    vectors = [
        encoder.encode_passages(probes),
        np.concatenate([encoder.encode_passages([probe]) for probe in probes]),
    ]
    return min(float((found * expected).sum(axis=1).min()) for found in vectors)


def _with_agreement(compiled: ModelDescription, agreement: float) -> ModelDescription:
    precision = EXACT if agreement >= AGREEMENT else compiled.precision
    fingerprint: Fingerprint = replace(compiled.fingerprint, precision=precision)
    return replace(compiled, fingerprint=fingerprint, agreement=round(agreement, 6))
