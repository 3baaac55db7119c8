"""What stands in the Markdown files: fenced blocks, links, and code between single backticks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]

RUN_PAGES = [
    *sorted(ROOT.glob("README*.md")),
    ROOT / "docs" / "index.md",
    ROOT / "docs" / "getting-started.md",
    *sorted(ROOT.glob("docs/guides/*.md")),
]
"""The pages whose commands are run as they are written."""

ALL_PAGES = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]

_NOT_RUN = re.compile(r"<!-- not run: (.*?) -->\s*", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: the file.
        line: the first line of the block, from 1.
        kind: the word after the fence, such as ``sh``.
        text: what stands between the fences.
        not_run: the reason why it cannot be run, from an HTML comment above it; None without one.
    """

    page: Path
    line: int
    kind: str
    text: str
    not_run: str | None

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page, in order."""
    before: Token | None = None
    for token in _tokens(page):
        if token.type == "fence":
            assert token.map is not None
            comment = before and before.type == "html_block" and _NOT_RUN.fullmatch(before.content)
            reason = comment[1] if comment else None
            yield Block(page, token.map[0] + 1, token.info.strip(), token.content, reason)
        before = token


def links(page: Path) -> Iterator[str]:
    """Yield the targets of the links and pictures of a page."""
    for token in _inline(page):
        target = token.attrs.get("href") or token.attrs.get("src")
        if target is not None:
            yield str(target)


def code(page: Path) -> Iterator[str]:
    """Yield what stands between single backticks."""
    for token in _inline(page):
        if token.type == "code_inline":
            yield token.content


def anchors(page: Path) -> set[str] | None:
    """Return the anchors that GitHub and the documentation site make of a page's headings.

    None for a page that the site completes: it has headings that are not in the file.
    """
    tokens = _tokens(page)
    if any(token.type == "fence" and token.info.startswith("{") for token in tokens):
        return None
    return {
        re.sub(r"[^\w\- ]", "", text.content.lower().replace("`", "")).strip().replace(" ", "-")
        for heading, text in pairwise(tokens)
        if heading.type == "heading_open"
    }


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))


def _inline(page: Path) -> Iterator[Token]:
    for token in _tokens(page):
        yield from token.children or ()
