"""Links, addresses, file names and long numbers in a text, in one form however they are written."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 300
"""Characters of an address that are compared."""

_PLACE = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?"
_ADDRESS = re.compile(
    # A scheme makes anything a link.
    rf"(?<![A-Za-z0-9])(?:(?:[a-z][a-z0-9+-]{{1,15}}://|(?:mailto|tel|sms|javascript|data):)"
    rf"[^\s<>\"'“”‘’（）()，。；、！？\u3400-\u9fff]{{1,{_LONGEST}}}"
    # A mail address, a domain or a file name, with what follows a slash.
    rf"|(?:[A-Za-z0-9._%+-]{{1,64}}@)?(?:{_PLACE}\.){{1,8}}[a-z]{{2,18}}(?![A-Za-z0-9@])"
    rf"(?:[/?#:][^\s<>\"'“”‘’（）()，。；、！？\u3400-\u9fff]{{0,{_LONGEST}}})?"
    # The name of an account.
    r"|@[A-Za-z0-9_]{2,30}(?![A-Za-z0-9])"
    # Four numbers of an IPv4 address.
    r"|\d{1,3}(?:\.\d{1,3}){3}(?![\d.]))",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"\+?\d(?:[ \-‐-–]?\d){8,40}")
"""At least nine digits: of a telephone, an account or a card."""

_LONG_WORD = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]{0,99}\d)[A-Za-z0-9]{20,100}")
"""A wallet, a key, or encoded text."""

_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+-]*://|mailto:|tel:)?(?:www\.)?")
_HOST = re.compile(r"[^/?#:]+")
_DEFANGED = re.compile(r"\s?\[\s?(?:\.|dot)\s?\]\s?|\s?\(dot\)\s?", re.IGNORECASE)

_SHORTEST_CAPITALS = 3
"""Letters of each part of a domain in capitals; TP.HCM is none."""


def addresses(text: str) -> set[str]:
    """Return the links, domains, mail addresses, file names, account names and long numbers.

    They are in lower case, without ``https://``, ``www.`` and a slash at the end; of long numbers
    only the digits stay.

    >>> sorted(addresses("见https://www.A.example/b/，电话0571-5550 1234, a@b.example. TP.HCM"))
    ['057155501234', 'a.example/b', 'a@b.example']
    >>> addresses("He left.Then 1.5 came, e.g. in 2014-2016")
    set()
    """
    even = _DEFANGED.sub(".", unicodedata.normalize("NFKC", text))
    found = {_plain(match[0]) for match in _ADDRESS.finditer(even) if _is_address(match[0])}
    found.update(re.sub(r"\D", "", match[0]) for match in _LONG_NUMBER.finditer(even))
    found.update(match[0].lower() for match in _LONG_WORD.finditer(even))
    return found - {""}


def all_stand_in(text: str, source: str) -> bool:
    """Tell whether each address of a text is one of another text, or the beginning of one.

    >>> all_stand_in("see a.example", "https://a.example/b"), all_stand_in("b.example", "a.example")
    (True, False)
    """
    wanted = addresses(text)
    if not wanted:
        return True
    there = addresses(source)
    return all(
        each in there or any(re.match(rf"{re.escape(each)}[/?#:]", other) for other in there)
        for each in wanted
    )


def _is_address(found: str) -> bool:
    """Return whether what looks like an address is not two words without a space between them."""
    if "@" in found or ":" in found or found[-1].isdigit():
        return True
    host = _HOST.match(found)
    parts = host[0].split(".") if host else [""]
    if parts[-1].islower():
        return True
    return all(len(each) >= _SHORTEST_CAPITALS and each.isupper() for each in parts)


def _plain(address: str) -> str:
    return _SCHEME.sub("", address.lower().rstrip(".,;:!?)]}*_~`")).rstrip("/")
