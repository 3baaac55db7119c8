"""Questions with another name or number in them, so that their passage does not answer them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from eval.reader.annotated_passages import AnnotatedPassage
from eval.reader.pairs import ReadingPair
from eval.reader.windows import WindowCutter

_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?![\w%]|[.,]\d)")
_NAME = re.compile(r"(?<=[^\W\d_] )[A-ZĐÀ-ÖØ-ÞẠ-Ỹ][\w'’-]+(?: [A-ZĐÀ-ÖØ-ÞẠ-Ỹ][\w'’-]+)*")
"""A name inside a sentence: after a word and a space, so that no first word is taken for one."""

_MOST_YEARS = 30


def swapped_pairs(
    passages: Sequence[AnnotatedPassage], cutter: WindowCutter, share: float, seed: int
) -> Iterator[ReadingPair]:
    """Yield pairs of a window and a question that it answered before a name or number was swapped.

    Args:
        passages: whose answerable questions are taken.
        cutter: cuts the windows.
        share: of the questions that are swapped, if they have a name or number.
        seed: of what is drawn at random.
    """
    drawn = random.Random(seed)
    for passage in passages:
        text = passage.text
        for question in passage.questions:
            if not question.answers or drawn.random() >= share:
                continue
            answers = [text[start:end] for start, end in question.answers]
            if other := swapped(question.text, text, answers, drawn):
                start, end = cutter.around(text, question.answers[0])
                languages = f"{question.language}-{passage.language}"
                yield ReadingPair(other, text[start:end], languages, (), False, "swapped")


def swapped(question: str, passage: str, answers: list[str], drawn: random.Random) -> str | None:
    """Return a question with a number or a name exchanged; None if it has none to exchange.

    A number becomes one that the passage does not have. A name of the passage becomes another one
    of the passage, so that something there may look like the answer (as in SQuAD 2; Rajpurkar et
    al., 2018).

    Args:
        question: that the passage answers.
        passage: its text.
        answers: the answers' texts; a name in them is not put into the question.
        drawn: draws the place and the replacement.
    """
    found = [*_numbers(question, passage, drawn), *_names(question, passage, answers, drawn)]
    return drawn.choice(found) if found else None


def _numbers(question: str, passage: str, drawn: random.Random) -> list[str]:
    changed = []
    for match in _NUMBER.finditer(question):
        number = int(match[0])
        step = drawn.randint(1, max(2, min(_MOST_YEARS, number // 2)))
        other = str(number + drawn.choice([-1, 1]) * step)
        if other.isdigit() and other not in passage and other != match[0]:
            changed.append(question[: match.start()] + other + question[match.end() :])
    return changed


def _names(question: str, passage: str, answers: list[str], drawn: random.Random) -> list[str]:
    known = [
        name
        for name in dict.fromkeys(_NAME.findall(passage))
        if name not in question and not any(name in a or a in name for a in answers)
    ]
    changed = []
    for match in _NAME.finditer(question):
        alike = [name for name in known if abs(len(name.split()) - len(match[0].split())) <= 1]
        if match[0] in passage and alike:
            other = drawn.choice(alike)
            changed.append(question[: match.start()] + other + question[match.end() :])
    return changed
