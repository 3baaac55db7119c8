"""Model and index work in a bounded number of threads, so that the event loop never waits."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from embeddings import TamnguError
from rag.stages import Stage, Watch, watched

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

RETRY_AFTER_S = 1


class Overloaded(TamnguError):
    """More is asked for than can be done; it is worth trying again soon."""


class _Stopped(Exception):
    """Nobody waits any more for what a thread is doing."""


class WorkPool:
    """Runs functions in threads of its own; refuses what would wait too long.

    Belongs to one event loop.
    """

    def __init__(
        self,
        threads: int,
        queue: int,
        timeout_s: float,
        on_stage: Callable[[Stage, int, int], object] = lambda *_: None,
        *,
        finishes: bool = False,
    ) -> None:
        """Make a pool.

        Args:
            threads: that work at once.
            queue: functions that may wait for one.
            timeout_s: seconds that one may wait and work.
            on_stage: told of the stages of functions; see :class:`rag.stages.Watch`.
            finishes: whether a function that has begun is waited for however long it takes, as it
                changes something and its caller is to know.
        """
        self._most = threads + queue
        self._timeout_s = timeout_s
        self._on_stage = on_stage
        self._finishes = finishes
        self._threads = ThreadPoolExecutor(threads, "work")
        self._taken = 0

    @property
    def taken(self) -> int:
        """How many functions run or wait."""
        return self._taken

    async def run(
        self, work: Callable[Parameters, Result], *args: Parameters.args, **named: Parameters.kwargs
    ) -> Result:
        """Run a function and return what it returns; what is set in the context holds there too.

        When the caller is cancelled, or it takes too long, a function that has not begun never
        does, and one that answers a question ends at its next stage. One that writes goes on.

        Raises:
            Overloaded: too many are waiting, or it took too long.
        """
        if self._taken >= self._most:
            raise Overloaded("The service is busy; try again in a second.")
        self._taken += 1
        stopping = threading.Event()
        watch = Watch(self._on_stage, partial(_go_on, stopping))
        context = contextvars.copy_context()
        call = partial(work, *args, **named)
        future = self._threads.submit(context.run, _watched, watch, call)
        # Counted until it has ended, whoever still waits for it.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _in(loop, self._give_back))
        ended = asyncio.wrap_future(future)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.shield(ended)
        except TimeoutError:
            if self._finishes and not future.cancel():
                return await ended
            raise Overloaded(
                f"This took longer than {self._timeout_s:g} s; try again later."
            ) from None
        finally:
            stopping.set()
            # Does nothing to one that has begun.
            ended.cancel()

    def close(self, *, wait: bool = True) -> None:
        """Let nothing that waits begin; and wait for what runs, if so wanted."""
        self._threads.shutdown(wait=wait, cancel_futures=True)

    def _give_back(self) -> None:
        self._taken -= 1


def _watched(watch: Watch, call: Callable[[], Result]) -> Result:
    with watched(watch):
        return call()


def _go_on(stopping: threading.Event) -> None:
    if stopping.is_set():
        raise _Stopped


def _in(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    # The loop may have ended before a thread did.
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
