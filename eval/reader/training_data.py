"""The pairs that the reader learns from, and those that are held out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from eval.reader.annotated_passages import (
    AnnotatedPassage,
    read_crud,
    read_squad2_cross,
    read_squad_spans,
)
from eval.reader.own_questions import own_passages
from eval.reader.pairs import ReadingPair, balanced, reading_pairs
from eval.reader.windows import WindowCutter

_MOST = 10_000
"""Pairs of one pair of languages and one answerability, so that English does not outweigh all."""

_OWN_TIMES = 3
"""How often our own questions are taken, each time with other windows: they are few, and the only
ones in six of the nine pairs of languages. Chosen manually, not tuned."""


def training_pairs(data: Path, cutter: WindowCutter, seed: int) -> list[ReadingPair]:
    """Return the pairs to learn from, in random order.

    Args:
        data: a folder with ``reader/``, ``qa/`` and ``corpus/``: CMRC 2018 (train), SQuAD 2
            (development, off XQuAD's passages), SQuADShifts, CRUD, MLQA (development), half of DRCD
            (development), and the corpora of our own questions. No set forbids commercial use.
        cutter: cuts the windows.
        seed: of what is drawn at random.

    Raises:
        BadGoldSet: a file cannot be read.
    """
    return balanced(reading_pairs(list(_passages(data)), cutter, seed), _MOST, seed)


def held_out_pairs(data: Path, cutter: WindowCutter, seed: int) -> list[ReadingPair]:
    """Return pairs of our own held-out questions: those with an answer, and near misses."""
    passages = list(own_passages(data / "corpus", held_out=True))
    pairs = reading_pairs(passages, cutter, seed)
    return [pair for pair in pairs if pair.kind in ("answer", "near miss")]


def _passages(data: Path) -> Iterator[AnnotatedPassage]:
    reader, questions = data / "reader", data / "qa"
    yield from read_squad_spans(reader / "cmrc2018-train" / "train.json", "zh", "zh")
    yield from read_squad2_cross(reader / "squad2-dev-cross" / "rows.jsonl")
    for name in ("amazon_reviews_v1.0", "reddit_v1.0"):
        yield from read_squad_spans(reader / "squadshifts" / f"{name}.json", "en", "en")
    yield from read_squad_spans(questions / "squadshifts.new_wiki.en.json", "en", "en")
    yield from read_crud(reader / "crud-news-qa" / "rows.jsonl")
    mlqa = reader / "mlqa-dev"
    yield from read_squad_spans(mlqa / "context-vi-question-en.json", "vi", "en")
    yield from read_squad_spans(mlqa / "context-en-question-vi.json", "en", "vi")
    # The other half is a test set.
    drcd = list(read_squad_spans(questions / "drcd.dev.zh-hant.json", "zh", "zh"))
    yield from drcd[: len(drcd) // 2]
    for _ in range(_OWN_TIMES):
        yield from own_passages(data / "corpus", held_out=False)
