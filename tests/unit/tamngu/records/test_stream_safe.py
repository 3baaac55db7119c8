from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.text import canonical
from rag.text.cleaning import clean
from tamngu.records.request import SearchRequest
from tamngu.records.stream_safe import MOST_MARKS, is_non_starter, stream_safe

MARKS = "\u0301\u0323\u3099\uff9e\u0f73\U0001e94a"


@given(st.text(st.sampled_from(f"aế中{MARKS}\ud800"), max_size=200))
def test_only_marks_that_come_after_30_others_are_cut(text: str) -> None:
    kept, run = "", 0
    for character in text:
        run = run + 1 if is_non_starter(character) else 0
        kept += character if run <= MOST_MARKS else ""
    assert stream_safe(text) == kept


def test_every_character_that_is_a_mark_is_bounded() -> None:
    marks = [c for c in map(chr, range(sys.maxunicode + 1)) if is_non_starter(c)]
    assert len(marks) > 900
    assert all(len(stream_safe(mark * 100)) == MOST_MARKS for mark in marks)


@pytest.mark.parametrize("entry", [clean, canonical, lambda text: SearchRequest(text).question])
def test_text_is_bounded_where_it_enters(entry: Callable[[str], str]) -> None:
    assert len(unicodedata.normalize("NFD", entry("a" + "\u0301\u0323" * 2000))) == 31


def test_filters_are_bounded_as_the_fields_of_articles_are() -> None:
    long = "a" + "\u0301\u0323" * 500
    request = SearchRequest("Ai?", sources=[long], tags=("b", long))
    assert request.filters.sources == [clean(long)]
    assert request.filters.tags == ["b", clean(long)]
