"""What a fetch comes back with."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fetched:
    """A whole body.

    Attributes:
        url: where it came from in the end, after all redirects; without a fragment.
        content: the body, decompressed.
        content_type: as the server states it, in lower case and without parameters.
        charset: as the server states it, in lower case; it may be none that Python knows.
        etag: to give to the next fetch of this URL.
        last_modified: to give to the next fetch of this URL.
    """

    url: str
    content: bytes = field(repr=False)
    content_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class NotModified:
    """The page is as it was when its ``etag`` or ``last_modified`` was given out.

    Attributes:
        url: where it is, after all redirects; without a fragment.
    """

    url: str
