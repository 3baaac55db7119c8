"""What a reader says of the best candidates, for questions whose passage is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eval.reader.annotated_passages import AnnotatedPassage, AnnotatedQuestion
from rag import Collection
from rag.retrieval.confidence import ConfidenceFeatures, features_of
from rag.retrieval.fusion import READ, WEIGHT, fused, read_best
from rag.retrieval.hits import select
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.question import encode_questions
from rag.retrieval.ranking import rank
from reading import Reader
from tamngu.cli.progress import progress_bar
from tamngu.records.filter import NO_FILTER

_CANDIDATES = 100
_QUESTIONS_AT_A_TIME = 64


@dataclass(frozen=True)
class Observation:
    """One question, asked once.

    Attributes:
        pair: languages of question and passage, such as ``vi-zh``.
        alone: whether only passages in the language of the answering one were looked at.
        kind: ``answer``, ``removed`` or ``near miss``.
        passage: number of the passage that the question is about.
        key: of that passage.
        base: candidates before they are read, best first.
        answerable: of those that were read, by key.
        in_own: whether any candidate, also one that was not read, is in the question's language.
    """

    pair: str
    alone: bool
    kind: str
    passage: int
    key: int
    base: Sequence[Candidate]
    answerable: Mapping[int, float]
    in_own: bool

    def ranked(self, weight: float) -> list[Candidate]:
        """Return the candidates that were read in their order by a weight, best first."""
        read = [fused(each, self.answerable[each.key], weight) for each in self.base]
        return sorted(read, key=lambda each: -each.score)

    @property
    def features(self) -> ConfidenceFeatures:
        """Return the features of confidence."""
        return features_of(self.ranked(WEIGHT))

    @property
    def unread_features(self) -> ConfidenceFeatures:
        """Return the features of confidence where nothing is read."""
        return features_of(self.base)


def observe(
    collection: Collection,
    reader: Reader,
    asked: Sequence[tuple[AnnotatedQuestion, AnnotatedPassage, int]],
    keys: Mapping[int, int],
) -> Iterator[list[Observation]]:
    """Yield the observations of each question.

    Args:
        collection: with the passages.
        reader: reads the best candidates.
        asked: questions with their passages and the numbers of those.
        keys: of the passages in the collection, by number. Questions about other passages are asked
            as questions whose passage was removed.
    """
    with collection.reading() as snapshot:
        for start in range(0, len(asked), _QUESTIONS_AT_A_TIME):
            some = asked[start : start + _QUESTIONS_AT_A_TIME]
            encoded = encode_questions(
                collection.encoder, [(q.text, q.language) for q, _, _ in some]
            )
            for (question, passage, number), vectors in zip(some, encoded, strict=True):
                ranked = rank(snapshot, vectors, collection.calibration, NO_FILTER, _CANDIDATES)
                key = keys.get(number, -1)
                lists = []
                for alone in (False, True):
                    own = [e for e in ranked if not alone or e.language == passage.language]
                    kinds = {"answer": own, "removed": [e for e in own if e.key != key]}
                    if not question.answerable:
                        kinds = {"near miss": own}
                    if number not in keys:
                        kinds = {"removed": own}
                    lists += [(alone, kind, found) for kind, found in kinds.items() if found]
                pair = f"{question.language}-{passage.language}"
                yield [
                    Observation(
                        pair,
                        alone,
                        kind,
                        number,
                        key,
                        found[:READ],
                        _read(collection, reader, question.text, found[:READ]),
                        any(each.language == question.language for each in found),
                    )
                    for alone, kind, found in lists
                ]


def _read(
    collection: Collection, reader: Reader, question: str, candidates: Sequence[Candidate]
) -> dict[int, float]:
    selection = select(collection.catalog, candidates, len(candidates), include_duplicates=True)
    keys = {each.passage.id: each.candidate.key for each in selection.found}
    _, readings = read_best(reader, question, selection)
    return {keys[name]: reading.answerable for name, reading in readings.items()}


def observe_all(
    collection: Collection,
    reader: Reader,
    held: Sequence[tuple[int, AnnotatedPassage]],
    about: Sequence[tuple[int, AnnotatedPassage]],
    every: int,
) -> list[Observation]:
    """Return the observations of every n-th question about some passages.

    Args:
        collection: is asked.
        reader: reads the best candidates.
        held: passages that the collection holds, with their numbers.
        about: passages whose questions are asked, with their numbers.
        every: use every n-th question.
    """
    names = [f"own-{number}" for number, _ in held]
    found = collection.catalog.passages.keys_of(names)
    keys = {number: int(key) for (number, _), key in zip(held, found, strict=True)}
    asked = [(q, each, number) for number, each in about for q in each.questions][::every]
    observations: list[Observation] = []
    nothing = np.empty(0, np.float32)
    with progress_bar(len(asked), "question") as shown:
        for some in observe(collection, reader, asked, keys):
            # What is not needed any more takes most of the memory.
            observations += [
                replace(e, base=[replace(c, sentence_scores=nothing) for c in e.base]) for e in some
            ]
            shown.update(1)
    return observations
