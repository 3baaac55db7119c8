"""The pairs that the reader learns from, and those that are held out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from embeddings import load_encoder
from eval.reader.annotated_passages import (
    AnnotatedPassage,
    read_crud,
    read_squad2_cross,
    read_squad_spans,
)
from eval.reader.neighbours import retrieved_pairs, with_tempting_places
from eval.reader.own_questions import own_cmrc_passages, own_passages, with_own_questions
from eval.reader.pairs import ReadingPair, balanced, reading_pairs
from eval.reader.swaps import swapped_pairs
from eval.reader.windows import WindowCutter

_MOST_SPANS = 16_000
"""Pairs of one pair of languages and one answerability in the first stage, so that English and
Chinese do not outweigh all. Chosen manually by the time that it takes, not tuned."""

_MOST_PUBLIC = 2_000
"""The same in the second stage, where they stand beside our own. Chosen manually, not tuned."""

_SPAN_BALANCE, _ANSWER_BALANCE = 1.2, 1.6
"""How many windows of one answerability there are at most for one of the other, in the two stages.
In the second, near misses, twins and windows that a search finds all have room. Chosen manually,
not tuned."""

_MOST_ANSWERS = 7_000
"""The same for the second stage as a whole."""

_OWN_TIMES = 2
"""How often our own questions are taken, each time with other windows: they are few, and the only
ones in six of the nine pairs of languages. Chosen manually, not tuned."""

_SWAPPED = 0.5
"""Share of answerable questions whose name or number is swapped, if they have one. Chosen manually,
not tuned."""

_EASIER = 0.35
"""Share of windows that are not near misses among those without an answer in the second stage, so
that what a search finds is among them. Chosen manually, not tuned."""

_RETRIEVED = 0.6
"""Share of our own answerable questions that get a window which a search finds for them. Chosen
manually, not tuned."""

_SQUAD2 = "squad2"

_NOT_WIKIPEDIA = ("amazon_reviews_v1.0.json", "reddit_v1.0.json")


def span_pairs(data: Path, cutter: WindowCutter, seed: int) -> list[ReadingPair]:
    """Return the pairs of the first stage: public sets, which teach where an answer is.

    Args:
        data: a folder with ``reader/`` and ``qa/``: CMRC 2018 (train), SQuAD 2 (development, off
            XQuAD's passages), SQuADShifts, CRUD, MLQA (development), half of DRCD (development). No
            set forbids commercial use.
        cutter: cuts the windows.
        seed: of what is drawn at random.

    Raises:
        BadGoldSet: a file cannot be read.
    """
    pairs = reading_pairs(list(_public_passages(data)), cutter, seed)
    return balanced(pairs, _MOST_SPANS, _SPAN_BALANCE, seed)


def answer_pairs(data: Path, cutter: WindowCutter, seed: int) -> list[ReadingPair]:
    """Return the pairs of the second stage: our own questions, and a part of the public sets.

    Our own ones teach whether the answer is there, in all nine pairs of languages.

    Args:
        data: see :func:`span_pairs`; and ``corpus/``, which our own questions are about.
        cutter: cuts the windows.
        seed: of what is drawn at random.

    Raises:
        BadGoldSet: a file cannot be read, or a passage is not at its place.
    """
    encoder = load_encoder()
    # Reviews and forums are left to the first stage: near misses are about Wikipedia, which would
    # look unanswerable beside them.
    public = [each for each in _public_passages(data) if each.source not in _NOT_WIKIPEDIA]
    squad2 = [each for each in public if each.source == _SQUAD2]
    asked = list(with_tempting_places(encoder, list(with_own_questions(squad2))))
    others = [each for each in public if each.source != _SQUAD2]
    own = [*own_passages(data / "corpus", held_out=False), *own_cmrc_passages(others)]
    own = list(with_tempting_places(encoder, own))
    english = [each for each in asked if each.language == "en"]
    pairs = balanced(reading_pairs(others, cutter, seed), _MOST_PUBLIC, _ANSWER_BALANCE, seed)
    pairs += reading_pairs([*asked, *own * _OWN_TIMES], cutter, seed)
    pairs += swapped_pairs([*asked, *own], cutter, _SWAPPED, seed)
    # Not the Chinese passages of SQuAD 2, which are translations of the English ones.
    alone = [*own, *english]
    pairs += retrieved_pairs(encoder, alone, alone, cutter, _RETRIEVED, seed)
    return balanced(pairs, _MOST_ANSWERS, _ANSWER_BALANCE, seed, _EASIER)


def held_out_pairs(data: Path, cutter: WindowCutter, seed: int) -> list[ReadingPair]:
    """Return pairs of our own held-out questions: those with an answer, and near misses."""
    passages = list(own_passages(data / "corpus", held_out=True))
    pairs = reading_pairs(list(with_tempting_places(load_encoder(), passages)), cutter, seed)
    return [pair for pair in pairs if pair.kind in ("answer", "near miss")]


def _public_passages(data: Path) -> Iterator[AnnotatedPassage]:
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
