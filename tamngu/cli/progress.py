"""Progress bars on standard error: only in a terminal, and only after the first second."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tqdm import tqdm

_DELAY_S = 1.0


@contextmanager
def progress_bar(total: int | None, unit: str, doing: str = "") -> Iterator[tqdm[NoReturn]]:
    """Show a bar with rate and remaining time inside the block; call its ``update``.

    Args:
        total: number of units, None if it is not known.
        unit: name of a unit; ``B`` counts bytes.
        doing: the text before the bar.
    """
    from tqdm import tqdm

    bar = tqdm(
        total=total,
        unit=unit,
        unit_scale=unit == "B",
        unit_divisor=1000,
        desc=doing or None,
        disable=None,
        leave=False,
        delay=_DELAY_S,
    )

    def show() -> None:
        # tqdm clears on closing only what it believes to have printed.
        bar.last_print_t = max(bar.last_print_t, bar.start_t + _DELAY_S)
        bar.refresh()

    # tqdm shows the bar at an update. All updates may come in the first second, as when all files
    # are read and their articles are still to be encoded.
    timer = threading.Timer(_DELAY_S, show)
    timer.daemon = True
    if not bar.disable:
        timer.start()
    try:
        with bar:
            yield bar
    finally:
        timer.cancel()
