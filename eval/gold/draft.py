"""Draft a gold set: sentences of a collection, for which a person writes questions."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from eval.gold.gold_set import BadGoldSet
from rag import Collection

_MIN_BYTES = 30
"""UTF-8 bytes of a sentence that is worth a question; a Han character has three."""


def draft(collection: Collection, count: int, seed: int = 0) -> Iterator[dict[str, object]]:
    """Yield lines of a gold set with empty questions, from articles of all languages in turn.

    Each line quotes a sentence that occurs only once in its article, so that the quote has one
    position.

    Args:
        collection: with articles.
        count: number of lines, or fewer if there are fewer articles.
        seed: the same seed draws the same sentences.
    """
    rng = random.Random(seed)
    by_language: dict[str, list[str]] = {}
    for row in collection.catalog.articles.listing():
        by_language.setdefault(str(row["language"]), []).append(str(row["id"]))
    shuffled = [rng.sample(ids, len(ids)) for _, ids in sorted(by_language.items())]
    in_turn = [name for some in zip_longest(*shuffled) for name in some if name is not None]
    number = 0
    for article_id in in_turn:
        if number == count:
            return
        quote = _sentence(collection, article_id, rng)
        article = collection.catalog.articles.get(article_id)
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
    """Write a draft and return its number of lines; an existing file is not overwritten.

    Raises:
        BadGoldSet: the collection has no suitable sentence, or the file exists or cannot be
            written.
    """
    lines = [json.dumps(line, ensure_ascii=False) for line in draft(collection, count)]
    if not lines:
        raise BadGoldSet(
            f"The collection {collection.name!r} has no sentence to ask about: ingest articles."
        )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
    except FileExistsError as error:
        raise BadGoldSet(f"{path} already exists; choose another name for the draft.") from error
    except OSError as error:
        raise BadGoldSet(f"Cannot write {path}: {error.strerror}.") from error
    return len(lines)


def _sentence(collection: Collection, article_id: str, rng: random.Random) -> str | None:
    article = collection.catalog.articles.get(article_id)
    if article is None:
        return None
    keys = collection.catalog.passages.keys_of([article_id]).tolist()
    times = Counter(
        span.of(article.text)
        for passage in collection.catalog.passages.get_many(keys).values()
        for span in passage.sentences
    )
    sentences = [text for text, n in times.items() if n == 1 and len(text.encode()) >= _MIN_BYTES]
    rng.shuffle(sentences)
    # A sentence may also stand within another one. Looking for each in the whole text would take a
    # time that grows with the square of the article.
    return next((text for text in sentences if article.text.count(text) == 1), None)
