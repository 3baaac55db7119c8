"""Hostile mails."""

from __future__ import annotations

from tests.hostile.repeating import Generator, repeating


def _parts_in_one_another(n: int) -> bytes:
    depth = n // 60
    begin = b"content-type: multipart/mixed; boundary=b%d\n\n--b%d\n"
    return b"".join(begin % (i, i) for i in range(depth)) + b"\nx\n" * (n // 20)


def _many_parts(n: int) -> bytes:
    return b"content-type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * (n // 7)


def _parts_with_long_headers(n: int) -> bytes:
    part = b"--b\ncontent-type: text/plain%s\n\nx\n" % b"; a=b" * 150
    return b"content-type: multipart/mixed; boundary=b\n\n" + part * (n // len(part) + 1)


def _head(name: str, unit: str, end: str = "") -> Generator:
    """Return mails with a long header."""
    return repeating(unit, f"{end}\n\nA text.", f"{name}: ")


MAILS: dict[str, tuple[str, Generator]] = {
    "mail: encoded words in the sender": (".eml", _head("From", "=?utf-8?q?a?= ")),
    "mail: encoded words in the subject": (".eml", _head("Subject", "=?utf-8?q?a?= ")),
    "mail: words in the sender": (".eml", _head("From", "a ")),
    "mail: addresses": (".eml", _head("From", "a@b.example, ")),
    "mail: comments in the sender": (".eml", _head("From", "(")),
    "mail: quotation marks in the sender": (".eml", _head("From", '"')),
    "mail: routes in the sender": (".eml", _head("From", "<@a:")),
    "mail: words in the date": (".eml", _head("Date", "1 ")),
    "mail: parameters": (".eml", _head("Content-Type", "; a=b")),
    "mail: numbered parameters": (
        ".eml",
        lambda n: (
            b"content-disposition: attachment"
            + b"".join(b"; filename*%d=a" % i for i in range(n // 16))
            + b"\n\nx"
        ),
    ),
    "mail: parts in one another": (".eml", _parts_in_one_another),
    "mail: many parts": (".eml", _many_parts),
    "mail: parts with long headers": (".eml", _parts_with_long_headers),
    "mail: many headers": (".eml", repeating("a: b\n", "\n\nx")),
    "mail: quotations": (".eml", repeating("> a\n", begin="From: a\n\nb\n")),
    "mail: answers to one another": (".eml", repeating("> " * 30 + "a\n", begin="From: a\n\nb\n")),
    "mail: heads of older mails": (
        ".eml",
        repeating("On 1/2/2026 12:00 a\n", begin="From: a\n\nb\n"),
    ),
    "mail: headers in the text": (".eml", repeating("From: a@b\n", begin="From: a\n\nb\n")),
    "mail: signatures": (".eml", repeating("Sent from my x\n\n", begin="From: a\n\nb\n")),
    "mail: quotations of HTML in one another": (
        ".eml",
        repeating(
            "<div class=gmail_quote><blockquote>a",
            begin="From: a\nContent-Type: text/html\n\nb\n",
        ),
    ),
    "mail: wrapped lines": (".eml", repeating("a" * 70 + "\n", begin="From: a\n\n")),
}
