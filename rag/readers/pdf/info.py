"""What a PDF states of itself: its title and authors, where they are none of a program's."""

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
_NOBODY = frozenset(
    ["admin", "administrator", "user", "owner", "unknown", "anonymous", "author", "pc"]
)


def stated_title(text: str) -> str | None:
    """Return what an entry says the title is; None where a program or a file's name did."""
    return None if _NO_TITLE.fullmatch(text) else text


def stated_authors(text: str) -> tuple[str, ...]:
    """Return the names in an entry that names authors.

    A comma parts them where all that it parts are full names: ``Smith, John`` is one.
    """
    names = re.split(r"\s*(?:[;；、，&]|\band\b)\s*", text)
    for i, name in enumerate(names):
        parts = re.split(r"\s*,\s*", name)
        if all(" " in part or _IS_HAN.match(part) for part in parts):
            names[i : i + 1] = parts
    return tuple(name for name in names if name and name.casefold() not in _NOBODY)
