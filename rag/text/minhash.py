"""Near-duplicates: the same story on several sites, told by MinHash signatures.

An article is the set of its shingles, three words or four Han characters in a row, and two articles
are as alike as their sets' Jaccard index (what both hold over what either holds). A signature
estimates it from 864 bytes, and bands find the few articles worth comparing without comparing all.

Shingles that begin with a figure count :data:`_FIGURE_WEIGHT` times. Newswires print machine-made
notes (closing prices, fund values) whose words are all the same, and whose figures never are: plain
shingles put them as near one another as copies of one story.
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
"""Numbers in a signature; the estimate's standard error is at most .034. A pair whose Jaccard index
is .40 shares a band of three with probability 1 - (1 - .4³)^72 = .991, one whose index is .01 with
.00007."""

THRESHOLD = 0.50
"""Estimated similarity from which two articles are the same story.

Measured on 400 openings of articles in each of Vietnamese (Wikipedia), Chinese (CRUD news) and
English (WCXB), 400 to 6,000 characters. Found at .35, .40, .45 and .50, the worst language's share:

- another headline, the last fifth cut off, 10-30% of other articles' text around it, or 3-5% of
  the words replaced at random: all at .40, and .998 at .50;
- a headline and 10-20% around both of them: 1.00, .998, .998, .963;
- all four changes at once: .995, .935, .743, .463;
- all four in one, 10-20% around the other: .877, .620, .297, .092.

False ones, of the 16.8 million pairs of 5,790 Chinese news articles: 633, 421, 363 and 326 pairs
are found, 208, 48, 24 and 14 of them stock and fund notes from one template. Of the others under
.55, 32 were read at random: some 26 tell the same event, the rest are notices of one authority on
different cases; all of 18 read above it do. That is a precision of about .85 at .40 and .91 at .45.
In 791 English articles one pair is found, a true copy; in 7,860 of Vietnamese Wikipedia 74, 49, 36
and 32, all that were read stubs from one template (plants of one family, football associations) or
articles with parts in common. At .50 a story that is hidden behind another is hardly ever a
different one, which weighs more than a copy that is shown twice."""

_WORDS = 3
_CHARACTERS = 4
"""Words, and Han or kana characters, in a shingle. One more finds fewer edited copies (3-5% of the
words: median .74 in place of .79), one fewer puts more Chinese news over the threshold
(1,918 pairs in place of 1,728, by plain shingles)."""
_LONGEST = max(_WORDS, _CHARACTERS)

_FIGURE_WEIGHT = 8
"""Elements of a shingle that begins with a figure. At .40 and 1, 4, 6, 8, of the Chinese pairs some
1,310, 700, 200, 60 are stock notes; of copies with all changes, 8 finds .01 to .04 fewer than 4."""

_LEAST = 48
"""Distinct shingles, a short paragraph. In fewer, a sentence that a site puts under every article
makes two of them alike; such texts are near-duplicates of their exact copies only."""

_BLOCK = 8192
"""Tokens hashed at a time. It bounds what a long text takes, beyond the text's normalised copies,
to some 20 MB; 10 MB of Chinese take two to three seconds."""

_SLICE = 512
"""Elements permuted at a time: 440 KB, which the cache holds; all at once took five times
as long."""

_SEED = 1
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""Odd, 2^64 over the golden ratio (Knuth's multiplicative hashing)."""

_UNSPACED = "々\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Soft hyphens, zero-width spaces and joiners: pages put them inside words."""

Signature = NDArray[np.uint32]


def signature(text: str) -> Signature:
    """Return the MinHash signature of a text, shape (PERMUTATIONS,).

    Case, space and punctuation do not count, nor do full-width forms. The same text gives the same
    signature in every process and on every machine, so signatures may be stored. A text of fewer
    than 48 distinct shingles gets one that agrees with its exact copies' and with no other.
    """
    sketch = _sketch()
    seen = np.empty(0, dtype=np.uint32)
    whole = b""
    for tokens, first in _token_blocks(_normalised(text)):
        whole = xxhash.xxh3_128_digest(whole + tokens.astype("<u8").tobytes())
        shingles, figures = _shingles(tokens, first)
        _add(sketch, _weighted(shingles, figures))
        if len(seen) < _LEAST:
            seen = np.union1d(seen, shingles)
    if len(seen) < _LEAST:
        sketch = _sketch()
        # Four numbers that depend on every token; on every character where there is no token.
        digest = whole or xxhash.xxh3_128_digest(text.encode("utf-8", "surrogatepass"))
        _add(sketch, np.frombuffer(digest, dtype="<u4"))
    return np.asarray(sketch.hashvalues, dtype=np.uint32)


def bands(signature: Signature) -> list[int]:
    """Return what to look a signature up by: signed 64-bit numbers, one for each band.

    Articles that share one are worth comparing; :data:`PERMUTATIONS` says how surely those that are
    alike do. A band's number is part of its value, so all bands can be kept in one column.
    """
    rows = signature.astype("<u4").reshape(_BANDS, _ROWS)
    digests = (xxhash.xxh3_64_digest(row.tobytes(), seed=band) for band, row in enumerate(rows))
    return [int.from_bytes(digest, "big", signed=True) for digest in digests]


def similarity(a: Signature, b: Signature) -> float:
    """Return the estimated Jaccard index of two texts, from 0 to 1."""
    return float(np.mean(a == b))


def groups(signatures: Mapping[str, Signature]) -> list[frozenset[str]]:
    """Return the connected components of articles that are alike, ordered by their least id.

    An article that is like no other is a group of its own. Takes time in proportion to the number
    of articles times the number of groups, or times the number of articles where they form chains.

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
    # Importing it takes most of a second, and most commands make no signature.
    from datasketch import MinHash

    # The scheme is named because another would give other signatures of the same texts.
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
        tokens = tokens[-_LONGEST + 1 :] + fresh
        known = {token: xxhash.xxh3_64_intdigest(token.encode()) for token in set(tokens)}
        hashes = np.array([known[token] for token in tokens], dtype=np.uint64)
        first = "".join([token[0] for token in tokens]).encode("utf-32-le")
        yield hashes, np.frombuffer(first, dtype="<u4")


def _shingles(
    tokens: NDArray[np.uint64], first: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return a block's shingles and, of the same, those that begin with a figure.

    Args:
        tokens: hashes, shape (n,).
        first: the tokens' first code points, shape (n,).
    """
    # Tokens are words or single unspaced characters; all scripts that have those lie above U+3000,
    # and the one that has spaces again, Hangul, from U+AC00 up to U+D7FF.
    unspaced = (first > 0x3000) & ((first < 0xAC00) | (first > 0xD7FF))
    words = _runs(tokens, _WORDS)
    figure = (first >= ord("0")) & (first <= ord("9"))
    characters = _runs(tokens, _CHARACTERS)
    starting = words[figure[: len(words)]]
    of_words = words[~unspaced[: len(words)]]
    of_characters = characters[unspaced[: len(characters)]]
    return np.concatenate([of_words, of_characters]), starting


def _runs(tokens: NDArray[np.uint64], length: int) -> NDArray[np.uint32]:
    """Return the hashes of all runs of that many tokens; their order counts."""
    count = max(0, len(tokens) - length + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    for i in range(length):
        hashes = hashes * _MULTIPLIER + tokens[i : i + count]
    return (hashes >> np.uint64(32)).astype(np.uint32)


def _weighted(shingles: NDArray[np.uint32], figures: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the shingles and more elements for each that begins with a figure."""
    others = [figures ^ np.uint32(0x9E3779B9 * i % 2**32) for i in range(1, _FIGURE_WEIGHT)]
    return np.concatenate([shingles, *others])
