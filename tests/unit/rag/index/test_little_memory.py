"""Lack of memory is not taken for damage."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from rag.collection.compaction import compact
from rag.errors import CollectionDamaged, NotEnoughMemory, lacks_memory
from rag.index.faiss_index import build
from tests.limited_memory import needs_limits, run_limited
from tests.unit.rag.catalog.test_catalog import open_new
from tests.unit.rag.catalog.test_read_only import store

OPEN_INDEX = """
import sys
from pathlib import Path
import numpy as np
from rag.index.faiss_index import FaissIndex
vectors = np.load(sys.argv[2], mmap_mode="r")
path = Path(sys.argv[1])
FaissIndex.open(path, vectors)
leave(4_000_000)
try:
    FaissIndex.open(path, vectors)
except MemoryError:
    enough()
    print("no memory")
FaissIndex.open(path, vectors)
"""

LOAD_GENERATION = """
import sys
from pathlib import Path
from rag.catalog.catalog import Catalog
from rag.errors import NotEnoughMemory
from rag.index.generation import load_generation
folder = Path(sys.argv[1])
catalog = Catalog(folder / "catalog.db")
with catalog.reading():
    state = catalog.settings.state()
assert load_generation(folder, state) is not None
leave(0)
try:
    found = load_generation(folder, state)
except NotEnoughMemory as error:
    enough()
    print(error)
else:
    enough()
    print("found", found is not None)
assert load_generation(folder, state) is not None
"""


@needs_limits
def test_an_index_that_memory_does_not_suffice_for_is_not_damaged(tmp_path: Path) -> None:
    vectors = np.ones((40_000, 384), dtype=np.float16)
    np.save(tmp_path / "vectors.npy", vectors)
    build(vectors, tmp_path / "index")
    assert (tmp_path / "index").stat().st_size > 20_000_000
    done = run_limited(OPEN_INDEX, tmp_path / "index", tmp_path / "vectors.npy")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "no memory\n"


@needs_limits
def test_a_generation_that_memory_does_not_suffice_for_is_not_built_again(tmp_path: Path) -> None:
    catalog = open_new(tmp_path / "catalog.db")
    store(catalog, "one")
    compact(tmp_path, catalog)
    catalog.close()
    done = run_limited(LOAD_GENERATION, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("There is not enough memory for the index of ")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "mmap"),
        RuntimeError("std::bad_alloc"),
        ImportError("libx.so: failed to map segment from shared object"),
        ValueError("IoError: Cannot allocate memory (os error 12)"),
        NotEnoughMemory(),
    ],
)
def test_what_says_that_memory_ran_out_is_recognised(error: Exception) -> None:
    assert lacks_memory(error)
    outer = CollectionDamaged("it is damaged")
    assert not lacks_memory(outer)
    outer.__cause__ = error
    assert lacks_memory(outer)


def test_an_error_that_comes_from_itself_is_no_lack_of_memory() -> None:
    error = ValueError("x")
    error.__cause__ = error
    assert not lacks_memory(error)
