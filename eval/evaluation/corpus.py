"""Texts to calibrate on, and to hide answers among: public corpora as they are published."""

from __future__ import annotations

import gzip
import json
import random
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from eval.gold.gold_set import BadGoldSet
from rag import make_article
from rag.ingestion.chunking import PASSAGE_TOKENS, chunk

_LEAST = 100
"""Characters of a text; shorter ones are stubs and headings."""

_MOST_PASSAGES = 12
"""Of one text, so that a long one does not stand for many."""

_BODY = "正文："
"""What parts the date from the text in a line of CRUD's news."""

_SEED = 1

_DAMAGED = (tarfile.TarError, zlib.error)


def find_corpora(place: Path) -> dict[str, list[Path]]:
    """Return the files of each language, by the code in their names: ``name.vi.tar.gz``.

    Args:
        place: a folder of ``.tar.gz`` (a text a file), ``.txt.gz`` (a text a line) and
            ``.jsonl.gz`` (a text a line, under ``text``) files, or one of them.

    Raises:
        BadGoldSet: there are none.
    """
    found: dict[str, list[Path]] = {}
    for path in [place] if place.is_file() else sorted(place.glob("*.gz")):
        name, _, kind = path.name.removesuffix(".gz").rpartition(".")
        if kind in _READERS and "." in name:
            found.setdefault(name.rpartition(".")[2], []).append(path)
    if not found:
        raise BadGoldSet(
            f"{place} has no corpus; give a folder with files such as news.zh.txt.gz, "
            "wiki.vi.tar.gz or pages.en.jsonl.gz."
        )
    return found


def draw_passages(
    paths: list[Path], language: str, count: int, count_tokens: Callable[[list[str]], list[int]]
) -> list[str]:
    """Return passages of texts drawn at random, the same ones every time, cut as articles are.

    Args:
        paths: of one language's corpora.
        language: theirs.
        count: passages wanted; fewer where the corpora have fewer.
        count_tokens: the encoder's.

    Raises:
        BadGoldSet: a file cannot be read.
    """
    texts = [text for path in paths for text in read_texts(path) if len(text.strip()) >= _LEAST]
    random.Random(_SEED).shuffle(texts)
    passages: list[str] = []
    for number, text in enumerate(texts):
        if len(passages) >= count:
            break
        article = make_article(text, key=str(number), title=str(number), language=language)
        spans = chunk(article, lambda some: count_tokens(list(some)), PASSAGE_TOKENS)
        passages += [article.text[span.start : span.end] for span in spans[:_MOST_PASSAGES]]
    return passages[:count]


def read_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a corpus.

    Raises:
        BadGoldSet: it cannot be read.
    """
    try:
        yield from _READERS[path.name.removesuffix(".gz").rpartition(".")[2]](path)
    except (OSError, ValueError, KeyError, TypeError, EOFError, *_DAMAGED) as error:
        raise BadGoldSet(f"Cannot read {path}: {error}.") from error


def _read_tar(path: Path) -> Iterator[str]:
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None and not Path(member.name).name.startswith("."):
                yield file.read().decode("utf-8", "replace")


def _read_lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rpartition(_BODY)[2].strip()


def _read_jsonl(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield str(json.loads(line)["text"])


_READERS: dict[str, Callable[[Path], Iterator[str]]] = {
    "tar": _read_tar,
    "txt": _read_lines,
    "jsonl": _read_jsonl,
}
