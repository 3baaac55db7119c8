"""The title and the authors that a PDF states, without those that programs enter."""

from __future__ import annotations

import re

from rag.readers.letters.language_like import Verdict, verdict
from rag.readers.pdf.lines import HAN

_IS_HAN = re.compile(f"[{HAN}]")
_DEFAULT = re.compile(
    r"(?:untitled(?: document)?|(?:new |scanned )?document|doc|slide|presentation|title|titolo|page"
    r"|scan|image|print|layout|template|full page fax print|pdf|article|manuscript|book|file"
    r"|no title|none|null|n/?a|tài liệu|bản trình bày|không (?:có )?tiêu đề|chưa đặt tên|mẫu"
    r"|新建(?:.{0,24}文[档檔件稿])?|文[档件稿]|幻灯片|投影片|簡報|演示文稿|(?:无|無)(?:标|標)?[题題].{0,6}"
    r"|未命名.{0,6}|[标標][题題]|模板)[\s_-]*[(（]?\d*[)）]?|microsoft word document"
    r"|(?:microsoft )?powerpoint presentation|your paper'?s title.{0,40}|paper title.{0,20}"
    r"|.{0,20}(?:word|latex|author|journal|article|paper|submission) template.{0,40}"
    r"|title of (?:the |your )?(?:paper|document|article).{0,20}|\W*",
    re.IGNORECASE,
)
"""Titles that programs enter and that templates have. Our own list, chosen manually."""

_PROGRAM = re.compile(r"microsoft (?:office )?(?:word|powerpoint|excel|publisher) - ", re.I)
_FILE = re.compile(
    r"(?:doc[xmt]?|dot[xm]?|wp[sdt]|et|dps|od[tpsg]|rtf|tex|dvi|pdf|e?ps|in(?:dd|x)|qx[dp]|pm[d65]"
    r"|pub|pages|key|ppt[xm]?|pps[xm]?|xls[xmb]?|x?html?|aspx?|php|txt|md|cdr|ai|psd|fm|tiff?"
    r"|jpe?g|png|bmp|dwg|xps|djvu)",
    re.IGNORECASE,
)
"""What stands behind the last full stop of the name of a file."""

_NUMBER = re.compile(
    r"(?:doi\s{0,3}:?\s{0,3}|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/\S+"
    r"|(?:https?|file|ftp)://\S*|[a-z]:\\.*|(?:pii|issn|isbn|arxiv)\s{0,3}:.*"
    r"|s?\d[-\d()xX .]{6,}\d|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
"""DOIs, addresses, paths and other numbers of documents."""

_DIGITS = 1 / 3
"""Share of digits in a title of one word, from which on it is a number. Chosen manually, not
tuned."""

_LONGEST = 500
"""Characters of a title that are looked at; longer ones are cut later anyway."""
_PROGRAM_AUTHORS = frozenset(
    ["admin", "administrator", "user", "owner", "unknown", "anonymous", "author", "pc"]
)
"""Authors that programs enter, in lower case. Our own list, chosen manually."""

_MAX_AUTHORS = 2000
"""Characters of an entry for authors that are looked at. Chosen manually, not tuned."""


def stated_title(text: str) -> str | None:
    """Return the title that an entry states; None for a program's default and for a file name."""
    start = text[:_LONGEST]
    if _DEFAULT.fullmatch(start) or _NUMBER.fullmatch(start):
        return None
    before, _, ending = start.rpartition(".")
    if _PROGRAM.match(start) or (before and _FILE.fullmatch(ending)):
        return None
    is_word = not any(map(str.isspace, start))
    # Names of files without their ending have underscores or much of digits.
    if is_word and ("_" in start or sum(map(str.isdigit, start)) >= _DIGITS * len(start)):
        return None
    return text if verdict(start) is not Verdict.CODES else None


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
