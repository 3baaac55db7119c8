from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.gold.gold_set import BadGoldSet
from eval.gold.jsonl import read_jsonl
from eval.gold.xquad import read_xquad
from rag import Collection, read_path
from tamngu.records.article import Article
from tests.conftest import GOLD, SHARED

GOOD = {
    "id": "a",
    "question": "Ai?",
    "language": "vi",
    "relevant": [{"article_id": "x", "quote": "y"}],
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": ""}, "line 2: it has no string named id"),
        ({"question": None}, "line 2: it has no string named question"),
        ({"language": "tiếng Việt"}, "line 2: 'tiếng Việt' is not a language tag"),
        ({"relevant": {}}, "line 2: it has no list named relevant"),
        ({"relevant": []}, "line 2: it must either have relevant articles or be marked"),
        ({"unanswerable": True}, "line 2: it must either have relevant articles or be marked"),
        ({"relevant": [{"article_id": "x"}]}, "line 2: an item of relevant lacks"),
        ({"answers": "x"}, "line 2: answers is not a list of strings"),
        ({"id": "a"}, "line 2: its id 'a' is also the id of line 1"),
    ],
)
def test_a_bad_line_is_named(change: dict[str, object], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    lines = [GOOD, GOOD | {"id": "b"} | change]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    with pytest.raises(BadGoldSet, match=r"gold\.jsonl") as refused:
        read_jsonl(path)
    assert reason in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe", b"{broken"])
def test_a_file_without_questions_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadGoldSet):
        read_jsonl(path)


def test_the_sample_gold_set_is_what_the_readme_says(sample_folder: Path) -> None:
    articles = {a.id: a for a in read_path(sample_folder) if isinstance(a, Article)}
    assert len(articles) >= 30
    scripts = Counter((a.language, a.script) for a in articles.values())
    assert min(scripts["vi", None], scripts["en", None]) >= 10
    assert scripts["zh", "Hans"] + scripts["zh", "Hant"] >= 10
    assert scripts["zh", "Hant"] >= 3
    for article in articles.values():
        assert article.published_at
        assert article.source

    questions = read_jsonl(GOLD).questions
    assert len(questions) >= 90
    assert min(Counter(q.language for q in questions).values()) >= 30
    answerable = [q for q in questions if q.relevant]
    assert len(questions) - len(answerable) >= len(questions) / 5
    for question in answerable:
        for relevant in question.relevant:
            assert articles[relevant.article_id].text.count(relevant.quote) == 1
    elsewhere = [
        q
        for q in answerable
        if all(articles[r.article_id].language != q.language for r in q.relevant)
    ]
    assert len(elsewhere) >= len(answerable) / 2
    assert {q.id for q in elsewhere} == {q.id for q in answerable if "cross" in q.tags}


def test_a_gold_set_that_does_not_fit_the_collection_is_refused(empty: Collection) -> None:
    from eval.evaluation.on_collection import article_languages

    with pytest.raises(BadGoldSet, match=r"39 articles that the collection 'default' lacks"):
        article_languages(empty, read_jsonl(GOLD))


def test_xquad_is_read_as_parallel_halves() -> None:
    directory = SHARED / "data" / "xquad"
    if not directory.is_dir():
        pytest.skip("XQuAD is not beside the repository")
    parts = read_xquad(directory)
    for part in parts.values():
        assert (len(part.contexts), len(part.questions)) == (240, 1190)
    english = json.loads((directory / "xquad.en.json").read_text(encoding="utf-8"))["data"]
    paragraph = english[3]["paragraphs"][2]
    place = parts["en"].questions.index(paragraph["qas"][0]["question"])
    assert parts["en"].contexts[parts["en"].answered_by[place]] == paragraph["context"]


def test_files_that_are_not_parallel_are_refused(tmp_path: Path) -> None:
    for language, count in (("vi", 1), ("zh", 1), ("en", 2)):
        questions = [{"question": "?"}] * count
        data = {"data": [{"paragraphs": [{"context": "c", "qas": questions}]}]}
        (tmp_path / f"xquad.{language}.json").write_text(json.dumps(data))
    with pytest.raises(BadGoldSet, match="not parallel"):
        read_xquad(tmp_path)
    (tmp_path / "xquad.vi.json").write_text("[]")
    with pytest.raises(BadGoldSet, match="SQuAD's format"):
        read_xquad(tmp_path)


def test_ids_may_be_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    line = GOOD | {"id": 7, "relevant": [{"article_id": 12, "quote": "y"}]}
    path.write_text("\ufeff" + json.dumps(line), encoding="utf-8")
    (question,) = read_jsonl(path).questions
    assert (question.id, question.relevant[0].article_id) == ("7", "12")
