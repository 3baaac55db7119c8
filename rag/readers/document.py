"""A document: bytes that hold articles, wherever they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import urlsplit

MOST_BYTES = 64 * 1024 * 1024
"""Of a document that is read as a whole; files of many articles, read one by one, may be longer.
A book of a thousand pages has about 3 MB of text."""


@dataclass(frozen=True)
class Document:
    """A file, a member of an archive, an attachment or a fetched page.

    Attributes:
        name: what a person calls it: a path, or an archive's name and the member's behind ``!``.
        key: tells its articles from those of all others: an absolute path, or a URL.
        kind: the file ending that its reader goes by, such as ``.html``.
        source: what to call its publisher where it does not say.
        open: opens its bytes, from the first on.
        url: where it was published.
        charset: what its server says it is written in.
        published_at: when it was published, as whatever led to it says; ISO 8601.
        repeated: lines that other pages of its source have too, as
            :func:`rag.readers.pages.repetition.line_key` makes them.
    """

    name: str
    key: str
    kind: str
    source: str
    open: Callable[[], BinaryIO]
    url: str | None = None
    charset: str | None = None
    published_at: str | None = None
    repeated: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def site(self) -> str:
        """What it shares with other pages of its source: the host, or the folder."""
        if self.url:
            return urlsplit(self.url).hostname or self.url
        return self.key.rpartition("/")[0]

    def read(self) -> bytes:
        """Return all its bytes.

        Raises:
            ValueError: they are more than :data:`MOST_BYTES`.
            OSError: it cannot be read.
        """
        with self.open() as opened:
            data = opened.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES // 2**20} MB")
        return data

    def inner(self, name: str, *, kind: str, open: Callable[[], BinaryIO]) -> Document:
        """Return a document inside this one."""
        return Document(
            name=f"{self.name}!{name}",
            key=f"{self.key}!{name}",
            kind=kind,
            source=f"{self.source}!{name}",
            open=open,
        )
