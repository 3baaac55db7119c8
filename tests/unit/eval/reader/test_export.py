from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from embeddings.packaged import model as packaged
from eval.reader.export import HEAD_NAMES, export, thinned
from eval.reader.reader_model import ReaderModel
from eval.reader.train import Training
from reading.packaged.weights import Thin, read_weights

Array = NDArray[np.float32]


def matrix(rows: int, columns: int, *values: float) -> Array:
    """Return a matrix with these singular values."""
    drawn = np.random.default_rng(rows * 100 + columns)
    left, _ = np.linalg.qr(drawn.normal(size=(rows, len(values))))
    right, _ = np.linalg.qr(drawn.normal(size=(columns, len(values))))
    return np.asarray(left * values @ right.T, np.float32)


def product(thin: Array | Thin) -> Array:
    assert isinstance(thin, Thin)
    return np.asarray(thin.left.T @ thin.right, np.float32)


def test_the_largest_parts_of_all_matrices_are_kept() -> None:
    differences = {"big": matrix(20, 30, 9, 8, 0.1), "small": matrix(20, 30, 1, 0.2)}
    # Room for three parts, of which each matrix has one in any case.
    made = thinned(differences, 3 * 50)
    ranks = {name: thin.left.shape[0] for name, thin in made.items() if isinstance(thin, Thin)}
    assert ranks == {"big": 2, "small": 1}
    assert np.linalg.norm(product(made["big"]) - differences["big"]) == pytest.approx(0.1, rel=0.01)


def test_other_tensors_stay_as_they_are() -> None:
    bias = np.ones(7, np.float32)
    assert thinned({"bias": bias}, 0)["bias"] is bias


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=4), st.data()
)
def test_more_bytes_are_nearer_and_enough_are_exact(
    shapes: list[tuple[int, int]], data: st.DataObject
) -> None:
    drawn = np.random.default_rng(data.draw(st.integers(0, 99)))
    differences = {
        str(n): drawn.normal(size=shape).astype(np.float32) for n, shape in enumerate(shapes)
    }
    whole = sum(sum(shape) * min(shape) for shape in shapes)
    errors = []
    for size in (0, whole // 3, whole):
        made = thinned(differences, size)
        used = sum(t.left.size + t.right.size for t in made.values() if isinstance(t, Thin))
        assert used <= size + sum(sum(shape) for shape in shapes)
        errors.append(
            sum(float(np.square(product(made[n]) - differences[n]).sum()) for n in differences)
        )
    assert errors[0] >= errors[1] - 1e-4
    assert errors[1] >= errors[2] - 1e-4
    assert errors[2] == pytest.approx(0, abs=1e-4)


@pytest.mark.slow
def test_a_checkpoint_is_written_as_differences(tmp_path: Path) -> None:
    torch.manual_seed(1)
    trained = ReaderModel(packaged.prepare())
    before = {name: tensor.clone() for name, tensor in trained.encoder.state_dict().items()}
    with torch.no_grad():
        for parameter in trained.encoder.parameters():
            if parameter.requires_grad and parameter.ndim == 2:
                rows, columns = parameter.shape
                parameter += torch.randn(rows, 2) @ torch.randn(2, columns) * 0.01
    Training(trained, steps=2, rate=1e-4).save(tmp_path / "answers.pt")
    out = tmp_path / "new" / "weights.safetensors"
    command = ["--checkpoint", str(tmp_path / "answers.pt"), "--out", str(out)]
    done = CliRunner().invoke(export, command)
    assert done.exit_code == 0, done.output
    assert "MB" in done.output

    written = read_weights(out)
    after = trained.encoder.state_dict()
    named = {name for name in before if "word_embeddings" not in name}
    assert set(written.differences) == named - {"embeddings.position_ids"}
    for name, difference in written.differences.items():
        expected = (after[name] - before[name]).numpy()
        off = float(np.linalg.norm(difference - expected))
        assert off <= 0.03 * float(np.linalg.norm(expected)) + 1e-6, name
    state = trained.state_dict()
    for name, head in HEAD_NAMES.items():
        found = getattr(written.heads, head).reshape(state[name].shape)
        np.testing.assert_allclose(found, state[name].numpy(), rtol=1e-3, atol=1e-6)
    assert written.heads.calibration.tolist() == [1, 0, 0]
