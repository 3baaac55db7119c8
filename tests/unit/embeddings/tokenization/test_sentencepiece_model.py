from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tokenizers.normalizers import Precompiled

from embeddings.packaged import model as packaged
from embeddings.text import canonical
from embeddings.tokenization.sentencepiece_model import charsmap, sentencepiece_model
from embeddings.tokenization.tokenizer import JSON_FILE, JsonTokenizer, SentencePieceTokenizer

CHARACTER = st.characters(
    exclude_characters="\0", exclude_categories=["Cs", "Mn", "Mc", "Me", "Cf"]
)


@given(
    st.dictionaries(
        CHARACTER, st.text(CHARACTER, min_size=1, max_size=4), min_size=1, max_size=60
    ).filter(lambda mapping: any(one != other for one, other in mapping.items())),
    st.data(),
)
def test_every_character_is_replaced_by_itself(
    mapping: dict[str, str], data: st.DataObject
) -> None:
    # The library looks up whole graphemes. The spaces keep two characters from forming one.
    characters = data.draw(st.lists(st.sampled_from(sorted(mapping)) | CHARACTER, max_size=20))
    text = " ".join(characters)
    expected = "".join(mapping.get(character, character) for character in text)
    assert Precompiled(charsmap(mapping)).normalize_str(text) == expected


@cache
def described() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((packaged.prepare() / JSON_FILE).read_text())
    return content


@cache
def both() -> tuple[SentencePieceTokenizer, JsonTokenizer]:
    model = sentencepiece_model(described())
    assert model is not None
    return SentencePieceTokenizer(model), JsonTokenizer(packaged.prepare() / JSON_FILE)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    st.text(
        st.sampled_from("ệốđờƯ ＡＢ１㈱½联聯合國 ,.?!\t\n\u3000▁abcéñ«»🙂")
        | st.characters(exclude_categories=["Cs", "Cc", "Cf", "Mn", "Mc", "Me"]),
        max_size=40,
    )
)
def test_tokens_of_any_text_are_the_same_in_both(text: str) -> None:
    # The original tokenizer reads these as special tokens; see the test of their names below.
    assume(not re.search("<(s|pad|/s|unk|mask)>", unicodedata.normalize("NFKC", text)))
    lighter, original = both()
    assert lighter.ids([canonical(text)]) == original.ids([canonical(text)])


@pytest.mark.slow
def test_many_texts_and_one_by_one_give_the_same_tokens() -> None:
    lighter, _ = both()
    texts = [f"Văn bản số {i}" for i in range(100)]
    assert lighter.ids(texts) == [lighter.ids([text])[0] for text in texts]


def test_names_of_special_tokens_in_a_text_are_text() -> None:
    lighter, _ = both()
    (ids,) = lighter.ids(["<s> </s> <mask>"])
    assert not {0, 1, 2, 250001} & set(ids)


@pytest.mark.parametrize(
    "change",
    [
        {"model": {"type": "WordPiece", "vocab": {}}},
        {"pre_tokenizer": {"type": "ByteLevel"}},
        {"pre_tokenizer": None},
        {"normalizer": {"type": "Lowercase"}},
        {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}]}},
    ],
)
def test_a_tokenizer_that_sentencepiece_has_not_is_none(change: dict[str, Any]) -> None:
    assert sentencepiece_model({**described(), **change}) is None
