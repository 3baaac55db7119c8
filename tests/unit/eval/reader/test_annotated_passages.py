from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.gold.gold_set import BadGoldSet
from eval.reader.annotated_passages import read_squad2_cross, read_squad_spans


def test_answers_are_found_although_offsets_are_off_by_some(tmp_path: Path) -> None:
    rows = [{"question": "Where?", "answers": [{"text": " Hue ", "answer_start": 10}]}]
    article = {"title": "t", "paragraphs": [{"context": "Hue or Hue? It is Hue.", "qas": rows}]}
    (tmp_path / "set.json").write_text(json.dumps({"data": [article]}))
    (passage,) = read_squad_spans(tmp_path / "set.json", "en", "en")
    assert [question.answers for question in passage.questions] == [((7, 10),)]


def test_questions_that_a_passage_does_not_answer_are_kept(tmp_path: Path) -> None:
    rows = [
        {"question": "Who?", "is_impossible": True, "answers": []},
        {"question": "When?", "answers": [{"text": "not there", "answer_start": 0}]},
    ]
    file = tmp_path / "set.json"
    article = {"paragraphs": [{"context": "东盟总部在雅加达。", "qas": rows}]}
    file.write_text(json.dumps({"data": [article]}))
    (passage,) = read_squad_spans(file, "zh", "en")
    assert [(each.text, each.answerable) for each in passage.questions] == [("Who?", False)]


def test_passages_of_the_test_set_are_left_out(tmp_path: Path) -> None:
    row = {
        "zh_q": "何时？",
        "en_q": None,
        "vi_q": None,
        "impossible": False,
        "zh_answers": ["1995"],
        "zh_context": "它于1995年加入。",
        "en_context": "It joined in 1995.",
    }
    lines = [{**row, "on_xquad_paragraph": at, "zh_q": f"{at}？"} for at in (True, False)]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    passages = list(read_squad2_cross(file))
    assert [passage.language for passage in passages] == ["zh", "en"]
    for passage in passages:
        (question,) = passage.questions
        assert question.text == "False？"
        assert [passage.text[start:end] for start, end in question.answers] == ["1995"]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadGoldSet, match="Cannot read"):
        list(read_squad_spans(tmp_path / "none.json", "zh", "zh"))
