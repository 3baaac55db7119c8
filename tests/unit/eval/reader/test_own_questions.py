from __future__ import annotations

import json
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from eval.gold.gold_set import BadGoldSet
from eval.reader import own_questions
from eval.reader.annotated_passages import (
    AnnotatedPassage,
    AnnotatedQuestion,
    digest_of,
    read_squad2_cross,
    read_squad_spans,
)
from eval.reader.own_questions import own_cmrc_passages, own_passages, with_own_questions
from tests.conftest import SHARED

CORPORA = SHARED / "data" / "corpus"

LANGUAGES = ("vi", "en", "zh")

needs_corpora = pytest.mark.skipif(not CORPORA.exists(), reason="needs the corpora")


def rows(name: str = "questions") -> list[dict[str, Any]]:
    text = (files("eval.reader") / f"{name}.jsonl").read_text(encoding="utf-8")
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
            place = {"tempting"} if question["answer"] is None and "tempting" in question else set()
            assert set(question) == {*LANGUAGES, "answer", *place}
            assert all(question[each].strip() == question[each] != "" for each in LANGUAGES)
        for language in LANGUAGES:
            texts = [question[language] for question in questions]
            assert len(texts) == len(set(texts)), texts


def test_no_passage_is_there_twice() -> None:
    for name in ("questions", "squad2_questions", "cmrc_questions"):
        digests = Counter(str(row["passage"]) for row in rows(name))
        assert digests.most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    ("name", "passages"), [("squad2_questions", "English"), ("cmrc_questions", "Chinese")]
)
def test_the_other_files_hold_what_their_module_says(name: str, passages: str) -> None:
    some = rows(name)
    asked = sum(len(row["questions"]) for row in some)
    assert own_questions.__doc__ is not None
    said = " ".join(own_questions.__doc__.split())
    assert f"``{name}.jsonl`` has {asked:,} questions" in said
    assert f"{len(some)} {passages} passages" in said


def test_questions_join_those_of_squad2() -> None:
    (row, *_) = rows("squad2_questions")
    near_miss = AnnotatedQuestion("Who?", "en", (), answerable=False)
    passages = [
        AnnotatedPassage("squad2", row["passage"], "English text", "en", (near_miss,)),
        AnnotatedPassage("squad2", row["passage"], "中文", "zh", ()),
        AnnotatedPassage("squad2", "another", "Other text", "en", (near_miss,)),
    ]
    english, chinese, other = with_own_questions(passages)
    assert english.questions[0] == other.questions[0] == near_miss
    assert len(other.questions) == 1
    asked = english.questions[1:]
    assert [each.text for each in asked] == [
        question[language] for question in row["questions"] for language in LANGUAGES
    ]
    assert all(each.answerable and each.answers for each in asked)
    # Where a translation says it, nobody has marked.
    assert [each.text for each in chinese.questions] == [each.text for each in asked]
    assert all(each.answerable and not each.answers for each in chinese.questions)


@pytest.mark.slow
@needs_corpora
def test_answers_stand_in_the_passages_of_squad2() -> None:
    file = SHARED / "data" / "reader" / "squad2-dev-cross" / "rows.jsonl"
    passages = [each for each in read_squad2_cross(file) if each.language == "en"]
    found = 0
    for before, after in zip(passages, with_own_questions(passages), strict=True):
        for question in after.questions[len(before.questions) :]:
            ((start, end),) = question.answers
            assert after.text[start:end].strip() == after.text[start:end] != ""
            found += 1
    assert found == 3 * sum(len(row["questions"]) for row in rows("squad2_questions"))


@needs_corpora
def test_passages_of_cmrc_get_our_questions_only() -> None:
    file = SHARED / "data" / "reader" / "cmrc2018-train" / "train.json"
    passages = list(own_cmrc_passages(read_squad_spans(file, "zh", "zh")))
    asked = [question for passage in passages for question in passage.questions]
    assert len(asked) == 3 * sum(len(row["questions"]) for row in rows("cmrc_questions"))
    for passage in passages:
        for question in passage.questions:
            places = [*question.answers, *([question.tempting] if question.tempting else [])]
            texts = [passage.text[start:end] for start, end in places]
            assert all(text.strip() == text != "" for text in texts)
            assert question.answerable == bool(question.answers)


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
            if question.tempting is not None:
                assert not question.answerable
                assert passage.text[slice(*question.tempting)].strip()
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
