"""The results of a fetch."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fetched:
    """A body that was fetched.

    Attributes:
        url: of the body, after all redirects; without a fragment.
        content: the body, decompressed.
        content_type: as the server states it, in lower case and without parameters.
        charset: as the server states it, in lower case; Python may not know it.
        etag: an argument for the next fetch of this URL.
        last_modified: an argument for the next fetch of this URL.
    """

    url: str
    content: bytes = field(repr=False)
    content_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class NotModified:
    """The page has not changed since the fetch that returned its ``etag`` or ``last_modified``.

    Attributes:
        url: of the page, after all redirects; without a fragment.
    """

    url: str
