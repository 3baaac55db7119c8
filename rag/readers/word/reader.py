"""Word documents (.docx, .docm, .dotx, .dotm): the text as Word shows it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rag.readers.archive import MAX_UNPACKED, opened_zip
from rag.readers.document import Document
from rag.readers.letters.in_word import restore_word
from rag.readers.pdf.info import stated_title
from rag.readers.reading_options import Reading
from rag.readers.word.chunks import Chunks
from rag.readers.word.counting import Counting
from rag.readers.word.names import attribute, child, name
from rag.readers.word.numbering import Lists
from rag.readers.word.package import Package, package_in
from rag.readers.word.paragraphs import Paragraphs
from rag.readers.word.story import Block, Story
from rag.readers.word.styles import Styles
from rag.records.new_article import MAX_TEXT, make_article
from tamngu.records.article import Article
from tamngu.records.cut import Cut
from tamngu.records.rejection import Rejection

if TYPE_CHECKING:
    from lxml.etree import _Element

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""The first bytes of encrypted documents and of documents of Word before 2007."""

_PROGRAM_AUTHORS = frozenset(
    {"", "python-docx", "un-named", "microsoft office user", "user", "admin"}
)
"""Authors that programs enter, in lower case. Our own list, chosen manually."""

_NOTES = {
    "footnotes": ("footnote", "footnoteReference"),
    "endnotes": ("endnote", "endnoteReference"),
}
"""Parts with notes: the names of a note and of its mark."""


def read_word(document: Document, reading: Reading) -> Iterator[Article | Rejection]:
    """Yield the document as one article, then what of it cannot be read.

    Tracked changes are read as accepted. Hidden text, comments, headers and footers are not read. A
    table of contents is cut, unless boilerplate is to be kept.

    The document's date is not used: it is when the file was first saved, not when it was published.

    Raises:
        ValueError: it is encrypted, damaged or empty.
    """
    data = document.read()
    if data.startswith(_COMPOUND):
        raise ValueError(
            "it is encrypted or from Word before 2007; save it as .docx without a password"
        )
    found = _parsed(data)
    kept, cut = found.blocks, []
    # Where all is a table of contents, it is the text.
    if not reading.keep_boilerplate and not all(block.is_contents for block in found.blocks):
        kept = [block for block in found.blocks if not block.is_contents]
        cut = [block for block in found.blocks if block.is_contents]
    text = "\n\n".join(block.text for block in kept)
    if len(text) > MAX_TEXT:
        raise ValueError(f"its text has more than {MAX_TEXT:,} characters; divide it")
    yield make_article(
        text,
        key=document.key,
        title=found.title,
        url=document.url,
        source=document.source,
        published_at=document.published_at,
        authors=[] if found.author.casefold() in _PROGRAM_AUTHORS else [found.author],
        cut=[Cut(block.text, "contents") for block in cut],
    )
    for part, reason in found.unread:
        yield Rejection(f"{document.name}!{part}", reason)


@dataclass(frozen=True)
class _Parsed:
    """What a document holds.

    Attributes:
        blocks: its paragraphs and tables.
        title: as it states it, else its first heading.
        author: as it states one; may be empty.
        unread: the parts that cannot be read, with the reasons.
    """

    blocks: list[Block]
    title: str | None
    author: str
    unread: list[tuple[str, str]]


def _parsed(data: bytes, *, is_inner: bool = False) -> _Parsed:
    """Return what a document holds.

    Args:
        data: the document.
        is_inner: whether another document takes it in; it takes in no further Word documents.

    Raises:
        ValueError: it is no Word document, is damaged or too large.
    """
    with opened_zip(io.BytesIO(data), len(data), most=MAX_UNPACKED) as archive:
        try:
            return _read(package_in(archive), is_inner=is_inner)
        except MemoryError:
            raise
        except Exception as error:
            # Of what is missing or has another form, zipfile and lxml each have their own errors.
            # Some of their messages name objects of Python, whose addresses are others each time.
            kind = type(error).__name__
            raise ValueError(f"it is not a Word document, or it is damaged ({kind})") from None


def _read(package: Package, *, is_inner: bool) -> _Parsed:
    root = package.root(package.main)
    body = child(root, "body")
    if name(root) != "document" or body is None:
        raise ValueError("it has no body")
    unread: list[tuple[str, str]] = []
    parts = partial(_part, package, unread)
    styles_root = parts("styles")
    note_roots = {kind: parts(kind) for kind in _NOTES}
    restore_word([root, *(each for each in note_roots.values() if each is not None)], styles_root)
    styles = Styles(styles_root)
    counting = Counting(Lists(parts("numbering"), styles))
    chunks = Chunks(package, unread, None if is_inner else partial(_inner, unread))
    notes = {key: note for kind in _NOTES for key, note in _notes(kind, note_roots[kind])}
    story = Story(Paragraphs(styles, counting), notes, chunks)
    blocks = list(_bounded(story.blocks(body)))
    title, author = _stated(package)
    heading = next((block.text for block in blocks if block.is_heading), None)
    return _Parsed(blocks, stated_title(title) or heading, author, unread)


def _bounded(blocks: Iterator[Block]) -> Iterator[Block]:
    """Yield blocks until they are more text than an article may have."""
    length = 0
    for block in blocks:
        yield block
        length += 0 if block.is_contents else len(block.text)
        if length > MAX_TEXT:
            return


def _inner(unread: list[tuple[str, str]], data: bytes) -> Iterator[str]:
    """Yield the paragraphs of a document that another takes in; name what of it cannot be read."""
    found = _parsed(data, is_inner=True)
    unread += found.unread
    return (block.text for block in found.blocks if not block.is_contents)


def _part(package: Package, unread: list[tuple[str, str]], kind: str) -> _Element | None:
    """Return a part beside the text; None where there is none, or where it cannot be read."""
    try:
        return package.related(kind)
    except ValueError:
        unread.append((f"{kind}.xml", "it is damaged, or not a Word document's"))
        return None


def _notes(kind: str, root: _Element | None) -> Iterator[tuple[tuple[str, str], _Element]]:
    """Yield the notes of a part by their marks and ids."""
    note, mark = _NOTES[kind]
    for element in () if root is None else root:
        if name(element) == note:
            yield (mark, attribute(element, "id") or ""), element


def _stated(package: Package) -> tuple[str, str]:
    """Return the title and the author that a document states; empty ones where there are none."""
    if not package.properties:
        return "", ""
    root = package.root(package.properties)
    title, author = (root.findtext(f"{{*}}{each}") or "" for each in ("title", "creator"))
    return " ".join(title.split()), author.strip()
