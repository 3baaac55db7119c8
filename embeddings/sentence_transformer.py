"""An encoder that runs any sentence-transformers model with torch."""

from __future__ import annotations

import hashlib
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from embeddings.encoder import Progress, Vectors
from embeddings.errors import EncoderError
from embeddings.fingerprint import Fingerprint

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_BATCH = 32
_STRIDE = 8 * _BATCH
"""Texts between two calls of ``progress``."""


class SentenceTransformerEncoder:
    """A loaded model; one call runs at a time, because its tokenizer keeps state between steps."""

    def __init__(self, model: SentenceTransformer, name: str, weights: str) -> None:
        """Wrap ``model``; ``weights`` is the SHA-256 that identifies its parameters."""
        self._model = model
        self._lock = threading.Lock()
        self._question_prompt = _prompt(model, "query")
        self._passage_prompt = _prompt(model, "document", "passage", "corpus")
        dim = model.get_embedding_dimension()
        if dim is None:
            raise EncoderError(f"{name} does not say how many dimensions its vectors have.")
        self._fingerprint = Fingerprint(
            model=name,
            weights=weights,
            dim=dim,
            pooling=_pooling(model),
            question_prompt=self._question_prompt,
            passage_prompt=self._passage_prompt,
        )
        self._max_question_tokens = self._room(self._question_prompt)
        self._max_passage_tokens = self._room(self._passage_prompt)

    @classmethod
    def load(
        cls, name_or_path: str, *, name: str | None = None, weights: str | None = None
    ) -> SentenceTransformerEncoder:
        """Load a model by path or hub name.

        Args:
            name_or_path: a sentence-transformers directory, or a name on a model hub.
            name: what to call it; by default ``name_or_path``.
            weights: SHA-256 that stands for its parameters; by default computed from them.

        Raises:
            EncoderError: it cannot be found or loaded.
        """
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        try:
            with _quiet():
                model = SentenceTransformer(name_or_path)
        except (OSError, RuntimeError, SafetensorError, ValueError, KeyError) as error:
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise EncoderError(
                f"Cannot load the model {name_or_path}: {reason[0]} Give the path of a "
                "sentence-transformers directory, or leave the model out for the packaged one."
            ) from error
        return cls(model, name or name_or_path, weights or _digest(model))

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model."""
        return self._fingerprint

    @property
    def max_passage_tokens(self) -> int:
        """Tokens of passage text that fit beside the prompt and the special tokens."""
        return self._max_passage_tokens

    @property
    def max_question_tokens(self) -> int:
        """Tokens of question text that fit beside the prompt and the special tokens."""
        return self._max_question_tokens

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a question, shape (len(texts), dim), in the order given."""
        return self._encode(texts, self._question_prompt, progress)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a passage, shape (len(texts), dim), in the order given."""
        return self._encode(texts, self._passage_prompt, progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens in each text, without prompt or special tokens."""
        backend = self._model.tokenizer.backend_tokenizer
        with self._lock:
            # Encoding leaves its truncation and padding set on the shared tokenizer.
            backend.no_truncation()
            backend.no_padding()
            encoded = backend.encode_batch_fast(
                [_canonical(text) for text in texts], add_special_tokens=False
            )
        return [len(tokens.ids) for tokens in encoded]

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        vectors = np.empty((len(texts), self._fingerprint.dim), dtype=np.float32)
        # Longest first: batches of like length waste no padding, and memory peaks at the start.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), _STRIDE):
            chosen = order[start : start + _STRIDE]
            with self._lock:
                vectors[chosen] = self._model.encode(
                    [_canonical(texts[i]) for i in chosen],
                    prompt=prompt,
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            if progress is not None:
                progress(len(chosen))
        return vectors

    def _room(self, prompt: str) -> int:
        """Tokens left for text when the prompt and the special tokens have taken theirs."""
        limit = self._model.max_seq_length
        if limit is None:
            raise EncoderError(f"{self._fingerprint.model} does not say how long a text may be.")
        with_prompt, without = self.count_tokens([prompt + "a", "a"])
        special = self._model.tokenizer.num_special_tokens_to_add()
        return int(limit) - int(special) - (with_prompt - without)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from writing bars and reports of its own while a model loads."""
    import logging as standard

    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(standard.ERROR)
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _canonical(text: str) -> str:
    """Compose diacritics: the vocabulary knows ``ế`` as one character, not as three."""
    return unicodedata.normalize("NFC", text)


def _prompt(model: SentenceTransformer, *names: str) -> str:
    """Return the first of the named prompts that the model brings, else none."""
    return next((prompt for name in names if (prompt := model.prompts.get(name))), "")


def _pooling(model: SentenceTransformer) -> str:
    modes = (getattr(module, "pooling_mode", None) for module in model)
    return next((str(mode) for mode in modes if mode is not None), "unknown")


def _digest(model: SentenceTransformer) -> str:
    """SHA-256 over the names and values of all parameters."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        values = tensor.detach().cpu().contiguous().reshape(-1)
        digest.update(values.view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
