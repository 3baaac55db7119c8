"""The elements in which programs for mail put the messages that a mail answers, and signatures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.readers.mail.marks import (
    HISTORY,
    MAYBE_QUOTED,
    MAYBE_QUOTED_END,
    QUOTED,
    QUOTED_END,
    SIGNATURE,
    SIGNATURE_END,
)
from rag.readers.pages.elements import elements, line_of, new_element

if TYPE_CHECKING:
    from resiliparse.parse.html import ElementNode, HTMLTree

_COPIED = re.compile(r"^(?:x_)+")
"""What Outlook on the web puts before each name in a message that it quotes."""

_QUOTES = frozenset(
    {"gmail_quote", "gmail_attr", "gmail_extra_quote", "yahoo_quoted", "protonmail_quote"}
    | {"tutanota_quote", "moz-cite-prefix", "moz-forward-container", "isreplycontent"}
    | {"ntes-mailmaster-quote", "ntes-mail-quote", "history-quote-wrapper", "lark-mail-quote"}
    | {"aolreplacedbody", "zmail_extra", "alimail-quote", "reply-content-quote", "mail-quote"}
)
"""Names of elements with a quoted message, of Gmail, Yahoo, Proton, Thunderbird, 163, Lark, AOL and
Zoho."""

_FROM_HERE = frozenset({"divrplyfwdmsg", "appendonsend", "zwchr", "mail-editor-reference-message"})
"""Names of elements behind which all is older: Outlook, Zimbra."""

_SIGNATURES = frozenset(
    {"gmail_signature", "moz-signature", "applemailsignature", "signature", "foxmail_sign"}
    | {
        "ms-outlook-mobile-signature",
        "divneteasemailcard",
        "ntes-mailmaster-sign",
        "mail-signature",
    }
    | {"protonmail_signature_block", "msoautosig", "yahoo-signature", "zohosignature"}
)

_MAX_CHECKED = 20
"""Quoted messages that are searched for answers. Chosen manually, not tuned: the work is the
product of their number and their length if they are in one another."""

_MAX_MARKED = 300
"""Quotations that are marked, from the first on; those in them are in marked ones. Chosen manually,
not tuned."""

_ALL = "div blockquote span hr section table p li"


def mark_history(tree: HTMLTree) -> None:
    """Put marks around quoted messages and signatures; see :mod:`rag.readers.mail.marks`."""
    checked = 0
    for element in elements(tree, _ALL):
        if checked > _MAX_MARKED:
            return
        names = _names(element)
        if names & _FROM_HERE:
            element.before(_line(tree, HISTORY))
        elif names & _QUOTES:
            checked += 1
            if checked > _MAX_CHECKED or not _holds_answers(element, names):
                _around(tree, element, QUOTED, QUOTED_END)
        elif element.tag == "blockquote":
            checked += 1
            cited = (element.getattr("type") or "").lower() == "cite"
            marks = (QUOTED, QUOTED_END) if cited else (MAYBE_QUOTED, MAYBE_QUOTED_END)
            _around(tree, element, *marks)
        elif names & _SIGNATURES:
            _around(tree, element, SIGNATURE, SIGNATURE_END)


def _names(element: ElementNode) -> set[str]:
    """Return the classes and the id of an element, in lower case."""
    words = f"{element.class_name or ''} {element.id or ''}".lower().split()[:50]
    names = {_COPIED.sub("", word) for word in words}
    names |= {"yahoo_quoted" for name in names if name.startswith("yahoo_quoted_")}
    return names | {"yahoo-signature" for name in names if name.endswith("yahoo-signature")}


def _holds_answers(element: ElementNode, names: set[str]) -> bool:
    """Tell whether an element has its quotations in elements of their own, and maybe answers."""
    if "gmail_quote" not in names or element.tag == "blockquote":
        return False
    inner = element.query_selector("blockquote")
    first = line_of(element)[:40] if inner is not None else ""
    return inner is not None and not first.startswith("-----")


def _around(tree: HTMLTree, element: ElementNode, begin: str, end: str) -> None:
    element.before(_line(tree, begin))
    element.after(_line(tree, end))


def _line(tree: HTMLTree, mark: str) -> ElementNode:
    return new_element(tree, "div", mark)
