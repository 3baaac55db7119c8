"""From a question as it was typed to one that passages can be ranked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings import Encoder, TokenVectors, Vectors
from rag.text.chinese import as_encoded
from rag.text.diacritics import with_diacritics
from rag.text.names import spelled_out


@dataclass(frozen=True)
class EncodedQuestion:
    """A question on its way to the passages.

    Attributes:
        text: as it is read, Vietnamese with its diacritics.
        language: its code.
        vector: shape (dim,).
        tokens: of the encoder, None where it gives none.
    """

    text: str
    language: str
    vector: Vectors
    tokens: TokenVectors | None


def encode_questions(
    encoder: Encoder, asked: Sequence[tuple[str, str]], *, as_typed: bool = False
) -> list[EncodedQuestion]:
    """Read and encode questions.

    Args:
        encoder: the model.
        asked: questions, each with the code of its language.
        as_typed: leave their words as they are, for the baselines; else Vietnamese gets the
            diacritics it lacks, and abbreviations are spelled out.
    """
    read, texts = [], []
    for question, code in asked:
        text = with_diacritics(question) if code == "vi" and not as_typed else question
        read.append((text, code))
        texts.append(as_encoded(text if as_typed else spelled_out(text, code), code))
    vectors, tokens = encoder.encode_questions_by_token(texts)
    return [
        EncodedQuestion(text, code, vectors[i], tokens[i] if tokens else None)
        for i, (text, code) in enumerate(read)
    ]
