"""Main text: the Vietnamese pages, and what is measured on them."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

from click.testing import CliRunner

from eval.main_text.measure import found_text, main, measure, pages_of
from eval.main_text.vietnamese_pages import GoldPage, vietnamese_pages


def test_there_are_three_pages_of_each_of_twelve_sites_and_a_story_is_on_two() -> None:
    names = [page.name.partition(": ") for page in vietnamese_pages()]
    assert Counter(Counter(site for site, _, _ in names).values()) == {3: 12}
    assert Counter(Counter(story for _, _, story in names).values()) == {2: 18}


def test_the_lead_of_each_page_is_once_in_the_text_before_the_body() -> None:
    for page in vietnamese_pages():
        text, (_, body, *_) = found_text(page.html), page.text.split("\n")
        assert text.count(page.lead) == 1, page.name
        assert text.index(page.lead) < text.index(body), page.name


def test_main_text_of_vietnamese_pages_is_found() -> None:
    figures = measure(vietnamese_pages())
    assert figures.pages == 36
    assert figures.f1 >= max(0.93, figures.trafilatura + 0.05)
    assert figures.recall >= 0.99


def test_pages_of_a_folder_are_measured(tmp_path: Path) -> None:
    (page, *_) = vietnamese_pages()
    for folder in ("original", "cleaned", "html", "ground-truth"):
        (tmp_path / folder).mkdir()
    (tmp_path / "original" / "1.html").write_text(page.html)
    (tmp_path / "cleaned" / "1.txt").write_text(page.text)
    (tmp_path / "html" / "2.html.gz").write_bytes(gzip.compress(page.html.encode()))
    truth = {"ground_truth": {"main_content": page.text}}
    (tmp_path / "ground-truth" / "2.json").write_text(json.dumps(truth))
    assert [(gold.name, gold.text) for gold in pages_of(tmp_path)] == [
        ("1", page.text),
        ("2", page.text),
    ]
    result = CliRunner().invoke(main, [str(tmp_path)])
    lines = result.output.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["36", "2"]


def test_a_page_without_an_article_counts_as_nothing_found() -> None:
    figures = measure([GoldPage("empty", "<html><body></body></html>", "Không có gì.")])
    assert max(figures.f1, figures.recall, figures.precision) <= 0
