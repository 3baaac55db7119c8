"""Read your own gold sets: one question per line, as JSON, about a collection's articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.gold.gold_set import (
    GoldQuestion,
    GoldSet,
    Relevant,
    check,
    identifier,
    raise_faults,
)
from eval.gold.text_file import json_of, text_of
from tamngu.records.language import parse_tag


def read_jsonl(path: Path) -> GoldSet:
    """Read one question per line.

    A line is an object with ``id``, ``question``, ``language``, ``relevant`` (a list of
    ``article_id`` and ``quote``; empty when ``unanswerable`` is true), and optionally ``answers``
    and ``tags``.

    Raises:
        BadGoldSet: the file cannot be read, or lines are malformed; the message counts them and
            names the first by number.
    """
    lines = text_of(path).split("\n")
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    return replace(gold_of(str(path), numbered, "line"), spec=f"jsonl:{path}")


def gold_of(spec: str, numbered: Iterable[tuple[int, object]], unit: str) -> GoldSet:
    """Make a gold set of questions, each an object of the form that :func:`read_jsonl` reads.

    Args:
        spec: name of the set.
        numbered: objects, or objects as JSON strings, each with its number.
        unit: what the numbers count, such as ``line``.

    Raises:
        BadGoldSet: there is no question, or some are malformed; the message counts them and names
            the first by number.
    """
    questions: list[GoldQuestion] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, item in numbered:
        try:
            question = _question(json_of(item) if isinstance(item, str) else item)
            if question.id in seen:
                raise ValueError(
                    f"its id {question.id!r} is also the id of {unit} {seen[question.id]}"
                )
        except ValueError as error:
            faults.append(f"{unit} {number}: {error}")
            continue
        seen[question.id] = number
        questions.append(question)
    raise_faults(spec, faults)
    return check(GoldSet(spec, tuple(questions)))


def _question(item: object) -> GoldQuestion:
    if not isinstance(item, dict):
        raise ValueError("it is not a JSON object")
    item = {**item, "id": _string_of(item.get("id"))}
    for name in ("id", "question", "language"):
        if not isinstance(item.get(name), str) or not item[name].strip():
            raise ValueError(f"it has no string named {name}")
    relevant = item.get("relevant")
    if not isinstance(relevant, list):
        raise ValueError("it has no list named relevant")
    if bool(relevant) == bool(item.get("unanswerable", False)):
        raise ValueError("it must either have relevant articles or be marked unanswerable")
    return GoldQuestion(
        id=item["id"],
        text=item["question"],
        language=parse_tag(item["language"]).code,
        relevant=tuple(_relevant(each) for each in relevant),
        answers=_strings(item, "answers"),
        tags=_strings(item, "tags"),
    )


def _string_of(value: object) -> object:
    """Return a whole number as a string, and anything else as it is."""
    try:
        return identifier(value)
    except ValueError:
        return value


def _relevant(item: object) -> Relevant:
    if isinstance(item, dict):
        item = {**item, "article_id": _string_of(item.get("article_id"))}
    if not isinstance(item, dict) or not all(
        isinstance(item.get(name), str) and item[name] for name in ("article_id", "quote")
    ):
        raise ValueError("an item of relevant lacks article_id or quote")
    return Relevant(item["article_id"], item["quote"])


def _strings(item: dict[str, Any], name: str) -> tuple[str, ...]:
    values = item.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{name} is not a list of strings")
    if not all(value.strip() for value in values):
        raise ValueError(f"{name} has an empty string")
    return tuple(values)
