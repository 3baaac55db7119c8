"""A response of server-sent events, compressed where the client takes that."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

_COMPRESSION = 4
"""Level of compression, 1 to 9; that of other responses."""

_GZIP = 16 + zlib.MAX_WBITS


class EventResponse(StreamingResponse):
    """A stream of events whose first event is known.

    Each event is sent whole as soon as it is there, also where it is compressed.
    """

    media_type = "text/event-stream"

    def __init__(self, first: bytes, events: AsyncIterator[bytes], accept_encoding: str) -> None:
        """Send the first event, then the others.

        Args:
            first: event.
            events: the others.
            accept_encoding: what the client accepts.
        """
        # The second header asks proxies not to wait for the end.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        headers["Vary"] = "Accept-Encoding"
        body = _whole(first, events)
        if "gzip" in accept_encoding.lower():
            headers["Content-Encoding"] = "gzip"
            body = _compressed(body)
        super().__init__(body, headers=headers)


async def _whole(first: bytes, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for event in events:
        yield event


async def _compressed(events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    packer = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, _GZIP)
    async for event in events:
        yield packer.compress(event) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()
