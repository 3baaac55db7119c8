from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.normalizers import Precompiled

from embeddings.charsmap import precompile

CHARACTER = st.characters(
    exclude_characters="\0", exclude_categories=["Cs", "Mn", "Mc", "Me", "Cf"]
)


@given(
    st.dictionaries(CHARACTER, st.text(CHARACTER, max_size=4), min_size=1, max_size=60), st.data()
)
def test_every_character_is_replaced_by_itself(
    mapping: dict[str, str], data: st.DataObject
) -> None:
    # Letters joined by a space each, so that no two of them are one grapheme, which the library
    # looks up as a whole.
    characters = data.draw(st.lists(st.sampled_from(sorted(mapping)) | CHARACTER, max_size=20))
    text = " ".join(characters)
    expected = "".join(mapping.get(character, character) for character in text)
    assert Precompiled(precompile(mapping)).normalize_str(text) == expected


@pytest.mark.parametrize("key", ["", "ab", "\0"])
def test_what_is_no_single_character_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a single character"):
        precompile({key: "x"})
