from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.diacritics import bare, with_diacritics


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ha Noi la thu do cua Viet Nam", "Hà Nội là thủ đô của Việt Nam"),
        ("TONG THU KY LIEN HOP QUOC", "TỔNG THƯ KÝ LIÊN HỢP QUỐC"),
        ("ASEAN va Lien Hop Quoc, nam 2020.", "ASEAN và Liên Hợp Quốc, năm 2020."),
        ("Việt Nam tham gia nam nao?", "Việt Nam tham gia nam nao?"),
        ("", ""),
    ],
)
def test_diacritics_are_put_back(typed: str, meant: str) -> None:
    assert with_diacritics(typed) == meant


@given(st.text(max_size=100))
def test_nothing_but_diacritics_changes(text: str) -> None:
    found = with_diacritics(text)
    if found != text:
        assert "".join(bare(character) for character in found.lower()) == text.lower()
