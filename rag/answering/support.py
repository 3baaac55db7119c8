"""Whether passages say what a sentence says: by meaning, in the same language or in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.calibration.calibration import mean_of
from embeddings.inner_products import inner_products
from embeddings.vectors import normalised
from rag.answering.handing_over import orders_handing_over
from rag.index.late_interaction import best_matches, passage_codes, sentence_tokens
from rag.records.token_codes import steps_of
from rag.text.chinese import as_encoded
from rag.text.language import identify
from rag.text.sentences import sentences

if TYPE_CHECKING:
    from embeddings import Encoder, TokenVectors, Vectors
    from embeddings.calibration.calibration import Calibration
    from rag.answering.verification import NumberedPassage, Sentence
    from rag.text.span import Span


@dataclass(frozen=True)
class Match:
    """How well passages match a sentence.

    Attributes:
        sentence: cosine of its vector and that of the passages' best sentence, each without its
            language's mean.
        tokens: weighted mean, over its tokens, of the cosine with the passages' best token; None
            where the encoder has no token vectors.
    """

    sentence: float
    tokens: float | None


_SAME_LANGUAGE = Match(sentence=0.62, tokens=0.70)
_ACROSS = Match(sentence=0.36, tokens=0.49)
"""From which on passages say a sentence: chosen on the half ``tuning`` of the test set of
``eval/written_answers`` with the packaged encoder."""


@dataclass(frozen=True)
class _Encoded:
    """Some texts as the encoder read them.

    Attributes:
        places: which texts; those that are empty or too long are left out.
        vectors: without the language's mean, shape (len(places), dim).
        tokens: of these texts; empty if the encoder returns none.
    """

    places: Sequence[int]
    vectors: Vectors
    tokens: Sequence[TokenVectors]


class Support:
    """Compares what a model writes with what it cites; keeps what it has encoded.

    Used by one thread, for one answer.
    """

    def __init__(
        self, encoder: Encoder, calibration: Calibration, passages: Sequence[NumberedPassage]
    ) -> None:
        """Compare with passages, which are encoded when they are first cited.

        Args:
            encoder: of the collection.
            calibration: the encoder's.
            passages: as the model saw them.
        """
        self._encoder = encoder
        self._calibration = calibration
        self._passages = {passage.number: passage for passage in passages}
        self._encoded: dict[int, _Encoded] = {}
        self._written: dict[str, _Encoded] = {}
        self._judged: dict[Sentence, bool] = {}

    def stands(self, sentence: Sentence) -> bool:
        """Return whether a sentence may be shown: the passages say it, and it asks for no secret.

        Args:
            sentence: what it cites are numbers of the passages.
        """
        if sentence not in self._judged:
            asks = orders_handing_over(sentence.text)
            self._judged[sentence] = not asks and self._is_said(sentence)
        return self._judged[sentence]

    def match(self, sentence: Sentence, language: str) -> Match | None:
        """Return how well the cited passages of a language match.

        Args:
            sentence: what it cites are numbers of the passages.
            language: of the passages that are compared.

        Returns:
            None if the sentence is too long for the encoder, or nothing is cited in the language.
        """
        cited = [n for n in sentence.markers if self._passages[n].language == language]
        written = self._encode_written(sentence)
        if not cited or not written.places:
            return None
        compared = [self._encode_passage(number) for number in cited]
        best = max(
            float(inner_products(e.vectors, written.vectors[:1]).max(initial=-1)) for e in compared
        )
        calibration = self._calibration.tokens
        if calibration is None or not written.tokens:
            return Match(best, None)
        own = identify(sentence.text).code
        tokens = sentence_tokens(written.tokens[0], own, calibration)
        codes = [passage_codes(each, language, calibration) for e in compared for each in e.tokens]
        if tokens is None or not codes:
            return Match(best, 0.0)
        steps = steps_of(np.concatenate(codes))
        starts = np.array([0, len(steps)], dtype=np.int64)
        return Match(best, float((tokens.weights @ best_matches(tokens, steps, starts))[0]))

    def place(self, sentence: Sentence, number: int) -> Span | None:
        """Return the sentence of a passage that is nearest to a written one, None without any.

        Args:
            sentence: a written one.
            number: the passage's.

        Returns:
            offsets into the passage's text.
        """
        found, written = self._encode_passage(number), self._encode_written(sentence)
        # The first of the texts is the title.
        own = [row for row, place in enumerate(found.places) if place]
        if not own or not written.places:
            return None
        nearest = own[int(np.argmax(inner_products(found.vectors[own], written.vectors[:1])))]
        return sentences(self._passages[number].text)[found.places[nearest] - 1]

    def _is_said(self, sentence: Sentence) -> bool:
        own = identify(sentence.text).code
        languages = {self._passages[number].language for number in sentence.markers}
        return any(
            _reaches(self.match(sentence, language), _SAME_LANGUAGE if language == own else _ACROSS)
            for language in sorted(languages)
        )

    def _encode_written(self, sentence: Sentence) -> _Encoded:
        text = sentence.text
        if text not in self._written:
            self._written[text] = self._encode([text], identify(text).code)
        return self._written[text]

    def _encode_passage(self, number: int) -> _Encoded:
        if number not in self._encoded:
            passage = self._passages[number]
            own = [span.of(passage.text) for span in sentences(passage.text)]
            self._encoded[number] = self._encode([passage.title, *own], passage.language)
        return self._encoded[number]

    def _encode(self, texts: Sequence[str], language: str) -> _Encoded:
        """Encode texts as passages."""
        given = [as_encoded(text, language) for text in texts]
        lengths = self._encoder.count_tokens(given)
        limit = self._encoder.max_passage_tokens
        places = [n for n, length in enumerate(lengths) if given[n].strip() and length <= limit]
        if not places:
            return _Encoded((), np.zeros((0, self._encoder.fingerprint.dim), dtype=np.float32), ())
        means = self._calibration.sentences or self._calibration.questions
        vectors, tokens = self._encoder.encode_passages_by_token([given[n] for n in places])
        return _Encoded(places, normalised(vectors - mean_of(means, language)), tokens)


def _reaches(found: Match | None, least: Match) -> bool:
    if found is None or found.sentence < least.sentence:
        return False
    return found.tokens is None or least.tokens is None or found.tokens >= least.tokens
