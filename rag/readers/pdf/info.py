"""The title and the authors that a PDF states, without those that programs enter."""

from __future__ import annotations

import re

from rag.readers.pdf.lines import HAN

_IS_HAN = re.compile(f"[{HAN}]")
_NO_TITLE = re.compile(
    r"microsoft (?:office )?(?:word|powerpoint|excel) - .*|(?:untitled|document|slide|文档|幻灯片)"
    r"\s*\d*|powerpoint presentation|无标题.{0,6}|未命名.{0,6}|無標題.{0,6}|[^\w]*"
    r"|.*\.(?:docx?|wps|odt|rtf|tex|dvi|pdf|e?ps|indd|qxd|pptx?|xlsx?|html?|txt|md)",
    re.IGNORECASE,
)
_PROGRAM_AUTHORS = frozenset(
    ["admin", "administrator", "user", "owner", "unknown", "anonymous", "author", "pc"]
)
"""Authors that programs enter, in lower case. Our own list, chosen manually."""

_MAX_AUTHORS = 2000
"""Characters of an entry for authors that are looked at. Chosen manually, not tuned."""


def stated_title(text: str) -> str | None:
    """Return the title that an entry states; None for a program's default and for a file name."""
    return None if _NO_TITLE.fullmatch(text) else text


def stated_authors(text: str) -> tuple[str, ...]:
    """Return the names in an entry for authors.

    A comma separates names only if all parts are full names: ``Smith, John`` is one name.
    """
    stated = " ".join(text[:_MAX_AUTHORS].split())
    entries = re.split(r" ?(?:[;；、，&]|\band\b) ?", stated)
    names = (name for entry in entries for name in _names(entry))
    return tuple(name for name in names if name and name.casefold() not in _PROGRAM_AUTHORS)


def _names(entry: str) -> list[str]:
    parts = re.split(r" ?, ?", entry)
    return parts if all(" " in part or _IS_HAN.match(part) for part in parts) else [entry]
