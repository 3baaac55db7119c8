"""Texts that are in no collection, ordered by how well they answer a question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from embeddings import Encoder, Fingerprint, Vectors
from embeddings.calibration.calibration import Calibration, mean_of
from embeddings.calibration.store import calibration_for
from rag.reading.windows import windows_of_all
from rag.retrieval.question import encode_questions
from rag.stages import check
from rag.text.chinese import as_encoded, simplified
from rag.text.language import identify
from rag.text.sentences import sentences
from reading import Reader

_READ = 50
"""Texts that are read; the others are only compared. Chosen manually, not tuned."""

_WINDOW_TOKENS = 112
"""Tokens of a window, as of the best passage in :mod:`rag.reading.passages`."""

_WINDOWS = 8
"""Windows of one text that are read; of a longer text, only its beginning is."""

_AT_ONCE = 64
"""Texts that are encoded between two checks whether the work is still wanted."""

_CALIBRATIONS: dict[Fingerprint, Calibration] = {}
"""Those that were read; a program has one or two encoders."""


def relevance(
    encoder: Encoder, reader: Reader | None, question: str, texts: Sequence[str]
) -> list[float]:
    """Return how well each text answers a question, from 0 to 1, in the order given.

    Texts are compared with the question by their vectors, without what is common to all texts of
    their languages. The best of them are read: their value is the probability that they hold the
    answer. All others come behind those.

    Args:
        encoder: the model that compares.
        reader: reads the best texts; None: nothing is read.
        question: in any language.
        texts: in any languages; none is empty.
    """
    compared = _compared(encoder, question, texts)
    if reader is None:
        return compared
    best = sorted(range(len(texts)), key=lambda place: -compared[place])[:_READ]
    found = _read(reader, question, [texts[place] for place in best])
    read = dict(zip(best, found, strict=True))
    least = min(found, default=0.0)
    return [read.get(place, least * score) for place, score in enumerate(compared)]


def _compared(encoder: Encoder, question: str, texts: Sequence[str]) -> list[float]:
    """Return the cosines of the texts with the question, moved to 0 to 1."""
    calibration = _calibration(encoder)
    language = identify(question).code
    (asked,) = encode_questions(encoder, [(question, language)])
    centred = _centred(asked.vector - mean_of(calibration.questions, language))
    scores: list[float] = []
    for start in range(0, len(texts), _AT_ONCE):
        check()
        some = texts[start : start + _AT_ONCE]
        codes = [identify(text).code for text in some]
        encoded = [as_encoded(text, code) for text, code in zip(some, codes, strict=True)]
        vectors = encoder.encode_passages(encoded)
        if calibration.passages:
            means = [mean_of(calibration.passages, code) for code in codes]
            vectors = _centred(vectors - np.stack(means))
        scores += ((vectors @ centred + 1) / 2).clip(0, 1).tolist()
    return scores


def _read(reader: Reader, question: str, texts: Sequence[str]) -> list[float]:
    """Return the probability that each text holds the answer."""
    windows = [
        (place, window) for place, text in enumerate(texts) for window in _windows(reader, text)
    ]
    best = [0.0] * len(texts)
    asked = simplified(question)
    for start in range(0, len(windows), _AT_ONCE):
        check()
        some = windows[start : start + _AT_ONCE]
        readings = reader.read(asked, [simplified(window) for _, window in some])
        for (place, _), reading in zip(some, readings, strict=True):
            best[place] = max(best[place], reading.answerable)
    return best


def _windows(reader: Reader, text: str) -> list[str]:
    spans = sentences(text)
    if not spans:
        return [text]
    tokens = reader.count_tokens([span.of(text) for span in spans])
    return [span.of(text) for span in windows_of_all(spans, tokens, _WINDOW_TOKENS)[:_WINDOWS]]


def _centred(vectors: Vectors) -> Vectors:
    """Return vectors with unit length; the last axis is that of the dimensions."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, 1e-9)
    return unit


def _calibration(encoder: Encoder) -> Calibration:
    """Return the calibration of an encoder, which is a file."""
    known = _CALIBRATIONS.get(encoder.fingerprint)
    if known is None:
        known = _CALIBRATIONS[encoder.fingerprint] = calibration_for(encoder)
    return known
