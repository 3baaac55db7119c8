"""Count syllables for ``rag.text.diacritics``, and measure how well it restores diacritics.

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

from eval.evaluation.corpora import find_corpora, read_texts
from rag.text.diacritics import bare, with_diacritics
from rag.text.syllables import is_syllable

_MAX_PAIRS = 150_000
_MIN_COUNT = 3
"""Occurrences below which a syllable or a pair is left out."""

_WORD = re.compile(r"[^\W\d_]+|[^\s]")


@click.group()
def main() -> None:
    """Count syllables, or measure the restoration of diacritics."""


@main.command()
@click.option("--texts", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path))
def count(texts: Path, out: Path) -> None:
    """Count the syllables of Vietnamese corpora, and pairs of them."""
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for path in find_corpora(texts)["vi"]:
        for text in read_texts(path):
            normalised = unicodedata.normalize("NFC", text).lower()
            words = [word if is_syllable(bare(word)) else "" for word in _WORD.findall(normalised)]
            single.update(filter(None, words))
            pairs.update(pair for pair in pairwise(words) if all(pair))
    rows = [f"{n}\t{word}" for word, n in single.most_common() if n >= _MIN_COUNT]
    rows += [f"{n}\t{a}\t{b}" for (a, b), n in pairs.most_common(_MAX_PAIRS) if n >= _MIN_COUNT]
    # No time stamp, so that the same counts give the same file.
    with out.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write("\n".join(rows).encode())
    click.echo(f"{len(rows):,} rows, {out.stat().st_size:,} bytes")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def measure(files: tuple[Path, ...]) -> None:
    """Print the share of words whose diacritics are restored correctly."""
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
