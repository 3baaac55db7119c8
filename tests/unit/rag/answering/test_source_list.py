"""The list of sources, which chat front ends render as Markdown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from rag.answering.source_list import source_list
from tests.unit.tamngu.cli.test_output import citation


@pytest.mark.parametrize(
    "title",
    [
        "![x](https://evil.example/?q=1)",
        "\\![x](https://evil.example/?q=1)",
        "[Đọc tiếp](https://evil.example)",
        "<img src='https://evil.example'>",
        "<https://evil.example>",
        "`x`",
        "a\u202eb\x1b[2K",
        "[x]: https://evil.example",
    ],
)
def test_a_title_is_shown_as_it_is_and_begins_nothing(title: str) -> None:
    listed = source_list("vi", [replace(citation("1"), title=title, published_at=None)])
    tokens = MarkdownIt("commonmark").parse(listed)
    inner = [each for token in tokens for each in token.children or () if each.content or each.tag]
    assert {each.type for each in inner} <= {"text", "softbreak", "text_special"}
    shown = "".join(each.content for each in inner)
    assert title.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b") in shown


def test_an_address_ends_where_it_ends() -> None:
    url = "https://báo.vn/tin_(1)?q=é)![x](https://evil.example) <b>"
    listed = source_list("en", [replace(citation("1"), url=url, published_at=None)])
    assert listed.endswith(", https://báo.vn/tin_(1)?q=é)!%5Bx%5D(https://evil.example)%20%3Cb%3E")


def test_ordinary_titles_and_addresses_stay() -> None:
    cited = replace(citation("2"), title="Ông *Tô Lâm* (VTV): 50% & hơn", url="https://a.vn/x_y")
    assert source_list("vi", [cited]) == (
        "Nguồn:\n- [2] Ông *Tô Lâm* (VTV): 50% & hơn, 2021-12-06, https://a.vn/x_y"
    )
