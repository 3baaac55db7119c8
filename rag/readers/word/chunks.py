"""Documents of other formats that a Word document takes in where it names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

from rag.readers.decode import decode, decode_html
from rag.readers.formats.message_parts import parsed_message
from rag.readers.pages.html_text import html_text

if TYPE_CHECKING:
    from rag.readers.word.package import Package

_PAGES = (".html", ".htm", ".xhtml")
_WORD = (".docx", ".docm", ".dotx", ".dotm")


class Chunks:
    """Reads the documents that a document takes in, each of them once."""

    def __init__(
        self,
        package: Package,
        unread: list[tuple[str, str]],
        word: Callable[[bytes], Iterator[str]] | None,
    ) -> None:
        """Keep the document.

        Args:
            package: the document.
            unread: where the names of those that cannot be read are put, with the reasons.
            word: reads a Word document; None where that is one itself that another took in.
        """
        self._package = package
        self._word = word
        self._seen: set[str] = set()
        self._unread = unread

    def chunk(self, id: str) -> Iterator[str]:
        """Yield the paragraphs of a document by the id of its relation."""
        relation = self._package.relations.get(id)
        part = "" if relation is None or relation.kind != "aFChunk" else relation.part
        if not part or part in self._seen:
            return
        self._seen.add(part)
        try:
            yield from self._paragraphs(part)
        except ValueError as error:
            self._unread.append((part, str(error)))

    def diagram(self, id: str) -> Iterator[str]:
        """Yield the texts of a diagram by the id of its relation."""
        relation = self._package.relations.get(id)
        part = "" if relation is None or relation.kind != "diagramData" else relation.part
        if not part or part in self._seen:
            return
        self._seen.add(part)
        try:
            root = self._package.root(part)
        except ValueError as error:
            self._unread.append((part, str(error)))
            return
        for point in root.iter("{*}pt"):
            lines = (
                "".join(text.text or "" for text in paragraph.iter("{*}t"))
                for paragraph in point.iterfind("{*}t/{*}p")
            )
            if text := " ".join(" ".join(lines).split()):
                yield text

    def _paragraphs(self, part: str) -> Iterator[str]:
        """Yield the paragraphs of a part.

        Raises:
            ValueError: it cannot be read.
        """
        kind = "." + part.rpartition(".")[2].lower()
        data = self._package.data(part)
        if kind in _PAGES:
            text = html_text(decode_html(data))
        elif kind in (".mht", ".mhtml"):
            text = _web_page(data)
        elif kind == ".txt":
            text = decode(data)
        elif kind in _WORD and self._word is not None:
            yield from self._word(data)
            return
        else:
            raise ValueError("a document of this kind inside another is not read")
        yield from filter(None, (each.strip() for each in text.split("\n\n")))


def _web_page(data: bytes) -> str:
    """Return the text of a page that was saved as a message with its pictures.

    Raises:
        ValueError: it has no page.
    """
    parts = parsed_message(data).walk()
    page = next((part for part in parts if part.get_content_type() == "text/html"), None)
    if page is None:
        raise ValueError("it has no page")
    return html_text(decode_html(cast(bytes, page.get_payload(decode=True)) or b""))
