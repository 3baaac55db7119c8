"""Count English words for ``rag.text.evidence.words``.

    python -m eval.fitting.english_words --texts CORPORA --out FILE SQUAD_FILE...

Words are counted in texts of ``CORPORA`` and in the passages of files in SQuAD's format. Words with
capitals are not counted, because most of them are names.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import click

from eval.evaluation.corpora import find_corpora, read_texts

_WORD = re.compile(r"[^\W\d_]+")

_MIN_TEXTS = 2
"""Texts that a word has to be in. Chosen manually, not tuned."""


@click.command()
@click.option("--texts", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path))
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
def main(texts: Path, out: Path, files: tuple[Path, ...]) -> None:
    """Count the words of English texts, and write those of at least two texts."""
    read = [text for path in find_corpora(texts)["en"] for text in read_texts(path)]
    for file in files:
        articles = json.loads(file.read_text(encoding="utf-8"))["data"]
        read += sorted({part["context"] for each in articles for part in each["paragraphs"]})
    counts: Counter[str] = Counter()
    holding: Counter[str] = Counter()
    for text in read:
        words = [word for word in _WORD.findall(text) if word.isascii() and word.islower()]
        counts.update(words)
        holding.update(set(words))
    kept = sorted((-n, word) for word, n in counts.items() if holding[word] >= _MIN_TEXTS)
    # No time stamp, so that the same counts give the same file.
    with out.open("wb") as opened, gzip.GzipFile("", "wb", 9, opened, mtime=0) as packed:
        packed.write("\n".join(f"{-n}\t{word}" for n, word in kept).encode())
    click.echo(f"{len(kept):,} words of {sum(counts.values()):,}")


if __name__ == "__main__":
    main()
