"""Runs: what every question of a gold set found, with the settings, as saved and compared."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from embeddings import TamnguError

FORMAT = 1


class BadRun(TamnguError):
    """A run that cannot be read, or cannot be compared with another."""


@dataclass(frozen=True)
class Place:
    """What stands at one rank: an article's or passage's id, its language, and its text's start."""

    id: str
    language: str
    text: str = ""


@dataclass(frozen=True)
class AnswerScore:
    """What one answer is worth.

    Attributes:
        confidence: as given.
        abstained: likewise.
        citations: how many.
        verified: how many of them stand where they say.
        first_right: whether the first quote overlaps a gold quote or holds a gold answer.
        any_right: whether any quote does.
        precision: share of the quotes that do; 0 without quotes.
        recall: share of the articles that answer of which a right quote is given.
        contains: whether a quote holds a gold answer word for word.
        f1: the best F1 of a quote's words with a gold answer's.
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


@dataclass(frozen=True)
class Result:
    """One question of a run.

    Attributes:
        id: the question's.
        text: likewise.
        language: likewise.
        cluster: questions that ask the same in several languages share one.
        tags: likewise.
        relevant: ids of what answers, with the language of each.
        found: the first ten of all languages, best first.
        order: the ids of the first hundred.
        single: metrics within the passages of one language, by language.
        mixed: metrics among all; with ``same_language_share@10``, and where several languages
            answer ``rank_distance`` and ``awrf@10``.
        confidence: of the ranking; None where it gives none.
        answer: None where nothing was asked.
        took_ms: for finding.
    """

    id: str
    text: str
    language: str
    cluster: str
    tags: tuple[str, ...]
    relevant: dict[str, str]
    found: tuple[Place, ...]
    order: tuple[str, ...]
    single: dict[str, dict[str, float]]
    mixed: dict[str, float]
    confidence: float | None
    answer: AnswerScore | None
    took_ms: float


@dataclass(frozen=True)
class Run:
    """A run.

    Attributes:
        gold: the gold set's spec.
        digest: tells gold sets apart.
        encoder: the model.
        ranking: see :data:`eval.evaluation.pools.RANKERS`.
        settings: all else that was set.
        collection: its name, identity, revision, and passages.
        results: a question each, in the gold set's order.
        took_s: for all.
        tamngu: the version.
        index_s: for encoding and indexing the gold set's own texts.
        format: of this file.
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
    format: int = field(default=FORMAT)


def save(run: Run, path: Path) -> None:
    """Write a run; the file is there whole or not at all.

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
        BadRun: the file cannot be read, is no run, or is of another version.
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
            f"{path} is no run of tamngu eval run --out ({where or 'file'}: {first['msg']})."
        ) from error
    if run.format != FORMAT:
        raise BadRun(f"{path} is of format {run.format}; this Tamngu reads {FORMAT}. Run it again.")
    return run
