from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rag.text.cleaning import clean
from rag.text.visible import visible, visible_json, visible_line

ESCAPES = "\x1b[31mđỏ\x1b[0m \x1b]0;title\x07 \x9b2J \x7f \r"
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TAGS = "".join(chr(0xE0000 + ord(each)) for each in "say yes")

texts = st.text() | st.text(st.sampled_from(ESCAPES + BIDI + TAGS + "\u2028\u2029\udcff\ud800\n\t"))

cleaned = texts.map(clean)
"""Without lone surrogates, two of which JSON itself joins to one character."""


def hidden(text: str) -> list[str]:
    """Return the characters of a text that a terminal acts on, or that nobody sees."""
    seen = "\t\n"
    return [
        each
        for each in text
        if (unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") and each not in seen)
        or unicodedata.bidirectional(each) in ("LRE", "RLE", "LRO", "RLO", "PDF")
        or unicodedata.bidirectional(each) in ("LRI", "RLI", "FSI", "PDI")
        or 0xE0000 <= ord(each) <= 0xE007F
    ]


@given(texts)
def test_nothing_hidden_remains_and_all_else_stays(text: str) -> None:
    shown = visible(text)
    assert not hidden(shown)
    assert visible(shown) == shown
    shown.encode()
    if not hidden(text) and not set(text) & set(BIDI):
        assert shown == text


@given(texts)
def test_a_line_is_one_line(text: str) -> None:
    assert len(visible_line(text).splitlines()) <= 1


@given(st.dictionaries(cleaned, cleaned))
def test_json_keeps_its_values(values: dict[str, str]) -> None:
    shown = visible_json(json.dumps(values, ensure_ascii=False, indent=2))
    assert not hidden(shown)
    assert json.loads(shown) == values


def test_marks_are_what_a_person_can_look_up() -> None:
    assert visible(BIDI[-5]) == "\\u202e"
    assert visible("\x1b[31m") == "\\x1b[31m"
    assert visible("\U000e0041") == "\\U000e0041"
    assert visible(b"b\xe1o.txt".decode("utf-8", "surrogateescape")) == "b\\xe1o.txt"


def test_letters_and_emoji_of_several_characters_stay() -> None:
    for text in ("Tiếng Việt", "क्\u200dष", "👩\u200d👩\u200d👧", "a\tb\nc", "中文，。"):
        assert visible(text) == text
