"""BEIR's folders and TREC's judgements as they come from people and programs."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from eval.evaluation.score_questions import QuestionOutcome, score
from eval.gold.formats import read_gold
from eval.gold.gold_set import BadGoldSet, GoldSet, Relevant
from eval.runs.run import BadRun, RankedText
from eval.runs.trec import qrels_lines, read_qrels

CORPUS: list[dict[str, Any]] = [
    {"_id": "d1", "title": "Cua đồng", "text": "Cua đồng sống trong hang ven ruộng."},
    {"_id": "d2", "text": "螃蟹在夜里出来觅食。", "title": ""},
    {"_id": "d3", "text": "Crabs moult many times while they grow."},
]
QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "Cua đồng sống ở đâu?"},
    {"_id": "q2", "text": "螃蟹什么时候觅食？"},
    {"_id": "q3", "text": "How often do crabs moult?"},
]
QRELS = "q1\td1\t1\nq2\td2\t2\nq3\td3\t1\nq3\td1\t0\n"


def written(
    folder: Path,
    qrels: str = QRELS,
    *,
    corpus: Sequence[dict[str, Any]] = CORPUS,
    queries: Sequence[dict[str, Any]] = QUERIES,
    ending: str = "\n",
    start: str = "",
    packed: bool = False,
) -> GoldSet:
    files = {
        "corpus.jsonl": ending.join(json.dumps(row, ensure_ascii=False) for row in corpus),
        "queries.jsonl": ending.join(json.dumps(row, ensure_ascii=False) for row in queries),
        "qrels/test.tsv": qrels.replace("\n", ending),
    }
    (folder / "qrels").mkdir(parents=True)
    for name, text in files.items():
        content = (start + text).encode()
        path = folder / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(content) if packed else content)
    return read_gold(f"beir:{folder}")


def judged(gold: GoldSet) -> dict[str, dict[str, int]]:
    return {q.id: {r.article_id: r.grade for r in q.relevant} for q in gold.questions}


ALL = {"q1": {"d1": 1}, "q2": {"d2": 2}, "q3": {"d3": 1}}


@pytest.mark.parametrize(
    "qrels",
    [
        QRELS,
        "query-id\tcorpus-id\tscore\n" + QRELS,
        "qid\tdocid\trel\n" + QRELS,
        "query_id corpus_id relevance\n" + QRELS.replace("\t", " "),
        "corpus-id\tscore\tquery-id\nd1\t1\tq1\nd2\t2\tq2\nd3\t1\tq3\nd1\t0\tq3\n",
        "q1\t0\td1\t1\nq2\t0\td2\t2\nq3\t0\td3\t1\nq3\t0\td1\t0\n",
        "q1 0 d1 1\nq2 0 d2 2\nq3 0 d3 1\nq3 0 d1 -1\n",
        "q1 Q0 d1 1\nq2 Q0 d2 2\nq3 Q0 d3 1\n",
        "query-id\titeration\tcorpus-id\tscore\nq1\t0\td1\t1\nq2\t0\td2\t2\nq3\t0\td3\t1\n",
        "query-id\tcorpus-id\tscore\tassessor\nq1\td1\t1\tan\nq2\td2\t2\tbo\nq3\td3\t1\tan\n",
        "q1\td1\t1\tan\nq2\td2\t2\tbo\nq3\td3\t1\tan\n",
        "q1\td1\t1\t7\nq2\td2\t2\t9\nq3\td3\t1\t8\n",
        "q1\td1\t1.0\nq2\td2\t2.0\nq3\td3\t1.0\nq3\td1\t0.0\n",
        '"q1"\t"d1"\t"1"\n"q2"\t"d2"\t"2"\n"q3"\t"d3"\t"1"\n',
        "q1\td1\t+1\n\nq2\td2\t 2\n\nq3\td3\t1",
    ],
)
def test_no_judgement_is_lost_in_any_form(qrels: str, tmp_path: Path) -> None:
    gold = written(tmp_path, qrels)
    assert judged(gold) == ALL
    assert gold.notices == ()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("packed", [False, True])
def test_files_of_other_systems_are_read(
    ending: str, start: str, packed: bool, tmp_path: Path
) -> None:
    gold = written(tmp_path, ending=ending, start=start, packed=packed)
    assert judged(gold) == ALL
    assert gold.questions[0].text == "Cua đồng sống ở đâu?"


def test_names_of_columns_that_nobody_knows_are_said(tmp_path: Path) -> None:
    gold = written(tmp_path, "câu hỏi\tđoạn\tđiểm\n" + QRELS)
    assert judged(gold) == ALL
    assert gold.notices == (
        "The first line of test.tsv is taken for the names of its columns: 'câu hỏi đoạn điểm'.",
    )


def test_ids_may_be_whole_numbers(tmp_path: Path) -> None:
    corpus = [{"_id": i, "text": row["text"]} for i, row in enumerate(CORPUS, start=1)]
    queries = [{"_id": i, "text": row["text"]} for i, row in enumerate(QUERIES, start=1)]
    gold = written(tmp_path, "1\t1\t1\n2\t2\t1\n3\t3\t1\n", corpus=corpus, queries=queries)
    assert judged(gold) == {"1": {"1": 1}, "2": {"2": 1}, "3": {"3": 1}}
    # The numbers of passages and of questions have nothing to do with each other.
    assert not any(question.left_out for question in gold.questions)


@pytest.mark.parametrize("name", [True, 1.5, None, "", " ", ["x"]])
def test_other_ids_are_refused(name: object, tmp_path: Path) -> None:
    with pytest.raises(BadGoldSet, match=r"line 4: it has no string or whole number named _id"):
        written(tmp_path, corpus=[*CORPUS, {"_id": name, "text": "x"}])


def test_a_judged_passage_that_is_not_there_counts_as_not_found(tmp_path: Path) -> None:
    gold = written(tmp_path, QRELS + "q1\tgone-1\t1\nq2\tgone-2\t1\nq2\tgone-1\t0\n")
    assert gold.questions[0].relevant == (Relevant("d1"), Relevant("gone-1"))
    assert gold.notices == (
        "2 judged passages are not in the corpus and count as not found, such as 'gone-1'.",
    )
    outcomes = [
        QuestionOutcome([RankedText("d1", "vi")], {"vi": ["d1"]}, 1.0) for _ in gold.questions
    ]
    first = score(gold.questions, outcomes, gold.languages)[0]
    assert first.mixed["recall@10"] == 0.5


def test_judgements_of_another_corpus_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadGoldSet, match="is answered by 'x1', which is missing"):
        written(tmp_path, "q1\tx1\t1\nq2\tx2\t1\n")


def test_a_question_does_not_find_itself(tmp_path: Path) -> None:
    gold = written(tmp_path, corpus=[*CORPUS, {"_id": "q1", "text": QUERIES[0]["text"]}])
    assert [question.left_out for question in gold.questions] == [("q1",), (), ()]
    assert gold.notices == (
        "1 passage has the id of a question, which does not find it, such as 'q1'.",
    )
    found = [RankedText("q1", "vi"), RankedText("d1", "vi")]
    outcomes = [QuestionOutcome(found, {"vi": ["q1", "d1"]}, 1.0) for _ in gold.questions]
    first, second, _ = score(gold.questions, outcomes, gold.languages)
    assert first.single["vi"]["r@1"] == 1
    assert first.order == ("d1",)
    assert second.order == ("q1", "d1")


def test_a_passage_that_is_judged_to_answer_is_found_under_the_id_of_its_question(
    tmp_path: Path,
) -> None:
    corpus = [*CORPUS, {"_id": "q1", "text": "Hang cua ở ven ruộng."}]
    gold = written(tmp_path, QRELS + "q1\tq1\t1\n", corpus=corpus)
    assert gold.questions[0].left_out == ()


@pytest.mark.parametrize("again", ["q1\td1\t2", "q1\td1\t0", "q1\td1\t-1", "q3\td1\t1"])
def test_judgements_that_contradict_each_other_are_refused(again: str, tmp_path: Path) -> None:
    with pytest.raises(BadGoldSet, match=r"line 5: 'd1' has the grade -?\d for 'q\d', and the"):
        written(tmp_path, f"{QRELS}{again}\n")


def test_what_stands_there_twice_counts_once_and_is_said(tmp_path: Path) -> None:
    gold = written(
        tmp_path,
        QRELS + "q1\td1\t1\n",
        corpus=[*CORPUS, CORPUS[0]],
        queries=[*QUERIES, QUERIES[0]],
    )
    assert judged(gold) == ALL
    assert gold.notices == (
        "1 id stands in corpus.jsonl more than once with the same text, which counts once, such as "
        "'d1'.",
        "1 lines of test.tsv repeat a judgement; they count once.",
        "1 id stands in queries.jsonl more than once with the same text, which counts once, such "
        "as 'q1'.",
    )


@pytest.mark.parametrize("file", ["corpus", "queries"])
def test_an_id_with_two_texts_is_refused(file: str, tmp_path: Path) -> None:
    rows = {"corpus": CORPUS, "queries": QUERIES}[file]
    more = [*rows, {"_id": rows[0]["_id"], "text": "Khác hẳn."}]
    with pytest.raises(BadGoldSet, match=f"{file}.jsonl: line 4: another line has its id"):
        written(tmp_path, **{file: more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "empty",
    [
        {"_id": "e1", "text": ""},
        {"_id": "e1", "text": " \n"},
        {"_id": "e1", "text": None},
        {"_id": "e1", "text": "", "title": " "},
    ],
)
def test_an_empty_passage_is_left_out_and_said(empty: dict[str, Any], tmp_path: Path) -> None:
    gold = written(tmp_path, corpus=[*CORPUS, empty])
    assert judged(gold) == ALL
    assert [text.id for text in gold.texts or ()] == ["d1", "d2", "d3"]
    assert gold.notices == ("1 passage has no text and is left out, such as 'e1'.",)


def test_a_title_is_a_text(tmp_path: Path) -> None:
    gold = written(tmp_path, corpus=[*CORPUS, {"_id": "t1", "title": "Cua", "text": ""}])
    assert [text.text for text in gold.texts or ()][-1] == "Cua"


def test_queries_without_judgements_are_counted(tmp_path: Path) -> None:
    queries = [*QUERIES, {"_id": "q4", "text": "Ai?"}, {"_id": "q5", "text": "谁？"}]
    gold = written(tmp_path, QRELS + "q4\td1\t0\n", queries=queries)
    assert judged(gold) == ALL
    assert gold.notices == ("2 queries have no judgement above 0 and are not asked, such as 'q4'.",)


def test_ids_with_spaces_make_no_line_of_five_columns(tmp_path: Path) -> None:
    corpus = [{**CORPUS[0], "_id": "d 1"}, *CORPUS[1:]]
    gold = written(tmp_path, "q1\td 1\t1\nq2\td2\t1\n", corpus=corpus)
    assert judged(gold)["q1"] == {"d 1": 1}
    with pytest.raises(BadRun, match="white space, such as 'd 1'"):
        list(qrels_lines(gold))


def test_a_language_that_has_no_code_is_identified(tmp_path: Path) -> None:
    corpus = [{**CORPUS[0], "language": "vn"}, {**CORPUS[1], "language": "zho-Hans"}, CORPUS[2]]
    gold = written(tmp_path, corpus=corpus)
    assert [text.language for text in gold.texts or ()] == ["vi", "zh", "en"]


@pytest.mark.parametrize(
    "content",
    [
        "q1 0 d1 1\nq2 0 d2 2\nq2 0 d3 0\n",
        "\ufeffq1 0 d1 1\r\nq2 0 d2 2\r\n",
        "q1\t0\td1\t1\nq2\t0\td2\t2\nq2\t0\td3\t-1\n",
        "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td2\t2\n",
        "q1 0 d1 1\nq1 0 d1 1\nq2 0 d2 2\n",
    ],
)
def test_judgements_of_trec_are_read_in_the_same_forms(content: str, tmp_path: Path) -> None:
    path = tmp_path / "a.qrels"
    path.write_text(content, encoding="utf-8", newline="")
    assert read_qrels(path) == {"q1": {"d1": 1}, "q2": {"d2": 2}}
    packed = tmp_path / "b.qrels.gz"
    packed.write_bytes(gzip.compress(content.encode()))
    assert read_qrels(packed) == read_qrels(path)


def test_judgements_of_trec_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.qrels"
    path.write_text("q1 0 d1 1\nq1 0 d1 0\n", encoding="utf-8")
    with pytest.raises(BadGoldSet, match="line 2: 'd1' has the grade 0 for 'q1'"):
        read_qrels(path)
