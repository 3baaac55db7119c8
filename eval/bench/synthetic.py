"""Make any number of vectors with the distribution of a collection's own, to measure searches.

A made vector is a real vector plus the scaled difference of two other vectors of its language::

    made = normalise(mean + (p - mean + s * (q - r)) / sqrt(1 + 2 * s**2))

where p, q and r are drawn from the language's passages, ``mean`` is the mean of all of them, and s
is drawn uniformly from :data:`SHIFTS`. Mean and covariance are those of the real vectors, so that
questions have the same distances to made passages as to real ones.

The range of s was chosen so that nearest neighbours are about as near, and vary about as much, as
with the same number of real passages. The table gives the cosine of a passage and its nearest
neighbour, the best score of XQuAD's questions, and the best minus the tenth best score (percentiles
5, 50, 95):

================  ==============  ==============  ==============
vectors           neighbour       best score      best - tenth
================  ==============  ==============  ==============
en, 13,780 real   .881 .918 .950  .786 .808 .843  .008 .015 .030
en, 333,333 made  .901 .926 .963  .797 .818 .849  .005 .010 .018
vi, 12,485 real   .869 .903 .938  .837 .857 .882  .007 .015 .032
vi, 333,333 made  .901 .922 .961  .851 .867 .886  .006 .012 .021
zh, 8,360 real    .917 .944 .988  .840 .861 .884  .004 .010 .023
zh, 333,333 made  .933 .950 .976  .851 .871 .893  .004 .008 .015
================  ==============  ==============  ==============

When the number of real passages doubles (drawn by whole articles), 1 - cosine of the neighbours
falls by 1 (en), 1.5 (vi) and 4 percent (zh), and the best score rises by .003 to .004. After five
doublings this gives medians of .921, .912 and .955, and best scores of .825, .875 and .877. So made
passages are a little nearer to each other in English and Vietnamese, and a little farther from
questions. At the same number, made passages are harder to search than real ones: in Chinese, an
eighth of 128 inverted lists holds .75 of a question's 10 best real passages, and .64 of the made
ones.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings import TamnguError, Vectors
from embeddings.inner_products import HalfVectors
from rag.catalog.rows import read_vectors

SHIFTS = (0.3, 1.2)
"""Smallest and largest s."""

MIN_SEEDS = 100
"""Passages that a language needs, so that its vectors represent more passages."""

_BLOCK = 16_384
"""Vectors made at a time; another number gives other vectors."""


class TooFewPassages(TamnguError):
    """The collection has too few vectors to make more of the same distribution."""


def real_vectors(catalog: Path) -> dict[str, Vectors]:
    """Read a collection's vectors, shape (n, dim), of each language with enough of them.

    Raises:
        TooFewPassages: no language has :data:`MIN_SEEDS` passages, or the file cannot be read.
    """
    try:
        connection = sqlite3.connect(f"{catalog.resolve().as_uri()}?mode=ro", uri=True)
        try:
            # Half precision, as indexes hold them; the vectors of sentences only say the form.
            vectors: dict[str, list[HalfVectors]] = {}
            query = "SELECT language, sentence_spans, vector, sentence_vectors FROM passages"
            for language, *blobs in connection.execute(query):
                vector = read_vectors(*blobs)[0].astype(np.float16)
                vectors.setdefault(language, []).append(vector)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise TooFewPassages(f"Cannot read {catalog}: {error}.") from error
    found = {
        language: np.stack(some).astype(np.float32)
        for language, some in sorted(vectors.items())
        if len(some) >= MIN_SEEDS
    }
    if not found:
        raise TooFewPassages(
            f"{catalog} has no language with {MIN_SEEDS} passages: ingest more articles, or name "
            "another collection with --collection."
        )
    return found


def synthesise(seeds: Vectors, count: int, path: Path, seed: int) -> NDArray[np.float16]:
    """Write ``count`` vectors of the seeds' distribution to a .npy file; return it memory-mapped.

    Args:
        seeds: unit vectors of one language, shape (n, dim), float32.
        count: vectors to make.
        path: the file; an existing one is replaced.
        seed: the same seed gives the same vectors.

    Returns:
        unit vectors, shape (count, dim), float16, read-only.
    """
    random = np.random.default_rng(seed)
    mean = seeds.mean(axis=0)
    shape = (count, seeds.shape[1])
    made = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
    for start in range(0, count, _BLOCK):
        size = min(_BLOCK, count - start)
        p, q, r = seeds[random.integers(len(seeds), size=(3, size))]
        s = random.uniform(*SHIFTS, size=(size, 1)).astype(np.float32)
        vectors = mean + (p - mean + s * (q - r)) / np.sqrt(1 + 2 * s**2)
        made[start : start + size] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    made.flush()
    del made
    mapped: NDArray[np.float16] = np.load(path, mmap_mode="r")
    return mapped
