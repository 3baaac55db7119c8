"""Pairs of a question and a window of a passage: windows that hold the answer, and near misses.

A reader that sees only right passages answers everything. So each answerable question is paired,
beside a window with its answer, with the same window without the sentences of the answer (its
twin), and with a window of another passage about the same subject. In every pair of languages there
are about as many windows with an answer as without. Otherwise the reader would learn that a passage
in another language holds no answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from eval.reader.annotated_passages import AnnotatedPassage, AnnotatedQuestion
from eval.reader.windows import WindowCutter

Kind = Literal[
    "answer", "answer elsewhere", "near miss", "swapped", "twin", "retrieved", "same subject"
]

_HARDEST_FIRST: tuple[Kind, ...] = get_args(Kind)

_HARD: tuple[Kind, ...] = ("near miss", "swapped")

_TWINS = 0.6
"""Share of answerable questions that get a twin. Chosen manually, not tuned."""

_SAME_SUBJECT = 0.35
"""Share that gets a window of another passage of the article. Chosen manually, not tuned."""

_MAX_WITHOUT_PLACE = 900
"""Characters of a passage that is taken whole because the place of its answer is not known."""


@dataclass(frozen=True)
class ReadingPair:
    """A question and a window.

    Attributes:
        question: text of the question.
        window: text of the window.
        languages: of question and passage, such as ``vi-zh``.
        answers: places of the answer in the window; empty without an answer, or if the place is not
            known.
        answerable: whether the window holds the answer.
        kind: how the window was chosen.
    """

    question: str
    window: str
    languages: str
    answers: tuple[tuple[int, int], ...]
    answerable: bool
    kind: Kind


def reading_pairs(
    passages: Sequence[AnnotatedPassage], cutter: WindowCutter, seed: int
) -> list[ReadingPair]:
    """Return the pairs of all questions, in the order of the passages.

    Args:
        passages: those of one article with equal ``source``, ``document`` and ``language``.
        cutter: cuts the windows.
        seed: of what is drawn at random.
    """
    drawn = random.Random(seed)
    articles: dict[tuple[str, str, str], list[AnnotatedPassage]] = {}
    for passage in passages:
        articles.setdefault((passage.source, passage.document, passage.language), []).append(
            passage
        )
    pairs: list[ReadingPair] = []
    for passage in passages:
        article = articles[passage.source, passage.document, passage.language]
        others = [other for other in article if other is not passage]
        for question in passage.questions:
            pairs += _pairs(passage, others, question, cutter, drawn)
    return pairs


def _pairs(
    passage: AnnotatedPassage,
    others: Sequence[AnnotatedPassage],
    question: AnnotatedQuestion,
    cutter: WindowCutter,
    drawn: random.Random,
) -> Iterator[ReadingPair]:
    text, languages = passage.text, f"{question.language}-{passage.language}"

    def pair(window: str, kind: Kind, answers: tuple[tuple[int, int], ...] = ()) -> ReadingPair:
        answerable = kind in ("answer", "answer elsewhere")
        return ReadingPair(question.text, window, languages, answers, answerable, kind)

    if not question.answerable:
        place = question.tempting
        start, end = cutter.around(text, place) if place else cutter.anywhere(text)
        yield pair(text[start:end], "near miss")
        return
    if not question.answers:
        if len(text) <= _MAX_WITHOUT_PLACE:
            yield pair(text, "answer elsewhere")
        return
    start, end = cutter.around(text, question.answers[0])
    inside = tuple((a - start, b - start) for a, b in question.answers if start <= a and b <= end)
    yield pair(text[start:end], "answer", inside)
    words = [text[a:b] for a, b in question.answers]
    if drawn.random() < _TWINS and (twin := cutter.without(text, (start, end), words)):
        yield pair(twin, "twin")
    if others and drawn.random() < _SAME_SUBJECT:
        other = drawn.choice(others).text
        start, end = cutter.anywhere(other)
        if not any(word in other[start:end] for word in words):
            yield pair(other[start:end], "same subject")


def balanced(
    pairs: Sequence[ReadingPair], most: int, balance: float, seed: int, easier: float = 0.0
) -> list[ReadingPair]:
    """Return pairs in random order, balanced in each pair of languages.

    Of windows without an answer, those that are hardest to tell are taken first: near misses, then
    twins.

    Args:
        pairs: to draw from.
        most: pairs of one pair of languages and one answerability.
        balance: how many windows of one answerability there are at most for one of the other.
        seed: of the order.
        easier: share of other windows without an answer that is kept in any case.
    """
    drawn = random.Random(seed)
    groups: dict[tuple[str, bool], list[ReadingPair]] = {}
    for pair in pairs:
        groups.setdefault((pair.languages, pair.answerable), []).append(pair)
    for group in groups.values():
        drawn.shuffle(group)
    kept: list[ReadingPair] = []
    for (languages, answerable), group in sorted(groups.items()):
        others = len(groups.get((languages, not answerable), ()))
        kept += _hardest(group, min(most, int(others * balance)), easier)
    drawn.shuffle(kept)
    return kept


def _hardest(group: Sequence[ReadingPair], count: int, easier: float) -> list[ReadingPair]:
    other = [pair for pair in group if pair.kind not in _HARD]
    mixed, other = other[: int(count * easier)], other[int(count * easier) :]
    hard = [pair for pair in group if pair.kind in _HARD]
    rest = sorted([*hard, *other], key=lambda pair: _HARDEST_FIRST.index(pair.kind))
    return [*mixed, *rest][:count]
