"""An encoder that runs any sentence-transformers model with torch."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from embeddings.encoder import Progress
from embeddings.errors import EncoderError
from embeddings.fingerprint import Fingerprint
from embeddings.options import EncoderOptions
from embeddings.overlong_texts import Overlong, merge
from embeddings.quiet import quiet
from embeddings.source import ModelSource, why_missing
from embeddings.text import canonical
from embeddings.vectors import TokenVectors, Vectors

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_ADVICE = "Name a sentence-transformers directory, or leave out the model to use the packaged one."

_BATCH = 32
_TEXTS_AT_A_TIME = 8 * _BATCH
"""Texts between two calls of ``progress``."""


class SentenceTransformerEncoder:
    """A loaded model; calls run one at a time, because its tokenizer keeps state between steps."""

    def __init__(
        self, model: SentenceTransformer, source: ModelSource, options: EncoderOptions
    ) -> None:
        """Wrap a model that was loaded from ``source``.

        Raises:
            EncoderError: the model's tokenizer, length or dimensions are unknown.
        """
        self.model = model
        self._lock = threading.Lock()
        name = source.name
        if not hasattr(model.tokenizer, "backend_tokenizer"):
            raise EncoderError(
                f"{name} cannot be used: its tokenizer does not come from the tokenizers library."
            )
        self._overlong = Overlong(options.overlong, name)
        self._question_prompt = _prompt(model, "query")
        self._passage_prompt = _prompt(model, "document", "passage", "corpus")
        dim = model.get_embedding_dimension()
        if dim is None:
            raise EncoderError(f"{name} does not say how many dimensions its vectors have.")
        self._fingerprint = Fingerprint(
            model=name,
            weights=source.weights or parameter_digest(model),
            dim=dim,
            pooling=_pooling(model),
            question_prompt=self._question_prompt,
            passage_prompt=self._passage_prompt,
            revision=source.revision,
        )
        self._max_question_tokens = self._room(self._question_prompt)
        self._max_passage_tokens = self._room(self._passage_prompt)

    @classmethod
    def load(cls, source: ModelSource, options: EncoderOptions) -> SentenceTransformerEncoder:
        """Load a model.

        Raises:
            EncoderError: it cannot be found or loaded.
        """
        missing = why_missing(source)
        if missing is not None:
            raise EncoderError(f"Cannot load the model {source.name}: {missing}. {_ADVICE}")
        from sentence_transformers import SentenceTransformer

        try:
            with quiet():
                model = SentenceTransformer(
                    source.path(),
                    revision=source.commit or None,
                    local_files_only=bool(source.commit),
                    device=options.device or None,
                    trust_remote_code=options.trust_remote_code,
                )
        except EncoderError:
            raise
        except Exception as error:
            # A damaged directory, a missing device or a model's own code may raise anything.
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise EncoderError(
                f"Cannot load the model {source.name}: {reason[0]} {_ADVICE}"
            ) from error
        return cls(model, source, options)

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

    @property
    def truncated(self) -> int:
        """Texts whose end was not encoded, since the model was loaded."""
        return self._overlong.truncated

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per question, shape (len(texts), dim), in the order given."""
        return self._encode(texts, self._question_prompt, self._max_question_tokens, progress)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per passage, shape (len(texts), dim), in the order given."""
        return self._encode(texts, self._passage_prompt, self._max_passage_tokens, progress)

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per question, and no token vectors."""
        return self.encode_questions(texts), ()

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per passage, and no token vectors."""
        return self.encode_passages(texts, progress), ()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without prompt or special tokens."""
        return [len(offsets) for offsets in self._offsets(texts)]

    def _offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Return the span of each token in its canonical text."""
        backend = self.model.tokenizer.backend_tokenizer
        with self._lock:
            # model.encode sets truncation and padding on the same tokenizer and leaves them set.
            backend.no_truncation()
            backend.no_padding()
            encoded = backend.encode_batch(
                [canonical(text) for text in texts], add_special_tokens=False
            )
        return [tokens.offsets for tokens in encoded]

    def _encode(
        self, texts: Sequence[str], prompt: str, room: int, progress: Progress | None
    ) -> Vectors:
        vectors = np.empty((len(texts), self._fingerprint.dim), dtype=np.float32)
        # Longest first: batches of similar length need little padding, and memory peaks early.
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), _TEXTS_AT_A_TIME):
            some = order[start : start + _TEXTS_AT_A_TIME]
            pieces, parts = self._pieces([canonical(texts[i]) for i in some], room)
            with self._lock:
                found = self.model.encode(
                    pieces,
                    prompt=prompt,
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            vectors[some] = merge(found, parts)
            if progress is not None:
                progress(len(some))
        return vectors

    def _pieces(self, texts: list[str], room: int) -> tuple[list[str], list[list[tuple[int, int]]]]:
        """Return the pieces of text to encode, and the spans of each text's pieces, in tokens."""
        # A token is rarely shorter than a byte, so only long texts must be counted.
        if all(len(text.encode()) <= room // 2 for text in texts):
            return texts, [[(0, 1)] for _ in texts]
        offsets = self._offsets(texts)
        parts = self._overlong.parts([len(each) for each in offsets], room)
        pieces = [
            text if end - start == len(tokens) else text[tokens[start][0] : tokens[end - 1][1]]
            for text, tokens, spans in zip(texts, offsets, parts, strict=True)
            for start, end in spans
        ]
        return pieces, parts

    def _room(self, prompt: str) -> int:
        """Return the tokens that remain for text beside the prompt and the special tokens."""
        limit = self.model.max_seq_length
        if limit is None:
            raise EncoderError(f"{self._fingerprint.model} does not say how long a text may be.")
        with_prompt, without = self.count_tokens([prompt + "a", "a"])
        special = self.model.tokenizer.num_special_tokens_to_add()
        return int(limit) - int(special) - (with_prompt - without)


def _prompt(model: SentenceTransformer, *names: str) -> str:
    """Return the model's first prompt among these names, else an empty string."""
    return next((prompt for name in names if (prompt := model.prompts.get(name))), "")


def _pooling(model: SentenceTransformer) -> str:
    modes = (getattr(module, "pooling_mode", None) for module in model)
    return next((str(mode) for mode in modes if mode is not None), "unknown")


def parameter_digest(model: torch.nn.Module) -> str:
    """Return the SHA-256 of the names and values of all parameters."""
    import torch

    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        values = tensor.detach().cpu().contiguous().reshape(-1)
        digest.update(values.view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()
