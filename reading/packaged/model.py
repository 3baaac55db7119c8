"""Load the packaged reader: compiled for OpenVINO and cached as the packaged encoder is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.cache import build_directory
from embeddings.errors import CannotCompile, EncoderError
from embeddings.options import EncoderOptions
from embeddings.packaged import model as packaged_encoder
from embeddings.runtime import (
    compiled_directory,
    is_fastest_in_eight_bits,
    precisions,
    runs_on_torch,
)
from embeddings.source import ModelSource
from reading.errors import ReaderError
from reading.packaged import weights
from reading.packaged.joint_reader import MAX_TOKENS, JointReader

if TYPE_CHECKING:
    import torch

    from embeddings.openvino.inference import Inference
    from embeddings.sentence_transformer import SentenceTransformerEncoder
    from reading.packaged.heads import Array

_LOG = logging.getLogger("tamngu.reading")

NAME = "tamngu-reader"

_BATCH_TOKENS = 8 * MAX_TOKENS
"""Tokens up to which the windows of several callers are read together."""


def is_prepared(options: EncoderOptions) -> bool:
    """Return whether :func:`load` has nothing to compile."""
    from embeddings.cache import is_complete

    if runs_on_torch(options):
        return packaged_encoder.is_prepared()
    return is_complete(compiled_directory(_source(), _in_own_precision(options)))


def prepare(options: EncoderOptions) -> Path:
    """Compile the reader unless it is compiled already, and return its directory.

    Raises:
        ReaderError: the weights cannot be read, or the cache cannot be written.
    """
    own = _in_own_precision(options)

    def write(partial: Path) -> None:
        from embeddings.openvino.compile import compile_model

        encoder = _with_reader_weights(own)
        # Its rows are mostly longer than the graph for one short text takes.
        compile_model(encoder, NAME, precisions(own), partial, coarse=True, single=False)

    try:
        return build_directory(compiled_directory(_source(), own), write)
    except EncoderError as error:
        raise ReaderError(str(error)) from error


def load(options: EncoderOptions) -> JointReader:
    """Load the reader; compile it first if this machine has not done so before.

    Raises:
        ReaderError: it cannot be prepared or loaded.
    """
    try:
        if not runs_on_torch(options):
            try:
                return _on_openvino(options)
            except CannotCompile as error:
                if options.runtime == "openvino":
                    raise
                _LOG.warning("OpenVINO cannot run %s, because %s; torch runs it.", NAME, error)
        return _on_torch(options)
    except EncoderError as error:
        raise ReaderError(str(error)) from error


def _on_openvino(options: EncoderOptions) -> JointReader:
    from embeddings.openvino.inference import Inference
    from embeddings.openvino.micro_batch import MicroBatcher
    from embeddings.openvino.model_directory import ModelDescription
    from embeddings.openvino.runtime_settings import usable_threads
    from embeddings.tokenization.tokenizer import load_tokenizer

    directory = prepare(options)
    compiled = ModelDescription.read(directory)
    inference: Inference = Inference(directory, compiled, options.threads or usable_threads())
    inference.graphs.for_few_texts()
    run_together = MicroBatcher(inference.run_few, len, _BATCH_TOKENS)

    def states(items: Sequence[list[int]]) -> Sequence[Array]:
        return [each.tokens for each in run_together(items)]

    return JointReader(
        NAME, weights.digest(), load_tokenizer(directory), states, weights.read_packaged_heads()
    )


def _on_torch(options: EncoderOptions) -> JointReader:
    import torch

    from embeddings.tokenization.tokenizer import JSON_FILE, JsonTokenizer

    encoder = _with_reader_weights(options)
    transformer: Any = next(iter(encoder.model)).model
    padding = encoder.model.tokenizer.pad_token_id

    @torch.no_grad()
    def states(items: Sequence[list[int]]) -> Sequence[Array]:
        longest = max(map(len, items))
        ids = torch.full((len(items), longest), padding, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, item in enumerate(items):
            ids[row, : len(item)] = torch.tensor(item)
            mask[row, : len(item)] = 1
        device = transformer.device
        found: torch.Tensor = transformer(ids.to(device), attention_mask=mask.to(device))[0]
        return [found[row, : len(item)].float().cpu().numpy() for row, item in enumerate(items)]

    tokenizer = JsonTokenizer(packaged_encoder.prepare() / JSON_FILE)
    return JointReader(NAME, weights.digest(), tokenizer, states, weights.read_packaged_heads())


def _in_own_precision(options: EncoderOptions) -> EncoderOptions:
    """Return the options with 8 bits where those are fastest and no precision is asked for."""
    if options.precision != "auto" or not is_fastest_in_eight_bits():
        return options
    return replace(options, precision="int8")


def _source() -> ModelSource:
    digest = weights.digest()
    identity = f"{packaged_encoder.IDENTITY}-{digest}"
    return ModelSource(NAME, NAME, identity, weights=digest)


def _with_reader_weights(options: EncoderOptions) -> SentenceTransformerEncoder:
    """Return the packaged encoder on torch with the reader's weights in it."""
    import torch

    from embeddings.sentence_transformer import SentenceTransformerEncoder
    from embeddings.source import find_source

    encoder = SentenceTransformerEncoder.load(find_source("packaged"), options)
    transformer: Any = next(iter(encoder.model)).model
    added = weights.read_packaged().differences
    with torch.no_grad():
        for name, tensor in transformer.state_dict().items():
            if name in added:
                tensor += torch.from_numpy(added[name]).to(tensor.device)
    return SentenceTransformerEncoder(encoder.model, _source(), options)
