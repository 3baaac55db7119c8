"""Bodies of responses, decompressed in pieces: a compression bomb does not fill the memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from rag.fetching.errors import FetchError

ENCODINGS = "gzip, deflate"
"""The value of the header ``Accept-Encoding``."""

_STEP = 64 * 1024
"""Decompressed bytes of one piece, at most; also compressed bytes that are handed on at once."""


def decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield a decompressed body in pieces; those of compressed bodies have at most 64 KiB.

    Args:
        pieces: of the body as it was sent.
        encoding: the header ``Content-Encoding``, or an empty string.

    Raises:
        FetchError: the encoding was not offered, or the body is damaged or cut off.
    """
    match encoding.strip().lower():
        case "" | "identity":
            yield from pieces
        case "gzip" | "x-gzip":
            yield from _inflated(pieces, 16 + zlib.MAX_WBITS)
        case "deflate":
            start, pieces = _start(pieces)
            yield from _inflated(pieces, zlib.MAX_WBITS if _is_zlib(start) else -zlib.MAX_WBITS)
        case other:
            raise FetchError(f"it is compressed with {other[:40]}, which was not offered")


def _inflated(pieces: Iterable[bytes], format_bits: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(format_bits)
    begun = False
    try:
        for rest in (part for piece in pieces for part in _parts(piece)):
            begun = True
            while rest and not inflater.eof:
                yield inflater.decompress(rest, _STEP)
                rest = inflater.unconsumed_tail
            if inflater.eof:
                # Bytes behind the end are padding; browsers ignore them too.
                return
        yield inflater.flush()
    except zlib.error as error:
        raise FetchError(f"its compressed content is damaged ({error})") from error
    if begun and not inflater.eof:
        raise FetchError("its compressed content is cut off", temporary=True)


def _parts(piece: bytes) -> Iterator[bytes]:
    """Yield a piece in parts: zlib copies the rest of what it is given at each step."""
    for start in range(0, max(1, len(piece)), _STEP):
        yield piece[start : start + _STEP]


def _start(pieces: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first two bytes, and an iterator over all pieces."""
    iterator = iter(pieces)
    start = b""
    for piece in iterator:
        start += piece
        if len(start) >= 2:
            break

    def whole() -> Iterator[bytes]:
        if start:
            yield start
        yield from iterator

    return start[:2], whole()


def _is_zlib(start: bytes) -> bool:
    """Tell whether a body has the header of zlib (RFC 1950); some servers send bare deflate."""
    return len(start) == 2 and start[0] & 0x0F == 8 and int.from_bytes(start, "big") % 31 == 0
