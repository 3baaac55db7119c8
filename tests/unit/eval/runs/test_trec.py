from __future__ import annotations

from pathlib import Path

import ir_measures
import pytest

from eval.evaluation.trec_scores import gold_of_judgements, score_run_file
from eval.gold.gold_set import BadGoldSet, CorpusText, GoldQuestion, GoldSet, Relevant
from eval.reports.figures import figures
from eval.runs.run import BadRun
from eval.runs.trec import qrels_lines, read_qrels, read_trec_run, write_run

GOLD = GoldSet(
    "made",
    (
        GoldQuestion("q1", "Ai?", "vi", (Relevant("vi-0"), Relevant("zh-0", grade=2))),
        GoldQuestion("q2", "谁？", "zh", (Relevant("zh-1"),)),
        GoldQuestion("q3", "Who?", "en"),
    ),
    tuple(CorpusText(f"{code}-{n}", "...", code) for code in ("vi", "zh") for n in range(2)),
)
RUN = "q1 Q0 vi-1 1 0.9 x\nq1 Q0 zh-0 2 0.5 x\nq1 Q0 vi-0 3 0.5 x\nq3 Q0 vi-0 1 1 x\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    qrels, run = tmp_path / "qrels", tmp_path / "run.trec"
    qrels.write_text("\n".join(qrels_lines(GOLD)))
    run.write_text(RUN)
    return qrels, run


def test_a_run_file_is_scored_as_others_score_it(files: tuple[Path, Path]) -> None:
    qrels, run = files
    scored = score_run_file(GOLD, run, read_trec_run(run))
    for name, theirs in (("map", "AP"), ("ndcg@10", "nDCG@10"), ("mrr@10", "RR@10")):
        measure = ir_measures.parse_measure(theirs)
        expected = {
            value.query_id: value.value
            for value in ir_measures.iter_calc(
                [measure],
                list(ir_measures.read_trec_qrels(str(qrels))),  # type: ignore[no-untyped-call]
                list(ir_measures.read_trec_run(str(run))),  # type: ignore[no-untyped-call]
            )
        }
        for result in scored.results[:2]:
            assert result.mixed[name] == pytest.approx(expected.get(result.id, 0.0), abs=1e-6)


def test_questions_that_a_run_file_lacks_count_as_nothing(files: tuple[Path, Path]) -> None:
    scored = score_run_file(GOLD, files[1], read_trec_run(files[1]))
    found = figures(scored.results)
    assert found["mixed"]["zh"] | {"map": 0.0} == found["mixed"]["zh"]
    assert scored.collection["unanswered"] == "1"
    assert len(scored.results) == 3


def test_judgements_alone_are_enough(files: tuple[Path, Path]) -> None:
    qrels, run = files
    found = read_trec_run(run)
    found.pop("q3")
    scored = score_run_file(gold_of_judgements(qrels, read_qrels(qrels)), run, found)
    assert scored.results[0].mixed["recall@5"] == 1


def test_what_is_written_is_read_again(files: tuple[Path, Path], tmp_path: Path) -> None:
    scored = score_run_file(GOLD, files[1], read_trec_run(files[1]))
    write_run(scored, tmp_path / "again")
    again = score_run_file(GOLD, tmp_path / "again", read_trec_run(tmp_path / "again"))
    assert [result.mixed for result in again.results] == [r.mixed for r in scored.results]
    assert [result.order for result in again.results] == [r.order for r in scored.results]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("q9 Q0 vi-0 1 1 x", "has questions that made does not have, such as 'q9' (1 in total)"),
        ("q1 Q0 fr-7 4 0.1 x", "has texts that made does not have, such as 'fr-7' (1 in total)"),
        ("q1 Q0 vi-1 4 0.1 x", "line 5: it repeats 'vi-1' for 'q1'"),
        ("q1 vi-1", "line 5: it is not QUESTION Q0 DOCUMENT RANK SCORE TAG"),
        ("q1 Q0 vi-1 4 high x", "line 5: it is not"),
        ("q1 Q0 zh-1 4 nan x", "line 5: it is not"),
        ("q1 Q0 zh-1 4 -1e999 x", "line 5: it is not"),
    ],
)
def test_a_run_file_of_something_else_is_refused(
    line: str, error: str, files: tuple[Path, Path]
) -> None:
    files[1].write_text(RUN + line + "\n")
    with pytest.raises((BadRun, BadGoldSet)) as refused:
        score_run_file(GOLD, files[1], read_trec_run(files[1]))
    assert error in str(refused.value)


def test_malformed_judgements_are_refused(tmp_path: Path) -> None:
    (tmp_path / "qrels").write_text("q1 0 a 1\nq1 0 a\nq2 0 b x\n")
    with pytest.raises(BadGoldSet, match="2 faults: line 2: it is not QUESTION 0 DOCUMENT GRADE"):
        read_qrels(tmp_path / "qrels")
    with pytest.raises(BadRun, match="Cannot read"):
        read_qrels(tmp_path / "none")
    (tmp_path / "qrels").write_bytes(b"\xff\xfe")
    with pytest.raises(BadRun, match="not UTF-8"):
        read_qrels(tmp_path / "qrels")


@pytest.mark.parametrize("grade", ["1001", "2147483647", "9" * 40, "9" * 5000])
def test_a_grade_that_nobody_gives_is_refused(grade: str, files: tuple[Path, Path]) -> None:
    files[0].write_text(f"q1 0 vi-0 1000\nq1 0 vi-1 {grade}\n")
    with pytest.raises(BadGoldSet, match=r"line 2: .* a whole number up to 1,000"):
        read_qrels(files[0])
