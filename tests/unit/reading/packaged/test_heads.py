"""The heads in NumPy are those that were trained in torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from embeddings.packaged import model as packaged_encoder
from eval.reader.export import HEAD_NAMES, answerability
from eval.reader.features import Features, Featurizer, collate
from eval.reader.pairs import ReadingPair
from eval.reader.reader_model import ReaderModel
from reading.packaged.heads import Heads
from reading.packaged.weights import read_packaged

pytestmark = pytest.mark.slow

PAIRS = [
    ReadingPair("Hội nghị họp ở đâu?", "Hội nghị họp ở Huế.", "vi-vi", (), False, "near miss"),
    ReadingPair("多少国家？", "Eleven countries sent delegates.", "zh-en", (), False, "near miss"),
    ReadingPair("Who?", "会议在顺化举行，主席是黎氏花。", "en-zh", (), False, "near miss"),
    ReadingPair("?", "x", "en-en", (), False, "near miss"),
]


@pytest.fixture(scope="module")
def in_torch() -> ReaderModel:
    """The reader as it is trained, with the packaged weights."""
    made = ReaderModel(packaged_encoder.prepare()).eval()
    weights = read_packaged()
    with torch.no_grad():
        own = made.encoder.state_dict()
        for name, difference in weights.differences.items():
            own[name] += torch.from_numpy(difference)
        state = made.state_dict()
        for name, head in HEAD_NAMES.items():
            tensor = torch.from_numpy(np.array(getattr(weights.heads, head)))
            state[name].copy_(tensor.reshape(state[name].shape))
    return made


@pytest.fixture(scope="module")
def features() -> Sequence[Features]:
    featurizer = Featurizer(packaged_encoder.prepare())
    return [featurizer.features(pair) for pair in PAIRS]


@torch.no_grad()
def test_numpy_gives_the_same_as_torch(in_torch: ReaderModel, features: Sequence[Features]) -> None:
    batch = collate(PAIRS, features, range(len(PAIRS)))
    starts, ends, _ = in_torch(batch.ids, batch.mask, batch.window)
    rows = answerability(in_torch, PAIRS, features)
    states = in_torch.encoder(batch.ids, batch.mask).last_hidden_state.numpy()
    heads = read_packaged().heads
    of_logit, of_margin, constant = heads.calibration.tolist()
    for row, each in enumerate(features):
        inside = slice(each.first, each.first + len(each.offsets))
        own = states[row, : len(each.ids)]
        found = heads.logits(own, inside.start, inside.stop)
        np.testing.assert_allclose(found.starts, starts[row, inside].numpy(), atol=1e-3)
        np.testing.assert_allclose(found.ends, ends[row, inside].numpy(), atol=1e-3)
        expected = of_logit * rows[row, 0] + of_margin * rows[row, 1] + constant
        assert found.answerable == pytest.approx(expected, abs=2e-3)


def test_calibration_weighs_logit_and_margin() -> None:
    drawn = np.random.default_rng(3)
    heads = Heads(
        *(
            drawn.normal(size=shape).astype(np.float32)
            for shape in ((2, 8), (2,), (8, 16), (8,), (8,), (1,), (3,))
        )
    )
    states = drawn.normal(size=(9, 8)).astype(np.float32)

    def answerable(*calibration: float) -> float:
        weighed = replace(heads, calibration=np.array(calibration, np.float32))
        return weighed.logits(states, 4, 8).answerable

    found = heads.logits(states, 4, 8)
    first = states[0] @ heads.span.T + heads.span_bias
    margin = float(found.starts.max() + found.ends.max() - first.sum())
    assert answerable(0, 1, 0) == pytest.approx(margin, abs=1e-4)
    assert answerable(0, 0, -2) == pytest.approx(-2)
    both = 0.5 * answerable(1, 0, 0) + 2 * margin + 3
    assert answerable(0.5, 2, 3) == pytest.approx(both, abs=1e-4)


def test_every_difference_is_to_a_tensor_of_the_encoder(in_torch: ReaderModel) -> None:
    own = in_torch.encoder.state_dict()
    for name, difference in read_packaged().differences.items():
        assert tuple(own[name].shape) == difference.shape, name
        assert "word_embeddings" not in name
