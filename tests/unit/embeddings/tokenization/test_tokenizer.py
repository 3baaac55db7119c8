"""Where tokens stand in their text, by both libraries."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import EncoderOptions
from embeddings.load import prepare
from embeddings.packaged import model as packaged
from embeddings.tokenization.tokenizer import (
    JSON_FILE,
    SENTENCEPIECE_FILE,
    JsonTokenizer,
    SentencePieceTokenizer,
    Tokenizer,
    load_tokenizer,
)

ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from("ệ ▁中。ＡＢ１½ﷺ㍿\u0302\u0301\u200b\u200d\u3000\n\r\0🎌👨👩𠀀"),
    max_size=60,
)


@pytest.fixture(scope="module")
def compiled() -> Path:
    return prepare("packaged", EncoderOptions())


@pytest.fixture(scope="module", params=["sentencepiece", "json"])
def tokenizer(request: pytest.FixtureRequest, compiled: Path) -> Tokenizer:
    if request.param == "json":
        return JsonTokenizer(packaged.prepare() / JSON_FILE)
    return load_tokenizer(compiled)


@settings(max_examples=200)
@given(ANY_TEXT)
def test_spans_stand_in_the_text_in_order(tokenizer: Tokenizer, text: str) -> None:
    ids, places = tokenizer.spans(text)
    assert ids == tokenizer.ids([text])[0]
    assert len(places) == len(ids)
    assert all(0 <= start <= end <= len(text) for start, end in places)
    for (start, end), (next_start, next_end) in pairwise(places):
        assert start <= next_start
        assert end <= next_end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hà Nội", ["Hà", "Nội"]),
        ("  Hà   Nội ", ["Hà", "Nội"]),
        ("联合国 ASEAN", ["联合国", "ASEAN"]),
        ("🎌 Huế", ["🎌", "Huế"]),
        ("𠀀𠀀 a", ["𠀀𠀀", "a"]),
        ("ＡＳＥＡＮ", ["ＡＳＥＡＮ"]),
        ("", []),
    ],
)
def test_spans_count_characters_not_bytes(
    tokenizer: Tokenizer, text: str, expected: list[str]
) -> None:
    _, places = tokenizer.spans(text)
    found = [text[start:end].strip() for start, end in places]
    # One library says that the space it puts before a text stands at the first character.
    assert [each for each in dict.fromkeys(found) if each in expected] == expected
    assert [each for each in found if each][-1:] == expected[-1:]


def test_both_libraries_stand_in_the_same_places(compiled: Path) -> None:
    one, other = load_tokenizer(compiled), JsonTokenizer(packaged.prepare() / JSON_FILE)
    assert isinstance(one, SentencePieceTokenizer)
    text = "Hội nghị (Huế, 3/5): 会议在顺化举行。Eleven countries, 1½ days – “done”."
    (ids, places), (other_ids, other_places) = one.spans(text), other.spans(text)
    assert ids == other_ids
    assert [text[a:b].strip() for a, b in places] == [text[a:b].strip() for a, b in other_places]


def test_directories_with_the_same_model_share_a_tokenizer(compiled: Path, tmp_path: Path) -> None:
    shutil.copy(compiled / SENTENCEPIECE_FILE, tmp_path)
    assert load_tokenizer(tmp_path) is load_tokenizer(compiled)


def test_a_directory_without_a_sentencepiece_model_has_the_other_file(tmp_path: Path) -> None:
    shutil.copy(packaged.prepare() / JSON_FILE, tmp_path)
    assert isinstance(load_tokenizer(tmp_path), JsonTokenizer)


def test_many_texts_have_the_tokens_that_each_has_alone(tokenizer: Tokenizer) -> None:
    texts = [f"Hội nghị thứ {n} 会议" * (n % 4) for n in range(100)]
    assert tokenizer.ids(texts) == [tokenizer.ids([text])[0] for text in texts]
    assert tokenizer.ids([]) == []
