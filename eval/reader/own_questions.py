"""Our own questions over passages of the public corpora, in all nine pairs of languages.

``questions.jsonl`` has 2,100 questions over 300 passages of Vietnamese Wikipedia, CRUD's Chinese
news and WCXB's English pages, which were drawn at random. Each passage has four questions that it
answers, two in its own language and one in each of the others, and three near misses, one in each
language: they ask for one more detail of what the passage is about, and the passage does not say
it. Some Vietnamese questions are typed without diacritics, some Chinese ones in Traditional
characters. The passages are not in the file: it names their places in the corpora.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from eval.evaluation.corpora import read_texts
from eval.gold.gold_set import BadGoldSet
from eval.reader.annotated_passages import AnnotatedPassage, AnnotatedQuestion

_HELD_OUT = 5
"""One text in so many is kept for measuring, with all questions about it."""


def own_passages(corpora: Path, *, held_out: bool) -> Iterator[AnnotatedPassage]:
    """Yield the passages to learn from, or those that are held out for measuring.

    Args:
        corpora: the folder with the corpora's files.
        held_out: which of the two.

    Raises:
        BadGoldSet: a corpus is missing, or a passage is not at its place.
    """
    texts: dict[str, list[str]] = {}
    for place, questions in _questions().items():
        corpus, number, start, end, digest = place
        if _is_held_out(corpus, number) != held_out:
            continue
        if corpus not in texts:
            texts[corpus] = list(read_texts(corpora / corpus))
        passage = texts[corpus][number][start:end] if number < len(texts[corpus]) else ""
        if digest_of(passage) != digest:
            raise BadGoldSet(f"{corpora / corpus} is not the corpus that the questions are about.")
        language = corpus.removesuffix(".gz").rsplit(".", 2)[1]
        yield AnnotatedPassage("own", f"{corpus}:{number}", passage, language, tuple(questions))


def digest_of(passage: str) -> str:
    """Return what tells a passage from others: the beginning of its SHA-256."""
    return hashlib.sha256(passage.encode()).hexdigest()[:12]


def _questions() -> dict[tuple[str, int, int, int, str], list[AnnotatedQuestion]]:
    found: dict[tuple[str, int, int, int, str], list[AnnotatedQuestion]] = {}
    lines = (files("eval.reader") / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        place = (row["corpus"], row["text"], row["start"], row["end"], row["passage"])
        span = row["answer"]
        found.setdefault(place, []).append(
            AnnotatedQuestion(
                row["question"],
                row["language"],
                (tuple(span),) if span else (),
                span is not None,
            )
        )
    return found


def _is_held_out(corpus: str, number: int) -> bool:
    digest = hashlib.sha256(f"{corpus}:{number}".encode()).hexdigest()
    return int(digest, 16) % _HELD_OUT == 0
