"""Draw the figures of all minutes as SVG, without scripts or fonts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from tests.soak.minute import LOGS, Minute

# All lengths are in pixels.
_WIDTH, _PLOT = 880, 130
_LEFT, _RIGHT = 64, 150
_HEAD, _GAP, _FOOT = 40, 34, 34
_COLOURS = ("#1d5fa8", "#b35309", "#3f7f4d", "#78549f")

_STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
text { fill: #1f2328; }
.sheet { fill: #fff; }
.axis { stroke: #d3dae0; }
.restart { stroke: #8a939c; stroke-dasharray: 3 3; }
@media (prefers-color-scheme: dark) {
.sheet { fill: #0d1117; }
text { fill: #f0f6fc; }
.axis { stroke: #3d444d; }
}"""


@dataclass(frozen=True)
class _Curve:
    name: str
    of: Callable[[Minute], float]


def _log(name: str) -> _Curve:
    return _Curve(name, lambda minute: getattr(minute, f"{name}_kb") / 1024)


_PANELS: tuple[tuple[str, tuple[_Curve, ...]], ...] = (
    (
        "Resident memory, MB",
        (
            _Curve("server", lambda minute: minute.server_mb),
            _Curve("without files", lambda minute: minute.own_mb),
            _Curve("its readers", lambda minute: minute.readers_mb),
        ),
    ),
    (
        "Of the server process",
        (
            _Curve("open handles", lambda minute: minute.handles),
            _Curve("threads", lambda minute: minute.threads),
        ),
    ),
    ("Write-ahead logs, MB", tuple(map(_log, LOGS))),
    (
        "Searches, ms",
        (
            _Curve("p95", lambda minute: minute.p95_ms),
            _Curve("p95, alone", lambda minute: minute.p95_ms / minute.slowdown),
            _Curve("p50", lambda minute: minute.p50_ms),
        ),
    ),
)


def draw(minutes: Sequence[Minute], title: str) -> str:
    """Return the picture.

    Args:
        minutes: in their order; at least one.
        title: says what was run.
    """
    height = _HEAD + len(_PANELS) * (_PLOT + _GAP) + _FOOT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="sheet" width="{_WIDTH}" height="{height}" rx="8"/>',
        f'<text x="12" y="20" font-weight="700">{escape(title)}</text>',
    ]
    for place, (name, curves) in enumerate(_PANELS):
        lines += _panel(minutes, name, curves, _HEAD + place * (_PLOT + _GAP) + _GAP / 2)
    lines.append(
        f'<text x="{_LEFT}" y="{height - 12}">minutes from 1 to {len(minutes)}; a dashed line is a'
        " new server process on the same home</text>"
    )
    return "\n".join([*lines, "</svg>\n"])


def _panel(minutes: Sequence[Minute], name: str, curves: Sequence[_Curve], top: float) -> list[str]:
    most = max(max(curve.of(minute) for minute in minutes) for curve in curves) * 1.1 or 1.0
    bottom = top + _PLOT

    def x(place: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * place / max(len(minutes) - 1, 1)

    def y(value: float) -> float:
        return bottom - _PLOT * value / most

    lines = [f'<text x="12" y="{top - 5:g}">{escape(name)}</text>']
    for share in (0, 0.5, 1):
        value = most * share
        lines += [
            f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(value):.1f}"'
            f' y2="{y(value):.1f}"/>',
            f'<text x="{_LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,.0f}</text>',
        ]
    for place in range(1, len(minutes)):
        if minutes[place].run != minutes[place - 1].run:
            at = x(place - 0.5)
            lines.append(
                f'<line class="restart" x1="{at:.1f}" x2="{at:.1f}" y1="{top:g}" y2="{bottom:g}"/>'
            )
    for place, curve in enumerate(curves):
        points = " ".join(f"{x(i):.1f},{y(curve.of(each)):.1f}" for i, each in enumerate(minutes))
        colour = _COLOURS[place]
        lines += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"/>',
            f'<text x="{_WIDTH - _RIGHT + 10}" y="{top + 14 + 18 * place:g}"'
            f' style="fill: {colour}">{escape(curve.name)}</text>',
        ]
    return lines
