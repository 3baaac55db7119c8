from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.evaluation.evaluate import without_half_of_texts
from eval.gold.formats import FORMATS, read_gold
from eval.gold.gold_set import BadGoldSet, CorpusText, GoldQuestion, GoldSet, Relevant, check

CORPUS = [
    {"_id": "d1", "title": "Hà Nội", "text": "Thủ đô của Việt Nam nằm bên sông Hồng."},
    {"_id": "d2", "text": "河内是越南的首都，位于红河之畔。", "language": "zh-Hans"},
]
QUERIES = [
    {"_id": "q1", "text": "What is the capital of Viet Nam?"},
    {"_id": "q2", "text": "Nobody judged this one."},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nq2\td1\t0\n"


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(QRELS)
    return tmp_path


def test_a_beir_folder_is_read(beir: Path) -> None:
    gold = read_gold(f"beir:{beir}")
    (question,) = gold.questions
    assert question.language == "en"
    assert {r.article_id: r.grade for r in question.relevant} == {"d1": 2, "d2": 1}
    assert gold.texts is not None
    assert [(text.id, text.language) for text in gold.texts] == [("d1", "vi"), ("d2", "zh")]
    assert gold.texts[0].text.startswith("Hà Nội\nThủ đô")


@pytest.mark.parametrize(
    ("file", "content", "error"),
    [
        ("qrels/test.tsv", QRELS + "q9\td1\t1\n", "'q9' is judged, but is not among the queries"),
        ("qrels/test.tsv", "q1\td9\t1\n", "answered by 'd9', which is missing"),
        ("qrels/test.tsv", QRELS + "q1\td1\n", "line 5: it is not a query, a document and"),
        ("qrels/test.tsv", QRELS + "q1\td1\t2147483647\n", "a whole number up to 1,000"),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", "has no question"),
        ("corpus.jsonl", '{"_id": "d1"}\n[]\n{', "3 faults: line 1: it has no string named text"),
        ("corpus.jsonl", b"\xff", "not UTF-8"),
        (
            "corpus.jsonl",
            '{"_id": "d1", "text": ""}\n{"_id": "d2", "text": " "}',
            "which is missing",
        ),
        ("queries.jsonl", '{"_id": "q1", "text": "\\n"}', "'q1' is empty"),
        ("queries.jsonl", None, "Cannot read"),
        ("corpus.jsonl", '{"_id": "d1", "text": "x", "title": 1}', "its title is not a string"),
        ("corpus.jsonl", '{"_id": "d1", "text": "x", "metadata": "vi"}', "its metadata is not a"),
        ("corpus.jsonl", '{"_id": "d1", "text": "x", "language": "?"}', "is not a language tag"),
        ("corpus.jsonl", "[" * 100_000, "line 1: it is nested too deeply"),
        ("corpus.jsonl", "một câu", "line 1: it is not JSON: Expecting value at character 1"),
        ("qrels/test.tsv", QRELS + "q" * 200_000 + "\td1\t1\n", "line 5: field larger than"),
    ],
)
def test_a_faulty_folder_is_refused(
    file: str, content: str | bytes | None, error: str, beir: Path
) -> None:
    path = beir / file
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadGoldSet) as refused:
        read_gold(f"beir:{beir}")
    assert error in str(refused.value)


def squad(path: Path, *paragraphs: tuple[str, list[tuple[str, str, list[str]]]]) -> str:
    rows = [
        {
            "context": text,
            "qas": [
                {"id": name, "question": asked, "answers": [{"text": each} for each in answers]}
                for name, asked, answers in questions
            ],
        }
        for text, questions in paragraphs
    ]
    path.write_text(json.dumps({"data": [{"title": "t", "paragraphs": rows}]}))
    return f"squad:{path}"


def test_squad_is_read_with_what_cannot_be_answered(tmp_path: Path) -> None:
    asked = [("a", "Thủ đô Việt Nam ở đâu?", ["Hà Nội"]), ("b", "Ai là tác giả?", [])]
    spec = squad(tmp_path / "x.json", ("Thủ đô là Hà Nội.", asked))
    gold = read_gold(spec)
    assert [question.language for question in gold.questions] == ["vi", "vi"]
    assert gold.questions[0].relevant == (Relevant("0"),)
    assert gold.questions[0].answers == ("Hà Nội",)
    assert gold.questions[1].relevant == ()
    assert read_gold(f"{spec}@en").questions[0].language == "en"


def test_ids_that_repeat_are_counted(tmp_path: Path) -> None:
    spec = squad(tmp_path / "x.json", ("Một.", [("a", "Gì?", []), ("a", "Ai?", [])]))
    with pytest.raises(BadGoldSet, match="question id 'a' occurs 2 times"):
        read_gold(spec)


@pytest.mark.parametrize("spec", ["", "xquad", "xquad:", "trec:x", "squad:x.json@nowhere"])
def test_a_spec_of_no_known_format_is_refused(spec: str) -> None:
    with pytest.raises(BadGoldSet):
        read_gold(spec)


@pytest.mark.parametrize("kind", list(FORMATS))
def test_a_place_that_is_not_there_is_named(kind: str, tmp_path: Path) -> None:
    with pytest.raises(BadGoldSet, match="nowhere"):
        read_gold(f"{kind}:{tmp_path / 'nowhere'}")


def test_a_fault_is_said_in_short(beir: Path) -> None:
    twice = "".join(f"q1\t{'d' * 9000}\x1b\t{grade}\n" for grade in (1, 2))
    (beir / "qrels" / "test.tsv").write_text(QRELS + twice)
    with pytest.raises(BadGoldSet, match="ddd") as refused:
        read_gold(f"beir:{beir}")
    assert len(str(refused.value)) < 400 + len(str(beir))


def test_many_faults_are_counted() -> None:
    questions = tuple(GoldQuestion("a", "?", "vi") for _ in range(2))
    texts = tuple(CorpusText(name, "x", "vi") for name in "aabbccdd")
    with pytest.raises(BadGoldSet, match=r"5 faults: .*; and 2 more"):
        check(GoldSet("made", questions, texts))


def test_half_of_a_set_leaves_half_unanswered() -> None:
    texts = tuple(CorpusText(f"vi-{n}", "x", "vi") for n in range(4))
    questions = tuple(GoldQuestion(str(n), "?", "vi", (Relevant(f"vi-{n}"),)) for n in range(4))
    half = without_half_of_texts(GoldSet("made", questions, texts))
    assert half.texts is not None
    assert [text.id for text in half.texts] == ["vi-0", "vi-2"]
    assert [bool(question.relevant) for question in half.questions] == [True, False] * 2


def test_gold_sets_that_differ_have_other_digests() -> None:
    questions = (GoldQuestion("a", "?", "vi"),)
    others = (GoldQuestion("a", "?", "vi", (Relevant("x"),)),)
    assert GoldSet("one", questions).digest == GoldSet("two", questions).digest
    assert GoldSet("one", questions).digest != GoldSet("one", others).digest
