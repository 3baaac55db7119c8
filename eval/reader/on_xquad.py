"""Measure a reader on XQuAD and its near misses: ``python -m eval.reader.on_xquad --data DATA``.

Every question is read with its paragraph in each of the three languages. The near misses are SQuAD
2's unanswerable questions about the same paragraphs: English ones by people, Vietnamese and Chinese
ones by machine translation. XQuAD's own questions are by people in all languages. So a reader could
tell the two by their style; ``zh, both translated`` compares Chinese near misses with answerable
questions that were translated in the same way.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from eval.gold.gold_set import BadGoldSet
from eval.gold.squad import read_squad
from eval.metrics.answer_text import is_answer, token_f1
from rag.reading.windows import windows_of_all
from rag.text.chinese import simplified, simplified_in_place
from rag.text.sentences import sentences
from reading import Reader, load_reader
from tamngu.cli.progress import progress_bar

LANGUAGES = ("en", "vi", "zh")

_WINDOW_TOKENS = 128


@dataclass(frozen=True)
class _Question:
    """A question about a paragraph.

    Attributes:
        text: of the question.
        language: its code.
        paragraph: number of the paragraph.
        answers: by the language of the paragraph; empty if it holds none.
        translated: whether a machine translated it.
    """

    text: str
    language: str
    paragraph: int
    answers: dict[str, tuple[str, ...]]
    translated: bool = False


@dataclass(frozen=True)
class _Outcome:
    """What a reader says of a question and a paragraph."""

    question: _Question
    language: str
    answerable: float
    answer: str
    windows: int


def windows_of(text: str, reader: Reader, budget: int) -> list[str]:
    """Cut a text into windows of whole sentences, as the best passage of a search is cut."""
    spans = sentences(text)
    tokens = reader.count_tokens([span.of(text) for span in spans])
    return [window.of(text) for window in windows_of_all(spans, tokens, budget)]


def _outcomes(
    reader: Reader, paragraphs: dict[str, list[str]], questions: Sequence[_Question], budget: int
) -> Iterator[_Outcome]:
    cut = {
        (language, number): windows_of(text, reader, budget)
        for language, texts in paragraphs.items()
        for number, text in enumerate(texts)
    }
    for question in questions:
        windows = [(each, w) for each in LANGUAGES for w in cut[each, question.paragraph]]
        readings = reader.read(
            simplified(question.text), [simplified_in_place(text) for _, text in windows]
        )
        for language in LANGUAGES:
            own = [
                (reading, text)
                for (each, text), reading in zip(windows, readings, strict=True)
                if each == language
            ]
            reading, text = max(own, key=lambda pair: pair[0].answerable)
            span = reading.spans[0] if reading.spans else None
            answer = text[span.start : span.end] if span else ""
            yield _Outcome(question, language, reading.answerable, answer, len(own))


def _read_questions(data: Path) -> tuple[dict[str, list[str]], list[_Question]]:
    sets = {each: read_squad(data / "xquad" / f"xquad.{each}.json") for each in LANGUAGES}
    paragraphs = {language: [each.text for each in some] for language, some in sets.items()}
    questions = []
    answers = {
        (question.id, language): question.answers
        for language, some in sets.items()
        for paragraph in some
        for question in paragraph.questions
    }
    for language, some in sets.items():
        for number, paragraph in enumerate(some):
            for question in paragraph.questions:
                held = {each: answers[question.id, each] for each in LANGUAGES}
                questions.append(_Question(question.text, language, number, held))
    place = {" ".join(text.split()): number for number, text in enumerate(paragraphs["en"])}
    path = data / "reader" / "squad2-dev-impossible" / "on_xquad_paragraphs.json"
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadGoldSet(f"Cannot read {path}.") from error
    for row in rows:
        number = place[" ".join(row["en_context"].split())]
        questions += [
            _Question(row[f"{each}_q"], each, number, {}, translated=each != "en")
            for each in LANGUAGES
            if row[f"{each}_q"]
        ]
    cross = data / "reader" / "squad2-dev-cross" / "rows.jsonl"
    for row in map(json.loads, cross.read_text(encoding="utf-8").splitlines()):
        if row["on_xquad_paragraph"] and not row["impossible"] and row["zh_q"]:
            number = place[" ".join(row["en_context"].split())]
            held = dict.fromkeys(LANGUAGES, ("?",))
            questions.append(_Question(row["zh_q"], "zh", number, held, translated=True))
    return paragraphs, questions


def _figures(outcomes: Sequence[_Outcome]) -> dict[str, dict[str, float]]:
    from sklearn.metrics import roc_auc_score

    groups: dict[str, list[_Outcome]] = defaultdict(list)
    for each in outcomes:
        pair = f"{each.question.language}-{each.language}"
        if not (each.question.translated and each.question.answers):
            groups[pair].append(each)
        if each.question.translated and each.question.language == "zh":
            groups[f"{pair}, both translated"].append(each)
    found = {}
    for name, some in sorted(groups.items()):
        answered = np.array([bool(each.question.answers) for each in some])
        scores = np.array([each.answerable for each in some])
        own = [e for e in some if e.question.answers and not e.question.translated]
        figures = {"auroc": float(roc_auc_score(answered, scores))}
        if own:
            gold = [each.question.answers[each.language] for each in own]
            pairs = list(zip([each.answer for each in own], gold, strict=True))
            figures["f1"] = float(np.mean([token_f1(text, some) for text, some in pairs]))
            figures["em"] = float(np.mean([is_answer(text, some) for text, some in pairs]))
        found[name] = {key: round(value, 3) for key, value in figures.items()}
    for name, is_mono in (("mono", True), ("cross", False)):
        some_pairs = [
            figures
            for pair, figures in found.items()
            if len(pair) == 5 and (pair[:2] == pair[3:]) == is_mono
        ]
        found[name] = {
            key: round(float(np.mean([each[key] for each in some_pairs])), 3)
            for key in ("auroc", "f1", "em")
        }
    return found


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True
)
@click.option("--reader", "name", help="As for tamngu ask.")
@click.option("--every", default=1, show_default=True, help="Use every n-th question.")
@click.option("--window-tokens", default=_WINDOW_TOKENS, show_default=True)
def on_xquad(data: Path, name: str | None, every: int, window_tokens: int) -> None:
    """Print AUROC on near misses, and exact match and F1 of short answers, by language pair."""
    reader = load_reader(name)
    if reader is None:
        raise click.UsageError("A reader is needed.")
    paragraphs, questions = _read_questions(data)
    questions = questions[::every]
    outcomes: list[_Outcome] = []
    with progress_bar(len(questions), "question") as shown:
        for each in _outcomes(reader, paragraphs, questions, window_tokens):
            outcomes.append(each)
            if each.language == LANGUAGES[-1]:
                shown.update(1)
    for pair, figures in _figures(outcomes).items():
        values = "  ".join(f"{key} {value:.3f}" for key, value in figures.items())
        click.echo(f"{pair:24}{values}")


if __name__ == "__main__":
    on_xquad()
