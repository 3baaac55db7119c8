"""Near-duplicates: the same story on several sites, found by MinHash signatures.

An article is the set of its shingles, which are three words or four Han characters in a row. The
similarity of two articles is the Jaccard index of their sets: the number of shingles in both,
divided by the number in either. A signature of 864 bytes estimates it, and bands find the few
articles that are worth comparing.

Shingles that begin with a figure count :data:`_FIGURE_WEIGHT` times. News agencies publish notes
made by machines (closing prices, fund values) that have the same words and other figures. Without
the weight they are as similar as copies of one story.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import xxhash
from numpy.typing import NDArray

if TYPE_CHECKING:
    from datasketch import MinHash  # type: ignore[import-untyped]

_ROWS = 3
_BANDS = 72
PERMUTATIONS = _ROWS * _BANDS
"""Numbers in a signature. The standard error of the estimate is at most .034. Two articles whose
Jaccard index is .40 share a band of three numbers with probability 1 - (1 - .4³)^72 = .991; with an
index of .01 the probability is .00007."""

_KEY_BYTES = 4
"""Of the digest of a band, which are its key. SQLite stores smaller numbers in fewer bytes."""

THRESHOLD = 0.50
"""Estimated similarity from which on two articles are the same story.

Measured on the beginnings of 400 articles in each of Vietnamese (Wikipedia), Chinese (CRUD news)
and English (WCXB), of 400 to 6,000 characters. The recall of changed copies at thresholds of .35,
.40, .45 and .50, in the worst language:

- another headline, the last fifth cut off, 10-30% of other articles' text around it, or 3-5% of
  the words replaced at random: 1.00 at .40, and .998 at .50;
- another headline for one, and 10-20% of other text around both: 1.00, .998, .998, .963;
- all four changes in one: .995, .935, .743, .463;
- all four changes in one, and 10-20% of other text around the other: .877, .620, .297, .092.

Precision: of the 16.8 million pairs of 5,790 Chinese news articles 633, 421, 363 and 326 are found;
208, 48, 24 and 14 of these are stock and fund notes from one template. Of the other pairs below .55
we read 32 at random: about 26 report the same event, the others are notices of one authority on
different cases. Above .55 we read 18, and all report the same event. The precision is about .85 at
.40 and .91 at .45. In 791 English articles one pair is found, a true copy. In 7,860 articles of
Vietnamese Wikipedia 74, 49, 36 and 32 pairs are found; all that we read are stubs from one template
(plants of one family, football associations) or articles with common parts.

At .50 hardly any article is hidden behind one on another story. That matters more than a copy that
is shown twice."""

_WORDS = 3
_CHARACTERS = 4
"""Words, and Han or kana characters, in a shingle. One more finds fewer edited copies (3-5% of the
words replaced: median similarity .74 instead of .79); with one fewer, more Chinese news reaches the
threshold (1,918 pairs instead of 1,728, without the weight of figures)."""
_MAX_SHINGLE = max(_WORDS, _CHARACTERS)

_FIGURE_WEIGHT = 8
"""Elements for a shingle that begins with a figure. At a threshold of .40 and weights of 1, 4, 6, 8
about 1,310, 700, 200 and 60 of the Chinese pairs are stock notes. Of copies with all changes, a
weight of 8 finds .01 to .04 fewer than a weight of 4."""

_MIN_SHINGLES = 48
"""Distinct shingles, a short paragraph. In shorter texts, a sentence that a site puts under every
article would make articles similar. Such texts are near-duplicates of their exact copies only."""

_BLOCK = 8192
"""Tokens hashed at a time. Besides its normalised copies, a long text takes about 20 MB. 10 MB of
Chinese take two to three seconds."""

_SLICE = 512
"""Elements permuted at a time: 440 KB, which the processor's cache holds; all at once took five
times as long."""

_SEED = 1
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, 2^64 over the golden ratio (Knuth's multiplicative hashing)."""

_UNSPACED = "々\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Soft hyphens, zero-width spaces and joiners, which pages put inside words."""

Signature = NDArray[np.uint32]
"""A MinHash signature, shape (PERMUTATIONS,)."""


def signature(text: str) -> Signature:
    """Return the MinHash signature of a text, shape (PERMUTATIONS,).

    Case, space, punctuation and full-width forms do not count. The same text has the same signature
    in every process and on every machine, so signatures can be stored. The signature of a text with
    fewer than 48 distinct shingles is like that of its exact copies and like no other.
    """
    sketch = _sketch()
    seen = np.empty(0, dtype=np.uint32)
    whole = b""
    for tokens, first in _token_blocks(_normalised(text)):
        whole = xxhash.xxh3_128_digest(whole + tokens.astype("<u8").tobytes())
        shingles, figures = _shingles(tokens, first)
        _add(sketch, _weighted(shingles, figures))
        if len(seen) < _MIN_SHINGLES:
            seen = np.union1d(seen, shingles)
    if len(seen) < _MIN_SHINGLES:
        sketch = _sketch()
        # Four numbers that depend on every token, or on every character if there is no token.
        digest = whole or xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))
        _add(sketch, np.frombuffer(digest, dtype="<u4"))
    return np.asarray(sketch.hashvalues, dtype=np.uint32)


def bands(signature: Signature) -> list[int]:
    """Return the keys of a signature in an index: a signed 32-bit number for each band.

    Articles that share a key are worth comparing; :data:`PERMUTATIONS` gives the probability that
    similar articles share one. The keys of all bands are in one column. By chance an article shares
    a key with about one of a million others; it is compared with those that share the most.
    """
    rows = signature.astype("<u4").reshape(_BANDS, _ROWS)
    digests = (xxhash.xxh3_64_digest(row.tobytes(), seed=band) for band, row in enumerate(rows))
    return [int.from_bytes(digest[:_KEY_BYTES], "big", signed=True) for digest in digests]


def similarity(a: Signature, b: Signature) -> float:
    """Return the estimated Jaccard index of two texts, from 0 to 1."""
    return float(np.mean(a == b))


def groups(signatures: Mapping[str, Signature]) -> list[frozenset[str]]:
    """Return the connected components of similar articles, ordered by their smallest id.

    An article that is similar to no other is a group of its own. The time grows with the number of
    articles times the number of groups, or with the square of the number of articles if similar
    articles form chains.

    Args:
        signatures: by article id.
    """
    left = sorted(signatures)
    found = []
    while left:
        first, *left = left
        group, waiting = {first}, [first]
        while waiting and left:
            near = _near(signatures[waiting.pop()], [signatures[other] for other in left])
            reached = [other for other, is_near in zip(left, near, strict=True) if is_near]
            left = [other for other, is_near in zip(left, near, strict=True) if not is_near]
            group.update(reached)
            waiting += reached
        found.append(frozenset(group))
    return found


def _near(one: Signature, others: list[Signature]) -> list[bool]:
    alike: list[bool] = (np.mean(np.stack(others) == one, axis=1) >= THRESHOLD).tolist()
    return alike


def _sketch() -> MinHash:
    # The import takes most of a second, and most commands make no signature.
    from datasketch import MinHash

    # Another scheme, such as a later default, would give other signatures.
    return MinHash(PERMUTATIONS, seed=_SEED, hashfunc=int, scheme="affine32")


def _add(sketch: MinHash, elements: NDArray[np.uint32]) -> None:
    for start in range(0, len(elements), _SLICE):
        sketch.update_batch(elements[start : start + _SLICE].tolist())


def _normalised(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _token_blocks(text: str) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint32]]]:
    """Yield the hashes of a normalised text's tokens and their first code points, block by block.

    A block begins with the last tokens of the one before it, so that no shingle is lost.
    """
    matches = _TOKEN.finditer(text)
    tokens: list[str] = []
    while fresh := [match[0] for match in islice(matches, _BLOCK)]:
        tokens = tokens[-_MAX_SHINGLE + 1 :] + fresh
        known = {token: xxhash.xxh3_64_intdigest(token.encode()) for token in set(tokens)}
        hashes = np.array([known[token] for token in tokens], dtype=np.uint64)
        first = "".join([token[0] for token in tokens]).encode("utf-32-le")
        yield hashes, np.frombuffer(first, dtype="<u4")


def _shingles(
    tokens: NDArray[np.uint64], first: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return a block's shingles, and those of them that begin with a figure.

    Args:
        tokens: hashes, shape (n,).
        first: the tokens' first code points, shape (n,).
    """
    # Tokens are words, or single characters of scripts without spaces. All these scripts lie above
    # U+3000. Hangul, which has spaces, lies there too, from U+AC00 to U+D7FF.
    unspaced = (first > 0x3000) & ((first < 0xAC00) | (first > 0xD7FF))
    words = _runs(tokens, _WORDS)
    figure = (first >= ord("0")) & (first <= ord("9"))
    characters = _runs(tokens, _CHARACTERS)
    starting = words[figure[: len(words)]]
    of_words = words[~unspaced[: len(words)]]
    of_characters = characters[unspaced[: len(characters)]]
    return np.concatenate([of_words, of_characters]), starting


def _runs(tokens: NDArray[np.uint64], length: int) -> NDArray[np.uint32]:
    """Return the hashes of all runs of ``length`` tokens; the order of the tokens counts."""
    count = max(0, len(tokens) - length + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    for i in range(length):
        hashes = hashes * _MULTIPLIER + tokens[i : i + count]
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _weighted(shingles: NDArray[np.uint32], figures: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the shingles, and further elements for each shingle that begins with a figure."""
    others = [figures ^ np.uint32(0x9E3779B9 * i % 2**32) for i in range(1, _FIGURE_WEIGHT)]
    return np.concatenate([shingles, *others])
