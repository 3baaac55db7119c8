"""Progress bars: on standard error, only in a terminal, and only when it takes over a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tqdm import tqdm


def progress_bar(total: int | None, unit: str, doing: str = "") -> tqdm[NoReturn]:
    """Return a bar with rate and remaining time; use it in a ``with`` and call its ``update``.

    Args:
        total: units in all, None where that is not known.
        unit: of what; ``B`` counts bytes.
        doing: what stands before the bar.
    """
    from tqdm import tqdm

    return tqdm(
        total=total,
        unit=unit,
        unit_scale=unit == "B",
        unit_divisor=1000,
        desc=doing or None,
        disable=None,
        leave=False,
        delay=1,
    )
