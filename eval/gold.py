"""Gold sets: questions with the articles and quotes that answer them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings import TamnguError
from rag.language import parse_tag


class BadGoldSet(TamnguError):
    """A gold set that cannot be read, or does not fit what it is run on."""


@dataclass(frozen=True)
class Relevant:
    """An article that answers a question, and the words in it that do."""

    article_id: str
    quote: str


@dataclass(frozen=True)
class GoldQuestion:
    """A question and what is known of its answer; one without ``relevant`` is unanswerable."""

    id: str
    text: str
    language: str
    relevant: tuple[Relevant, ...]
    answers: tuple[str, ...]
    tags: tuple[str, ...]


def read_jsonl(path: Path) -> list[GoldQuestion]:
    """Read one question a line.

    A line is an object with ``id``, ``question``, ``language``, ``relevant`` (a list of
    ``article_id`` and ``quote``; empty when ``unanswerable`` is true), and optionally ``answers``
    and ``tags``.

    Raises:
        BadGoldSet: the file cannot be read, or a line is not of that form; the line is named.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise BadGoldSet(f"Cannot read the gold set {path}: {reason}.") from error
    questions = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(json.loads(line))
            if question.id in seen:
                raise ValueError(f"its id {question.id!r} is that of line {seen[question.id]}")
        except ValueError as error:
            raise BadGoldSet(f"{path} line {number}: {error}.") from error
        seen[question.id] = number
        questions.append(question)
    if not questions:
        raise BadGoldSet(f"{path} holds no question.")
    return questions


def _question(known: object) -> GoldQuestion:
    if not isinstance(known, dict):
        raise ValueError("no JSON object")
    for name in ("id", "question", "language"):
        if not isinstance(known.get(name), str) or not known[name].strip():
            raise ValueError(f"it has no string named {name}")
    relevant = known.get("relevant")
    if not isinstance(relevant, list):
        raise ValueError("it has no list named relevant")
    if bool(relevant) == bool(known.get("unanswerable", False)):
        raise ValueError("it must either have relevant articles or be marked unanswerable")
    return GoldQuestion(
        id=known["id"],
        text=known["question"],
        language=parse_tag(known["language"]).code,
        relevant=tuple(_relevant(item) for item in relevant),
        answers=_strings(known, "answers"),
        tags=_strings(known, "tags"),
    )


def _relevant(item: object) -> Relevant:
    if not isinstance(item, dict) or not all(
        isinstance(item.get(name), str) and item[name] for name in ("article_id", "quote")
    ):
        raise ValueError("an item of relevant lacks article_id or quote")
    return Relevant(item["article_id"], item["quote"])


def _strings(known: dict[str, Any], name: str) -> tuple[str, ...]:
    values = known.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name} is no list of strings")
    return tuple(values)
