"""Count syllables for ``rag.text.diacritics``, and measure it.

python -m eval.fitting.diacritics count --texts CORPORA --out rag/text/syllables.vi.tsv.gz
python -m eval.fitting.diacritics measure SENTENCES.conllu...
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path

import click

from eval.evaluation.corpus import find_corpora, read_texts
from rag.text.diacritics import bare, with_diacritics
from rag.text.syllables import is_syllable

_MOST_PAIRS = 150_000
_LEAST = 3
"""Times that a syllable or a pair has to stand."""

_WORD = re.compile(r"[^\W\d_]+|[^\s]")


@click.group()
def main() -> None:
    """Count, or measure."""


@main.command()
@click.option("--texts", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path))
def count(texts: Path, out: Path) -> None:
    """Count the syllables of Vietnamese corpora, and pairs of them."""
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for path in find_corpora(texts)["vi"]:
        for text in read_texts(path):
            even = unicodedata.normalize("NFC", text).lower()
            words = [word if is_syllable(bare(word)) else "" for word in _WORD.findall(even)]
            single.update(filter(None, words))
            pairs.update(pair for pair in pairwise(words) if all(pair))
    rows = [f"{n}\t{word}" for word, n in single.most_common() if n >= _LEAST]
    rows += [f"{n}\t{a}\t{b}" for (a, b), n in pairs.most_common(_MOST_PAIRS) if n >= _LEAST]
    # Without the time of day: the same counts give the same file.
    with out.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("\n".join(rows).encode())
    click.echo(f"{len(rows):,} rows, {out.stat().st_size:,} bytes")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def measure(files: tuple[Path, ...]) -> None:
    """Print the share of words that are put back as they were."""
    right = total = 0
    for path in files:
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("# text = "):
                continue
            sentence = unicodedata.normalize("NFC", line.removeprefix("# text = ")).lower()
            typed = "".join(bare(character) for character in sentence)
            wanted, found = sentence.split(), with_diacritics(typed).split()
            right += sum(a == b for a, b in zip(wanted, found, strict=True))
            total += len(wanted)
    click.echo(f"{right / total:.4f} of {total:,} words")


if __name__ == "__main__":
    main()
