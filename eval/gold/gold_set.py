"""Gold sets: questions with what answers them, and perhaps the texts that they are asked of."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from embeddings import TamnguError
from eval.gold.ready_made import ReadyMade


class BadGoldSet(TamnguError):
    """A gold set that cannot be read, or does not fit what it is run on."""


_SHOWN = 3
"""Faults that an error spells out; the rest are counted."""


@dataclass(frozen=True)
class Relevant:
    """What answers a question.

    Attributes:
        article_id: an article, or a passage of the gold set's own.
        quote: the words in it that do; empty where only the place is known.
        grade: how well it does, from 1; larger is better.
    """

    article_id: str
    quote: str = ""
    grade: int = 1


@dataclass(frozen=True)
class GoldQuestion:
    """A question and what is known of its answer; one without ``relevant`` is unanswerable.

    Attributes:
        id: unique in its set.
        text: what is asked.
        language: its code.
        relevant: all that answers it.
        answers: the answer in other words, in any language.
        tags: kinds that figures are given for.
        cluster: questions that ask the same in several languages share one; empty: it stands alone.
    """

    id: str
    text: str
    language: str
    relevant: tuple[Relevant, ...] = ()
    answers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    cluster: str = ""


@dataclass(frozen=True)
class GoldSet:
    """A gold set.

    Attributes:
        spec: how it was named, such as ``xquad:DIR``.
        questions: at least one.
        texts: passages that it brings along; None when it is about a collection's articles.
    """

    spec: str
    questions: tuple[GoldQuestion, ...]
    texts: tuple[ReadyMade, ...] | None = None

    @property
    def digest(self) -> str:
        """Tell gold sets apart: of the questions and what answers them."""
        content = json.dumps([astuple(question) for question in self.questions])
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def refuse(where: str, faults: Sequence[str]) -> None:
    """Raise an error that counts the faults and spells out the first; none: do nothing.

    Raises:
        BadGoldSet: there are faults.
    """
    if not faults:
        return
    more = len(faults) - _SHOWN
    shown = "; ".join(faults[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
    raise BadGoldSet(
        f"{where}: {shown}." if len(faults) == 1 else f"{where}: {len(faults)} faults: {shown}."
    )


def split_place(place: str) -> tuple[Path, str]:
    """Return the path of ``PATH@WORD`` and the word; without one, an empty word."""
    name, at, word = place.rpartition("@")
    if not at or Path(place).exists():
        return Path(place), ""
    return Path(name), word


def check(gold: GoldSet) -> GoldSet:
    """Return a gold set that holds together.

    Raises:
        BadGoldSet: it has no question, ids repeat, a text is empty, or what answers is not among
            its own texts.
    """
    if not gold.questions:
        raise BadGoldSet(f"{gold.spec} holds no question.")
    faults = _repeated("question", [question.id for question in gold.questions])
    if gold.texts is not None:
        faults += _repeated("passage", [text.name for text in gold.texts])
        faults += [f"passage {t.name!r} is empty" for t in gold.texts if not t.text.strip()]
        faults += [f"question {q.id!r} is empty" for q in gold.questions if not q.text.strip()]
        held = {text.name for text in gold.texts}
        faults += [
            f"question {question.id!r} is answered by {relevant.article_id!r}, which is not there"
            for question in gold.questions
            for relevant in question.relevant
            if relevant.article_id not in held
        ]
    refuse(gold.spec, faults)
    return gold


def _repeated(kind: str, ids: Sequence[str]) -> list[str]:
    return [f"{kind} id {name!r} is there {n} times" for name, n in Counter(ids).items() if n > 1]
