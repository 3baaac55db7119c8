"""What goes on beside the work of a job, and never ends its thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from embeddings import TamnguError

_LOG = logging.getLogger("tamngu.api")


@contextmanager
def repeated(call: Callable[[], object], every_s: float) -> Iterator[None]:
    """Call a function every some seconds, in another thread, until the block ends.

    Args:
        call: the function.
        every_s: seconds between two calls.
    """
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(every_s):
            call()

    thread = threading.Thread(target=run, name="job-progress")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def errors_logged(message: str) -> Iterator[None]:
    """Log an exception of the block instead of raising it, so that the thread goes on."""
    try:
        yield
    except TamnguError as error:
        # Such as a full disk, which may last: one line says all that is known.
        _LOG.error("%s: %s", message, error)
    except Exception:
        _LOG.exception("%s.", message)
