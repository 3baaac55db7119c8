"""Progress of long evaluations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eval.gold.ready_made import Progress


@contextmanager
def bar(total: int, unit: str) -> Iterator[Progress]:
    """Show progress in a terminal; gives the function that advances it."""
    from tqdm import tqdm

    with tqdm(total=total, unit=unit, disable=None, leave=False, delay=1) as shown:
        yield shown.update
