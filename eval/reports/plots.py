"""Draw plots as SVG without scripts or fonts, for pages and for print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_WIDTH, _HEIGHT = 360, 260
_LEFT, _BOTTOM, _TOP, _RIGHT = 46, 40, 12, 12
_INK, _FAINT, _LINE, _SECOND = "#1f2933", "#d3dae0", "#1d5fa8", "#b35309"

Points = Sequence[tuple[float, float]]


def line_plot(
    points: Points, x_label: str, y_label: str, *, diagonal: bool = False, dots: bool = False
) -> str:
    """Draw a line through points; both axes go from 0 to 1.

    Args:
        points: from left to right.
        x_label: of the horizontal axis.
        y_label: of the vertical axis.
        diagonal: also draw the diagonal, where both values are equal.
        dots: mark each point.
    """
    parts = [_axes(x_label, y_label, 1.0)]
    if diagonal:
        parts.append(
            f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke="{_SECOND}" '
            'stroke-dasharray="4 3"/>'
        )
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="{_LINE}" stroke-width="2"/>')
    if dots:
        parts += [
            f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="3.5" fill="{_LINE}"/>' for x, y in points
        ]
    return _svg(parts, f"{y_label} by {x_label}")


def histogram(values: Sequence[float], x_label: str, bins: int = 24) -> str:
    """Draw a histogram; the largest hundredth of the values is counted in the last bin."""
    import numpy as np

    end = float(np.percentile(values, 99)) or 1.0
    counts, _ = np.histogram(np.clip(values, 0, end), bins=bins, range=(0, end))
    top = max(int(counts.max()), 1)
    parts = [_axes(x_label, "questions", top, x_end=end)]
    width = (_x(1) - _x(0)) / bins
    for place, count in enumerate(counts.tolist()):
        height = (_y(0) - _y(1)) * count / top
        parts.append(
            f'<rect x="{_x(0) + place * width + 0.5:.1f}" y="{_y(0) - height:.1f}" '
            f'width="{width - 1:.1f}" height="{height:.1f}" fill="{_LINE}"/>'
        )
    return _svg(parts, f"questions by {x_label}")


_MIDDLE = 0.179
"""The luminance on which black and white text have the same contrast, 4.58."""


def shade(value: float) -> str:
    """Return the colours of a heat map's cell for a value from 0 to 1, as CSS."""
    # Most figures are large; the square makes their differences visible.
    share = min(max(value, 0.0), 1.0) ** 2
    red, green, blue = (round(255 + (end - 255) * share) for end in (29, 95, 168))
    ink = "#ffffff" if _luminance(red, green, blue) < _MIDDLE else "#000000"
    return f"background:rgb({red},{green},{blue});color:{ink}"


def _luminance(*components: int) -> float:
    """Return the relative luminance of a colour in sRGB, as WCAG 2.2 defines it."""
    linear = [
        each / 255 / 12.92 if each <= 10 else ((each / 255 + 0.055) / 1.055) ** 2.4
        for each in components
    ]
    return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _x(value: float) -> float:
    return _LEFT + value * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float) -> float:
    return _HEIGHT - _BOTTOM - value * (_HEIGHT - _BOTTOM - _TOP)


def _axes(x_label: str, y_label: str, y_end: float, x_end: float = 1.0) -> str:
    parts = []
    for step in range(6):
        share = step / 5
        parts.append(
            f'<line x1="{_x(0)}" y1="{_y(share):.1f}" x2="{_x(1)}" y2="{_y(share):.1f}" '
            f'stroke="{_FAINT}"/>'
            f'<text x="{_x(0) - 6}" y="{_y(share) + 4:.1f}" text-anchor="end">'
            f"{share * y_end:.3g}</text>"
            f'<text x="{_x(share):.1f}" y="{_y(0) + 15}" text-anchor="middle">'
            f"{share * x_end:.3g}</text>"
        )
    middle = (_y(0) + _y(1)) / 2
    parts.append(
        f'<text x="{(_x(0) + _x(1)) / 2:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">'
        f"{escape(x_label)}</text>"
        f'<text x="11" y="{middle:.1f}" text-anchor="middle" '
        f'transform="rotate(-90 11 {middle:.1f})">{escape(y_label)}</text>'
    )
    return "".join(parts)


def _svg(parts: Sequence[str], label: str) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{escape(label, quote=True)}" font-size="11" fill="{_INK}">'
        f"{''.join(parts)}</svg>"
    )
