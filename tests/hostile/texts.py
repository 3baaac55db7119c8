"""Hostile Markdown, plain text, JSON, tables and feeds."""

from __future__ import annotations

import json

from tests.hostile.pages import open_formatting
from tests.hostile.repeating import Generator, repeating


def _merges(n: int) -> bytes:
    # Ten times as many values in each level: the depth, not the size, would be what costs.
    levels = min(n // 4000, 7)
    rows = ["a0: &a0 {x: 1}"]
    rows += [
        f"a{level}: &a{level}\n  <<: [{', '.join([f'*a{level - 1}'] * 9)}]"
        for level in range(1, levels)
    ]
    return ("---\n" + "\n".join(rows) + "\n---\nA text.").encode()


def _aliases(n: int) -> bytes:
    rows = "\n".join(f"b{i}: *a" for i in range(n // 10))
    return f"---\na: &a [{'x, ' * 50}]\n{rows}\n---\nA text.".encode()


def _wide_rows(n: int) -> bytes:
    names = ",".join("h" * (n // 24) + str(i) for i in range(12))
    return (names + "\n" + ("a," * 12 + "\n") * (n // 50)).encode()


def _entry(html: str) -> bytes:
    escaped = html.replace("&", "&amp;").replace("<", "&lt;")
    item = f"<item><description>{escaped}</description></item>"
    return f"<rss><channel>{item}</channel></rss>".encode()


def _entities(n: int) -> bytes:
    lines = [f"<!ENTITY e{i} '{f'&e{i - 1};' * 9}'>" for i in range(1, min(n // 60, 9))]
    rest = "<a/>" * (n // 4)
    head = "".join(["<!ENTITY e0 'x'>", *lines])
    title = f"<title>&e{len(lines)};</title>"
    return f"<!DOCTYPE r [{head}]><rss><channel>{title}{rest}</channel></rss>".encode()


_STORY = "The council met on Monday and spoke of roads. " * 8

TEXTS: dict[str, tuple[str, Generator]] = {
    "markdown: comments without an end": (".md", repeating("<!--")),
    "markdown: comments without an end, in lines": (".md", repeating("<!--\n")),
    "markdown: brackets": (".md", repeating("<")),
    "markdown: line breaks without an end": (".md", repeating("<br ", begin="<p>")),
    "markdown: line breaks of blocks without an end": (".md", repeating("</div ", begin="<div>")),
    "markdown: tables with short rows": (
        ".md",
        lambda n: (("|a" * 60 + "\n" + "|-" * 60 + "\n" + "|\n" * 90 + "\n") * (n // 600)).encode(),
    ),
    "markdown: one table with short rows": (
        ".md",
        lambda n: ("|a" * (n // 8) + "\n" + "|-" * (n // 8) + "\n" + "|\n" * (n // 4)).encode(),
    ),
    "markdown: quotations in one another": (".md", repeating("> ")),
    "markdown: lists in one another": (
        ".md",
        lambda n: b"".join(b" " * i + b"- a\n" for i in range(int((2 * n) ** 0.5))),
    ),
    "markdown: emphasis": (".md", repeating("*a_ ")),
    "markdown: links without an end": (".md", repeating("[a](")),
    "markdown: pictures in one another": (".md", repeating("![")),
    "markdown: code marks": (
        ".md",
        lambda n: b"".join(b"`" * i + b"a" for i in range(1, int((2 * n) ** 0.5))),
    ),
    "markdown: merges in front matter": (".md", _merges),
    "markdown: aliases in front matter": (".md", _aliases),
    "markdown: a value in itself": (
        ".md",
        lambda n: b"---\na: &a {b: *a}\n---\n" + b"a " * (n // 2),
    ),
    "markdown: a number of many digits": (".md", repeating("1", "\n---\nA text.", "---\ntitle: ")),
    "markdown: a hexadecimal number": (".md", repeating("f", "\n---\nA text.", "---\ntitle: 0x")),
    "markdown: a number to the base of 60": (
        ".md",
        repeating(":59", "\n---\nA text.", "---\ntitle: 1"),
    ),
    "markdown: front matter nested deeply": (
        ".md",
        repeating("[", "\n---\nA text.", "---\ntitle: "),
    ),
    "markdown: front matter without an end": (".md", repeating("--- \n", begin="---\n")),
    "text: a control and white space": (".txt", repeating(" ", "x", "A text.\nchia sẻ")),
    "text: controls": (".txt", repeating("chia sẻ ")),
    "text: white space": (".txt", repeating(" ", "x", "x")),
    "text: wrapped lines": (".txt", repeating("the river of the town was low and \n")),
    "text: hyphens at line ends": (".txt", repeating("the river of the small tow-\n")),
    "text: single Han characters": (".txt", repeating("中 ")),
    "text: straight quotation marks": (".txt", repeating('。"')),
    "text: blank lines": (".txt", repeating("\n", "x", "x")),
    "text: short lines": (".txt", repeating("a\n")),
    "text: a date line of marks": (".txt", repeating("1/1/2020 ")),
    "text: by-lines": (".txt", repeating("A b |\n")),
    "text: headings below an article": (".txt", repeating("Bình luận\n", begin=_STORY)),
    "text: broken UTF-8": (".txt", lambda n: b"\xc3\x28a " * (n // 4)),
    "json: empty lists": (".json", repeating("[],", "1]", "[")),
    "json: empty objects": (".json", repeating("{},", "1]", "[")),
    "json: nested lists": (".json", repeating("[")),
    "json: nested objects": (".json", repeating('{"a":')),
    "json: a number of many digits": (".json", repeating("1")),
    "json: long names": (
        ".json",
        lambda n: json.dumps({"h" * (n // 12) + str(i): "a" for i in range(12)}).encode(),
    ),
    "json: names": (
        ".json",
        lambda n: json.dumps({str(i): i for i in range(n // 20)}).encode(),
    ),
    "json: halves of characters": (".json", repeating("\\ud800", '"}', '{"text": "')),
    "jsonl: empty objects": (".jsonl", repeating("{}\n")),
    "jsonl: nested lists": (".jsonl", repeating("[")),
    "jsonl: lines without an article": (".jsonl", repeating("x\n")),
    "jsonl: marks": (".jsonl", repeating('"', '\n{"text": "A text."}')),
    "table: rows under long names": (".csv", _wide_rows),
    "table: many columns": (".csv", lambda n: (b"a," * (n // 4) + b"\n") * 2),
    "table: quotation marks": (".csv", repeating('"', begin="text\n")),
    "table: an open quotation": (".csv", repeating('"a', begin="text\n")),
    "table: blank rows": (".tsv", repeating("\t\n", begin="text\ta\n")),
    "feed: a long style": (".rss", lambda n: _entry("<div style='" + "a" * n + "'>x")),
    "feed: open formatting": (".rss", lambda n: _entry(open_formatting(n).decode())),
    "feed: entries with titles": (
        ".rss",
        repeating("<item><title>a</title></item>", begin="<rss>"),
    ),
    "feed: entities": (".xml", _entities),
    "feed: entries": (".rss", lambda n: b"<rss><channel>" + b"<item/>" * (n // 7)),
    "feed: nested elements": (".rss", repeating("<a>", begin="<rss>")),
    "feed: comments before it": (".rss", repeating("<!---->", "x")),
    "feed: declarations before it": (".rss", repeating("<?a?><!DOCTYPE a>", "x")),
    "sitemap: pages": (".xml", repeating("<url/>", "</urlset>", "<urlset>")),
}
