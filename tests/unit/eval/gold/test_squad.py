from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from eval.gold.gold_set import BadGoldSet
from eval.gold.squad import (
    Paragraph,
    SquadQuestion,
    read_questions,
    read_squad,
    read_squad_gold,
)
from eval.gold.xquad import read_xquad


def question(**changes: object) -> dict[str, object]:
    answers = [{"text": "1995", "answer_start": 28}]
    return {"id": "q1", "question": "Năm nào?", "answers": answers, **changes}


def article(**changes: object) -> dict[str, object]:
    paragraph = {"context": "Việt Nam gia nhập ASEAN năm 1995.", "qas": [question()]}
    return {"title": "ASEAN", "paragraphs": [paragraph | changes]}


def write(path: Path, *articles: object) -> Path:
    stated = {"version": "1.1", "data": list(articles)}
    path.write_text(json.dumps(stated, ensure_ascii=False), encoding="utf-8")
    return path


def test_paragraphs_come_with_their_questions(tmp_path: Path) -> None:
    qas = [question(), question(id=2, question="Ai?", answers=[])]
    path = write(tmp_path / "a.json", article(qas=qas), article(context="Hết.", qas=[]))
    asked = SquadQuestion("q1", "Năm nào?", ("1995",))
    assert read_squad(path) == [
        Paragraph(
            "ASEAN",
            "Việt Nam gia nhập ASEAN năm 1995.",
            (asked, SquadQuestion("2", "Ai?", ())),
        ),
        Paragraph("ASEAN", "Hết.", ()),
    ]
    assert read_questions(path) == ["Năm nào?", "Ai?"]


def test_version_2_has_questions_without_answers(tmp_path: Path) -> None:
    unanswerable = question(id="q2", is_impossible=True)
    del unanswerable["answers"]
    qas = [unanswerable, question(id="q3", is_impossible=True, answers=None)]
    (paragraph,) = read_squad(write(tmp_path / "a.json", article(qas=qas)))
    assert [each.answers for each in paragraph.questions] == [(), ()]


@pytest.mark.parametrize(
    "data",
    [
        "[" * 100_000,
        '{"data": [[]]}',
        '{"data": {"a": 1}}',
        '{"data": [{"paragraphs": [{"context": 1, "qas": []}]}]}',
        '{"data": [{"paragraphs": [{"context": "x", "qas": [{"id": 1, "question": null}]}]}]}',
        '{"data": [{"paragraphs": [{"context": "x", "qas": [[]]}]}]}',
        '[{"paragraphs": []}]',
    ],
)
def test_json_of_another_form_is_refused(data: str, tmp_path: Path) -> None:
    for language in ("vi", "zh", "en"):
        (tmp_path / f"xquad.{language}.json").write_text(data, encoding="utf-8")
    with pytest.raises(BadGoldSet, match="not in SQuAD's format"):
        read_squad(tmp_path / "xquad.vi.json")
    with pytest.raises(BadGoldSet, match="not in SQuAD's format"):
        read_xquad(tmp_path)


def test_a_title_may_lack(tmp_path: Path) -> None:
    untitled = article()
    del untitled["title"]
    assert read_squad(write(tmp_path / "a.json", untitled))[0].title == ""


def test_a_file_without_articles_has_no_paragraphs(tmp_path: Path) -> None:
    assert read_squad(write(tmp_path / "a.json")) == []
    assert read_questions(tmp_path / "a.json") == []


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b"1", b"null", b'{"data": 3}'])
def test_another_kind_of_file_is_named(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(text)
    with pytest.raises(BadGoldSet, match=r"a\.json is not in SQuAD's format\."):
        read_squad(tmp_path / "a.json")


def lacking(**items: object) -> dict[str, Any]:
    return {"paragraphs": [items]}


@pytest.mark.parametrize(
    "held",
    [
        {},
        "ASEAN",
        ["ASEAN"],
        None,
        {"paragraphs": None},
        {"paragraphs": ["p"]},
        lacking(qas=[]),
        lacking(context="c"),
        lacking(context="c", qas=[{}]),
        lacking(context="c", qas=[{"id": "q"}]),
        lacking(context="c", qas=["q"]),
        lacking(context="c", qas=[question(answers=["a"])]),
        lacking(context="c", qas=[question(answers=[{}])]),
    ],
)
def test_an_article_of_another_form_is_named(held: object, tmp_path: Path) -> None:
    with pytest.raises(BadGoldSet, match="is not in SQuAD's format"):
        read_questions(write(tmp_path / "a.json", held))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadGoldSet, match=r"Cannot read .*none\.json: No such file"):
        read_squad(tmp_path / "none.json")


def test_a_file_may_have_a_byte_order_mark_or_be_packed(tmp_path: Path) -> None:
    plain = write(tmp_path / "a.json", article()).read_bytes()
    (tmp_path / "b.json").write_bytes(b"\xef\xbb\xbf" + plain)
    (tmp_path / "c.json.gz").write_bytes(gzip.compress(plain))
    expected = read_squad(tmp_path / "a.json")
    assert read_squad(tmp_path / "b.json") == expected
    assert read_squad(tmp_path / "c.json") == expected
    assert read_squad(tmp_path / "c.json.gz") == expected


def test_a_damaged_packed_file_and_other_encodings_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"{}" * 1000)[:20])
    with pytest.raises(BadGoldSet, match=r"Cannot read .*a\.json\.gz: "):
        read_squad(tmp_path / "a.json.gz")
    (tmp_path / "b.json").write_bytes(b"{\n\xff")
    with pytest.raises(BadGoldSet, match="line 2 is not UTF-8"):
        read_squad(tmp_path / "b.json")


def test_questions_about_paragraphs_without_text_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", article(), article(context=" ", qas=[question(id="q2")]))
    gold = read_squad_gold(str(path))
    assert [each.id for each in gold.questions] == ["q1"]
    assert gold.notices == ("1 questions are about paragraphs without text, and are left out.",)
