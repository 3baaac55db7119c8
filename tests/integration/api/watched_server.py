"""A server process that measures for how long its event loop stood still.

``python -m tests.integration.api.watched_server HOME`` serves the collection ``sample``, and prints
its address. ``GET /stall`` returns the seconds of the longest stall since the last such request.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import uvicorn

from api.app import create_app
from api.server.connections import connection_settings
from api.server.listening import bind, print_address
from api.server.worker import with_stop_signals
from embeddings import load_encoder
from reading.load import NO_READER

_TICK_S = 0.005
_HOST = "127.0.0.1"


class Watchdog:
    """Sleeps for a moment again and again, and notes how much later than that it woke up.

    A moment that this process spent waiting for a processor does not count: only as much does as
    the process computed meanwhile. So other programs on the machine make no stall.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._longest_s = 0.0

    async def longest_s(self) -> float:
        if self._task is None:
            self._task = asyncio.create_task(self._watch())
        longest_s, self._longest_s = self._longest_s, 0.0
        return longest_s

    async def _watch(self) -> None:
        while True:
            began, computed = time.monotonic(), time.process_time()
            await asyncio.sleep(_TICK_S)
            passed = min(time.monotonic() - began, time.process_time() - computed)
            self._longest_s = max(self._longest_s, passed - _TICK_S)


def main() -> None:
    app = create_app(
        Path(sys.argv[1]), load_encoder(), "sample", listens_at=_HOST, reader=NO_READER
    )
    app.add_api_route("/stall", Watchdog().longest_s)
    listener = bind(_HOST, 0)
    config = uvicorn.Config(
        lambda: with_stop_signals(app), factory=True, log_level="warning", **connection_settings()
    )
    print_address(_HOST, listener)
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
