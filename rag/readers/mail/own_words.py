"""The words of a mail's sender: without the messages that he answers, and without a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rag.readers.mail import marks
from rag.readers.mail.older_messages import RULE, is_forwarded, older_message
from rag.text.data_files import toml_data
from rag.text.width import width
from tamngu.records.cut import Cut

_QUOTED = re.compile(r"\s{0,2}[>＞]")
_QUOTE_MARKS = re.compile(r"^\s{0,2}(?:[>＞]\s?)+")

_SHORT = 200
"""Width of words above a message that is handed on, up to which it is what the mail says. Chosen
manually, not tuned."""

_MAX_SIGNATURE = 12
"""Lines of a signature below two hyphens without a space behind them. Chosen manually, not
tuned."""

_CONTACT = re.compile(r"[\w.+-]@[\w-]|www\.|https?://|\+?\d[\d\s().-]{6,20}\d")
"""An address of a person or a site, or a telephone number."""

_SHORT_LINE = 100
"""Characters of a line of a signature. Chosen manually, not tuned."""

_MAX_ADDED = 120
"""Characters of a line that a program adds below a message. Chosen manually, not tuned."""

_MAX_NOTICE = 3000
"""Characters of a notice that are looked at. Chosen manually, not tuned."""


@dataclass(frozen=True)
class OwnWords:
    """What a sender wrote.

    Attributes:
        text: the lines that stay.
        cut: the other lines that are not empty, in order.
    """

    text: str
    cut: tuple[Cut, ...]


def own_words(text: str, subject: str = "") -> OwnWords:
    """Return a mail without what it quotes and without its signature.

    Answers between quoted lines stay. A mail that hands on another one and says hardly anything
    itself keeps that one, and so does a mail that has nothing else.

    Args:
        text: of the mail; it may have the marks of :mod:`rag.readers.mail.marks`.
        subject: of the mail; it may say that another mail is handed on.
    """
    lines = text.split("\n")
    reasons, forwarded = _older(lines)
    own = [i for i, line in enumerate(lines) if i not in reasons and line.strip()]
    signed = _signature(lines, own)
    said = "\n".join(lines[i] for i in own if i not in signed)
    older = [i for i, reason in reasons.items() if reason == "quoted"]
    hands_on = older and (forwarded or is_forwarded(subject)) and width(said) < _SHORT
    if hands_on or not said.strip():
        stay = {i for i, reason in reasons.items() if reason != "mark"}
        if hands_on or stay - signed:
            reasons = {i: reason for i, reason in reasons.items() if reason == "mark"}
            lines = [
                _QUOTE_MARKS.sub("", line) if i in stay else line for i, line in enumerate(lines)
            ]
        else:
            signed = set()
    reasons.update(dict.fromkeys(signed, "signature"))
    cut = tuple(
        Cut(line.strip(), reasons[i])
        for i, line in enumerate(lines)
        if reasons.get(i, "mark") != "mark" and line.strip(" >") not in ("", "--")
    )
    kept = "\n".join(line for i, line in enumerate(lines) if i not in reasons)
    return OwnWords(re.sub(r"\n{3,}", "\n\n", kept).strip(), cut)


def _older(lines: Sequence[str]) -> tuple[dict[int, str], bool]:
    """Return the lines that are no own ones, and why; and whether a message is handed on."""
    reasons: dict[int, str] = {}
    forwarded = False
    number = 0
    quotes = signatures = 0
    maybe: list[bool] = []
    written_end = 0
    while number < len(lines):
        line = lines[number].strip()
        if line in marks.ALL:
            reasons[number] = "mark"
            if line == marks.HISTORY:
                reasons |= _rest(lines, number)
                break
            quotes += (line == marks.QUOTED) - (line == marks.QUOTED_END)
            signatures += (line == marks.SIGNATURE) - (line == marks.SIGNATURE_END)
            if line == marks.MAYBE_QUOTED:
                maybe.append(not any(each.strip() for each in lines[written_end:number]))
                maybe[-1] = maybe[-1] and written_end > 0
                quotes += maybe[-1]
            elif line == marks.MAYBE_QUOTED_END and maybe:
                quotes -= maybe.pop()
        elif quotes > 0 or _QUOTED.match(lines[number]):
            reasons[number] = "quoted"
            forwarded = forwarded or _says_forwarded(lines, number, quotes)
        elif signatures > 0:
            reasons[number] = "signature"
        elif (found := older_message(lines, number)) is not None:
            forwarded = forwarded or found.is_forwarded
            quoted = _next_is_quoted(lines, found.end)
            if not quoted and found.is_sure:
                reasons |= _rest(lines, number)
                break
            if quoted:
                reasons.update(dict.fromkeys(range(number, found.end), "quoted"))
                written_end = number = found.end
                continue
        number += 1
    return reasons, forwarded


def _says_forwarded(lines: Sequence[str], number: int, quotes: int) -> bool:
    found = older_message(lines, number) if quotes > 0 and "-" in lines[number] else None
    return found is not None and found.is_forwarded


def _rest(lines: Sequence[str], start: int) -> dict[int, str]:
    return {
        i: "mark" if lines[i].strip() in marks.ALL else "quoted" for i in range(start, len(lines))
    }


def _next_is_quoted(lines: Sequence[str], number: int) -> bool:
    """Tell whether the next line with text is marked as quoted."""
    for line in lines[number : number + 5]:
        if line.strip():
            opened = line.strip() in (marks.QUOTED, marks.MAYBE_QUOTED)
            return opened or _QUOTED.match(line) is not None
    return False


@dataclass(frozen=True)
class _Words:
    """Beginnings of added lines, closings, and the words for mails and for secrets in notices."""

    added: tuple[str, ...]
    closings: frozenset[str]
    mails: tuple[str, ...]
    secrets: tuple[str, ...]


@cache
def _words() -> _Words:
    data = toml_data("rag.readers.mail", "words.toml")
    notices = data["notices"]
    return _Words(
        tuple(data["added"]["beginnings"]),
        frozenset(data["closings"]["words"]),
        tuple(notices["mails"]),
        tuple(notices["secrets"]),
    )


def _signature(lines: Sequence[str], own: Sequence[int]) -> set[int]:
    """Return those of the own lines that are a signature, or were added by a program or a firm."""
    found: set[int] = set()
    for place, i in enumerate(own):
        below = own[place + 1 :] if lines[i].rstrip() == "--" else ()
        if lines[i] == "-- " or 0 < len(below) <= _MAX_SIGNATURE:
            found.update(own[place:])
            break
    found.update(_below_closing(lines, own))
    last = len(own) - 1
    while last >= 0:
        i = own[last]
        first = last
        while first > 0 and own[first - 1] == own[first] - 1:
            first -= 1
        paragraph = " ".join(lines[n] for n in own[first : last + 1])
        if i in found or _is_added(lines[i]) or RULE.fullmatch(lines[i]):
            found.add(i)
            last -= 1
        elif _is_notice(paragraph[:_MAX_NOTICE]):
            found.update(own[first : last + 1])
            last = first - 1
        else:
            break
    return found


def _below_closing(lines: Sequence[str], own: Sequence[int]) -> Sequence[int]:
    """Return the lines from a closing ("Best regards,") on, if a name and an address follow it."""
    first = None
    for place in range(len(own) - 2, max(-1, len(own) - _MAX_SIGNATURE - 2), -1):
        is_closing = lines[own[place]].strip(" \t,.!，。！").casefold() in _words().closings
        if is_closing:
            first = place
        if len(lines[own[place]]) > _SHORT_LINE or (first is not None and not is_closing):
            break
    if first is None or not any(_CONTACT.search(lines[i]) for i in own[first + 1 :]):
        return ()
    return own[first:]


def _is_added(line: str) -> bool:
    words = line.strip().casefold().lstrip("*_[<- ")
    return len(words) <= _MAX_ADDED and words.startswith(_words().added)


def _is_notice(paragraph: str) -> bool:
    words = paragraph.casefold()
    known = _words()
    is_of_mail = any(each in words for each in known.mails)
    return is_of_mail and any(each in words for each in known.secrets)
