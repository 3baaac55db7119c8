"""Model and index work in a bounded number of threads, so that the event loop never waits."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from api.errors import Overloaded
from rag.stages import Stage, StageListener, watched

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class _Cancelled(Exception):
    """Nobody waits for the result of this work any more."""


class WorkerPool:
    """Runs functions in its own threads, and refuses a function that would wait too long.

    A pool belongs to one event loop.
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
            threads: functions that run at the same time.
            queue: functions that may wait for a thread.
            timeout_s: seconds for a function to wait and run.
            on_stage: called after each stage of a function; see :class:`rag.stages.StageListener`.
            finishes: whether the caller learns the outcome of a function that has begun, because
                it changes something. When the time is up, such a function is asked to end where
                nothing is stored in part (:func:`rag.stages.check`), and is waited for.
        """
        self._capacity = threads + queue
        self._timeout_s = timeout_s
        self._on_stage = on_stage
        self._finishes = finishes
        self._threads = ThreadPoolExecutor(threads, "work")
        self._in_use = 0

    @property
    def in_use(self) -> int:
        """Number of functions that run or wait."""
        return self._in_use

    async def run(
        self, work: Callable[Parameters, Result], *args: Parameters.args, **named: Parameters.kwargs
    ) -> Result:
        """Run a function in a thread, with the context variables of the caller.

        If the caller is cancelled or the time is up, a function that has not begun is dropped, and
        one that has begun ends before its next stage, or between two batches that it stores.

        Returns:
            What the function returns.

        Raises:
            Overloaded: too many functions are waiting, or the time is up.
        """
        if self._in_use >= self._capacity:
            raise Overloaded("The service is busy; try again in a second.")
        self._in_use += 1
        cancelled = threading.Event()
        listener = StageListener(self._on_stage, partial(_raise_if, cancelled))
        context = contextvars.copy_context()
        call = partial(work, *args, **named)
        future = self._threads.submit(context.run, _run_watched, listener, call)
        # The function counts until it has ended, even if its caller no longer waits.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _call_in(loop, self._release))
        ended = asyncio.wrap_future(future)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.shield(ended)
        except TimeoutError:
            if self._finishes and not future.cancel():
                cancelled.set()
                return await _outcome(ended, self._timeout_s)
            raise Overloaded(
                f"This took longer than {self._timeout_s:g} s; try again later."
            ) from None
        finally:
            cancelled.set()
            # This has no effect on a function that has begun.
            ended.cancel()

    def close(self, *, wait: bool = True) -> None:
        """Drop the functions that wait; with ``wait``, return when the running ones have ended."""
        self._threads.shutdown(wait=wait, cancel_futures=True)

    def _release(self) -> None:
        self._in_use -= 1


async def _outcome(ended: asyncio.Future[Result], timeout_s: float) -> Result:
    """Return what a function that was asked to end returns all the same.

    Raises:
        Overloaded: it has ended early.
    """
    try:
        return await ended
    except _Cancelled:
        raise Overloaded(
            f"This took longer than {timeout_s:g} s and was stopped; what was stored until then "
            "stays. Send it again, or in smaller parts, or as an import."
        ) from None


def _run_watched(listener: StageListener, call: Callable[[], Result]) -> Result:
    with watched(listener):
        return call()


def _raise_if(cancelled: threading.Event) -> None:
    if cancelled.is_set():
        raise _Cancelled


def _call_in(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
    # A thread may end after the loop has been closed.
    if not loop.is_closed():
        loop.call_soon_threadsafe(callback)
