from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from embeddings.packaged import model as packaged
from eval.reader.features import LENGTHS, Features, Featurizer, collate, shuffled_batches
from eval.reader.pairs import ReadingPair
from eval.reader.reader_model import ReaderModel
from eval.reader.reading_figures import read_pairs, reading_figures
from eval.reader.train import Training

WINDOW = "Hội nghị họp ở Huế. 会议在顺化举行。 Eleven countries sent delegates."


def place(answer: str) -> tuple[int, int]:
    start = WINDOW.index(answer)
    return start, start + len(answer)


PAIRS = [
    ReadingPair("Họp ở đâu?", WINDOW, "vi-vi", (place("Huế"),), True, "answer"),
    ReadingPair("多少国家？", WINDOW, "zh-en", (place("Eleven countries"),), True, "answer"),
    ReadingPair("Who presided?", WINDOW, "en-vi", (), False, "near miss"),
    ReadingPair("Ai chủ trì?", WINDOW, "vi-zh", (), False, "near miss"),
]


@pytest.fixture(scope="module")
def directory() -> Path:
    return packaged.prepare()


@pytest.fixture(scope="module")
def featurizer(directory: Path) -> Featurizer:
    return Featurizer(directory)


def test_tokens_of_the_answer_cover_it(featurizer: Featurizer) -> None:
    for pair in PAIRS[:2]:
        made = featurizer.features(pair)
        first = made.offsets[made.start - made.first][0]
        last = made.offsets[made.end - made.first][1]
        assert pair.window[first:last].strip(" .") == pair.window[slice(*pair.answers[0])]
    # The first token of all stands for "no answer".
    without = featurizer.features(PAIRS[2])
    assert (without.start, without.end) == (0, 0)


def test_the_place_of_an_answer_elsewhere_is_not_known(featurizer: Featurizer) -> None:
    made = featurizer.features(replace(PAIRS[0], answers=(), kind="answer elsewhere"))
    assert (made.start, made.end) == (-1, -1)


def test_traditional_characters_are_learnt_as_simplified_ones(featurizer: Featurizer) -> None:
    made = [
        featurizer.features(ReadingPair(question, window, "zh-zh", (), False, "near miss"))
        for question, window in (
            ("多少國家？", "會議在順化舉行。"),
            ("多少国家？", "会议在顺化举行。"),
        )
    ]
    assert made[0] == made[1]


def test_a_long_window_is_cut_and_its_answer_with_it(featurizer: Featurizer) -> None:
    window = f"{'hội nghị ' * 300}Huế"
    pair = ReadingPair("?", window, "vi-vi", ((len(window) - 3, len(window)),), True, "answer")
    made = featurizer.features(pair)
    assert len(made.ids) == LENGTHS[-1]
    assert made.start == -1


@given(st.lists(st.integers(5, LENGTHS[-1]), min_size=1, max_size=300), st.integers(0, 9))
def test_batches_have_each_pair_once_and_the_same_order_again(
    lengths: list[int], seed: int
) -> None:
    features = [Features([5] * length, 3, [(0, 1)], -1, -1) for length in lengths]
    batches = shuffled_batches(features, seed)
    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    assert batches == shuffled_batches(features, seed)
    for batch in batches:
        shapes = {next(size for size in LENGTHS if len(features[n].ids) <= size) for n in batch}
        assert len(shapes) == 1


@pytest.mark.slow
def test_a_reader_learns_and_goes_on_from_a_checkpoint(
    directory: Path, featurizer: Featurizer, tmp_path: Path
) -> None:
    features = [featurizer.features(pair) for pair in PAIRS]
    batch = collate(PAIRS, features, range(len(PAIRS)))
    torch.manual_seed(0)
    training = Training(ReaderModel(directory), steps=24, rate=3e-4)
    for _ in range(10):
        training.learn(batch)
    training.save(tmp_path / "checkpoint.pt")
    resumed = Training(ReaderModel(directory), steps=24, rate=3e-4)
    resumed.load(tmp_path / "checkpoint.pt")
    assert resumed.step == 10
    assert training.learn(batch) == pytest.approx(resumed.learn(batch), rel=1e-4)
    for _ in range(10):
        resumed.learn(batch)
    answers, logits = read_pairs(resumed.model, PAIRS, features)
    assert [answer.strip(".") for answer in answers[:2]] == ["Huế", "Eleven countries"]
    figures = reading_figures(PAIRS, answers, logits)
    assert figures["mono"]["pairs"] == 1
    assert figures["cross"]["auroc"] == 1
    assert not resumed.model.encoder.embeddings.word_embeddings.weight.requires_grad
