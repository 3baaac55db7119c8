from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

from reading import ReaderError
from reading.packaged import weights
from reading.packaged.weights import (
    FILE,
    Thin,
    compressed,
    digest,
    read_packaged,
    read_packaged_heads,
    read_weights,
    restored,
    write_weights,
)

Array = NDArray[np.float32]

DIM = 4
HEADS: dict[str, Array] = {
    name: np.random.default_rng(1).normal(size=shape).astype(np.float32)
    for name, shape in {
        "span": (2, DIM),
        "span_bias": (2,),
        "hidden": (DIM, 2 * DIM),
        "hidden_bias": (DIM,),
        "answerable": (DIM,),
        "answerable_bias": (1,),
        "calibration": (3,),
    }.items()
}


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=8),
        elements=st.one_of(
            [
                st.floats(-most, most, width=32, allow_subnormal=False)
                for most in (4, 2**-17, 2**-24)
            ]
        ),
    )
)
def test_a_matrix_is_restored_to_half_a_step_of_its_row(matrix: Array) -> None:
    whole, scales = compressed(matrix)
    assert whole.dtype == np.int8
    assert scales.dtype == np.float16
    assert whole.min(initial=0) >= -127
    again = restored(whole, scales)
    assert again.dtype == np.float32
    # A scale in 16 bits is coarse itself where it is tiny.
    allowed = np.abs(matrix).max(axis=1, keepdims=True) / 127 * 0.55 + 8e-6
    assert (np.abs(again - matrix) <= allowed).all()
    assert (again[matrix == 0] == 0).all()


def test_a_file_holds_what_was_written(tmp_path: Path) -> None:
    thin = Thin(np.array([[1, 0, -2]], np.float32), np.array([[0.5, -0.25]], np.float32))
    matrix = thin.left.T @ thin.right
    vector = np.array([0.125, -0.5], np.float32)
    path = tmp_path / "weights"
    write_weights(path, {"layer.weight": thin, "layer.bias": vector}, HEADS)
    found = read_weights(path)
    assert found.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sorted(found.differences) == ["layer.bias", "layer.weight"]
    assert found.differences["layer.weight"].dtype == np.float32
    np.testing.assert_allclose(found.differences["layer.weight"], matrix, atol=0.01)
    np.testing.assert_array_equal(found.differences["layer.bias"], vector)
    for name, tensor in HEADS.items():
        head = getattr(found.heads, name)
        assert (head.shape, head.dtype) == (tensor.shape, np.float32)
        np.testing.assert_allclose(head, tensor, rtol=1e-3)


def test_others_may_read_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_weights(tmp_path / "weights", {}, HEADS)
    assert (tmp_path / "weights").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("rank", [1, 3, 8])
def test_a_thin_matrix_is_as_near_as_its_rows_in_eight_bits(tmp_path: Path, rank: int) -> None:
    drawn = np.random.default_rng(rank)
    left, right = (drawn.normal(size=(rank, size)).astype(np.float32) for size in (20, 30))
    write_weights(tmp_path / "weights", {"layer.weight": Thin(left, right)}, HEADS)
    found = read_weights(tmp_path / "weights").differences["layer.weight"]
    exact = left.T @ right
    assert found.shape == exact.shape == (20, 30)
    assert np.linalg.norm(found - exact) <= 0.02 * np.linalg.norm(exact)


@pytest.mark.parametrize("length", [0, 7, 100, -1])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, length: int) -> None:
    path = tmp_path / "weights"
    write_weights(path, {"layer.bias": np.ones(9, np.float32)}, HEADS)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ReaderError, match=r"cannot be read .*--reader none"):
        read_weights(path)


def test_a_file_that_is_missing_or_without_a_head_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match=r"cannot be read .*--reader none"):
        read_weights(tmp_path / "none")
    path = tmp_path / "weights"
    write_weights(path, {}, {name: tensor for name, tensor in HEADS.items() if name != "span"})
    with pytest.raises(ReaderError, match=r"cannot be read .*span.*--reader none"):
        read_weights(path)


def test_the_packaged_file_is_whole_and_not_large() -> None:
    packaged = files("reading.packaged") / FILE
    content = packaged.read_bytes()
    assert len(content) <= 22 * 2**20
    found = read_packaged()
    assert found.digest == digest() == hashlib.sha256(content).hexdigest()
    for name, tensor in found.differences.items():
        assert np.isfinite(tensor).all(), name
    dim = found.heads.span.shape[1]
    heads = read_packaged_heads()
    for head, shape in {
        "span": (2, dim),
        "span_bias": (2,),
        "hidden": (dim, 2 * dim),
        "hidden_bias": (dim,),
        "answerable": (dim,),
        "answerable_bias": (1,),
        "calibration": (3,),
    }.items():
        tensor = getattr(heads, head)
        assert (tensor.shape, tensor.dtype) == (shape, np.float32)
        assert np.isfinite(tensor).all()
        np.testing.assert_array_equal(tensor, getattr(found.heads, head))


def test_without_the_packaged_file_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(weights, "FILE", "no-such-file")
    digest.cache_clear()
    try:
        for ask in (digest, read_packaged, read_packaged_heads):
            with pytest.raises(ReaderError, match=r"cannot be read .*--reader none"):
                ask()
    finally:
        digest.cache_clear()
