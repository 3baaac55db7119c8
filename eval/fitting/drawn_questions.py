"""Draw questions from SQuAD-like files, and make the collections that are asked.

``eval.fitting.confidence`` and ``eval.fitting.tuning`` use them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path

from embeddings import Encoder
from eval.evaluation.corpora import draw_passages, find_corpora
from eval.evaluation.passage_collection import kept_collection
from eval.gold.gold_set import CorpusText
from eval.gold.squad import Paragraph, read_squad
from rag import Collection

_PARAGRAPHS = 400
"""Paragraphs drawn from each file."""

_QUESTIONS = 2
"""Questions drawn for each paragraph."""

_DISTRACTORS = 1000
"""Unrelated passages of each language in the large collection."""

_SMALL_PARAGRAPHS = 150
"""Paragraphs of each file in the small collection."""


@dataclass(frozen=True)
class DrawnQuestion:
    """A question that one article answers.

    Attributes:
        text: of the question.
        language: of the question.
        answered_by: id of the only article that answers it.
        crosses: whether that article is in another language.
    """

    text: str
    language: str
    answered_by: str
    crosses: bool = False


@dataclass(frozen=True)
class DrawnCollections:
    """Two open collections, and the questions about their articles.

    Attributes:
        large: all drawn paragraphs among unrelated passages.
        small: some of the drawn paragraphs.
        questions: about the paragraphs of the large collection.
    """

    large: Collection
    small: Collection
    questions: list[DrawnQuestion]


def draw(
    name: str, language: str, paragraphs: Sequence[Paragraph], seed: int = 0
) -> tuple[list[CorpusText], list[DrawnQuestion]]:
    """Draw paragraphs, and questions that they answer, in their language and in others.

    Args:
        name: prefix of the paragraphs' ids.
        language: of the paragraphs.
        paragraphs: of one file.
        seed: the same seed draws the same paragraphs and questions.
    """
    crossing = _cross_questions()
    rng = random.Random(seed)
    articles: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        articles.setdefault(paragraph.title, []).append(paragraph)
    # Whole articles are drawn, so that the answering paragraph has similar paragraphs beside it.
    # Articles with questions in other languages come first.
    shuffled = rng.sample(list(articles.values()), len(articles))
    shuffled.sort(
        key=lambda some: all(q.id not in crossing for each in some for q in each.questions)
    )
    texts, questions = [], []
    for number, paragraph in enumerate(islice(chain(*shuffled), _PARAGRAPHS)):
        article_id = f"{name}-{number}"
        texts.append(CorpusText(article_id, paragraph.text, language))
        answerable = [question for question in paragraph.questions if question.answers]
        some = rng.sample(answerable, min(_QUESTIONS, len(answerable)))
        questions += [DrawnQuestion(question.text, language, article_id) for question in some]
        for question in paragraph.questions:
            questions += [
                DrawnQuestion(text, other, article_id, crosses=True)
                for other, text in crossing.get(question.id, ())
            ]
    return texts, questions


def _cross_questions() -> dict[str, list[tuple[str, str]]]:
    """Return (language, question) by the id of the question that asks the same in the file."""
    found: dict[str, list[tuple[str, str]]] = {}
    lines = (files("eval.fitting") / "cross_questions.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        question_id, language, text = line.split("\t")
        found.setdefault(question_id, []).append((language, text))
    return found


def collect(encoder: Encoder, corpora: Path, home: Path, specs: Sequence[str]) -> DrawnCollections:
    """Draw questions, and open the collections of their paragraphs; make them if they are missing.

    Args:
        encoder: the model.
        corpora: folder of corpora, from which the unrelated passages come.
        home: folder that keeps the collections for the next run.
        specs: question sets in SQuAD's format, each as ``LANG=FILE``.

    Raises:
        BadGoldSet: a file cannot be read.
    """
    texts: list[CorpusText] = []
    few: list[CorpusText] = []
    questions: list[DrawnQuestion] = []
    for language, _, file in (spec.partition("=") for spec in specs):
        some, about = draw(Path(file).name, language, read_squad(Path(file)))
        texts += some
        few += some[:_SMALL_PARAGRAPHS]
        questions += about

    def all_texts() -> list[CorpusText]:
        others = [
            CorpusText(f"other-{language}-{number}", text, language)
            for language, paths in find_corpora(corpora).items()
            for number, text in enumerate(
                draw_passages(paths, language, _DISTRACTORS, encoder.count_tokens)
            )
        ]
        return texts + others

    home.mkdir(parents=True, exist_ok=True)
    large = kept_collection(home / "large", encoder, all_texts)
    small = kept_collection(home / "small", encoder, lambda: few)
    return DrawnCollections(large, small, questions)


def thin_out(questions: Sequence[DrawnQuestion], every: int) -> list[DrawnQuestion]:
    """Keep every n-th question in its answer's language, and all questions in other languages."""
    same_language = [each for each in questions if not each.crosses]
    return [each for each in questions if each.crosses] + same_language[::every]
