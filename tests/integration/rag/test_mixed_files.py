"""Many files of all kinds, by a real process in a terminal; TAMNGU_MIXED=5000 makes them more."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import termios
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from html import escape
from pathlib import Path

import docx
import pytest

from tamngu.records.article import Article
from tests.integration.rag.versions import LANGUAGES, make_version
from tests.pdf_file import Words, pdf_file, width_of

pytestmark = pytest.mark.slow

FILES = int(os.environ.get("TAMNGU_MIXED", "65"))

LARGEST_MB = 2000
"""Memory that the process and its readers have to stay below, whatever the number of files. Loading
and running the model takes about half of it."""


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


def write_files(folder: Path, count: int) -> None:
    folder.mkdir()
    for n in range(count):
        ending, write = KINDS[n % len(KINDS)]
        article = make_version(f"{LANGUAGES[n % 3]}-{n}", 1, most_sentences=16)
        (folder / f"{n}{ending}").write_bytes(write(article))


def proportional_mb(pid: int) -> float:
    """Return the memory of a process, in which what several share counts once; 0 if it has none."""
    try:
        mapped = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", mapped, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def descendants(pid: int) -> Iterator[int]:
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = thread.read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


class Terminal:
    """Runs a command whose standard error is a terminal, and keeps what it shows there."""

    def __init__(self, *words: str) -> None:
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 100))
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=theirs, text=True)
        os.close(theirs)
        self._shown = b""
        self._peak_mb = 0.0
        self._reader = threading.Thread(target=self._read, args=(ours,))
        self._reader.start()
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    def _read(self, ours: int) -> None:
        try:
            while data := os.read(ours, 65536):
                self._shown += data
        except OSError:
            # The error of a terminal on Linux when its other end is closed.
            pass
        finally:
            os.close(ours)

    def _watch(self) -> None:
        """Remember the largest memory of the process and of those that it has started."""
        while own := proportional_mb(self.process.pid):
            of_others = sum(map(proportional_mb, descendants(self.process.pid)))
            self._peak_mb = max(self._peak_mb, own + of_others)
            time.sleep(0.1)

    def end(self) -> tuple[int, str, str, float]:
        """Return exit code, output, what was shown, and the largest memory in MB."""
        assert self.process.stdout is not None
        with self.process.stdout as output:
            printed = output.read()
        # A process that has ended and was not waited for yet has no memory.
        self._watcher.join()
        self._reader.join()
        return self.process.wait(), printed, self._shown.decode(), self._peak_mb


def test_files_of_all_kinds_are_ingested_in_bounded_memory(tmp_path: Path) -> None:
    write_files(tmp_path / "in", FILES)
    started = time.monotonic()
    code, printed, shown, peak_mb = Terminal(
        *(str(Path(sys.executable).with_name("tamngu")), "ingest", str(tmp_path / "in")),
        *("--home", str(tmp_path / "home"), "--json"),
    ).end()
    took_s = time.monotonic() - started
    report = json.loads(printed)
    broken = FILES // len(KINDS)
    assert (report["added"], len(report["rejected"])) == (FILES - broken, broken)
    assert code == 1
    assert shown.count("Skipped ") == broken
    assert "Traceback" not in shown
    assert peak_mb < LARGEST_MB
    if report["took_s"] > 5:
        assert re.search(r"\d+%\|", shown)
    sys.stdout.write(
        f"\n{FILES:,} files, {report['passages']:,} passages: {took_s:.0f} s, {peak_mb:.0f} MB\n"
    )
