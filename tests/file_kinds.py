"""Articles as files of every kind."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from html import escape

import docx

from tamngu.records.article import Article
from tests.pdf_file import Words, pdf_file, width_of


def paragraphs(article: Article) -> list[str]:
    return article.text.split("\n\n")


def html(article: Article) -> bytes:
    body = "".join(f"<p>{escape(each)}</p>" for each in paragraphs(article))
    head = f"<meta charset='utf-8'><title>{article.title}</title>"
    return f"<html><head>{head}</head><body><article>{body}</article></body></html>".encode()


def word(article: Article) -> bytes:
    document = docx.Document()
    document.add_heading(article.title, 0)
    for each in paragraphs(article):
        document.add_paragraph(each)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf(article: Article) -> bytes:
    pages: list[list[Words]] = [[]]
    y = 800.0
    for each in paragraphs(article):
        line = ""
        for piece in re.findall(r"[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\uffef]+\s*|\s+", each):
            if line and width_of(line + piece, 11) > 480:
                pages[-1].append(Words(50, y, 11, line.strip()))
                line, y = "", y - 14
            line += piece
            if y < 60:
                pages.append([])
                y = 800.0
        pages[-1].append(Words(50, y, 11, line.strip()))
        y -= 30
    return pdf_file(pages, title=article.title)


def book(article: Article) -> bytes:
    file = io.BytesIO()
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="b.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{article.title}</dc:title></metadata><manifest>"
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="a"/></spine></package>'
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("b.opf", package)
        archive.writestr("a.xhtml", html(article))
    return file.getvalue()


def mail(article: Article) -> bytes:
    message = EmailMessage()
    message["Subject"] = article.title
    message["From"] = "An <an@a.example>"
    message.set_content(article.text)
    return message.as_bytes()


def table(article: Article) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([["title", "text"], [article.title, article.text]])
    return file.getvalue().encode()


def feed(article: Article) -> bytes:
    content = escape(html(article).decode())
    return (
        f"<rss version='2.0' xmlns:c='http://purl.org/rss/1.0/modules/content/'><channel><item>"
        f"<title>{article.title}</title><c:encoded>{content}</c:encoded></item></channel></rss>"
    ).encode()


def archive(article: Article) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", article.text)
        packed.writestr("b.png", b"\x89PNG")
    return file.getvalue()


def as_json(article: Article) -> bytes:
    return json.dumps({"title": article.title, "text": article.text}).encode()


def damaged(article: Article) -> bytes:
    return pdf(article)[:200]


KINDS: list[tuple[str, Callable[[Article], bytes]]] = [
    (".txt", lambda article: article.text.encode()),
    (".html", html),
    (".md", lambda article: f"# {article.title}\n\n{article.text}".encode()),
    (".docx", word),
    (".pdf", pdf),
    (".epub", book),
    (".eml", mail),
    (".json", as_json),
    (".jsonl", as_json),
    (".csv", table),
    (".rss", feed),
    (".zip", archive),
    (".broken.pdf", damaged),
]
"""Endings of names, each with what writes an article as such a file; the last file is damaged."""
