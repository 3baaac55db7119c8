"""Question sets in SQuAD's format: paragraphs, their questions, and where the answers stand."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from eval.gold.gold_set import BadGoldSet, GoldQuestion, GoldSet, Relevant, check, split_place
from eval.gold.ready_made import ReadyMade
from rag.text.language import identify
from tamngu.records.language import parse_tag


@dataclass(frozen=True)
class SquadQuestion:
    """A question of one paragraph.

    Attributes:
        id: unique in its file.
        text: what is asked.
        answers: words of the paragraph; none where it does not answer the question.
    """

    id: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph with all that is asked about it."""

    title: str
    text: str
    questions: tuple[SquadQuestion, ...]


def read_squad(path: Path) -> list[Paragraph]:
    """Read a file in SQuAD's format, version 1 or 2.

    Raises:
        BadGoldSet: it cannot be read, or is of another format.
    """
    try:
        return [
            Paragraph(
                str(article.get("title", "")),
                paragraph["context"],
                tuple(
                    SquadQuestion(
                        str(row["id"]),
                        row["question"],
                        tuple(answer["text"] for answer in row.get("answers") or ()),
                    )
                    for row in paragraph["qas"]
                ),
            )
            for article in json.loads(path.read_text(encoding="utf-8"))["data"]
            for paragraph in article["paragraphs"]
        ]
    except OSError as error:
        raise BadGoldSet(f"Cannot read {path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadGoldSet(f"{path} is not in SQuAD's format.") from error


def read_questions(path: Path) -> list[str]:
    """Return the texts of all questions of a file; see :func:`read_squad`."""
    return [question.text for paragraph in read_squad(path) for question in paragraph.questions]


def read_squad_gold(place: str) -> GoldSet:
    """Read ``FILE`` or ``FILE@LANGUAGE`` as a gold set: SQuAD, XQuAD, MLQA, CMRC, DRCD, ViQuAD.

    Each paragraph is a passage. Where no language is given, most paragraphs and most questions say
    theirs.

    Raises:
        BadGoldSet: the file is no such set, or the language none.
    """
    path, tag = split_place(place)
    paragraphs = [each for each in read_squad(path) if each.text.strip()]
    asked = [question.text for each in paragraphs for question in each.questions]
    try:
        given = parse_tag(tag).code if tag else None
    except ValueError as error:
        raise BadGoldSet(f"{tag!r} in {place!r} is no language, such as vi, zh or en.") from error
    of_texts = given or _language([each.text for each in paragraphs])
    of_questions = given or _language(asked)
    texts = [ReadyMade(str(n), each.text, of_texts) for n, each in enumerate(paragraphs)]
    questions = [
        GoldQuestion(
            question.id,
            question.text,
            of_questions,
            (Relevant(str(number)),) if question.answers else (),
            tuple(dict.fromkeys(answer for answer in question.answers if answer.strip())),
        )
        for number, each in enumerate(paragraphs)
        for question in each.questions
    ]
    return check(GoldSet(f"squad:{place}", tuple(questions), tuple(texts)))


def _language(texts: list[str]) -> str:
    return (
        Counter(identify(text).code for text in texts[:200]).most_common(1)[0][0] if texts else ""
    )
