"""Read public corpora: texts for calibration, and passages that serve as distractors."""

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

_MIN_CHARACTERS = 100
"""Shorter texts are stubs and headings."""

_MAX_PASSAGES = 12
"""Passages from one text, so that one long text does not dominate."""

_BODY = "正文："
"""Separates the date from the text in a line of CRUD's news."""

_SEED = 1

_DAMAGED = (tarfile.TarError, zlib.error)


def find_corpora(path: Path) -> dict[str, list[Path]]:
    """Return the files of each language, by the code in their names: ``name.vi.tar.gz``.

    Args:
        path: a folder of ``.tar.gz`` files (one text per file), ``.txt.gz`` files (one text per
            line) and ``.jsonl.gz`` files (one object per line, its text under ``text``), or one
            such file.

    Raises:
        BadGoldSet: there are no such files.
    """
    found: dict[str, list[Path]] = {}
    for file in [path] if path.is_file() else sorted(path.glob("*.gz")):
        name, _, kind = file.name.removesuffix(".gz").rpartition(".")
        if kind in _READERS and "." in name:
            found.setdefault(name.rpartition(".")[2], []).append(file)
    if not found:
        raise BadGoldSet(
            f"{path} has no corpus; give a folder with files such as news.zh.txt.gz, "
            "wiki.vi.tar.gz or pages.en.jsonl.gz."
        )
    return found


def draw_passages(
    paths: list[Path], language: str, count: int, count_tokens: Callable[[list[str]], list[int]]
) -> list[str]:
    """Draw texts at random and return their passages, cut as articles are cut.

    The same files give the same passages every time.

    Args:
        paths: corpora of one language.
        language: of the corpora.
        count: number of passages, or fewer if the corpora have fewer.
        count_tokens: of the encoder.

    Raises:
        BadGoldSet: a file cannot be read.
    """
    texts = [
        text for path in paths for text in read_texts(path) if len(text.strip()) >= _MIN_CHARACTERS
    ]
    random.Random(_SEED).shuffle(texts)
    passages: list[str] = []
    for number, text in enumerate(texts):
        if len(passages) >= count:
            break
        article = make_article(text, key=str(number), title=str(number), language=language)
        spans = chunk(article, lambda some: count_tokens(list(some)), PASSAGE_TOKENS)
        passages += [article.text[span.start : span.end] for span in spans[:_MAX_PASSAGES]]
    return passages[:count]


def read_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a corpus.

    Raises:
        BadGoldSet: the file cannot be read.
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
