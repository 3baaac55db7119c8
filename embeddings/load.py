"""Load an encoder by the name of its model."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.cache import build_directory, is_complete
from embeddings.encoder import Encoder
from embeddings.errors import CannotCompile, EncoderError
from embeddings.options import PACKAGED_MODEL, EncoderOptions
from embeddings.runtime import compiled_directory, precisions, runs_on_torch
from embeddings.source import ModelSource, find_source

if TYPE_CHECKING:
    from embeddings.sentence_transformer import SentenceTransformerEncoder

_LOG = logging.getLogger("tamngu.embeddings")


def load_encoder(model: str = PACKAGED_MODEL, options: EncoderOptions | None = None) -> Encoder:
    """Load a model; compile it first if this machine has not done so before.

    Args:
        model: ``packaged``; the path or hub name of any sentence-transformers model; or the
            address of an OpenAI-compatible endpoint and the model it serves, such as
            ``http://127.0.0.1:8080/v1#bge-m3``.
        options: how to run it; by default, the environment's options.

    Raises:
        EncoderError: the model cannot be found, prepared or loaded, or an option is wrong.
    """
    options = options or EncoderOptions.from_environment()
    encoder: Encoder
    if is_endpoint(model):
        from embeddings.endpoint import EndpointEncoder

        encoder = EndpointEncoder.connect(model, options)
    else:
        encoder = _load_local(find_source(model), options)
    if options.question_cache == 0:
        return encoder
    from embeddings.question_cache import QuestionCache

    return QuestionCache(encoder, options.question_cache)


def is_endpoint(model: str) -> bool:
    """Return whether a model's name is the address of an endpoint."""
    return model.startswith(("http://", "https://"))


def is_prepared(model: str = PACKAGED_MODEL, options: EncoderOptions | None = None) -> bool:
    """Return whether :func:`load_encoder` finds the model compiled or has nothing to compile.

    Raises:
        EncoderError: an option is wrong.
    """
    options = options or EncoderOptions.from_environment()
    if is_endpoint(model):
        return True
    source = find_source(model)
    if runs_on_torch(options):
        from embeddings.packaged import model as packaged

        return source.given != PACKAGED_MODEL or packaged.is_prepared()
    return bool(source.identity) and is_complete(compiled_directory(source, options))


def prepare(model: str, options: EncoderOptions) -> Path:
    """Compile a model unless it is compiled already, and return its directory.

    Raises:
        EncoderError: the model cannot be found, or OpenVINO is not installed.
    """
    source = find_source(model)
    if runs_on_torch(options):
        raise EncoderError(
            "OpenVINO is not installed or the option runtime is torch: pip install openvino."
        )
    loaded = None
    if not source.identity:
        # A hub model: only loading downloads it, and only then its commit is known.
        loaded = _load_torch(source, options)
        source = find_source(model)
        if not source.identity:
            source = replace(source, identity=f"{model}@{loaded.fingerprint.weights}")
    directory = compiled_directory(source, options)

    def write(partial: Path) -> None:
        from embeddings.openvino.compile import compile_model

        compile_model(
            loaded or _load_torch(source, options),
            source.given,
            precisions(options),
            partial,
            coarse=options.precision != "auto",
        )

    return build_directory(directory, write)


def _load_local(source: ModelSource, options: EncoderOptions) -> Encoder:
    """Load a model on this machine, with OpenVINO if possible."""
    if options.runtime != "torch":
        try:
            if runs_on_torch(options):
                raise CannotCompile("it is not installed (pip install openvino)")
            directory = prepare(source.given, options)
            from embeddings.openvino.encoder import OpenVINOEncoder

            return OpenVINOEncoder(directory, options)
        except CannotCompile as error:
            line = f"OpenVINO cannot run {source.name}, because {error}"
            if options.runtime == "openvino":
                raise EncoderError(
                    f"{line}. Leave out the option runtime, or set it to torch."
                ) from error
            _LOG.warning("%s; sentence-transformers runs it instead, which is slower.", line)
    return _load_torch(source, options)


def _load_torch(source: ModelSource, options: EncoderOptions) -> SentenceTransformerEncoder:
    from embeddings import sentence_transformer

    return sentence_transformer.SentenceTransformerEncoder.load(source, options)
