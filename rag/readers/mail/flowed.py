"""Text of the format "flowed" (RFC 3676): a space at a line end says that the line goes on."""

from __future__ import annotations

import re

_QUOTES = re.compile(r">*")


def unflowed(text: str, *, delete_space: bool = False) -> str:
    r"""Return a text whose paragraphs are single lines.

    Args:
        text: in the format.
        delete_space: whether the space at a line end is only there for the format, as in texts
            without spaces.

    >>> unflowed("The council \nmet.\n> Old \n> words\n-- \nAnn")
    'The council met.\n> Old words\n-- \nAnn'
    """
    found: list[str] = []
    before: int | None = None
    for line in text.split("\n"):
        quotes = _QUOTES.match(line)
        depth = quotes.end() if quotes else 0
        # A space is put before what begins with one, with a quote mark or with "From".
        words = line[depth:].removeprefix(" ")
        if before == depth and words != "-- ":
            found[-1] += words
        else:
            found.append(">" * depth + (" " if depth else "") + words)
        goes_on = words.endswith(" ") and words != "-- "
        if goes_on and delete_space:
            found[-1] = found[-1][:-1]
        before = depth if goes_on else None
    return "\n".join(found)
