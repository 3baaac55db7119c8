"""Micro-batching: calls that come from many threads at the same time run as one batch.

There is no background thread. The first caller runs its own items at once. Callers that come
during that run wait; then the first of them runs the items of all that wait. So a single question
never waits, and under load a batch is as large as the number of waiting callers.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from embeddings.errors import EncoderError

_GATHERING_S = 0.001
"""Seconds between two batches, under load only, in which callers that were just served can join
the next batch. On two cores, 16 clients reach 10 to 15% more questions per second with it."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Turn(Generic[Item, Result]):
    """One caller's items, and their results or the error."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.is_awake = threading.Event()
        self.results: Sequence[Result] | None = None
        self.error: Exception | None = None


class MicroBatcher(Generic[Item, Result]):
    """Gathers concurrent calls of a function over a list of items."""

    def __init__(
        self, run: Callable[[list[Item]], Sequence[Result]], size: Callable[[Item], int], limit: int
    ) -> None:
        """Batch calls of a function.

        Args:
            run: the function; it returns one result per item.
            size: returns an item's size.
            limit: sum of sizes up to which calls join a batch. The items of one call always stay
                together, even if they exceed it.
        """
        self._run = run
        self._size = size
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: deque[_Turn[Item, Result]] = deque()
        self._busy = False

    def __call__(self, items: Sequence[Item]) -> Sequence[Result]:
        """Return ``run(items)``, computed alone or with the items of other callers.

        Raises:
            Exception: what ``run`` raised.
        """
        turn: _Turn[Item, Result] = _Turn(items)
        with self._lock:
            self._waiting.append(turn)
            must_wait = self._busy
            self._busy = True
        if must_wait:
            try:
                turn.is_awake.wait()
            except BaseException:
                self._withdraw(turn)
                raise
        if turn.results is None and turn.error is None:
            self._run_waiting()
        if turn.error is not None:
            raise turn.error
        assert turn.results is not None
        return turn.results

    def _run_waiting(self) -> None:
        """Run the waiting calls, this caller's own among them, then wake the next caller."""
        batch: list[_Turn[Item, Result]] = []
        try:
            self._take(batch)
            results = self._run([item for turn in batch for item in turn.items])
            start = 0
            for turn in batch:
                turn.results = results[start : start + len(turn.items)]
                start += len(turn.items)
        except Exception as error:
            for turn in batch:
                turn.error = error
        except BaseException:
            # An interruption stops this thread only; the others get an error.
            for turn in batch:
                turn.error = EncoderError("Encoding was interrupted; ask again.")
            raise
        finally:
            try:
                for turn in batch:
                    turn.is_awake.set()
                if self._waiting:
                    # Under load, a caller that was just served often asks again at once.
                    time.sleep(_GATHERING_S)
            finally:
                self._hand_over()

    def _take(self, batch: list[_Turn[Item, Result]]) -> None:
        with self._lock:
            batch.append(self._waiting.popleft())
            total = sum(map(self._size, batch[0].items))
            while self._waiting:
                total += sum(map(self._size, self._waiting[0].items))
                if total > self._limit:
                    break
                batch.append(self._waiting.popleft())

    def _hand_over(self) -> None:
        with self._lock:
            self._busy = bool(self._waiting)
            if self._waiting:
                self._waiting[0].is_awake.set()

    def _withdraw(self, turn: _Turn[Item, Result]) -> None:
        """Leave the queue after an interruption; wake the next caller if this one was to run."""
        with self._lock:
            if turn not in self._waiting:
                return
            self._waiting.remove(turn)
            was_next = turn.is_awake.is_set()
        if was_next:
            self._hand_over()
