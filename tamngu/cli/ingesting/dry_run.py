"""``tamngu ingest --dry-run``: show the articles that would be ingested, and the lines cut."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tamngu.cli.output import print_json, shown_date
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from rag.isolation.limits import Limits
    from rag.readers import Reading
    from tamngu.cli.ingesting.web import Web
    from tamngu.records.article import Article
    from tamngu.records.rejection import Rejection


def show(
    files: list[tuple[Path, Path]], web: Web, reading: Reading, limits: Limits, *, as_json: bool
) -> int:
    """Print the articles that would be ingested from files and pages; return the exit code."""
    from tamngu.records.rejection import Rejection

    taken, skipped = [], []
    for item in _items(files, web, reading, limits):
        if isinstance(item, Rejection):
            skipped.append(str(item))
        else:
            taken.append(_summary(item))
        if not as_json:
            _print(item)
    if as_json:
        print_json({"articles": taken, "skipped": skipped})
    else:
        echo(f"{len(taken)} articles would be ingested, {len(skipped)} skipped.")
    return 1 if skipped else 0


def _items(
    files: list[tuple[Path, Path]], web: Web, reading: Reading, limits: Limits
) -> Iterator[Article | Rejection]:
    from rag.ingestion.file_changes import document_of
    from rag.isolation.readers import Readers
    from rag.readers import source_name
    from rag.readers.repeated_in_folder import SourcePages

    with Readers(reading, limits) as readers:
        pages = SourcePages((file for _, file in files), readers.uncut_text)
        asked = (
            (None, document_of(pages, file, source_name(root, file), reading))
            for root, file in files
        )
        yield from (item for _, item in readers.read(asked) if item is not None)
    yield from web.items(reading, limits)


def _summary(article: Article) -> dict[str, object]:
    return {
        "title": article.title,
        "language": article.language,
        "published_at": article.published_at,
        "source": article.source,
        "url": article.url,
        "authors": article.authors,
        "characters": len(article.text),
        "pages": len(article.pages),
        "cut": [dataclasses.asdict(each) for each in article.cut],
    }


def _print(item: Article | Rejection) -> None:
    from tamngu.records.rejection import Rejection

    if isinstance(item, Rejection):
        echo(f"skipped  {item}", fg="red")
        return
    about = [
        item.language,
        shown_date(item.published_at) or "no date",
        f"{len(item.text)} characters",
    ]
    about += [f"{len(item.pages)} pages"] if item.pages else []
    echo(f"kept     {item.title}", fg="green")
    echo(f"         {', '.join(about)}; {item.url or item.source or 'no source'}", dim=True)
    for each in item.cut:
        echo(f"cut      {each.reason}: {each.line[:100]}", fg="yellow")
