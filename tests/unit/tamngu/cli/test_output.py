"""Answers and hits as they are printed."""

from __future__ import annotations

from dataclasses import replace

import click
import pytest

from tamngu.cli.output import print_answer, print_hits, shown_date
from tamngu.records.answer import Answer, ShortAnswer
from tamngu.records.citation import Citation
from tamngu.records.hit import Evidence, Hit

TEXT = "Bài phát biểu dài. Có 110 nước đồng bảo trợ nghị quyết."
QUOTE = "Có 110 nước đồng bảo trợ nghị quyết."


def hit(rank: int, **parts: float) -> Hit:
    start = TEXT.index(QUOTE)
    return Hit(
        rank=rank,
        score=2.0,
        parts=parts,
        passage_id=f"{rank}:0",
        article_id=f"{rank}",
        title=f"Bài {rank}",
        url=None,
        source=None,
        published_at="2021-12-06",
        language="vi",
        start=0,
        end=len(TEXT),
        text=TEXT,
        evidence=(Evidence(start, len(TEXT), QUOTE, 1.0),),
    )


def citation(marker: str) -> Citation:
    start = TEXT.index(QUOTE)
    return Citation(
        marker=marker,
        article_id=marker,
        passage_id=f"{marker}:0",
        title=f"Bài {marker}",
        url=None,
        published_at="2021-12-06",
        language="vi",
        start=start,
        end=len(TEXT),
        quote=QUOTE,
    )


def short(text: str, *markers: str) -> ShortAnswer:
    start = TEXT.index("110")
    return ShortAnswer(text, start, start + len(text), "1", "1:0", "vi", 0.83, markers)


def answer(text: str, *answers: ShortAnswer) -> Answer:
    return Answer(
        question="Bao nhiêu nước?",
        language="vi",
        answer=text,
        abstained=False,
        confidence=0.9,
        citations=(citation("1"), citation("2")),
        hits=(hit(1, dense=1.5, answerable=0.95), hit(2, dense=1.0, answerable=0.4), hit(3)),
        took_ms=1.0,
        answers=answers,
    )


ONE = answer("110 nước [1][2]\nTheo A: “...” [1]\nTheo B: “...” [2]", short("110 nước", "1", "2"))
TWO = answer(
    "Các nguồn nói khác nhau:\n- 110 [1] (2021-12-06)\n- 72 [2] (2020-12-07)\nTheo A: “...” [1]",
    short("110", "1"),
    short("72", "2"),
)


def printed(capsys: pytest.CaptureFixture[str], shown: Answer, *, explain: bool = False) -> str:
    # Click leaves styles out where there is no terminal, unless it is told that there is one.
    with click.Context(click.Command("ask"), color=True):
        print_answer(shown, explain=explain)
    return capsys.readouterr().out


def bold(text: str) -> str:
    return click.style(f"{text}\n", bold=True)


def test_the_short_answer_is_bold_and_stands_before_the_quotes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = printed(capsys, ONE)
    assert out.startswith(bold("110 nước [1][2]") + "\nTheo A: “...” [1]\nTheo B: “...” [2]\n")


def test_all_lines_of_a_disagreement_are_bold(capsys: pytest.CaptureFixture[str]) -> None:
    lines = "\n".join(TWO.answer.split("\n")[:3])
    assert printed(capsys, TWO).startswith(bold(lines) + "\nTheo A: “...” [1]\n")


def test_an_answer_without_a_short_one_has_nothing_in_bold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for shown in (answer("Theo A: “...” [1]"), replace(ONE, written_by="model")):
        out = printed(capsys, shown)
        assert out.startswith(shown.answer + "\n\n")
        assert "\x1b[1m" not in out


def test_short_answers_and_what_was_read_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert "score" not in printed(capsys, ONE)
    out = click.unstyle(printed(capsys, ONE, explain=True))
    assert "short answer: 110 nước  score 0.83, quotes [1][2]\n" in out
    rows = [line.strip() for line in out.splitlines()]
    first, second, third = (rows.index(f"{rank}. Bài {rank}  (2.00)") for rank in (1, 2, 3))
    assert "score 2.00: dense 1.50" in rows[first:second]
    assert "read: holds the answer with probability 0.95" in rows[first:second]
    assert "read: holds the answer with probability 0.40" in rows[second:third]
    assert "not read: stays below those that were read" in rows[third:]
    assert QUOTE not in rows


def test_a_search_that_read_nothing_says_nothing_of_reading(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_hits([hit(1, dense=1.5), hit(2, dense=1.0)], explain=True)
    out = capsys.readouterr().out
    assert "score 2.00: dense 1.50" in out
    assert "read" not in out
    assert out.count(QUOTE) == 2


@pytest.mark.parametrize(
    ("published_at", "shown"),
    [
        ("2024-05-16", "2024-05-16"),
        ("2024-05-16T09:05:00+07:00", "2024-05-16 09:05"),
        ("2024-05-16T09:05:00Z", "2024-05-16 09:05"),
        ("2024-05-16T00:00:00+07:00", "2024-05-16"),
        (None, None),
    ],
)
def test_a_date_is_shown_as_people_write_it(published_at: str | None, shown: str | None) -> None:
    assert shown_date(published_at) == shown


def test_a_passage_has_no_zone_before_its_language(capsys: pytest.CaptureFixture[str]) -> None:
    print_hits([replace(hit(1), published_at="2024-05-16T09:05:00+07:00")])
    assert "2024-05-16 09:05  vi  1" in click.unstyle(capsys.readouterr().out)
