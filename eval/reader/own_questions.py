"""Our own questions over passages of the public corpora, in all nine pairs of languages.

``questions.jsonl`` has 6,420 questions over 840 passages of Vietnamese Wikipedia, CRUD's Chinese
news and WCXB's English pages, which were drawn at random; each question is asked in Vietnamese,
Chinese and English. Over half of them the passage answers. The others are near misses: they ask for
one more detail of what the passage is about, and the passage does not say it. Some Vietnamese
questions are typed without diacritics, some Chinese ones in Traditional characters. The passages
are not in the file: it names their places in the corpora.
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

_BESIDE, _LEAST_BESIDE = 900, 200
"""Most and least characters of the text before and after a passage, which is about the same subject
and has no questions."""

_Place = tuple[str, int, int, int, str]
"""Corpus, number of the text in it, first character and one past the last, digest."""

_HELD_OUT = 5
"""One text in so many is kept for measuring, with all questions about it."""


def own_passages(corpora: Path, *, held_out: bool) -> Iterator[AnnotatedPassage]:
    """Yield the passages to learn from, or those that are held out for measuring.

    The text around each passage follows it, as passages without questions.

    Args:
        corpora: the folder with the corpora's files.
        held_out: which of the two.

    Raises:
        BadGoldSet: a corpus is missing, or a passage is not at its place.
    """
    texts: dict[str, list[str]] = {}
    for (corpus, number, start, end, digest), questions in _questions():
        if _is_held_out(corpus, number) != held_out:
            continue
        if corpus not in texts:
            texts[corpus] = list(read_texts(corpora / corpus))
        passage = texts[corpus][number][start:end] if number < len(texts[corpus]) else ""
        if digest_of(passage) != digest:
            raise BadGoldSet(f"{corpora / corpus} is not the corpus that the questions are about.")
        language = corpus.removesuffix(".gz").rsplit(".", 2)[1]
        document = f"{corpus}:{number}"
        yield AnnotatedPassage("own", document, passage, language, questions)
        whole = texts[corpus][number]
        for beside in (whole[max(0, start - _BESIDE) : start], whole[end : end + _BESIDE]):
            if len(beside.strip()) >= _LEAST_BESIDE:
                yield AnnotatedPassage("own", document, beside.strip(), language, ())


def digest_of(passage: str) -> str:
    """Return what tells a passage from others: the beginning of its SHA-256."""
    return hashlib.sha256(passage.encode()).hexdigest()[:12]


def _questions() -> Iterator[tuple[_Place, tuple[AnnotatedQuestion, ...]]]:
    lines = (files("eval.reader") / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        place = (row["corpus"], row["text"], row["start"], row["end"], row["passage"])
        yield (
            place,
            tuple(
                AnnotatedQuestion(
                    question[language],
                    language,
                    (tuple(question["answer"]),) if question["answer"] else (),
                    question["answer"] is not None,
                )
                for question in row["questions"]
                for language in ("vi", "en", "zh")
            ),
        )


def _is_held_out(corpus: str, number: int) -> bool:
    digest = hashlib.sha256(f"{corpus}:{number}".encode()).hexdigest()
    return int(digest, 16) % _HELD_OUT == 0
