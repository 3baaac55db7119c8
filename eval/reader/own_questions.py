"""Our own questions over passages of the public corpora, in all nine pairs of languages.

``questions.jsonl`` has 12,642 questions over 1200 passages of Vietnamese Wikipedia, CRUD's Chinese
news and WCXB's English pages, which were drawn at random; each question is asked in Vietnamese,
Chinese and English. The passage answers 4,800. The others are near misses: they ask for
one more detail of what the passage is about, and the passage does not say it; or they are like a
question that it answers, with one detail changed, and ``tempting`` is then the place of that
answer. Some Vietnamese questions are typed without diacritics, some Chinese ones in Traditional
characters. The passages are not in the file: it names their places in the corpora.

``squad2_questions.jsonl`` has 3,072 questions, in the three languages, over 768 English passages of
SQuAD 2's development set, which answer them. In the public data these passages have unanswerable
English questions only. XQuAD's passages are not among them. They are all for training.

``cmrc_questions.jsonl`` has 960 questions, in the three languages, over 120 Chinese passages of
CMRC 2018's training set, half of them near misses. In the public data these passages have only
Chinese questions, all of which they answer. They are all for training.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from eval.evaluation.corpora import read_texts
from eval.gold.gold_set import BadGoldSet
from eval.reader.annotated_passages import AnnotatedPassage, AnnotatedQuestion, digest_of

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


def with_own_questions(passages: Iterable[AnnotatedPassage]) -> Iterator[AnnotatedPassage]:
    """Yield SQuAD 2's passages with our questions beside its own, which are the near misses.

    Our answers are places in the English passage. In its Chinese translation their places are not
    known.
    """
    asked = _by_passage("squad2_questions")
    for passage in passages:
        own = asked.get(passage.document, ())
        if passage.language != "en":
            own = tuple(replace(question, answers=()) for question in own)
        yield replace(passage, questions=(*passage.questions, *own))


def own_cmrc_passages(passages: Iterable[AnnotatedPassage]) -> Iterator[AnnotatedPassage]:
    """Yield those of CMRC's passages that we asked about, with our questions only."""
    asked = _by_passage("cmrc_questions")
    for passage in passages:
        if questions := asked.get(digest_of(passage.text)):
            yield replace(passage, source="own", questions=questions)


def _by_passage(name: str) -> dict[str, tuple[AnnotatedQuestion, ...]]:
    return {row["passage"]: tuple(_asked(row["questions"])) for row in _rows(name)}


def _questions() -> Iterator[tuple[_Place, tuple[AnnotatedQuestion, ...]]]:
    for row in _rows("questions"):
        place = (row["corpus"], row["text"], row["start"], row["end"], row["passage"])
        yield place, tuple(_asked(row["questions"]))


def _asked(questions: Sequence[Mapping[str, Any]]) -> Iterator[AnnotatedQuestion]:
    for question in questions:
        answer, tempting = question["answer"], question.get("tempting")
        for language in ("vi", "en", "zh"):
            yield AnnotatedQuestion(
                question[language],
                language,
                (tuple(answer),) if answer else (),
                answer is not None,
                tuple(tempting) if tempting else None,
            )


def _rows(name: str) -> Iterator[dict[str, Any]]:
    lines = (files("eval.reader") / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    yield from map(json.loads, lines)


def _is_held_out(corpus: str, number: int) -> bool:
    digest = hashlib.sha256(f"{corpus}:{number}".encode()).hexdigest()
    return int(digest, 16) % _HELD_OUT == 0
