"""Progress bars of evaluations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tamngu.cli.progress import progress_bar

if TYPE_CHECKING:
    from embeddings import Progress


@contextmanager
def bar(total: int, unit: str) -> Iterator[Progress]:
    """Show a progress bar in a terminal; yields the function that advances it."""
    with progress_bar(total, unit) as shown:
        yield shown.update
