"""Changes of bytes, most of which keep something of the form that a parser expects."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

LARGEST = 100_000
"""Bytes of an input; what a small document may cost is bounded, see :mod:`tests.fuzz.loop`."""

_NUMBERS = (
    *(
        b"0",
        b"-1",
        b"1",
        b"2",
        b"00",
        b"1e999",
        b"-0.0",
        b"NaN",
        b"1_0",
        b"0x10",
        "\u0663".encode(),
    ),
    *(b"127", b"128", b"255", b"256", b"65535", b"65536", b"2147483647", b"2147483648"),
    *(b"4294967295", b"4294967296", b"9223372036854775807", b"9223372036854775808", b"9" * 400),
)
_CHARACTERS = (
    *(
        "\x00",
        "\ufeff",
        "\u202e",
        "\u2028",
        "\x85",
        "\u200b",
        "\u00a0",
        "\u3000",
        "\ufffd",
        "\uffff",
    ),
    *("\u0301", "\u0323", "\u1100", "\u11a8", "\U000e0041", "\U0001f9d1\u200d\U0001f33e", "\u0130"),
    *(
        "\u1e9e",
        "\ufb03",
        "\u2126",
        "\uac00",
        "\U0002f81a",
        "\u0e33",
        "。",
        "…",
        "“",
        "」",
        "Đ",
        "ß",
    ),
)
"""Characters whose case, width, form or direction is special."""

_BROKEN = (
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\x80",
)
"""Bytes that are no UTF-8, or that announce UTF-16."""

_EDGES = re.compile(rb"""[<>{}\[\](),;:|"'=\n]|\s+|[^<>{}\[\](),;:|"'=\s]+""")
_DIGITS = re.compile(rb"\d+")

Change = Callable[[Random, bytes, Sequence[bytes]], bytes]
"""From a source of chance, an input and the words of its format to another input."""


def changed(random: Random, data: bytes, words: Sequence[bytes] = ()) -> bytes:
    """Return an input after one to six changes."""
    for _ in range(1 + min(int(random.expovariate(0.6)), 5)):
        data = random.choice(_CHANGES)(random, data, words)[:LARGEST]
    return data


def _span(random: Random, data: bytes) -> tuple[int, int]:
    """Return where a part begins and ends; most parts are short."""
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + 1 + int(random.expovariate(1 / 12)))


def _token_span(random: Random, data: bytes) -> tuple[int, int]:
    """Return where one to ten neighbouring words or marks begin and end."""
    begin = random.randrange(max(1, len(data) - 2000)) if len(data) > 2000 else 0
    places = [match.span() for match in _EDGES.finditer(data, begin, begin + 2000)]
    if not places:
        return _span(random, data)
    first = random.randrange(len(places))
    last = min(len(places) - 1, first + random.choice((0, 0, 1, 2, 4, 9)))
    return places[first][0], places[last][1]


def _times(random: Random, size: int) -> int:
    """Return how often something is repeated: mostly a few times, sometimes to the full size."""
    most = max(2, LARGEST // max(1, size))
    return min(most, 1 << random.randrange(1, 18 if random.random() < 0.15 else 6))


def _set_byte(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    if not data:
        return bytes([random.randrange(256)])
    place = random.randrange(len(data))
    value = (
        data[place] ^ (1 << random.randrange(8)) if random.random() < 0.5 else random.randrange(256)
    )
    return data[:place] + bytes([value]) + data[place + 1 :]


def _delete(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    start, end = random.choice((_span, _token_span))(random, data)
    return data[:start] + data[end:]


def _cut_off(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] if random.random() < 0.7 else data[place:]


def _repeat(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    start, end = random.choice((_span, _token_span, _token_span))(random, data)
    return data[:start] + data[start:end] * _times(random, end - start) + data[end:]


def _nest(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    """Repeat what stands before a place, and as often what stands behind it."""
    start, end = _token_span(random, data)
    far_start, far_end = _token_span(random, data)
    if far_start < end:
        far_start = far_end = end
    times = _times(random, end - start + far_end - far_start)
    inner = data[end:far_start]
    return (
        data[:start]
        + data[start:end] * times
        + inner
        + data[far_start:far_end] * times
        + data[far_end:]
    )


def _move(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    start, end = _token_span(random, data)
    rest = data[:start] + data[end:]
    place = random.randrange(len(rest) + 1)
    return rest[:place] + data[start:end] + rest[place:]


def _insert(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    kind = random.random()
    if words and kind < 0.6:
        piece = random.choice(words)
    elif kind < 0.85:
        piece = random.choice(_CHARACTERS).encode("utf-8", "surrogatepass")
    else:
        piece = random.choice(_BROKEN)
    if random.random() < 0.2:
        piece *= _times(random, len(piece))
    start, end = _token_span(random, data)
    return data[:start] + piece + data[start if random.random() < 0.7 else end :]


def _number(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    places = [match.span() for match in _DIGITS.finditer(data)]
    if not places:
        return _insert(random, data, words)
    start, end = random.choice(places)
    return data[:start] + random.choice(_NUMBERS) + data[end:]


def _encode(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    """Write a text in another encoding."""
    if random.random() < 0.8:
        return _insert(random, data, words)
    encoding = random.choice(
        ("utf-16", "utf-16-be", "utf-32", "gb18030", "utf-8-sig", "cp1258", "big5")
    )
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def _exchange(random: Random, data: bytes, words: Sequence[bytes]) -> bytes:
    """Exchange the case of a part, or its line ends."""
    start, end = _token_span(random, data)
    if random.random() < 0.3:
        return data.replace(b"\n", random.choice((b"\r\n", b"\r", b"\x0b", b"\n\n", b"")))
    return data[:start] + data[start:end].swapcase() + data[end:]


_CHANGES: tuple[Change, ...] = (
    *(_set_byte, _delete, _cut_off, _repeat, _repeat, _nest, _move, _insert, _insert, _insert),
    *(_number, _encode, _exchange),
)
