"""Find, save and load calibrations: the shipped one, and those in the cache."""

from __future__ import annotations

import os
import zlib
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import xxhash
from numpy.typing import NDArray

from embeddings.cache import build_directory, cache_home
from embeddings.calibration.calibration import Calibration, TokenCalibration
from embeddings.calibration.neutral_questions import question_means
from embeddings.encoder import Encoder
from embeddings.errors import EncoderError
from embeddings.fingerprint import Fingerprint
from embeddings.vectors import Vectors

_FILE = "calibration.npz"
_SHIPPED = "packaged.npz"


def calibration_for(encoder: Encoder) -> Calibration:
    """Return the calibration of an encoder.

    The first of these that exists: the one that ``tamngu calibrate`` made, the shipped one, one
    from the means of :func:`embeddings.calibration.neutral_questions.neutral_questions`. The last
    has only means of questions; it is computed once and kept in the cache.

    Raises:
        EncoderError: the cache cannot be written, or a calibration cannot be read.
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
    """Return where ``tamngu calibrate`` writes a model's calibration."""
    return cache_home() / "calibrations" / f"{key_of(fingerprint)}.npz"


def key_of(fingerprint: Fingerprint) -> str:
    """Return the key of a model's calibration, which is the same for all precisions."""
    parts = (fingerprint.weights, str(fingerprint.dim), fingerprint.pooling)
    named = "\0".join((*parts, fingerprint.question_prompt, fingerprint.passage_prompt))
    return xxhash.xxh3_128_hexdigest(named.encode())


def save(calibration: Calibration, key: str, path: Path) -> None:
    """Write a calibration as one file, complete or not at all; :func:`load` reads it.

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
    """Read what :func:`save` wrote; return None if it is another model's calibration.

    Raises:
        EncoderError: the file cannot be read, or is damaged.
    """
    try:
        return _read(path, key)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error) as error:
        raise EncoderError(
            f"Cannot read the calibration {path} ({error}): make it again with tamngu calibrate, "
            "or remove it."
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
