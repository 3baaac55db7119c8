"""Where a text has what one of its provisions says, found by its headings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.numbers.han import han_number
from rag.text.provisions.asked import AskedProvision
from rag.text.provisions.named import (
    CHINESE,
    HAN,
    LATIN,
    LEVELS,
    Provision,
    even_text,
    provision_of,
)
from rag.text.span import Span

_HEADING = re.compile(
    # Marks of Markdown may stand before and around a heading.
    rf"^[ \t\u3000#*_>]{{0,12}}+(?:{LATIN}|{CHINESE})(?P<behind>[^\n]{{0,24}})",
    re.MULTILINE,
)
_ENDS_NUMBER = re.compile(r"[ \t*_]*(?:$|[.:)\]–—-]|[\"“«(\[])")
_REFERS = re.compile(
    r"规定|[所的之、和与至及或中，,内第]"
    r"|\s+(?:bộ luật|luật|nghị|hiến pháp|thông tư|pháp lệnh|law|act)\b"
)
"""What follows a number that is named at the beginning of a line, and is no heading."""

_STOPS = tuple('.。;；:：!！?？…”"')
_LONGEST_HEADING = 100
"""Characters of a line with a heading that holds no text of the provision."""

_APPENDIX = re.compile(
    r"^[ \t\u3000#*_]{0,12}(?:phụ lục|annex|appendix|schedule|附件|附录|附表)"
    r"(?![^\W\d_]{2})[^\n]{0,60}$",
    re.MULTILINE | re.IGNORECASE,
)

_LINE_NUMBER = re.compile(
    rf"[ \t\u3000*_]{{0,8}}+"
    rf"(?:(?P<digits>\d{{1,3}})[.)、．]|[(（](?P<in>\d{{1,3}}|[{HAN}]{{1,5}})[)）])"
)


def provision_text(text: str, asked: AskedProvision) -> list[Span]:
    r"""Return where a text has what a provision says, without its heading.

    A table of contents has the heading as well; nothing stands below it there.

    Args:
        text: of an article.
        asked: the provision.

    >>> from rag.text.provisions.asked import asked_provision
    >>> text = "Điều 2. Chợ\n\nChợ mở sớm.\n\nĐiều 3. Phí\n\nPhí thấp.\n\nĐiều 4\n\nHết."
    >>> [span.of(text) for span in provision_text(text, asked_provision("第三条"))]
    ['Phí thấp.']
    """
    found = []
    headings = [*_headings(text), _Heading(None, 0, Span(len(text), len(text)))]
    for place, heading in enumerate(headings):
        if heading.provision != asked.provision:
            continue
        end = place + 1
        while headings[end].level > heading.level:
            end += 1
        body = _trimmed(text, Span(heading.span.end, headings[end].span.start))
        if body is not None:
            found.append(_clause(text, body, asked.clause) or body)
    return found


@dataclass(frozen=True)
class _Heading:
    """A heading: the provision that it begins, its level, and where it stands."""

    provision: Provision | None
    level: int
    span: Span


def _headings(text: str) -> list[_Heading]:
    even = even_text(text)
    found = [_Heading(None, 0, Span(*match.span())) for match in _APPENDIX.finditer(even)]
    for match in _HEADING.finditer(even):
        if not _is_heading(match, text):
            continue
        provision = provision_of(match)
        line_end = text.find("\n", match.end("behind"))
        line = Span(match.start(), len(text) if line_end < 0 else line_end)
        said = line.of(text).rstrip(" \t*_")
        # A line that ends like a sentence has the text of the provision, behind its number.
        has_text = len(said) > _LONGEST_HEADING or (
            said.endswith(_STOPS) and any(map(str.isalnum, match["behind"]))
        )
        end = line.start if has_text and provision.kind == "article" else line.end
        found.append(_Heading(provision, LEVELS.index(provision.kind), Span(line.start, end)))
    return sorted(found, key=lambda each: each.span.start)


def _is_heading(match: re.Match[str], text: str) -> bool:
    """Tell whether a number at the beginning of a line is a heading, by what stands behind it."""
    behind = match["behind"]
    if _REFERS.match(behind):
        return False
    if not match["word"] or _ENDS_NUMBER.match(behind):
        return True
    # Điều 3 Giải thích từ ngữ is a heading, and "Điều 3 của Luật này" none.
    return text[match.start("behind") : match.end()].lstrip()[:1].isupper()


def _clause(text: str, body: Span, number: int | None) -> Span | None:
    """Return where a clause stands in a provision; None if its number does not stand there.

    Chinese laws do not number their clauses: each paragraph is one.
    """
    if number is None:
        return None
    lines = [*re.finditer(r"[^\n]+", body.of(text))]
    firsts = [_numbered(each[0]) for each in lines]
    if number in firsts:
        place = firsts.index(number)
        last = next((n for n in range(place + 1, len(lines)) if firsts[n]), len(lines))
    elif not any(firsts) and number <= len(lines):
        place, last = number - 1, number
    else:
        return None
    span = Span(body.start + lines[place].start(), body.start + lines[last - 1].end())
    return _trimmed(text, span)


def _numbered(line: str) -> int | None:
    """Return the number with which a line begins."""
    found = _LINE_NUMBER.match(line)
    if found is None:
        return None
    written = found["digits"] or found["in"]
    return int(written) if written.isdigit() else han_number(written)


def _trimmed(text: str, span: Span) -> Span | None:
    inner = span.of(text)
    start = span.start + len(inner) - len(inner.lstrip())
    end = span.start + len(inner.rstrip())
    return Span(start, end) if start < end else None
