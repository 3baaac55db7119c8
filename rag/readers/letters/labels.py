"""The encodings that are meant by the names that pages, servers and messages state."""

from __future__ import annotations

from functools import cache

from rag.text.data_files import toml_data

SEVEN_BIT = frozenset(("iso2022_jp", "iso2022_jp_ext", "iso2022_kr", "hz", "utf_7"))
"""Codecs of encodings whose bytes are all ASCII."""

WIDE = frozenset(("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"))
"""Codecs of encodings whose units are larger than a byte."""

_LONGEST = 60
"""Characters of a name; none that is known is so long."""


def codecs_of(label: str) -> tuple[str, ...]:
    """Return the codecs of Python to try for the name of an encoding; none if it is unknown.

    >>> codecs_of(" GB2312 "), codecs_of("iso-8859-1"), codecs_of("punycode")
    (('gb18030',), ('cp1252',), ())
    """
    return _table().get(label[:_LONGEST].strip(" \t\n\f\r\"'").lower(), ())


@cache
def _table() -> dict[str, tuple[str, ...]]:
    encodings = toml_data("rag.readers.letters", "charset_labels.toml")["encoding"]
    return {
        label: tuple(encoding["codecs"])
        for encoding in encodings
        for label in (*encoding["labels"], *encoding.get("others", ()))
    }
