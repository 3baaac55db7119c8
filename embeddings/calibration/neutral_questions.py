"""Questions about many subjects, the same in each language, for the mean vector of questions."""

from __future__ import annotations

from importlib.resources import files

from embeddings.calibration.calibration import Means
from embeddings.encoder import Encoder

_FILE = "questions.tsv"
_LANGUAGES = ("en", "vi", "zh")


def neutral_questions() -> dict[str, list[str]]:
    """Return the same 64 questions in English, Vietnamese and Chinese.

    They have no common subject, so that their means differ only by language.
    """
    lines = (files("embeddings.calibration") / _FILE).read_text(encoding="utf-8").splitlines()
    columns = zip(*(line.split("\t") for line in lines), strict=True)
    return dict(zip(_LANGUAGES, map(list, columns), strict=True))


def question_means(encoder: Encoder) -> Means:
    """Return the mean vector of :func:`neutral_questions` in each language."""
    return {
        language: encoder.encode_questions(texts).mean(axis=0)
        for language, texts in neutral_questions().items()
    }
