"""From a question as it was typed to one that passages can be compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings import Encoder, TokenVectors, Vectors
from rag.text.chinese import as_encoded
from rag.text.diacritics import with_diacritics
from rag.text.names.matching import spelled_out


@dataclass(frozen=True)
class EncodedQuestion:
    """A question, ready to be compared with passages.

    Attributes:
        text: the question; Vietnamese has its diacritics, also where they were not typed.
        language: its code.
        vector: shape (dim,).
        tokens: its token vectors; None where the encoder has none.
    """

    text: str
    language: str
    vector: Vectors
    tokens: TokenVectors | None


def encode_questions(
    encoder: Encoder, asked: Sequence[tuple[str, str]], *, as_typed: bool = False
) -> list[EncodedQuestion]:
    """Complete and encode questions.

    Args:
        encoder: the model.
        asked: questions, each with the code of its language.
        as_typed: keep the words as they are, for the baselines. Otherwise Vietnamese gets the
            diacritics that it lacks, and abbreviations are spelled out.
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
