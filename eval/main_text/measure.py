"""Measure how well the main text of pages is found, by the words that a person copied from them.

    python -m eval.main_text.measure [FOLDER...]

The Vietnamese pages are in the project (:mod:`eval.main_text.vietnamese_pages`). A folder has
``original/*.html`` and ``cleaned/*.txt``, or ``html/*.html.gz`` and ``ground-truth/*.json`` as the
Web Content Extraction Benchmark has them. The figures are the mean F1 of words, for Tamngu and for
trafilatura alone, and the shares of copied words that were found and of found words that were
copied.
"""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import click

from eval.main_text.vietnamese_pages import GoldPage, vietnamese_pages
from eval.metrics.answer_text import answer_tokens, token_f1
from rag.readers import Document
from rag.readers.decode import decode_html
from rag.readers.pages.html import page_article
from rag.readers.pages.uncut_page import extracted


@dataclass(frozen=True)
class Figures:
    """Means over the pages of a set.

    Attributes:
        pages: their number.
        f1: of words.
        trafilatura: the same for trafilatura alone.
        recall: share of the words that a person copied.
        precision: share of the words that were found.
    """

    pages: int
    f1: float
    trafilatura: float
    recall: float
    precision: float


def pages_of(folder: Path) -> Iterator[GoldPage]:
    """Yield the pages of a folder and the main text that a person copied from them."""
    for path in sorted((folder / "original").glob("*.html")):
        gold = (folder / "cleaned" / f"{path.stem}.txt").read_bytes().decode("utf-8", "replace")
        yield GoldPage(path.stem, decode_html(path.read_bytes()), gold)
    for path in sorted((folder / "html").glob("*.html.gz")):
        name = path.name.partition(".")[0]
        truth = folder / "ground-truth" / f"{name}.json"
        content = json.loads(truth.read_text(encoding="utf-8"))["ground_truth"]
        page = decode_html(gzip.decompress(path.read_bytes()))
        yield GoldPage(name, page, content["main_content"])


def found_text(html: str) -> str:
    """Return the text of a page's article; empty if it has none."""
    try:
        return page_article(html, Document("page", "page", ".html", "page", io.BytesIO)).text
    except ValueError:
        return ""


def measure(pages: Iterable[GoldPage]) -> Figures:
    """Return the figures of pages.

    Raises:
        statistics.StatisticsError: there are no pages.
    """
    rows = []
    for page in pages:
        text = found_text(page.html)
        found = extracted(page.html)
        alone = (found.text if found else None) or ""
        words, gold = Counter(answer_tokens(text)), Counter(answer_tokens(page.text))
        shared = (words & gold).total()
        rows.append(
            (
                token_f1(text, [page.text]),
                token_f1(alone, [page.text]),
                shared / max(1, gold.total()),
                shared / max(1, words.total()),
            )
        )
    f1, trafilatura, recall, precision = map(mean, zip(*rows, strict=True))
    return Figures(len(rows), f1, trafilatura, recall, precision)


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folders: tuple[Path, ...]) -> None:
    """Print the figures of the Vietnamese pages, and of the pages of FOLDERS."""
    for each in folders:
        if next(pages_of(each), None) is None:
            raise click.BadParameter(f"{each} has no pages in original/ or html/.")
    sets = [("vietnamese", vietnamese_pages()), *((each.name, pages_of(each)) for each in folders)]
    click.echo("set         pages  F1    trafilatura  recall  precision")
    for name, pages in sets:
        got = measure(pages)
        click.echo(
            f"{name:11} {got.pages:5}  {got.f1:.3f} {got.trafilatura:11.3f}  "
            f"{got.recall:.3f}   {got.precision:.3f}"
        )


if __name__ == "__main__":
    main()
