"""Model and index work in a bounded number of threads, so that the event loop never waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from embeddings import TamnguError

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

RETRY_AFTER_S = 1


class Overloaded(TamnguError):
    """More is asked for than can be done; it is worth trying again soon."""


class WorkPool:
    """Runs functions in threads of its own; refuses what would wait too long.

    Belongs to one event loop.
    """

    def __init__(self, threads: int, queue: int, timeout_s: float) -> None:
        """Make a pool.

        Args:
            threads: that work at once.
            queue: functions that may wait for one.
            timeout_s: seconds that one may wait and work.
        """
        self._most = threads + queue
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(threads, "work")
        self._taken = 0

    @property
    def taken(self) -> int:
        """How many functions run or wait."""
        return self._taken

    async def run(
        self, work: Callable[Parameters, Result], *args: Parameters.args, **named: Parameters.kwargs
    ) -> Result:
        """Run a function and return what it returns.

        When the caller is cancelled, a function that has not begun never does.

        Raises:
            Overloaded: too many are waiting, or it took too long.
        """
        if self._taken >= self._most:
            raise Overloaded("The service is busy; try again in a second.")
        self._taken += 1
        future = self._threads.submit(work, *args, **named)
        # Counted until it has ended, whoever still waits for it.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _in(loop, self._give_back))
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise Overloaded(
                f"This took longer than {self._timeout_s:g} s; try again later."
            ) from None

    def close(self) -> None:
        """Let what runs end, and nothing that waits begin."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _give_back(self) -> None:
        self._taken -= 1


def _in(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    # The loop may have ended before a thread did.
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
