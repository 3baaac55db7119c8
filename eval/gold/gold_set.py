"""Gold sets: questions, what answers them, and optionally the passages to search."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from embeddings import TamnguError
from rag.text.visible import visible_line


class BadGoldSet(TamnguError):
    """A gold set cannot be read, or does not fit the collection."""


_SHOWN_FAULTS = 3
_LONGEST_FAULT = 300
"""Faults that an error message lists, it counts the rest; and characters of each."""

_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,1000}(?:\.0+)?\s*")

MAX_GRADE = 1000
"""The highest grade of a judgement. Chosen manually: people give 4 at most, and programs 100. The
metrics' library counts the judgements of each grade from 0 to the highest one."""


@dataclass(frozen=True)
class Relevant:
    """What answers a question.

    Attributes:
        article_id: an article, or one of the gold set's own passages.
        quote: the words in it that answer; empty if only the article is known.
        grade: how well it answers, from 1; larger is better.
    """

    article_id: str
    quote: str = ""
    grade: int = 1


@dataclass(frozen=True)
class GoldQuestion:
    """A question and its answer; a question without ``relevant`` is unanswerable.

    Attributes:
        id: unique in its set.
        text: of the question.
        language: code of the question's language.
        relevant: everything that answers it.
        answers: the answer in other words, in any language.
        tags: kinds of questions; figures are also printed for each tag.
        cluster: questions that ask the same in several languages share a cluster; empty for a
            question on its own.
        left_out: texts that are left out of what the question finds, such as the question itself.
    """

    id: str
    text: str
    language: str
    relevant: tuple[Relevant, ...] = ()
    answers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    cluster: str = ""
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class CorpusText:
    """A text of a gold set: one passage, which is searched uncut.

    Attributes:
        id: unique in its set; the id of its article in the collection.
        text: of the passage.
        language: code of its language.
    """

    id: str
    text: str
    language: str


@dataclass(frozen=True)
class GoldSet:
    """A gold set.

    Attributes:
        spec: the name that the user gave, such as ``xquad:DIR``.
        questions: at least one.
        texts: passages of its own; None if it is about a collection's articles.
        notices: sentences about what the set's files have and the set has not.
    """

    spec: str
    questions: tuple[GoldQuestion, ...]
    texts: tuple[CorpusText, ...] | None = None
    notices: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Identity of the questions and what answers them."""
        # What is left out is added only where something is, so that older runs keep their digest.
        rows = [astuple(question) for question in self.questions]
        content = json.dumps([row if row[-1] else row[:-1] for row in rows])
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    @property
    def languages(self) -> dict[str, str]:
        """The languages of its own texts, by id.

        A text that answers a question and is not there counts as one in the most common language.
        """
        known = {text.id: text.language for text in self.texts or ()}
        most = Counter(known.values()).most_common(1)
        named = (each.article_id for question in self.questions for each in question.relevant)
        return {**{name: most[0][0] for name in named if most}, **known}


def raise_faults(where: str, faults: Sequence[str]) -> None:
    """Raise an error that counts the faults and lists the first; do nothing if there are none.

    Raises:
        BadGoldSet: there are faults.
    """
    if not faults:
        return
    more = len(faults) - _SHOWN_FAULTS
    listed = (visible_line(each)[:_LONGEST_FAULT] for each in faults[:_SHOWN_FAULTS])
    shown = "; ".join(listed) + (f"; and {more} more" if more > 0 else "")
    raise BadGoldSet(
        f"{where}: {shown}." if len(faults) == 1 else f"{where}: {len(faults)} faults: {shown}."
    )


def read_grade(text: str) -> int:
    """Return the grade of a judgement; 0 and less say that something does not answer.

    Raises:
        ValueError: it is not a whole number, or higher than :data:`MAX_GRADE`.
    """
    if not is_grade(text):
        raise ValueError("it is not a whole number")
    grade = int(text.partition(".")[0])
    if grade > MAX_GRADE:
        raise ValueError(f"its grade is higher than {MAX_GRADE:,}")
    return grade


def is_grade(text: str) -> bool:
    """Return whether a text is a whole number, also one that is written as 1.0."""
    return _WHOLE.fullmatch(text) is not None


def identifier(value: object) -> str:
    """Return an id of JSON: a string, or a whole number as a string.

    Raises:
        ValueError: it is neither, or it has half of a character.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError("it is neither a string nor a whole number")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("it has half of a character")
    return value


def split_suffix(path: str) -> tuple[Path, str]:
    """Split ``PATH@SUFFIX`` into the path and the suffix; the suffix is empty if there is none."""
    name, at, suffix = path.rpartition("@")
    if not at or Path(path).exists():
        return Path(path), ""
    return Path(name), suffix


def check(gold: GoldSet, *, whole: bool = True) -> GoldSet:
    """Return a gold set after checking that its parts fit together.

    Args:
        gold: the set.
        whole: whether it has to have every text that answers a question.

    Raises:
        BadGoldSet: it has no question, ids repeat, a text is empty, or a question is answered by a
            text that the set does not have.
    """
    if not gold.questions:
        raise BadGoldSet(f"{gold.spec} has no question.")
    faults = _repeated("question", [question.id for question in gold.questions])
    if gold.texts is not None:
        faults += _repeated("passage", [text.id for text in gold.texts])
        faults += [f"passage {t.id!r} is empty" for t in gold.texts if not t.text.strip()]
        faults += [f"question {q.id!r} is empty" for q in gold.questions if not q.text.strip()]
        known = {text.id for text in gold.texts}
        missing = [
            f"question {question.id!r} is answered by {relevant.article_id!r}, which is missing"
            for question in gold.questions
            for relevant in question.relevant
            if relevant.article_id not in known
        ]
        # Judgements without a single text that is there are those of another corpus.
        answered = sum(len(question.relevant) for question in gold.questions)
        if whole or len(missing) == answered:
            faults += missing
    raise_faults(gold.spec, faults)
    return gold


def _repeated(kind: str, ids: Sequence[str]) -> list[str]:
    return [f"{kind} id {name!r} occurs {n} times" for name, n in Counter(ids).items() if n > 1]
