"""A document: bytes from any place that hold articles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urlsplit

MAX_BYTES = 64 * 1024 * 1024
"""Size of a document that is read as a whole; files of many articles, which are read one by one,
may be larger. A book of a thousand pages has about 3 MB of text."""


@dataclass(frozen=True)
class Document:
    """A file, a member of an archive, an attachment or a fetched page.

    Attributes:
        name: its name for people: a path; for a member of an archive, the archive's name, ``!`` and
            the member's name.
        key: identifies its articles: an absolute path, or a URL.
        kind: the file ending that selects its reader, such as ``.html``; see
            :mod:`rag.readers.registry`.
        source: the source of its articles where they state none.
        open: opens its bytes, at the first one.
        url: the URL where it was published.
        charset: the encoding that its server states.
        size: in bytes, as far as it is known; what reading may cost grows with it.
        place: where it is inside the document that is read: for each document around it a slash
            and its number, from 0; empty for that document itself.
        published_at: when it was published, ISO 8601, as the feed or listing that names it states.
        repeated: lines that other pages of its source have too, as
            :func:`rag.readers.pages.repeated_lines.line_key` makes them.
    """

    name: str
    key: str
    kind: str
    source: str
    open: Callable[[], BinaryIO]
    url: str | None = None
    charset: str | None = None
    published_at: str | None = None
    size: int = 0
    place: str = ""
    repeated: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def publisher(self) -> str | None:
        """The source, unless it is the name of the file: that says nothing of who published it."""
        is_name = self.url is None and self.name.endswith(self.source)
        return None if is_name else self.source

    @property
    def site(self) -> str:
        """The host or the folder, which other pages of its source share."""
        if self.url:
            return urlsplit(self.url).hostname or self.url
        return self.key.rpartition("/")[0]

    def read(self) -> bytes:
        """Return all its bytes.

        Raises:
            ValueError: there are more than :data:`MAX_BYTES`.
            OSError: it cannot be read.
        """
        with self.open() as opened:
            data = opened.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MB")
        return data

    def inner(
        self, name: str, *, kind: str, open: Callable[[], BinaryIO], size: int = 0
    ) -> Document:
        """Return a document inside this one, such as a member of an archive."""
        return Document(
            name=f"{self.name}!{name}",
            key=f"{self.key}!{name}",
            kind=kind,
            source=f"{self.source}!{name}",
            open=open,
            size=size,
        )
