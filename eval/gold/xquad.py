"""XQuAD: the same paragraphs and questions in several languages (Artetxe et al., 2020)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.gold.gold_set import BadGoldSet, GoldQuestion, GoldSet, Relevant, check
from eval.gold.ready_made import ReadyMade

LANGUAGES = ("vi", "zh", "en")


@dataclass(frozen=True)
class Parallel:
    """One language's half of a parallel set.

    Attributes:
        contexts: paragraphs, in the order shared by all languages.
        questions: in the order shared by all languages.
        answered_by: for each question the place of its paragraph in ``contexts``.
    """

    contexts: list[str]
    questions: list[str]
    answered_by: list[int]


def read_xquad(directory: Path) -> dict[str, Parallel]:
    """Read ``xquad.LANG.json`` of each language.

    Raises:
        BadGoldSet: a file is missing, is not in SQuAD's format, or is not parallel to the others.
    """
    halves = {language: _read(directory / f"xquad.{language}.json") for language in LANGUAGES}
    if len({tuple(half.answered_by) for half in halves.values()}) != 1:
        raise BadGoldSet(f"The files in {directory} are not parallel to each other.")
    return halves


def parallel_gold(spec: str, halves: Mapping[str, Parallel]) -> GoldSet:
    """Return a parallel set as a gold set: each question is answered in every language."""
    return check(
        GoldSet(
            spec,
            tuple(
                GoldQuestion(
                    f"{language}-q{number}",
                    text,
                    language,
                    tuple(Relevant(f"{other}-{place}") for other in halves),
                    cluster=f"q{number}",
                )
                for language, half in halves.items()
                for number, (text, place) in enumerate(
                    zip(half.questions, half.answered_by, strict=True)
                )
            ),
            tuple(
                ReadyMade(f"{language}-{place}", text, language)
                for language, half in halves.items()
                for place, text in enumerate(half.contexts)
            ),
        )
    )


def _read(path: Path) -> Parallel:
    contexts: list[str] = []
    questions: list[str] = []
    answered_by: list[int] = []
    try:
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    questions.append(question["question"])
                    answered_by.append(len(contexts))
                contexts.append(paragraph["context"])
    except OSError as error:
        raise BadGoldSet(f"Cannot read {path}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadGoldSet(f"{path} is not in SQuAD's format.") from error
    return Parallel(contexts, questions, answered_by)
