"""Passages with questions whose answers are marked: what a reader learns from.

The sets are public, except for our own questions (:mod:`eval.reader.own_questions`). Every loader
yields passages in the order of its file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.gold.gold_set import BadGoldSet


@dataclass(frozen=True)
class AnnotatedQuestion:
    """A question about one passage.

    Attributes:
        text: the question.
        language: its code.
        answers: places of the answer in the passage, as (start, end); annotators may differ.
        answerable: whether the passage answers it. An answerable question without places says only
            that the answer is in the passage.
        tempting: of a question without an answer, the place that looks like one; None if it is not
            known.
    """

    text: str
    language: str
    answers: tuple[tuple[int, int], ...]
    answerable: bool
    tempting: tuple[int, int] | None = None


@dataclass(frozen=True)
class AnnotatedPassage:
    """A passage with its questions.

    Attributes:
        source: name of the set.
        document: the article in its set; its other passages are about the same subject.
        text: of the passage.
        language: its code.
        questions: about the passage.
    """

    source: str
    document: str
    text: str
    language: str
    questions: tuple[AnnotatedQuestion, ...]


def read_squad_spans(
    path: Path, passage_language: str, question_language: str
) -> Iterator[AnnotatedPassage]:
    """Yield the passages of a file in SQuAD's format: CMRC, DRCD, MLQA, SQuADShifts.

    Raises:
        BadGoldSet: the file cannot be read, or has another format.
    """
    for number, article in enumerate(_json(path)["data"]):
        document = str(article.get("title") or number)
        for passage in article["paragraphs"]:
            text = passage["context"]
            questions = tuple(_squad_questions(text, passage["qas"], question_language))
            yield AnnotatedPassage(path.name, document, text, passage_language, questions)


def _squad_questions(
    text: str, rows: list[dict[str, Any]], language: str
) -> Iterator[AnnotatedQuestion]:
    for row in rows:
        answers = row.get("answers") or ()
        found = (find_answer(text, each["text"], each["answer_start"]) for each in answers)
        spans = tuple(dict.fromkeys(span for span in found if span))
        answerable = not row.get("is_impossible", False)
        if spans or not answerable:
            yield AnnotatedQuestion(row["question"], language, spans, answerable)


def read_crud(path: Path) -> Iterator[AnnotatedPassage]:
    """Yield the articles of CRUD's Chinese news with one question each."""
    for row in _json_lines(path):
        text = row["context"]
        span = None if row["impossible"] else find_answer(text, row["answer"], row["start"])
        if span or row["impossible"]:
            question = AnnotatedQuestion(
                row["question"], "zh", (span,) if span else (), not row["impossible"]
            )
            yield AnnotatedPassage("crud", row["id"], text, "zh", (question,))


def read_squad2_cross(path: Path) -> Iterator[AnnotatedPassage]:
    """Yield SQuAD 2's development passages in English and Chinese with questions across languages.

    Passages that XQuAD has are left out: XQuAD is a test set. Answers are known in Chinese. In an
    English passage only an answer that is written the same, such as a number, can be found; other
    answerable questions have no place. A passage and its translation are one document, which is
    named by the digest of the English text.
    """
    questions: dict[tuple[str, str, str], list[AnnotatedQuestion]] = {}
    for row in _json_lines(path):
        if row["on_xquad_paragraph"]:
            continue
        document = digest_of(row["en_context"] or row["zh_context"])
        for language in ("zh", "en"):
            text = row[f"{language}_context"]
            if text:
                group = questions.setdefault((document, language, text), [])
                group += _cross_questions(row, text, language)
    for (document, language, text), group in questions.items():
        yield AnnotatedPassage("squad2", document, text, language, tuple(group))


def digest_of(passage: str) -> str:
    """Return what tells a passage from others: the beginning of its SHA-256."""
    return hashlib.sha256(passage.encode()).hexdigest()[:12]


def _cross_questions(row: dict[str, Any], text: str, language: str) -> Iterator[AnnotatedQuestion]:
    if row["impossible"]:
        for asked in ("zh", "en", "vi"):
            if row[f"{asked}_q"]:
                yield AnnotatedQuestion(row[f"{asked}_q"], asked, (), answerable=False)
        return
    spans = []
    for answer in row["zh_answers"]:
        is_telling = language == "zh" or (len(answer) > 2 and text.count(answer) == 1)
        if is_telling and (span := find_answer(text, answer, 0)):
            spans.append(span)
    yield AnnotatedQuestion(row["zh_q"], "zh", tuple(dict.fromkeys(spans)), answerable=True)


def find_answer(text: str, answer: str, start: int) -> tuple[int, int] | None:
    """Return the place of an answer: of several places the nearest to ``start``.

    Sets count offsets in different ways, so that the stated offset may be wrong by a few.

    >>> find_answer("Hà Nội, 2020. Hà Nội.", "Hà Nội", 13)
    (14, 20)
    >>> find_answer("Hà Nội", "Huế", 0) is None
    True
    """
    answer = answer.strip()
    if not answer:
        return None
    places = []
    at = text.find(answer)
    while at >= 0:
        places.append(at)
        at = text.find(answer, at + 1)
    if not places:
        return None
    nearest = min(places, key=lambda place: abs(place - start))
    return nearest, nearest + len(answer)


def _json(path: Path) -> Any:  # noqa: ANN401 - each set has its own form
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadGoldSet(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:
        raise BadGoldSet(f"{path} is not JSON.") from error


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except OSError as error:
        raise BadGoldSet(f"Cannot read {path}: {error.strerror}.") from error
    except ValueError as error:
        raise BadGoldSet(f"{path} is not made of lines of JSON.") from error
