"""Questions that many threads ask at once, run together; one asked alone runs at once.

No thread is kept for it: the first to come runs what is there, and who comes meanwhile waits, and
is run with all who wait by the first of them. So a lone question waits for nobody, and under load
a batch is as large as the number of those who wait.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from embeddings.errors import EncoderError

_GATHERING = 0.001
"""Seconds left, under load only, for those just served to join the next batch. On two cores 16
clients get 10 to 15% more done so; a lone question never waits."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Turn(Generic[Item, Result]):
    """One caller's items, and what became of them."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.woken = threading.Event()
        self.results: Sequence[Result] | None = None
        self.error: Exception | None = None


class MicroBatcher(Generic[Item, Result]):
    """Gathers concurrent calls of a function over a list of items."""

    def __init__(
        self, run: Callable[[list[Item]], Sequence[Result]], size: Callable[[Item], int], limit: int
    ) -> None:
        """Gather calls of ``run`` until the items' sizes reach ``limit``; one call is never cut."""
        self._run = run
        self._size = size
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: deque[_Turn[Item, Result]] = deque()
        self._busy = False

    def __call__(self, items: Sequence[Item]) -> Sequence[Result]:
        """Return ``run(items)``, computed alone or with the items of other threads.

        Raises:
            Exception: what ``run`` raised.
        """
        turn: _Turn[Item, Result] = _Turn(items)
        with self._lock:
            self._waiting.append(turn)
            waits = self._busy
            self._busy = True
        if waits:
            try:
                turn.woken.wait()
            except BaseException:
                self._withdraw(turn)
                raise
        if turn.results is None and turn.error is None:
            self._lead()
        if turn.error is not None:
            raise turn.error
        assert turn.results is not None
        return turn.results

    def _lead(self) -> None:
        """Run those who wait, ourselves among them, then wake the next to lead."""
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
            # An interruption is for this thread alone.
            for turn in batch:
                turn.error = EncoderError("Encoding was interrupted; ask again.")
            raise
        finally:
            try:
                for turn in batch:
                    turn.woken.set()
                if self._waiting:
                    # Others wait, so more will come: who is done often asks again at once.
                    time.sleep(_GATHERING)
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
                self._waiting[0].woken.set()

    def _withdraw(self, turn: _Turn[Item, Result]) -> None:
        """Leave the queue after an interruption; if it was our turn to lead, pass it on."""
        with self._lock:
            if turn not in self._waiting:
                return
            self._waiting.remove(turn)
            leads = turn.woken.is_set()
        if leads:
            self._hand_over()
