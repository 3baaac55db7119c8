"""Hostile web pages."""

from __future__ import annotations

from tests.hostile.repeating import Generator, repeating


def open_formatting(n: int) -> bytes:
    opened = "".join(f"<b id={i}>" for i in range(n // 18))
    return f"<p>{opened}</p>{'<p>x</p>' * (n // 18)}".encode()


def _hidden_end_tags(n: int) -> bytes:
    return b"<div><!--</div>-->" * (n // 18) + b"x"


def _linked(script: str) -> bytes:
    kind = "application/ld+json"
    return f"<html><head><script type='{kind}'>{script}</script></head><p>x</p></html>".encode()


def _titles(n: int) -> bytes:
    title = " - ".join(f"w{i} w" for i in range(150))
    return f"<title>{title}</title>{'<p>w x of w y' * (n // 13)}".encode()


def _lines_in_a_long_class(n: int) -> bytes:
    return f"<div class='{'a' * (n // 2)}'>{'<p>x' * (n // 8)}</div>".encode()


PAGES: dict[str, tuple[str, Generator]] = {
    "html: open formatting": (".html", open_formatting),
    "html: options": (".html", repeating("<option>x", begin="<select>")),
    "html: paragraphs": (".html", repeating("<p>x")),
    "html: line breaks": (".html", repeating("<br>")),
    "html: nested elements": (".html", repeating("<div>", "x")),
    "html: nested elements with hidden end tags": (".html", _hidden_end_tags),
    "html: end tags first": (".html", lambda n: b"</div>" * (n // 11) + b"<div>" * (n // 11)),
    "html: lists in one another": (".html", repeating("<ul><li>x")),
    "html: tables in one another": (".html", repeating("<table><tr><td>x")),
    "html: paragraphs below many elements": (
        ".html",
        lambda n: b"<span>" * (n // 12) + b"<p>x</p>" * (n // 16),
    ),
    "html: rows that a cell spans": (
        ".html",
        repeating("<tr><td rowspan=65534 colspan=1000>a b<td>c", begin="<table>"),
    ),
    "html: names of columns": (
        ".html",
        repeating("<tr><td>a<td>b", begin=f"<table><tr><th>{'a' * 40}<th>{'b' * 40}"),
    ),
    "html: readings": (".html", repeating("<ruby>中<rt>a", begin="<p>")),
    "html: comments without an end": (".html", repeating("<!--", begin="<p>x")),
    "html: comments": (".html", repeating("<!---->", "x")),
    "html: attributes": (".html", repeating("a ", ">x", "<p ")),
    "html: quotation marks in a tag": (".html", repeating("\"'", ">x", "<p ")),
    "html: scripts without an end": (".html", repeating("<script>")),
    "html: JSON-LD of authors": (".html", lambda n: _linked('{"author": "' * (n // 12))),
    "html: JSON-LD of types": (".html", lambda n: _linked('"@type":"Person"' * (n // 16))),
    "html: JSON-LD of publishers": (
        ".html",
        lambda n: _linked('"publisher":{"name":"' * (n // 21)),
    ),
    "html: JSON-LD nested deeply": (".html", lambda n: _linked("[" * n)),
    "html: titles of many parts": (".html", _titles),
    "html: lines in an element with a long class": (".html", _lines_in_a_long_class),
    "html: an encoding that is none": (
        ".html",
        repeating("ba", begin="<meta charset=punycode>é-"),
    ),
    "html: embedded pictures": (".html", repeating("data:a/b;base64,")),
    "html: dates": (".html", repeating("<p>1/1/2020 ", begin="<title>a</title>")),
}
