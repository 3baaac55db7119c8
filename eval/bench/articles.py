"""The articles that ``tamngu bench ingest`` ingests: drawn from files, or made of sentences."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from itertools import chain, islice, zip_longest
from pathlib import Path
from random import Random

from rag import read_path
from rag.readers import find_files
from rag.readers.decode import Undecodable, decode
from rag.text.sentences import sentences
from tamngu.records.article import Article


def write_articles(paths: Sequence[Path], count: int, folder: Path) -> int:
    """Write up to ``count`` articles to a new folder, one per file; return their number.

    Each line of a ``.jsonl`` file becomes a ``.txt`` file of title and text; other files are
    copied. Articles are drawn at random, but the same ones each time. Each ``.jsonl`` file, and the
    other files of each path together, give equally many articles until they have no more.

    Args:
        paths: files and folders; without paths, the articles of :func:`made_articles`.
        count: the largest number of articles.
        folder: must not exist.

    Raises:
        UnreadableFile: a path has no readable file.
    """
    folder.mkdir()
    number = 0
    for ending, data in islice(_drawn(paths) if paths else _made(), count):
        (folder / f"{number:06d}{ending}").write_bytes(data)
        number += 1
    return number


def made_articles() -> Iterator[str]:
    """Yield the sample articles, and then without end articles that are made of their sentences.

    In each round, all sentences of a language and script are shuffled and dealt to as many articles
    as there are sample articles, each of the length of one of them. So two made articles share few
    sentences and are no near-duplicates, and they take as long to read and to encode as real ones
    of that length. Their words repeat more often than in as many real articles, which makes the
    word index smaller.
    """
    random = Random(0)
    with as_file(files("rag") / "sample") as folder:
        articles = [read for read in read_path(folder) if isinstance(read, Article)]
    random.shuffle(articles)
    yield from (article.text for article in articles)
    kinds = defaultdict(list)
    for article in articles:
        own = [span.of(article.text) for span in sentences(article.text)]
        kinds[article.language, article.script].append(own)
    while True:
        made = []
        for (language, _), kind in kinds.items():
            pool = list(chain.from_iterable(kind))
            random.shuffle(pool)
            dealt = iter(pool)
            between = "" if language == "zh" else " "
            made += [between.join(islice(dealt, len(each))) for each in kind]
        random.shuffle(made)
        yield from made


def _made() -> Iterator[tuple[str, bytes]]:
    return ((".txt", text.encode()) for text in made_articles())


@dataclass(frozen=True)
class _ArticlePlace:
    """A whole file, or the line of a file that starts at a byte."""

    file: Path
    start: int | None = None


def _drawn(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield file endings and contents of articles, from all sources in turn."""
    random = Random(0)
    sources = [source for path in paths for source in _sources(path)]
    for source in sources:
        random.shuffle(source)
    for places in zip_longest(*sources):
        yield from filter(None, map(_content, filter(None, places)))


def _sources(path: Path) -> list[list[_ArticlePlace]]:
    """Return the lines of each ``.jsonl`` file, and all other files together."""
    found = find_files(path)
    with_lines = [file for file in found if file.suffix.lower() == ".jsonl"]
    others = [_ArticlePlace(file) for file in found if file not in with_lines]
    lines = [[_ArticlePlace(file, start) for start in _line_starts(file)] for file in with_lines]
    return [*lines, others]


def _line_starts(file: Path) -> Iterator[int]:
    start = 0
    with file.open("rb") as lines:
        for line in lines:
            yield start
            start += len(line)


def _content(place: _ArticlePlace) -> tuple[str, bytes] | None:
    """Return the ending and content of an article's file; None if a line has no article."""
    if place.start is None:
        return place.file.suffix, place.file.read_bytes()
    with place.file.open("rb") as lines:
        lines.seek(place.start)
        line = lines.readline()
    try:
        item = json.loads(decode(line))
    except (Undecodable, ValueError, RecursionError):
        return None
    text = item.get("text") if isinstance(item, dict) else None
    if not isinstance(text, str):
        return None
    title = str(item.get("title") or "")
    whole = text if text.startswith(title) else f"{title}\n\n{text}"
    return ".txt", whole.encode("utf-8", "replace")
