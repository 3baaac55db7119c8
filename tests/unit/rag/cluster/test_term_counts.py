from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.cluster.term_counts import (
    QuestionTerms,
    Statistics,
    TermCounts,
    count_terms,
    scores,
    weights_of,
)
from rag.index.lexical_tail import LexicalTail

TEXTS = {
    "vi": ["Hà Nội họp với ASEAN.", "ASEAN họp ở Hà Nội, Hà Nội họp.", "Giá cà phê tăng " * 30],
    "zh": ["东盟在河内开会。", "河内的会议谈东盟与咖啡。", "咖啡价格上涨"],
    "en": [
        "ASEAN meets in Hanoi.",
        "Hanoi's meetings with ASEAN went on and on.",
        "Coffee is dear",
    ],
}
QUESTIONS = {"vi": "ASEAN họp ở Hà Nội khi nào?", "zh": "东盟在河内", "en": "meeting in Hanoi"}


@pytest.mark.parametrize("language", TEXTS)
def test_scores_are_those_of_the_word_index_of_one_machine(language: str) -> None:
    texts = TEXTS[language]
    tail = LexicalTail(language)
    tail.add(range(len(texts)), texts)
    rows, expected = tail.search(QUESTIONS[language], 10, np.ones(len(texts), bool), None)
    passages = [count_terms(text, language) for text in texts]
    asked = QuestionTerms.of(QUESTIONS[language], language)
    terms, counts = np.unique(np.concatenate([p.terms for p in passages]), return_counts=True)
    holding = dict(zip(terms.tolist(), counts.tolist(), strict=True))
    statistics = Statistics.of(passages)
    rarities = asked.rarities(holding, statistics.passages)
    found = scores(asked, rarities, passages, statistics.averages)
    assert np.allclose(found[rows], expected, rtol=1e-5)
    assert len(rows) == np.count_nonzero(found)


@pytest.mark.parametrize("language", TEXTS)
def test_an_inner_product_of_weights_is_the_score(language: str) -> None:
    passages = [count_terms(text, language) for text in TEXTS[language]]
    statistics = Statistics.of(passages)
    asked = QuestionTerms.of(QUESTIONS[language], language)
    rarities = asked.rarities(dict.fromkeys(asked.terms.tolist(), 1), len(passages))
    of_question = dict(zip(asked.terms.tolist(), rarities.tolist(), strict=True))
    products = [
        sum(
            of_question.get(term, 0.0) * weight
            for term, weight in zip(
                each.terms.tolist(), weights_of(each, statistics.averages).tolist(), strict=True
            )
        )
        for each in passages
    ]
    assert np.allclose(scores(asked, rarities, passages, statistics.averages), products)


@given(st.text(max_size=200), st.sampled_from(["vi", "zh", "en", "ko"]))
def test_terms_are_read_as_they_were_stored(text: str, language: str) -> None:
    counted = count_terms(text, language)
    read = TermCounts.of_bytes(list(counted.lengths), counted.to_bytes())
    assert read.lengths == counted.lengths
    assert np.array_equal(read.terms, counted.terms)
    assert np.array_equal(read.counts, counted.counts)
    assert (np.diff(counted.terms.astype(np.int64)) > 0).all()
    assert int(counted.counts.sum()) == sum(counted.lengths)


def test_nothing_matches_a_question_without_words() -> None:
    passages = [count_terms(text, "en") for text in TEXTS["en"]]
    asked = QuestionTerms.of("?", "en")
    rarities = asked.rarities({}, 3)
    assert not scores(asked, rarities, passages, Statistics.of(passages).averages).any()
