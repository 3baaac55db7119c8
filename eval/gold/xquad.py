"""Read XQuAD: the same paragraphs and questions in several languages (Artetxe et al., 2020)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.gold.gold_set import BadGoldSet, CorpusText, GoldQuestion, GoldSet, Relevant, check
from eval.gold.squad import string
from eval.gold.text_file import text_of

LANGUAGES = ("vi", "zh", "en")


@dataclass(frozen=True)
class ParallelPart:
    """One language's part of a parallel set.

    Attributes:
        contexts: paragraphs, in the order shared by all languages.
        questions: in the order shared by all languages.
        answered_by: for each question, the index of its paragraph in ``contexts``.
        answers: of each question, words of the paragraph.
    """

    contexts: list[str]
    questions: list[str]
    answered_by: list[int]
    answers: list[tuple[str, ...]]


def read_xquad(directory: Path) -> dict[str, ParallelPart]:
    """Read ``xquad.LANG.json`` of each language.

    Raises:
        BadGoldSet: a file is missing, is not in SQuAD's format, or is not parallel to the others.
    """
    parts = {language: _read(directory / f"xquad.{language}.json") for language in LANGUAGES}
    if len({tuple(part.answered_by) for part in parts.values()}) != 1:
        raise BadGoldSet(f"The files in {directory} are not parallel to each other.")
    return parts


def parallel_gold(spec: str, parts: Mapping[str, ParallelPart]) -> GoldSet:
    """Make a gold set of a parallel set: a paragraph of every language answers each question."""
    return check(
        GoldSet(
            spec,
            tuple(
                GoldQuestion(
                    f"{language}-q{number}",
                    text,
                    language,
                    tuple(Relevant(f"{other}-{place}") for other in parts),
                    cluster=f"q{number}",
                    answers=tuple(
                        dict.fromkeys(a for other in parts.values() for a in other.answers[number])
                    ),
                )
                for language, part in parts.items()
                for number, (text, place) in enumerate(
                    zip(part.questions, part.answered_by, strict=True)
                )
            ),
            tuple(
                CorpusText(f"{language}-{place}", text, language)
                for language, part in parts.items()
                for place, text in enumerate(part.contexts)
            ),
        )
    )


def _read(path: Path) -> ParallelPart:
    contexts: list[str] = []
    questions: list[str] = []
    answered_by: list[int] = []
    answers: list[tuple[str, ...]] = []
    text = text_of(path)
    try:
        for article in json.loads(text)["data"]:
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    questions.append(string(question["question"]))
                    answered_by.append(len(contexts))
                    answers.append(
                        tuple(string(each["text"]) for each in question.get("answers", ()))
                    )
                contexts.append(string(paragraph["context"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadGoldSet(f"{path} is not in SQuAD's format.") from error
    return ParallelPart(contexts, questions, answered_by, answers)
