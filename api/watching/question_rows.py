"""Saved questions and alerts as rows of their file, and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from rag.answering.new_articles import NewAnswer
from tamngu.records.request import AskRequest
from tamngu.records.saved_question import Alert, SavedQuestion


def asked_json(request: AskRequest) -> str:
    """Return a question and its conditions as JSON."""
    kept = ("question", "language", "languages", "sources", "tags")
    asked = {name: getattr(request, name) for name in kept}
    return json.dumps(
        {
            name: value if isinstance(value, str) or value is None else list(value)
            for name, value in asked.items()
        },
        ensure_ascii=False,
    )


def found_json(found: NewAnswer) -> str:
    """Return what was found in an article as JSON."""
    citation = asdict(found.citation)
    kept = ("title", "url", "published_at", "language", "script", "start", "end", "quote")
    return json.dumps(
        {
            "article_id": citation["article_id"],
            **{name: citation[name] for name in kept},
            "source": found.source,
            "answer": found.answer,
            "confidence": found.confidence,
        },
        ensure_ascii=False,
    )


def question_of(row: tuple[Any, ...]) -> SavedQuestion:
    """Return the question of a row."""
    question_id, collection, asked, token, created_at, checked_at, alerts, unseen = row
    known = json.loads(asked)
    lists = {name: known[name] and tuple(known[name]) for name in ("languages", "sources", "tags")}
    return SavedQuestion(
        id=question_id,
        collection=collection,
        question=known["question"],
        language=known["language"],
        **lists,
        created_at=datetime.fromisoformat(created_at),
        checked_at=checked_at and datetime.fromisoformat(checked_at),
        alerts=alerts,
        unseen=unseen,
        feed=f"/feeds/{token}.atom",
    )


def alert_of(row: tuple[Any, ...]) -> Alert:
    """Return the alert of a row."""
    alert_id, question_id, asked, collection, found, found_at, seen = row
    return Alert(
        id=alert_id,
        question_id=question_id,
        question=json.loads(asked)["question"],
        collection=collection,
        found_at=datetime.fromisoformat(found_at),
        seen=bool(seen),
        **json.loads(found),
    )
