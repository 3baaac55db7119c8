"""Read question sets in SQuAD's format: paragraphs, their questions, and the answers."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from eval.gold.gold_set import (
    BadGoldSet,
    CorpusText,
    GoldQuestion,
    GoldSet,
    Relevant,
    check,
    split_suffix,
)
from eval.gold.text_file import text_of
from rag.text.language import identify
from tamngu.records.language import parse_tag


@dataclass(frozen=True)
class SquadQuestion:
    """A question of one paragraph.

    Attributes:
        id: unique in its file.
        text: of the question.
        answers: words of the paragraph; empty if the paragraph does not answer the question.
    """

    id: str
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph with all its questions."""

    title: str
    text: str
    questions: tuple[SquadQuestion, ...]


def string(value: object) -> str:
    """Return a value of JSON that has to be a string.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, str):
        raise TypeError("it is not a string")
    return value


def read_squad(path: Path) -> list[Paragraph]:
    """Read a file in SQuAD's format, version 1 or 2.

    Raises:
        BadGoldSet: the file cannot be read, or has another format.
    """
    text = text_of(path)
    try:
        return [
            Paragraph(
                str(article.get("title", "")),
                string(paragraph["context"]),
                tuple(
                    SquadQuestion(
                        str(row["id"]),
                        string(row["question"]),
                        tuple(string(answer["text"]) for answer in row.get("answers") or ()),
                    )
                    for row in paragraph["qas"]
                ),
            )
            for article in json.loads(text)["data"]
            for paragraph in article["paragraphs"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadGoldSet(f"{path} is not in SQuAD's format.") from error


def read_questions(path: Path) -> list[str]:
    """Return the texts of all questions of a file in SQuAD's format.

    Raises:
        BadGoldSet: the file cannot be read, or has another format.
    """
    return [question.text for paragraph in read_squad(path) for question in paragraph.questions]


def read_squad_gold(path: str) -> GoldSet:
    """Read ``FILE`` or ``FILE@LANGUAGE`` as a gold set: SQuAD, XQuAD, MLQA, CMRC, DRCD, ViQuAD.

    Each paragraph is a passage. Without a language, the language of most paragraphs and that of
    most questions are identified.

    Raises:
        BadGoldSet: the file is not in SQuAD's format, or the language is not a language tag.
    """
    file, tag = split_suffix(path)
    every = read_squad(file)
    paragraphs = [each for each in every if each.text.strip()]
    lost = sum(len(each.questions) for each in every if not each.text.strip())
    question_texts = [question.text for each in paragraphs for question in each.questions]
    try:
        given = parse_tag(tag).code if tag else None
    except ValueError as error:
        raise BadGoldSet(
            f"{tag!r} in {path!r} is not a language tag such as vi, zh or en."
        ) from error
    text_language = given or _language([each.text for each in paragraphs])
    question_language = given or _language(question_texts)
    texts = [CorpusText(str(n), each.text, text_language) for n, each in enumerate(paragraphs)]
    questions = [
        GoldQuestion(
            question.id,
            question.text,
            question_language,
            (Relevant(str(number)),) if question.answers else (),
            tuple(dict.fromkeys(answer for answer in question.answers if answer.strip())),
        )
        for number, each in enumerate(paragraphs)
        for question in each.questions
    ]
    notices = (
        (f"{lost:,} questions are about paragraphs without text, and are left out.",)
        if lost
        else ()
    )
    return check(GoldSet(f"squad:{path}", tuple(questions), tuple(texts), notices))


def _language(texts: list[str]) -> str:
    return (
        Counter(identify(text).code for text in texts[:200]).most_common(1)[0][0] if texts else ""
    )
