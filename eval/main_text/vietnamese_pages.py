"""Vietnamese news pages in the forms of twelve sites, and the text that a reader would copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from rag.text.data_files import toml_data

_PACKAGE = "eval.main_text"
_STORIES_OF_SITE = 3
_STEP = 5
"""Each site has its first story so many behind the first one of the site before, so that a story is
on sites of different forms."""

_MARKS = {"##": "heading", "-": "item", "|": "row", "[]": "box", "!": "picture", "+": "inline"}


@dataclass(frozen=True)
class GoldPage:
    """A page, and its main text.

    Attributes:
        name: of the page.
        html: the page.
        text: its lead and its body, without captions and other stories.
        lead: the lead alone.
    """

    name: str
    html: str
    text: str
    lead: str = ""


def vietnamese_pages() -> Iterator[GoldPage]:
    """Yield the pages: of each site three, of each story two."""
    sites = toml_data(_PACKAGE, "vietnamese_sites.toml")["site"]
    stories = toml_data(_PACKAGE, "vietnamese_stories.toml")["story"]
    for number, site in enumerate(sites):
        for place in range(_STORIES_OF_SITE):
            at = (number * _STORIES_OF_SITE + place * _STEP) % len(stories)
            others = [stories[(at + step) % len(stories)] for step in range(1, 5)]
            yield _page(site, stories[at], others)


def _page(
    site: dict[str, str], story: dict[str, str], others: Sequence[dict[str, str]]
) -> GoldPage:
    parts = [_part(line) for line in story["body"].strip().split("\n")]
    words = {name: escape(value) for name, value in story.items()}
    body = site["page"].format(
        **words | {"body": "".join(_filled(site, parts, others[0]["lead"]))},
        related=_other_story(site["related"], others[1]),
        teasers="".join(_other_story(site["teaser"], other) for other in others[2:]),
    )
    head = (
        f'<meta charset="utf-8"><title>{words["title"]} - {site["name"]}</title>'
        f'<meta property="og:title" content="{words["title"]}">'
    )
    html = f'<!DOCTYPE html><html lang="vi"><head>{head}</head><body>{body}</body></html>'
    kept = [text for kind, text in parts if kind not in ("picture", "inline")]
    name = f"{site['name']}: {story['title']}"
    return GoldPage(name, html, "\n".join([story["lead"], *kept]), story["lead"])


def _part(line: str) -> tuple[str, str]:
    """Return the kind of a line of a body, and its text without the mark.

    >>> _part("## Ba điều kiện"), _part("| Loại | Giá |")
    (('heading', 'Ba điều kiện'), ('row', 'Loại | Giá'))
    """
    mark, _, text = line.partition(" ")
    return (_MARKS[mark], text.strip(" |")) if mark in _MARKS else ("paragraph", line)


def _filled(site: dict[str, str], parts: Sequence[tuple[str, str]], summary: str) -> Iterator[str]:
    """Yield the elements of a body."""
    for kind, group in groupby(parts, key=lambda part: part[0]):
        texts = [escape(text) for _, text in group]
        if kind == "row":
            rows = "".join(
                f"<tr>{''.join(site['cell'].format(text=cell) for cell in row.split(' | '))}</tr>"
                for row in texts
            )
            yield site["table"].format(rows=rows)
        elif kind == "item":
            yield site["list"].format(items="".join(f"<li>{text}</li>" for text in texts))
        else:
            for text in texts:
                yield site[kind].format(text=text, summary=escape(summary))


def _other_story(form: str, story: dict[str, Any]) -> str:
    return form.format(text=escape(story["title"]), summary=escape(story["lead"]))
