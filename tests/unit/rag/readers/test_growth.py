"""The work of readers and of their patterns grows with the length of a document, not its square.

CPU time is compared between a size and its double: it doubles, or is four times as long. What takes
less than :data:`FLOOR_S` is not compared.
"""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import rag.readers
import rag.text.dates
import rag.text.joining
from rag.readers.pages.line_forms import line_forms
from rag.readers.pages.stated.article import _OF_SITE
from rag.readers.pages.stated.dateline import dateline_forms
from tests.hostile import HOSTILE, NEEDS_LIMITS
from tests.unit.rag.readers.reading import read

FLOOR_S = 0.05
MOST = 3.2
"""Times as long for the double; linear work is 2, quadratic 4."""

TRIES = 4

SIZES = {".html": 8_000, ".warc": 8_000, ".docx": 16_000, ".epub": 16_000}
SIZE = 32_000
"""Bytes of the smaller document; fewer for kinds of which each element takes much work."""

LOOKED_AT = {
    "rag.readers.pages.line_forms._COUNT": 48,
    "rag.readers.pages.line_forms.foot": 300,
    "rag.readers.pages.line_forms.widget": 300,
    "rag.readers.pdf.layout._PAGE_NUMBER": 48,
    "rag.text.joining.joint._HYPHENATED": 200,
}
"""Characters that are looked at by patterns which may not grow with the length of what they are
given, because it is cut first."""

WHOLE = frozenset({"rag.readers.pdf.info._NO_TITLE", "rag.readers.pdf.layout._PAGE_NUMBER"})
"""Patterns of whole texts, which are not looked for at each place."""

LENGTH = 3000
"""Characters of the shorter text for patterns."""

UNITS = (
    *(
        " ",
        "\n",
        "\t",
        "a",
        "á",
        "1",
        "-",
        "_",
        ".",
        ",",
        ":",
        "：",
        ";",
        "/",
        "|",
        "=",
        "*",
        "#",
        "&",
    ),
    *('"', "'", "“", "<", ">", "(", ")", "[", "{", "!", "?", "中", "年", "。", "©", "\u00ad"),
    *(
        "a-",
        "a ",
        " a",
        "1 ",
        "1/",
        "1:",
        "a.",
        " |",
        " - ",
        "--",
        "-->",
        "<!--",
        "<!",
        "</",
        "<a ",
    ),
    *("<a", "<b>", "<br ", "<script>", "<option", "<meta ", "<meta charset", "a='b' ", "]]>", "//"),
    *(
        "data:a/b;base64,",
        '"datePublished" : "',
        "\n---",
        "--- \n",
        "=?a?q?b?=",
        "published ",
        "to ",
    ),
    *(
        "và ",
        "and ",
        "page ",
        "subscribe ",
        "đăng ký ",
        "chia sẻ ",
        "a b |",
        "January ",
        "tháng 1 ",
    ),
)


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds of computing, without collections of garbage.

    One takes the longer the more objects the tests before have left, and longer work has more.
    """
    gc.disable()
    try:
        begun = time.process_time()
        work()
        return time.process_time() - begun
    finally:
        gc.enable()


def grows_like_its_square(work: Callable[[int], Callable[[], object]], size: int) -> bool:
    """Tell whether the work for the double of a size is far more than twice as long.

    Each is the least of what was seen so far, because something else may run on the processor.
    """
    longer = work(2 * size)
    twice = seconds(longer)
    if twice < FLOOR_S:
        return False
    shorter = work(size)
    once = seconds(shorter)
    for _ in range(TRIES):
        if twice < FLOOR_S or twice < MOST * once:
            return False
        once, twice = max(once, seconds(shorter)), min(twice, seconds(longer))
    return True


def patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Yield the patterns of all readers, and of the modules that they read dates with."""
    names = [
        module.name
        for package in (rag.readers, rag.text.dates, rag.text.joining)
        for module in walk_packages(package.__path__, f"{package.__name__}.")
    ]
    for module in (*names, "rag.text.cleaning", "rag.text.width", "rag.text.quoted_speech"):
        for name, value in vars(import_module(module)).items():
            if isinstance(value, re.Pattern):
                yield f"{module}.{name}", value
            for number, each in enumerate(value if isinstance(value, list) else []):
                if isinstance(each, re.Pattern):
                    yield f"{module}.{name}.{number}", each
    for name, value in vars(line_forms()).items():
        if isinstance(value, re.Pattern):
            yield f"rag.readers.pages.line_forms.{name}", value
    for number, form in enumerate(dateline_forms()):
        yield f"rag.readers.pages.stated.dateline.{number}", form
    for number, form in enumerate(_OF_SITE):
        yield f"rag.readers.pages.stated.article.{number}", form


def texts(length: int) -> Iterator[str]:
    """Yield texts that repeat something, alone and between letters."""
    for unit in UNITS:
        text = unit * (length // len(unit))
        yield text
        yield f"a {text}\x00"


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - NEEDS_LIMITS))
def test_the_work_of_a_reader_grows_with_the_length_of_a_document(name: str) -> None:
    kind, document = HOSTILE[name]

    def work(size: int) -> Callable[[], object]:
        data = document(size)
        return lambda: read(f"a{kind}", data)

    assert not grows_like_its_square(work, SIZES.get(kind, SIZE))


@pytest.mark.parametrize(("name", "pattern"), list(patterns()))
def test_the_work_of_a_pattern_grows_with_the_length_of_a_text(
    name: str, pattern: re.Pattern[str] | re.Pattern[bytes]
) -> None:
    length = LOOKED_AT.get(name, 2 * LENGTH) // 2
    look: Callable[[Any], object] = (
        pattern.fullmatch if name in WHOLE else lambda text: [*pattern.finditer(text)]
    )
    for pair in zip(texts(length), texts(2 * length), strict=True):
        short, long = (
            text.encode() if isinstance(pattern.pattern, bytes) else text for text in pair
        )
        by_size = {length: partial(look, short), 2 * length: partial(look, long)}
        assert not grows_like_its_square(by_size.__getitem__, length), pair[0][:20]
