"""Progress bars on standard error: only in a terminal, and only after the first second."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from tqdm import tqdm


def progress_bar(total: int | None, unit: str, doing: str = "") -> tqdm[NoReturn]:
    """Return a bar with rate and remaining time; use it in a ``with`` and call its ``update``.

    Args:
        total: number of units, None if it is not known.
        unit: name of a unit; ``B`` counts bytes.
        doing: the text before the bar.
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
