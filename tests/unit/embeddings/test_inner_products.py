from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import inner_products as module
from embeddings.errors import TamnguError
from embeddings.inner_products import (
    VARIABLE,
    _load_kernels,
    inner_products,
    integer_products,
    prepared,
    prepared_vectors,
)
from embeddings.scaled_vectors import scaled, unscaled

SEEDS = st.integers(0, 2**32 - 1)

_WITHOUT = """
import sys
import numpy as np
from embeddings.inner_products import inner_products, integer_products
given = np.load(sys.argv[1])
np.savez(
    sys.argv[2],
    vectors=inner_products(given["rows"], given["vectors"]),
    scaled=inner_products(given["scaled"], given["vectors"]),
    integers=integer_products(given["steps"], given["integers"]),
)
"""

_ALONE = """
import time
import numpy as np
from embeddings.inner_products import inner_products, integer_products
rows, vectors = np.ones((4000, 384), np.float16), np.ones((2, 384), np.float32)
wide = rows.astype(np.float32)
steps, integers = np.ones((13000, 128), np.int8), np.ones((16, 128), np.int8)
# OpenBLAS's threads wait actively for a while after they were made, and then sleep.
while True:
    before = time.process_time()
    time.sleep(0.1)
    if time.process_time() - before < 0.01:
        break
of_process, of_thread = time.process_time(), time.thread_time()
for _ in range(20):
    inner_products(rows, vectors)
    inner_products(rows, vectors[:1])
    inner_products(wide, vectors[:1])
    integer_products(steps, integers)
of_process, of_thread = time.process_time() - of_process, time.thread_time() - of_thread
assert of_process < 1.2 * of_thread + 0.02, (of_process, of_thread)
"""

_HIDDEN = """
import sys
sys.modules["numkong"] = None
from embeddings import inner_products
assert inner_products._kernels is None
"""


def unit(random: np.random.Generator, rows: int, dim: int) -> np.ndarray:
    drawn = random.normal(size=(rows, dim))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


@settings(deadline=None)
@given(SEEDS, st.integers(0, 70), st.integers(1, 5), st.sampled_from([1, 8, 100, 384]))
@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_products_are_as_exact_as_single_precision(
    kind: type[np.floating], seed: int, rows: int, count: int, dim: int
) -> None:
    random = np.random.default_rng(seed)
    held = unit(random, rows, dim).astype(kind)
    asked = unit(random, count, dim).astype(np.float32)
    found = inner_products(held, asked)
    assert found.shape == (rows, count)
    assert found.dtype == np.float32
    exact = held.astype(np.float64) @ asked.astype(np.float64).T
    np.testing.assert_allclose(found, exact, atol=3e-7, rtol=0)


@settings(deadline=None)
@given(SEEDS, st.integers(0, 70), st.integers(1, 5), st.sampled_from([1, 8, 100, 384]))
def test_products_with_scaled_vectors_are_those_of_the_vectors_that_they_hold(
    seed: int, rows: int, count: int, dim: int
) -> None:
    random = np.random.default_rng(seed)
    held = scaled(unit(random, rows, dim).astype(np.float32))
    asked = unit(random, count, dim).astype(np.float32)
    exact = unscaled(held).astype(np.float64) @ asked.astype(np.float64).T
    for form in (held, prepared_vectors(held)):
        found = inner_products(form, asked)
        assert found.shape == (rows, count)
        assert found.dtype == np.float32
        # What is rounded away from a component is at most 1/64,516 of the largest one.
        sums = np.abs(unscaled(held)).sum(axis=1)
        bound = 1.6e-5 * np.outer(sums, np.abs(asked).max(axis=1)) + 3e-7
        assert (np.abs(found - exact) <= bound).all()


@settings(deadline=None)
@given(SEEDS, st.integers(0, 70), st.integers(1, 20), st.sampled_from([1, 64, 128]))
def test_products_of_integers_are_exact(seed: int, rows: int, count: int, dim: int) -> None:
    random = np.random.default_rng(seed)
    steps = random.integers(1, 16, (rows, dim)).astype(np.int8)
    asked = random.integers(-127, 128, (count, dim)).astype(np.int8)
    found = integer_products(steps, asked)
    assert found.dtype == np.int32
    assert (found == steps.astype(np.int64) @ asked.astype(np.int64).T).all()


def test_rows_that_are_not_contiguous_are_multiplied_as_they_are() -> None:
    random = np.random.default_rng(0)
    held = unit(random, 40, 32).astype(np.float16)
    asked = unit(random, 3, 32).astype(np.float32)
    expected = inner_products(np.ascontiguousarray(held[::2, ::-1]), asked)
    np.testing.assert_allclose(inner_products(held[::2, ::-1], asked), expected, atol=3e-7)
    turned = np.asfortranarray(asked)
    np.testing.assert_allclose(inner_products(held, turned), inner_products(held, asked), atol=3e-7)


def test_too_many_dimensions_for_exact_sums_are_an_error() -> None:
    with pytest.raises(ValueError, match="10000 dimensions are too many"):
        integer_products(np.ones((1, 10_000), np.int8), np.ones((1, 10_000), np.int8))


@pytest.mark.skipif(module._kernels is None, reason="there are no kernels to compare with")
def test_without_the_kernels_the_order_is_the_same(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = unit(random, 3000, 384).astype(np.float16)
    vectors = unit(random, 3, 384).astype(np.float32)
    steps = random.integers(1, 16, (3000, 128)).astype(np.int8)
    integers = random.integers(-127, 128, (9, 128)).astype(np.int8)
    np.savez(
        tmp_path / "given.npz",
        rows=rows,
        scaled=scaled(rows),
        vectors=vectors,
        steps=steps,
        integers=integers,
    )
    paths = [str(tmp_path / "given.npz"), str(tmp_path / "found.npz")]
    subprocess.run(
        [sys.executable, "-c", _WITHOUT, *paths], check=True, env={**os.environ, VARIABLE: "numpy"}
    )
    found = np.load(tmp_path / "found.npz")
    np.testing.assert_array_equal(found["integers"], integer_products(steps, integers))
    for name, held in (("vectors", rows), ("scaled", scaled(rows))):
        products = inner_products(held, vectors)
        np.testing.assert_allclose(found[name], products, atol=3e-7, rtol=0)
        for column in range(3):
            # In the kernels' order the other way's scores never rise by more than rounding.
            in_order = found[name][np.argsort(-products[:, column]), column]
            assert np.diff(in_order).max() < 6e-7


@pytest.mark.parametrize("kernels", ["", "numpy"])
def test_the_calling_thread_works_alone(kernels: str) -> None:
    threads = {"OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4", VARIABLE: kernels}
    subprocess.run([sys.executable, "-c", _ALONE], check=True, env={**os.environ, **threads})


def test_without_numkong_numpy_multiplies() -> None:
    subprocess.run([sys.executable, "-c", _HIDDEN], check=True, env={**os.environ, VARIABLE: ""})


def test_rows_that_are_prepared_give_the_same() -> None:
    random = np.random.default_rng(0)
    held, asked = unit(random, 40, 32).astype(np.float16), unit(random, 3, 32).astype(np.float32)
    expected = inner_products(held, asked)
    np.testing.assert_allclose(inner_products(prepared(held), asked), expected, atol=3e-7)
    steps = random.integers(1, 16, (40, 128)).astype(np.int8)
    integers = random.integers(-127, 128, (9, 128)).astype(np.int8)
    for form in (prepared(steps), steps.astype(np.float32)):
        assert (integer_products(form, integers) == integer_products(steps, integers)).all()


def test_kernels_that_do_not_exist_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "cuda")
    with pytest.raises(TamnguError, match="TAMNGU_KERNELS is 'cuda'; it must be numkong or numpy"):
        _load_kernels()


def test_kernels_that_are_asked_for_must_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "numkong")
    monkeypatch.setitem(sys.modules, "numkong", None)
    with pytest.raises(TamnguError, match=r"cannot be imported: .* Install it, or set numpy"):
        _load_kernels()
