from __future__ import annotations

import numpy as np

from embeddings import Encoder
from embeddings.question_cache import QuestionCache


def test_a_question_asked_again_is_not_encoded_again(encoder: Encoder) -> None:
    cache = QuestionCache(encoder, 10)
    first = cache.encode_questions(["Ai ký?", "谁签署？"])
    again = cache.encode_questions(["谁签署？", "Who signed?", "Ai ký?"])
    np.testing.assert_array_equal(again[[2, 0]], first)
    assert (cache.hits, cache.misses) == (2, 3)


def test_what_a_caller_does_to_a_vector_stays_with_the_caller(encoder: Encoder) -> None:
    cache = QuestionCache(encoder, 10)
    for _ in range(2):
        found = cache.encode_questions(["Ai ký?"])
        assert np.linalg.norm(found) > 0.9
        found[:] = 0


def test_the_least_recently_asked_goes_first(encoder: Encoder) -> None:
    cache = QuestionCache(encoder, 2)
    for question in ("a", "b", "a", "c"):
        cache.encode_questions([question])
    cache.encode_questions(["a"])
    assert (cache.hits, cache.misses) == (2, 3)
    cache.encode_questions(["b"])
    assert (cache.hits, cache.misses) == (2, 4)


def test_progress_counts_the_known_too(encoder: Encoder) -> None:
    cache = QuestionCache(encoder, 10)
    cache.encode_questions(["a"])
    done: list[int] = []
    cache.encode_questions(["a", "b"], done.append)
    assert sum(done) == 2


def test_more_questions_than_fit_are_all_encoded(encoder: Encoder) -> None:
    cache = QuestionCache(encoder, 2)
    assert cache.encode_questions(["a", "b", "c"]).shape == (3, 384)


def test_long_questions_do_not_take_more_memory_than_as_many_usual_ones(encoder: Encoder) -> None:
    cache = QuestionCache(encoder, 4)
    # Each of them has 300 tokens: 460 KB of vectors, where four usual questions have 80 KB.
    for text in ("salt " * 300, "rice " * 300):
        assert cache.encode_questions([text]).shape[0] == 1
    for text in ("a", "b", "a", "b", "salt " * 300):
        cache.encode_questions([text])
    assert (cache.hits, cache.misses) == (2, 5)


def test_a_very_long_question_is_not_remembered(encoder: Encoder) -> None:
    cache = QuestionCache(encoder, 10)
    for _ in range(2):
        assert cache.encode_questions([" " * 100_000 + "a"]).shape[0] == 1
    assert (cache.hits, cache.misses) == (0, 2)
