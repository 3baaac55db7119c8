"""Draw ``docs/architecture.svg`` from the order of rooms in ``tests/unit/test_imports.py``.

Run ``python -m docs.architecture`` in the root of the repository after a change of that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from tests.unit.test_imports import FLOORS

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "architecture.svg"

# All lengths are in pixels.
WIDTH = 880
MARGIN = 12
GAP = 8
ROW = 34
BRICK = 27
HEADING = 48
COLUMN = 158
CHARACTER = 7.0
"""Width of a character of a room's name, about."""

NOTES = {
    "api": "the service: HTTP, keys, jobs, MCP, web page",
    "eval": "gold sets, metrics, reports",
    "rag": "articles → passages → ranked passages → cited answers; knows nothing of HTTP",
    "reading": "question and window → is the answer there, and where; knows nothing of articles",
    "embeddings": "text → vectors; knows nothing of articles",
    "tamngu": "for other programs",
    "tamngu/records": "requests, filters, hits, citations, answers, jobs: plain data for all above",
}

STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.sheet { fill: #fff; }
.panel { fill: var(--panel); stroke: var(--edge); }
.room { fill: var(--room); }
.module { fill: none; stroke: var(--edge); stroke-dasharray: 3 2; }
.title { font-weight: 700; font-size: 15px; fill: #1f2328; }
.note { font-size: 12px; fill: #4d5661; }
.name { text-anchor: middle; fill: #1f2328; }
.tamngu { --panel: #fff8e6; --room: #f7dc92; --edge: #d9b44a; }
.embeddings { --panel: #eef7ee; --room: #bfe3c0; --edge: #86c089; }
.reading { --panel: #e8f6f6; --room: #b3dfe0; --edge: #74b5b8; }
.rag { --panel: #eaf3fd; --room: #b7d7f8; --edge: #7fb2e5; }
.eval { --panel: #f6effb; --room: #dcc5ef; --edge: #b795d8; }
.api { --panel: #fdeeee; --room: #f4c4c4; --edge: #dd9393; }
@media (prefers-color-scheme: dark) {
.sheet { fill: #0d1117; }
.title, .name { fill: #f0f6fc; }
.note { fill: #b4bdc7; }
.tamngu { --panel: #231c0b; --room: #5a4715; --edge: #8a6d23; }
.embeddings { --panel: #0f1f13; --room: #245130; --edge: #3f7f4d; }
.reading { --panel: #0d1f21; --room: #1c4d51; --edge: #357c82; }
.rag { --panel: #0e1b2b; --room: #1d4570; --edge: #3a72ab; }
.eval { --panel: #1c1427; --room: #4a3067; --edge: #78549f; }
.api { --panel: #28131a; --room: #632833; --edge: #9c4a57; }
}"""


@dataclass(frozen=True)
class Box:
    """A rectangle of the picture."""

    left: float
    top: float
    width: float
    height: float


def draw() -> str:
    """Return the picture as SVG: packages stand on those that they import from."""
    left = MARGIN + COLUMN + GAP
    width = WIDTH - MARGIN - left
    eval_width = 200
    api_width = width - eval_width - GAP
    top = MARGIN + 28.0
    upper = max(_height("api", api_width), _height("eval", eval_width))
    middle = top + upper + GAP
    below = middle + _height("rag", width) + GAP
    lower = below + _height("reading", width) + GAP
    ground = lower + _height("embeddings", width) + GAP
    bottom = ground + HEADING + ROW
    rule = "A room imports only from rooms below it or at its left."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom + MARGIN:g}"'
            f' role="img" aria-label="Packages and their rooms. {rule}">',
            f"<style>{STYLE}</style>",
            f'<rect class="sheet" width="{WIDTH}" height="{bottom + MARGIN:g}" rx="8"/>',
            _text("note", MARGIN, MARGIN + 14, f"{rule} Dashed: a single module."),
            *_front_door(Box(MARGIN, top, COLUMN, ground - top), lower, bottom),
            *_package("eval", Box(left, top, eval_width, upper)),
            *_package("api", Box(left + eval_width + GAP, top, api_width, upper)),
            *_package("rag", Box(left, middle, width, below - middle - GAP)),
            *_package("reading", Box(left, below, width, lower - below - GAP)),
            *_package("embeddings", Box(left, lower, width, ground - lower - GAP)),
            "</svg>\n",
        ]
    )


def _front_door(column: Box, lower: float, bottom: float) -> list[str]:
    """Return ``tamngu``: a column beside the others, and the records below them all."""
    ground = column.top + column.height
    outline = (
        f"M{column.left} {column.top:g}h{column.width}V{ground:g}H{WIDTH - MARGIN}V{bottom:g}"
        f"H{column.left}Z"
    )
    left, width = column.left + GAP, column.width - 2 * GAP
    places = {
        "tamngu.cli": Box(left, column.top + HEADING, width, BRICK),
        "tamngu": Box(left, column.top + HEADING + ROW, width, BRICK),
        "tamngu.adapters": Box(left, lower + HEADING, width, BRICK),
        "tamngu.client": Box(left, lower + HEADING + ROW, width, BRICK),
        "tamngu.records": Box(left, ground + HEADING, WIDTH - 2 * (MARGIN + GAP), BRICK),
    }
    missing = set(_rooms("tamngu")) - set(places)
    if missing:
        raise ValueError(f"{', '.join(sorted(missing))} has no place in the picture")
    return [
        '<g class="tamngu">',
        f'<path class="panel" stroke-linejoin="round" d="{outline}"/>',
        *_heading("tamngu", left, column.top),
        *_heading("tamngu/records", left, ground),
        *(line for name, box in places.items() for line in _room(name, box)),
        _text("note", left, column.top + HEADING + 2 * ROW + 10, "loads the rest when"),
        _text("note", left, column.top + HEADING + 2 * ROW + 26, "it is first used"),
        _text("note", left, lower + 19, "need no room of"),
        _text("note", left, lower + 35, "reading, rag, api, eval"),
        "</g>",
    ]


def _package(package: str, box: Box) -> list[str]:
    """Return a package: its rooms as bricks, the lowest floor in the lowest row."""
    lines = [
        f'<g class="{package}">',
        f'<rect class="panel" x="{box.left:g}" y="{box.top:g}" width="{box.width:g}"'
        f' height="{box.height:g}" rx="6"/>',
        *_heading(package, box.left + GAP, box.top),
    ]
    top = box.top + box.height - ROW
    for row in _rows(package, box.width):
        spare = box.width - 2 * GAP - sum(map(_width, row)) - GAP * (len(row) - 1)
        left = box.left + GAP
        for name in row:
            width = _width(name) + spare / len(row)
            lines += _room(name, Box(left, top, width, BRICK))
            left += width + GAP
        top -= ROW
    return [*lines, "</g>"]


def _rows(package: str, width: float) -> list[list[str]]:
    """Return a package's rooms in rows that fit a width, the lowest row first."""
    rows: list[list[str]] = [[]]
    for name in _rooms(package):
        row = [*rows[-1], name]
        if sum(map(_width, row)) + GAP * (len(row) + 1) > width:
            rows.append([name])
        else:
            rows[-1] = row
    return rows


def _rooms(package: str) -> list[str]:
    """Return a package's rooms from the lowest floor up.

    A package's own ``__init__`` is a room only in ``tamngu``, the front door. ``__main__`` hands on
    to the command line.
    """
    names = [name for floor in FLOORS for name in floor if not name.endswith(".__main__")]
    return [name for name in names if name.startswith(f"{package}.") or name == package == "tamngu"]


def _height(package: str, width: float) -> float:
    return HEADING + ROW * len(_rows(package, width))


def _width(name: str) -> float:
    return CHARACTER * len(_label(name)) + 14


def _label(name: str) -> str:
    return "import tamngu" if name == "tamngu" else name.partition(".")[2]


def _room(name: str, box: Box) -> list[str]:
    kind = "room" if (ROOT / name.replace(".", "/")).is_dir() else "module"
    return [
        f'<rect class="{kind}" x="{box.left:.1f}" y="{box.top:g}" width="{box.width:.1f}"'
        f' height="{box.height:g}" rx="4"/>',
        _text("name", box.left + box.width / 2, box.top + 18, _label(name)),
    ]


def _heading(package: str, left: float, top: float) -> list[str]:
    return [
        _text("title", left, top + 19, f"{package}/"),
        _text("note", left, top + 37, NOTES[package]),
    ]


def _text(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:g}">{escape(text)}</text>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
