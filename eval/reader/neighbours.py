"""What an encoder finds for a question and what does not answer it: near sentences and passages."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from embeddings import Encoder
from embeddings.vectors import Vectors
from eval.reader.annotated_passages import AnnotatedPassage, AnnotatedQuestion
from eval.reader.pairs import ReadingPair
from eval.reader.windows import WindowCutter
from rag.text.sentences import sentences
from rag.text.span import Span

_NEAREST = 5
"""Passages of a language from which one is drawn."""

_LANGUAGES = ("en", "vi", "zh")


def with_tempting_places(
    encoder: Encoder, passages: Sequence[AnnotatedPassage]
) -> Iterator[AnnotatedPassage]:
    """Yield the passages; each question without an answer gets the sentence that is nearest to it.

    A search shows the reader that sentence. A window drawn at random would often not have it, and
    would be easy to tell from one with an answer.

    Args:
        encoder: tells how near a sentence is.
        passages: places that are known already are kept.
    """
    spans = [_sentences(each.text) for each in passages]
    texts = [
        span.of(each.text) for each, some in zip(passages, spans, strict=True) for span in some
    ]
    vectors = encoder.encode_passages(texts)
    asked = [q.text for each in passages for q in each.questions if _wants_place(q)]
    known = dict(zip(asked, encoder.encode_questions(asked), strict=True))
    first = 0
    for passage, some in zip(passages, spans, strict=True):
        own = vectors[first : first + len(some)]
        first += len(some)
        yield replace(
            passage,
            questions=tuple(
                replace(question, tempting=_nearest(some, own, known[question.text]))
                if _wants_place(question)
                else question
                for question in passage.questions
            ),
        )


def _wants_place(question: AnnotatedQuestion) -> bool:
    return not question.answerable and question.tempting is None


def _sentences(text: str) -> Sequence[Span]:
    return sentences(text) or [Span(0, len(text))]


def _nearest(spans: Sequence[Span], vectors: Vectors, question: Vectors) -> tuple[int, int]:
    span = spans[int(np.argmax(vectors @ question))]
    return span.start, span.end


def retrieved_pairs(
    encoder: Encoder,
    asked: Sequence[AnnotatedPassage],
    pool: Sequence[AnnotatedPassage],
    cutter: WindowCutter,
    share: float,
    seed: int,
) -> list[ReadingPair]:
    """Return pairs of questions and windows of the nearest passages about other things.

    Args:
        encoder: finds the nearest passages, in a language that is drawn for each question.
        asked: passages whose answerable questions are taken.
        pool: passages that are searched; no passage may be the translation of one in ``asked``.
        cutter: cuts the windows.
        share: of the questions that get such a window.
        seed: of what is drawn at random.
    """
    drawn = random.Random(seed)
    questions = [
        (passage, question)
        for passage in asked
        for question in passage.questions
        if question.answerable and drawn.random() < share
    ]
    vectors = encoder.encode_questions([question.text for _, question in questions])
    found: list[ReadingPair] = []
    by_language = {each: [p for p in pool if p.language == each] for each in _LANGUAGES}
    encoded = {
        each: encoder.encode_passages([p.text for p in some]) for each, some in by_language.items()
    }
    for (passage, question), vector in zip(questions, vectors, strict=True):
        language = drawn.choice(_LANGUAGES)
        nearest = np.argsort(-(encoded[language] @ vector))[: 2 * _NEAREST].tolist()
        words = [passage.text[start:end] for start, end in question.answers]
        others = [
            other
            for other in (by_language[language][place] for place in nearest)
            if other.document != passage.document and not any(w in other.text for w in words)
        ]
        if others:
            text = drawn.choice(others[:_NEAREST]).text
            start, end = cutter.anywhere(text)
            pair = f"{question.language}-{language}"
            found.append(ReadingPair(question.text, text[start:end], pair, (), False, "retrieved"))
    return found
