from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import Encoder
from rag.ingestion.chunking import PASSAGE_TOKENS, chunk
from rag.records.new_article import make_article

TEXT = st.text(st.sampled_from("ab .\n,，。联合国！Xy"), min_size=1, max_size=300)


def count_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


@given(TEXT.filter(lambda text: text.strip() != ""), st.integers(1, 40))
def test_passages_hold_everything_within_the_limit(text: str, limit: int) -> None:
    article = make_article(text, key="k", language="en")
    passages = chunk(article, count_characters, limit)
    kept = ""
    end = 0
    for passage in passages:
        assert end <= passage.start < passage.end <= len(article.text)
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        sizes = [len(sentence.of(article.text)) for sentence in passage.sentences]
        assert sum(sizes) <= limit
        assert all(sizes)
        kept += "".join(sentence.of(article.text) for sentence in passage.sentences)
        end = passage.end
    assert "".join(kept.split()) == "".join(article.text.split())


def test_sentences_stay_whole_when_they_fit() -> None:
    article = make_article("One two. Three four. Five six.", key="k")
    passages = chunk(article, count_words, 4)
    assert [article.text[p.start : p.end] for p in passages] == [
        "One two.",
        "Three four. Five six.",
    ]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    article = make_article("one two three, four five six", key="k")
    passages = chunk(article, count_words, 4)
    assert [article.text[p.start : p.end] for p in passages] == ["one two three,", "four five six"]


def test_no_short_rest_is_left_at_the_end() -> None:
    article = make_article(" ".join(f"Word{i}." for i in range(13)), key="k")
    passages = chunk(article, count_words, 6)
    assert [len(passage.sentences) for passage in passages] == [4, 5, 4]


@settings(max_examples=10, deadline=None)
@given(st.text(st.sampled_from("Việt联合国聯 ,.。\nabc①"), min_size=1, max_size=4000))
def test_no_passage_is_longer_than_the_model_reads(encoder: Encoder, text: str) -> None:
    article = make_article("x" + text, key="k", language="vi")
    passages = chunk(article, encoder.count_tokens, PASSAGE_TOKENS)
    counts = encoder.count_tokens([article.text[p.start : p.end] for p in passages])
    assert max(counts) <= encoder.max_passage_tokens


def test_a_megabyte_without_a_boundary_is_split(encoder: Encoder) -> None:
    article = make_article("联合国" * 100_000, key="k")
    passages = chunk(article, encoder.count_tokens, PASSAGE_TOKENS)
    assert max(passage.end - passage.start for passage in passages) < 2000
    assert passages[-1].end == len(article.text)
