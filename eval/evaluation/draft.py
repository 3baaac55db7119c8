"""Drafts of gold sets: sentences of a collection, for a person to ask for."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from eval.runs.run import BadRun
from rag import Collection

_SHORTEST = 30
"""Characters of a sentence worth asking for; a Han character counts as three."""


def draft(collection: Collection, count: int, seed: int = 0) -> Iterator[dict[str, object]]:
    """Yield lines of a gold set whose questions are empty, from articles of all languages in turn.

    Each quotes a sentence that stands once in its article, so that it says which words answer.

    Args:
        collection: with articles.
        count: lines at most.
        seed: draws the same again.
    """
    rng = random.Random(seed)
    by_language: dict[str, list[str]] = {}
    for row in collection.catalog.listing():
        by_language.setdefault(str(row["language"]), []).append(str(row["id"]))
    shuffled = [rng.sample(ids, len(ids)) for _, ids in sorted(by_language.items())]
    in_turn = [name for some in zip_longest(*shuffled) for name in some if name is not None]
    number = 0
    for article_id in in_turn:
        if number == count:
            return
        quote = _sentence(collection, article_id, rng)
        article = collection.catalog.article(article_id)
        if quote is None or article is None:
            continue
        number += 1
        yield {
            "id": f"q{number:03}",
            "question": "",
            "language": article.language,
            "relevant": [{"article_id": article_id, "quote": quote}],
            "answers": [],
            "tags": [],
            "title": article.title,
        }


def write_draft(collection: Collection, count: int, path: Path) -> int:
    """Write a draft; return its lines. A file that is there stays.

    Raises:
        BadRun: there is nothing to ask for, or the file is there, or cannot be written.
    """
    lines = [json.dumps(line, ensure_ascii=False) for line in draft(collection, count)]
    if not lines:
        raise BadRun(
            f"The collection {collection.name!r} holds no sentence to ask for: ingest articles."
        )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except FileExistsError as error:
        raise BadRun(f"{path} is there already; choose another name for the draft.") from error
    except OSError as error:
        raise BadRun(f"Cannot write {path}: {error.strerror}.") from error
    return len(lines)


def _sentence(collection: Collection, article_id: str, rng: random.Random) -> str | None:
    article = collection.catalog.article(article_id)
    if article is None:
        return None
    keys = collection.catalog.keys_of([article_id]).tolist()
    sentences = [
        text
        for passage in collection.catalog.passages(keys).values()
        for text in (span.of(article.text) for span in passage.sentences)
        if len(text.encode()) >= _SHORTEST and article.text.count(text) == 1
    ]
    return rng.choice(sentences) if sentences else None
