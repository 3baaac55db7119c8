"""What a model's vectors owe to the language of the text alone, so that languages compare.

Multilingual encoders put the texts of a language near each other. Taking the mean vector of each
language away, separately for questions, passages and sentences, brings texts together that say the
same (XQuAD, cross-language R@1: .69 by cosine, .73 so). The packaged model's calibration
is shipped; :func:`calibrate` made it, from the texts that ``tamngu calibrate`` names in the README.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import xxhash
from numpy.typing import NDArray

from embeddings.cache import build_directory, cache_home
from embeddings.encoder import Encoder, Vectors
from embeddings.errors import EncoderError
from embeddings.fingerprint import Fingerprint

Means = Mapping[str, Vectors]
"""A vector for each language, shape (dim,)."""

TOKEN_DIM = 128
"""Dimensions that token vectors are projected to: 128 lose nothing, 64 a point of R@1 (XQuAD)."""

_FILE = "calibration.npz"
_SHIPPED = "packaged.npz"
_QUESTIONS = "questions.tsv"


@dataclass(frozen=True)
class TokenCalibration:
    """What late interaction over token vectors needs to know.

    Attributes:
        projection: shape (dim of the last layer, TOKEN_DIM), orthonormal columns.
        questions: mean token vectors of questions, by language.
        passages: mean token vectors of passages, by language.
        ids: tokens whose weight is known, sorted, shape (n,).
        weights: of those tokens in a question, shape (n,).
        unseen: weight of all others.
        common: tokens that stand in too many passages to tell them apart, sorted.
    """

    projection: NDArray[np.float32]
    questions: Means
    passages: Means
    ids: NDArray[np.int32]
    weights: NDArray[np.float32]
    unseen: float
    common: NDArray[np.int32]

    def weights_of(self, ids: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the weights of a question's tokens, same shape."""
        if not len(self.ids):
            return np.full(len(ids), self.unseen, dtype=np.float32)
        places = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        known = self.ids[places] == ids
        return np.where(known, self.weights[places], np.float32(self.unseen))

    def is_telling(self, ids: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return which of a passage's tokens tell it from others, same shape."""
        return ~np.isin(ids, self.common)

    @cached_property
    def digest(self) -> str:
        """Names the function from token vectors to what is stored of them."""
        parts = [self.projection, self.common, *(self.passages[k] for k in sorted(self.passages))]
        return xxhash.xxh3_128_hexdigest(b"".join(part.tobytes() for part in parts))


@dataclass(frozen=True)
class Calibration:
    """Mean vectors by language; empty where they are to be taken from the collection itself.

    Attributes:
        questions: of questions; never empty.
        passages: of passages.
        sentences: of sentences, encoded as passages.
        tokens: what late interaction needs, None where the encoder gives no tokens.
    """

    questions: Means
    passages: Means = field(default_factory=dict)
    sentences: Means = field(default_factory=dict)
    tokens: TokenCalibration | None = None


def mean_of(means: Means, language: str) -> Vectors:
    """Return a language's mean; of one that is not known, the mean of all means."""
    known = means.get(language)
    return known if known is not None else np.mean(list(means.values()), axis=0, dtype=np.float32)


def calibration_for(encoder: Encoder) -> Calibration:
    """Return the calibration of an encoder: the shipped one, one made before, or one made now.

    One that is made now knows the means of questions alone, from :func:`neutral_questions`, and is
    kept in the cache.

    Raises:
        EncoderError: the cache cannot be written.
    """
    key = key_of(encoder.fingerprint)
    made = calibration_file(encoder.fingerprint)
    for path in (made, Path(str(files("embeddings.calibration") / _SHIPPED))):
        calibration = load(path, key) if path.is_file() else None
        if calibration is not None:
            return calibration

    def write(directory: Path) -> None:
        save(Calibration(question_means(encoder)), key, directory / _FILE)

    path = build_directory(cache_home() / "calibrations" / f"{key}-questions", write) / _FILE
    calibration = load(path, key)
    assert calibration is not None
    return calibration


def calibration_file(fingerprint: Fingerprint) -> Path:
    """Return where a model's calibration is kept that somebody has made."""
    return cache_home() / "calibrations" / f"{key_of(fingerprint)}.npz"


def question_means(encoder: Encoder) -> Means:
    """Return the mean vectors of :func:`neutral_questions`."""
    return {
        language: encoder.encode_questions(texts).mean(axis=0)
        for language, texts in neutral_questions().items()
    }


def neutral_questions() -> dict[str, list[str]]:
    """Return the same 64 questions in English, Vietnamese and Chinese.

    They are about anything and nothing, so that their means differ by the language alone.
    """
    lines = (files("embeddings.calibration") / _QUESTIONS).read_text(encoding="utf-8").splitlines()
    columns = zip(*(line.split("\t") for line in lines), strict=True)
    return dict(zip(("en", "vi", "zh"), map(list, columns), strict=True))


def save(calibration: Calibration, key: str, path: Path) -> None:
    """Write a calibration, whole or not at all; :func:`load` reads it.

    Raises:
        EncoderError: it cannot be written.
    """
    arrays: dict[str, NDArray[np.generic]] = {"key": np.array(key)}
    groups = {name: getattr(calibration, name) for name in ("questions", "passages", "sentences")}
    tokens = calibration.tokens
    if tokens is not None:
        groups |= {"token_questions": tokens.questions, "token_passages": tokens.passages}
        arrays |= {
            "projection": tokens.projection.astype(np.float16),
            "ids": tokens.ids,
            "weights": tokens.weights.astype(np.float16),
            "unseen": np.array(tokens.unseen, dtype=np.float32),
            "common": tokens.common,
        }
    for group, means in groups.items():
        arrays |= {f"{group}.{language}": mean for language, mean in means.items()}
    partial = path.with_name(f"{path.name}.partial-{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as file:
                np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise EncoderError(f"Cannot write {path}: {error.strerror or error}.") from error


def load(path: Path, key: str) -> Calibration | None:
    """Read what :func:`save` wrote; None when it is another model's.

    Raises:
        EncoderError: it cannot be read, or is not as it was written.
    """
    try:
        return _read(path, key)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise EncoderError(
            f"Cannot read the calibration {path} ({error}): make it anew with tamngu calibrate, or "
            "remove it."
        ) from error


def _read(path: Path, key: str) -> Calibration | None:
    with path.open("rb") as file, np.load(file) as arrays:
        if str(arrays["key"]) != key:
            return None

        def means(group: str) -> dict[str, Vectors]:
            names = [name for name in arrays.files if name.startswith(group + ".")]
            return {name.removeprefix(group + "."): arrays[name] for name in names}

        tokens = None
        if "projection" in arrays.files:
            tokens = TokenCalibration(
                projection=arrays["projection"].astype(np.float32),
                questions=means("token_questions"),
                passages=means("token_passages"),
                ids=arrays["ids"],
                weights=arrays["weights"].astype(np.float32),
                unseen=float(arrays["unseen"]),
                common=arrays["common"],
            )
        return Calibration(means("questions"), means("passages"), means("sentences"), tokens)


def key_of(of: Fingerprint) -> str:
    """Return what a calibration is filed under: it holds for all precisions of one model."""
    parts: Sequence[str] = (of.weights, str(of.dim), of.pooling)
    named = "\0".join((*parts, of.question_prompt, of.passage_prompt))
    return xxhash.xxh3_128_hexdigest(named.encode())
