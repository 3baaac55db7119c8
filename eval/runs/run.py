"""A run: what every question of a gold set found, with the settings; saved and loaded here."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from embeddings import TamnguError
from reading.load import NO_READER
from tamngu.records.request import ranking_named

FORMAT = 1


class BadRun(TamnguError):
    """A run cannot be read or written, or cannot be compared with another."""


@dataclass(frozen=True)
class RankedText:
    """What is at one rank: id of an article or passage, its language, the start of its text."""

    id: str
    language: str
    text: str = ""


@dataclass(frozen=True)
class AnswerScore:
    """The score of one answer.

    A quote is right if it overlaps a gold quote, or contains a gold answer if there is no gold
    quote.

    Attributes:
        confidence: of the answer.
        abstained: whether the collection gave no answer.
        citations: number of citations.
        verified: number of citations whose quote is at the stated position.
        first_right: whether the first quote is right.
        any_right: whether any quote is right.
        precision: share of right quotes; 0 without quotes.
        recall: share of the answering articles that a right quote comes from.
        contains: whether a quote contains a gold answer word for word.
        f1: best F1 of a quote's words against a gold answer's.
        short_language: language of the first short answer; empty without one.
        short_exact: whether it is a gold answer.
        short_f1: best F1 of its words against a gold answer's.
        short_right: whether its words are half right by that measure, or it contains a gold answer.
    """

    confidence: float
    abstained: bool
    citations: int
    verified: int
    first_right: bool = False
    any_right: bool = False
    precision: float = 0.0
    recall: float = 0.0
    contains: bool = False
    f1: float = 0.0
    short_language: str = ""
    short_exact: bool = False
    short_f1: float = 0.0
    short_right: bool = False


@dataclass(frozen=True)
class Result:
    """One question of a run.

    Attributes:
        id: of the question.
        text: of the question.
        language: of the question.
        cluster: questions that ask the same in several languages share a cluster.
        tags: of the question.
        relevant: language of each answering article or passage, by id.
        found: the first ten results of all languages, best first.
        order: ids of the first hundred results.
        single: metrics against the passages of one language, by language.
        mixed: metrics against all passages, and ``same_language_share@10``. If several languages
            answer, also ``rank_distance`` and ``awrf@10``.
        confidence: of the ranking; None if it has no confidence.
        answer: score of the answer; None if the question was only searched for.
        took_ms: milliseconds of the search.
        single_confidence: of the ranking of the passages of one language, by language.
    """

    id: str
    text: str
    language: str
    cluster: str
    tags: tuple[str, ...]
    relevant: dict[str, str]
    found: tuple[RankedText, ...]
    order: tuple[str, ...]
    single: dict[str, dict[str, float]]
    mixed: dict[str, float]
    confidence: float | None
    answer: AnswerScore | None
    took_ms: float
    single_confidence: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A run.

    Attributes:
        gold: the gold set's spec.
        digest: identity of the gold set.
        encoder: the model.
        ranking: a name in :data:`eval.evaluation.rankers.RANKERS`.
        settings: all other settings.
        collection: its name, identity, revision, and number of passages.
        results: one per question, in the gold set's order.
        took_s: seconds of all searches and answers.
        tamngu: version of Tamngu.
        index_s: seconds of encoding and indexing the gold set's own texts.
        reader: what read the passages that were found; ``none`` if nothing did.
        format: version of the file format.
    """

    gold: str
    digest: str
    encoder: str
    ranking: str
    settings: dict[str, str]
    collection: dict[str, str]
    results: tuple[Result, ...]
    took_s: float
    tamngu: str
    index_s: float = 0.0
    reader: str = NO_READER
    format: int = field(default=FORMAT)


def save(run: Run, path: Path) -> None:
    """Write a run as one file, complete or not at all.

    Raises:
        BadRun: it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump(asdict(run), file, ensure_ascii=False)
        os.replace(part, path)
    except OSError as error:
        raise BadRun(f"Cannot write {path}: {error.strerror}.") from error


def load(path: Path) -> Run:
    """Read a run.

    Raises:
        BadRun: the file cannot be read, is not a run, or has another format.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadRun(f"Cannot read {path}: {error.strerror}.") from error
    try:
        run = TypeAdapter(Run).validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadRun(
            f"{path} is not a run of tamngu eval run --out ({where or 'file'}: {first['msg']})."
        ) from error
    if run.format != FORMAT:
        raise BadRun(f"{path} has format {run.format}; this Tamngu reads {FORMAT}. Run it again.")
    # Runs of version 0.1 use other names of rankings.
    return replace(run, ranking=ranking_named(run.ranking) or run.ranking)
