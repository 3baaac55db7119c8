"""Compiling a sentence-transformers model for OpenVINO, once. Needs torch; running does not."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import openvino

from embeddings.encoder import Vectors
from embeddings.errors import CannotCompile, EncoderError
from embeddings.fingerprint import AGREEMENT, EXACT, Fingerprint
from embeddings.openvino import graph
from embeddings.openvino.compiled import ALONE_FILE, FEW_FILE, GRAPH_FILE, Compiled, write_refusal
from embeddings.openvino.encoder import OpenVINOEncoder, runtime_settings, usable_threads
from embeddings.openvino.packing import alone_shapes
from embeddings.openvino.probes import PROBES
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
)

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_NO_MODEL = 0.98
"""Cosine to float32 under which vectors are not coarse but wrong."""


def compile_model(
    model: SentenceTransformerEncoder,
    source: str,
    precisions: list[str],
    directory: Path,
    *,
    coarse: bool = False,
) -> None:
    """Fill a directory with a model compiled in the first of ``precisions`` that agrees.

    A model that cannot be compiled leaves a note of the reason instead.

    Args:
        model: what to compile, on torch.
        source: the name or path it came from.
        precisions: ``bf16``, ``f32`` or ``int8``, the preferred first.
        directory: an empty folder.
        coarse: take the precision even when its vectors are of a coarser class than float32.
    """
    try:
        traced = trace(model.model)
        around = _write_tokenizer(model.model, directory)
        probes = [*PROBES, _longest(model)]
        expected = model.encode_passages(probes)
        reasons = []
        for precision in precisions:
            _write_graph(traced.clone(), precision, directory)
            compiled = _describe(model, source, precision, around)
            agreement = _agreement(compiled, directory, probes, expected)
            if agreement >= AGREEMENT or (coarse and agreement >= _NO_MODEL):
                _with_agreement(compiled, agreement).write(directory)
                return
            reasons.append(f"{precision} vectors agree with it to a cosine of {agreement:.4f} only")
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


def _write_graph(traced: openvino.Model, precision: str, directory: Path) -> None:
    graph.join_projections(traced)
    graph.compress_tables(traced)
    if precision == "int8":
        graph.compress_layers(traced)
    try:
        openvino.save_model(traced, directory / GRAPH_FILE, compress_to_fp16=False)
    except RuntimeError as error:
        raise OSError(f"cannot write the graph ({error})") from error
    settings = runtime_settings(precision, streams=1, threads=usable_threads())
    core = openvino.Core()
    # Of the graph as it was written: the weights are found by their place in that file.
    few = core.read_model(directory / GRAPH_FILE)
    alone = few.clone()
    alone.reshape(alone_shapes())
    for model, file in ((few, FEW_FILE), (alone, ALONE_FILE)):
        exported = core.compile_model(model, "CPU", settings).export_model()
        (directory / file).write_bytes(exported.getvalue())


def _write_tokenizer(model: SentenceTransformer, directory: Path) -> tuple[list[int], list[int]]:
    """Write the tokenizer; return the ids that go before and after a text's own."""
    backend = getattr(model.tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise CannotCompile("its tokenizer is not of the tokenizers library")
    backend.no_truncation()
    backend.no_padding()
    described = backend.to_str()
    (directory / JSON_FILE).write_text(described, encoding="utf-8")
    lighter = sentencepiece_model(json.loads(described))
    if lighter is not None and _same_tokens(lighter, directory / JSON_FILE):
        (directory / SENTENCEPIECE_FILE).write_bytes(lighter)
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
) -> Compiled:
    inner = model.model
    padding = inner.tokenizer.pad_token_id
    return Compiled(
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
    """Return a text that is about as long as the model reads."""
    text = " ".join(PROBES) * (1 + model.max_passage_tokens // 100)
    while model.count_tokens([text])[0] > model.max_passage_tokens:
        text = text[: len(text) * 9 // 10]
    return text


def _agreement(compiled: Compiled, directory: Path, probes: list[str], expected: Vectors) -> float:
    """Return the least cosine of the compiled model's vectors to the model's own."""
    compiled.write(directory)
    encoder = OpenVINOEncoder(directory, EncoderOptions())
    # Together and one by one, which other graphs do.
    vectors = [
        encoder.encode_passages(probes),
        np.concatenate([encoder.encode_passages([probe]) for probe in probes]),
    ]
    return min(float((found * expected).sum(axis=1).min()) for found in vectors)


def _with_agreement(compiled: Compiled, agreement: float) -> Compiled:
    of = compiled.fingerprint
    precision = EXACT if agreement >= AGREEMENT else compiled.precision
    fingerprint: Fingerprint = replace(of, precision=precision)
    return replace(compiled, fingerprint=fingerprint, agreement=round(agreement, 6))
