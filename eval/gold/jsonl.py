"""Gold sets of one's own: a question a line, as JSON, about the articles of a collection."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.gold.gold_set import BadGoldSet, GoldQuestion, GoldSet, Relevant, check, refuse
from tamngu.records.language import parse_tag


def read_jsonl(path: Path) -> GoldSet:
    """Read one question a line.

    A line is an object with ``id``, ``question``, ``language``, ``relevant`` (a list of
    ``article_id`` and ``quote``; empty when ``unanswerable`` is true), and optionally ``answers``
    and ``tags``.

    Raises:
        BadGoldSet: the file cannot be read, or lines are not of that form; they are counted and
            the first are named by number.
    """
    try:
        content = path.read_bytes()
        lines = content.decode("utf-8-sig").split("\n")
    except OSError as error:
        raise BadGoldSet(f"Cannot read the gold set {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise BadGoldSet(
            f"Cannot read the gold set {path}: line {number} is not UTF-8. Save all of it as UTF-8."
        ) from error
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    return replace(gold_of(str(path), numbered, "line"), spec=f"jsonl:{path}")


def gold_of(spec: str, numbered: Iterable[tuple[int, object]], unit: str) -> GoldSet:
    """Return the gold set of some questions, each an object as :func:`read_jsonl` takes it.

    Args:
        spec: what to call the set.
        numbered: objects or, as JSON, strings; each with its number.
        unit: what is numbered, such as ``line``.

    Raises:
        BadGoldSet: there are none, or some are not of that form; they are counted and the first
            are named by number.
    """
    questions: list[GoldQuestion] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for number, known in numbered:
        try:
            question = _question(json.loads(known) if isinstance(known, str) else known)
            if question.id in seen:
                raise ValueError(f"its id {question.id!r} is that of {unit} {seen[question.id]}")
        except (ValueError, RecursionError) as error:
            faults.append(f"{unit} {number}: {error}")
            continue
        seen[question.id] = number
        questions.append(question)
    refuse(spec, faults)
    return check(GoldSet(spec, tuple(questions)))


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
    if not all(value.strip() for value in values):
        raise ValueError(f"{name} has an empty one")
    return tuple(values)
