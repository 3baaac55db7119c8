from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records.article_id import composed, same_ids
from rag.records.new_article import make_article

DECOMPOSED = unicodedata.normalize("NFD", "Sở Du lịch")


def test_ids_sources_authors_and_tags_are_stored_composed() -> None:
    article = make_article(
        "Một câu.",
        key="k",
        id=unicodedata.normalize("NFD", "tin-số-1"),
        source=DECOMPOSED,
        authors=[DECOMPOSED],
        tags=[DECOMPOSED, unicodedata.normalize("NFD", "hội chợ")],
    )
    assert article.id == "tin-số-1"
    assert article.source == "Sở Du lịch"
    assert article.authors == ("Sở Du lịch",)
    assert article.tags == ("Sở Du lịch", "hội chợ")


@pytest.mark.parametrize("tag", ["vn", "cn", "xx", "English", "zh-Hanx"])
def test_a_language_that_has_no_such_code_is_identified_from_the_text(tag: str) -> None:
    article = make_article("Chợ nổi họp từ lúc ba giờ sáng.", key="k", language=tag)
    assert article.language == "vi"


@given(st.text(max_size=30), st.sampled_from(["NFC", "NFD"]))
def test_ids_that_look_the_same_are_found_from_each_other(
    text: str, form: Literal["NFC", "NFD"]
) -> None:
    written = unicodedata.normalize(form, text)
    forms = same_ids(written)
    assert forms[0] == written
    assert composed(text) in forms
    assert len({composed(each) for each in forms}) == 1


def test_a_tone_behind_its_vowel_is_the_same_id() -> None:
    # As Vietnamese keyboards of Windows write it.
    assert "vi\u00ea\u0323c" in same_ids("việc")
    assert "h\u00f4\u0323i" in same_ids(unicodedata.normalize("NFD", "hội"))
