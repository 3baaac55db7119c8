"""From a question as it was typed to one that passages can be compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings import Encoder, TokenVectors, Vectors
from rag.text.chinese import as_encoded
from rag.text.diacritics import with_diacritics
from rag.text.language import UNKNOWN, identify
from rag.text.names.matching import spelled_out

_LEAST_SHARE = 0.01
"""Share of a collection's passages from which on their language is expected of its questions. So a
few passages in a language that nobody asks in change nothing. Chosen manually, not tuned."""


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


def language_of_question(question: str, held: Mapping[str, int]) -> str:
    """Return the code of a question's language.

    The languages of the collection come first where a question says little, as names and single
    words do. What is the same in all languages, such as "ASEAN", is asked in the language with the
    most passages; of languages in Latin letters, if it has letters and the collection has such.

    Args:
        question: as it was typed.
        held: how many passages of each language the collection has.
    """
    least = _LEAST_SHARE * sum(held.values())
    likely = [code for code, count in held.items() if count >= least and code != UNKNOWN.code]
    likely.sort(key=lambda code: (-held[code], code))
    return identify(question, likely).code


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
