"""Load a reader by its name."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from embeddings.options import EncoderOptions
from embeddings.quiet import quiet
from reading.errors import ReaderError
from reading.reader import Reader, Reading

PACKAGED_READER = "packaged"
"""Name of the reader that is installed with Tamngu."""

NO_READER = "none"
"""Name for no reader: passages are found, and not read."""

_JUDGES = ("SequenceClassification", "CausalLM", "ConditionalGeneration")
"""Architectures of cross-encoders."""

_ADVICE = (
    "Name packaged, none, an extractive model of transformers, a cross-encoder of "
    "sentence-transformers, or the address of a rerank endpoint."
)


def load_reader(name: str | None = None, options: EncoderOptions | None = None) -> Reader | None:
    """Return a reader that is loaded at its first use; None for ``none``.

    Args:
        name: ``packaged``; ``none``; the path or hub name of an extractive model of transformers or
            of a cross-encoder of sentence-transformers; or the address of a ``/rerank`` endpoint,
            such as ``http://127.0.0.1:8080`` or ``https://api.jina.ai/v1#jina-reranker-v2``.
            Default: the environment's ``TAMNGU_READER``, else ``packaged``.
        options: how to run it; by default, the environment's options.

    Raises:
        EncoderError: an option is wrong.
    """
    name = name or os.environ.get("TAMNGU_READER") or PACKAGED_READER
    if name == NO_READER:
        return None
    return _LazyReader(name, options or EncoderOptions.from_environment())


def ensure_known(name: str) -> None:
    """Return if there may be a reader of this name; nothing is loaded.

    Args:
        name: as :func:`load_reader` takes it.

    Raises:
        ReaderError: it is no name of a reader, and no folder or cached model of the hub.
    """
    if name in (NO_READER, PACKAGED_READER) or name.startswith(("http://", "https://")):
        return
    from embeddings.source import find_source, why_missing

    missing = why_missing(find_source(name))
    if missing is not None:
        raise ReaderError(f"Cannot load the reader {name}: {missing}. {_ADVICE}")


class _LazyReader:
    """A reader that is loaded when it reads for the first time."""

    def __init__(self, name: str, options: EncoderOptions) -> None:
        self._given = name
        self._options = options
        self._lock = threading.Lock()
        self._loaded: Reader | None = None

    @property
    def name(self) -> str:
        """The name by which users know the model."""
        return self._reader().name

    @property
    def digest(self) -> str:
        """What changes when its readings change."""
        return self._reader().digest

    def read(self, question: str, windows: Sequence[str]) -> Sequence[Reading]:
        """Return one reading for each window, in the order given."""
        return self._reader().read(question, windows)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without special tokens."""
        return self._reader().count_tokens(texts)

    def _reader(self) -> Reader:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = _remembering(_load(self._given, self._options), self._options)
        return self._loaded


def _remembering(reader: Reader, options: EncoderOptions) -> Reader:
    if options.question_cache == 0:
        return reader
    from reading.reading_cache import ReadingCache

    return ReadingCache(reader, options.question_cache)


def _load(name: str, options: EncoderOptions) -> Reader:
    if name == PACKAGED_READER:
        from reading.packaged import model

        return model.load(options)
    if name.startswith(("http://", "https://")):
        from reading.rerank_endpoint import RerankEndpoint

        return RerankEndpoint(name, options)
    architectures = _architectures(name, options)
    if any("QuestionAnswering" in each for each in architectures):
        from reading.extractive import ExtractiveReader

        return ExtractiveReader(name, options)
    if architectures and not any(kind in each for each in architectures for kind in _JUDGES):
        # A new head on another model would judge at random.
        raise ReaderError(f"Cannot load the reader: {name} is a {architectures[0]}. {_ADVICE}")
    from reading.cross_encoder import CrossEncoderReader

    return CrossEncoderReader(name, options)


def _architectures(name: str, options: EncoderOptions) -> Sequence[str]:
    """Return what a model's description says that it is.

    Raises:
        ReaderError: there is no such model.
    """
    ensure_known(name)
    from transformers import AutoConfig

    try:
        with quiet():
            config = AutoConfig.from_pretrained(name, trust_remote_code=options.trust_remote_code)
    except (OSError, ValueError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        kind = "folder" if os.path.isdir(name) else "model"
        raise ReaderError(
            f"Cannot load the reader: the {kind} {name} is not one ({reason}) {_ADVICE}"
        ) from error
    return config.architectures or ()
