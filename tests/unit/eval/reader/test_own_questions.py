from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from eval.gold.gold_set import BadGoldSet
from eval.reader import own_questions
from eval.reader.annotated_passages import AnnotatedPassage
from eval.reader.own_questions import digest_of, own_passages
from tests.conftest import SHARED

CORPORA = SHARED / "data" / "corpus"

LANGUAGES = ("vi", "en", "zh")

needs_corpora = pytest.mark.skipif(not CORPORA.exists(), reason="needs the corpora")


def rows() -> list[dict[str, Any]]:
    text = (files("eval.reader") / "questions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def learnt() -> list[AnnotatedPassage]:
    return list(own_passages(CORPORA, held_out=False))


@pytest.fixture(scope="module")
def kept() -> list[AnnotatedPassage]:
    return list(own_passages(CORPORA, held_out=True))


def test_the_file_holds_what_its_module_says() -> None:
    asked = sum(len(row["questions"]) for row in rows())
    assert own_questions.__doc__ is not None
    assert f"{asked:,} questions over {len(rows())} passages" in own_questions.__doc__


def test_each_question_is_asked_once_in_three_languages() -> None:
    for row in rows():
        questions = row["questions"]
        assert questions
        for question in questions:
            assert set(question) == {*LANGUAGES, "answer"}
            assert all(question[each].strip() == question[each] != "" for each in LANGUAGES)
        for language in LANGUAGES:
            texts = [question[language] for question in questions]
            assert len(texts) == len(set(texts)), texts


def test_no_passage_is_there_twice() -> None:
    digests = Counter(str(row["passage"]) for row in rows())
    assert digests.most_common(1)[0][1] == 1


@pytest.mark.slow
@needs_corpora
def test_what_is_held_out_is_about_other_texts(
    learnt: list[AnnotatedPassage], kept: list[AnnotatedPassage]
) -> None:
    assert not {each.document for each in learnt} & {each.document for each in kept}
    asked = [sum(bool(each.questions) for each in some) for some in (learnt, kept)]
    assert sum(asked) == len(rows())
    assert 0.1 < asked[1] / sum(asked) < 0.3


@pytest.mark.slow
@needs_corpora
def test_answers_stand_in_their_passages(
    learnt: list[AnnotatedPassage], kept: list[AnnotatedPassage]
) -> None:
    pairs: Counter[tuple[str, str, bool]] = Counter()
    for passage in [*learnt, *kept]:
        for question in passage.questions:
            assert bool(question.answers) == question.answerable
            for start, end in question.answers:
                assert passage.text[start:end].strip() == passage.text[start:end] != ""
            pairs[question.language, passage.language, question.answerable] += 1
    # All nine pairs of languages, with and without an answer, and none much rarer than others.
    assert len(pairs) == 18
    assert min(pairs.values()) > max(pairs.values()) / 4


@pytest.mark.slow
@needs_corpora
def test_the_text_around_a_passage_has_no_questions(learnt: list[AnnotatedPassage]) -> None:
    beside = [each for each in learnt if not each.questions]
    assert beside
    documents = {each.document for each in learnt if each.questions}
    for each in beside:
        assert each.document in documents
        assert 200 <= len(each.text) <= 900


def test_another_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadGoldSet, match="Cannot read"):
        list(own_passages(tmp_path, held_out=False))


def test_a_passage_is_told_by_its_text() -> None:
    assert digest_of("Huế") == digest_of("Huế") != digest_of("Hue")
    assert len(digest_of("")) == 12
