"""Question sets in SQuAD's format: paragraphs, their questions, and where the answers stand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from eval.gold import BadGoldSet


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
