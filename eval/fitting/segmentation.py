"""Measure how well sentence boundaries are found, on treebanks of Universal Dependencies.

    python -m eval.fitting.segmentation UD_Vietnamese-VTB UD_Chinese-GSDSimp ...

The sentences of each file are joined into running text, with a space between sentences unless the
language is Chinese. The text is split again, and the positions of sentence ends are compared. If
pysbd is installed, it is measured too, with its rules for English or Chinese, because it has no
rules for Vietnamese.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from rag.text.sentences import sentences

Splitter = Callable[[str], set[int]]
"""Returns the positions of the sentence ends of a text."""


def read_sentences(path: Path) -> list[str]:
    """Return the sentences of a CoNLL-U file."""
    found = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        name, _, text = line.partition("=")
        if name.strip() == "# text":
            found.append(text.strip())
    return found


def measure(gold: list[str], between: str, split: Splitter) -> tuple[float, float, float]:
    """Return precision, recall and F1 of sentence ends in running text."""
    text = between.join(gold)
    ends, position = set(), 0
    for sentence in gold:
        position += len(sentence)
        ends.add(position)
        position += len(between)
    found = split(text)
    right = len(found & ends)
    return right / len(found), right / len(ends), 2 * right / (len(found) + len(ends))


def _tamngu(text: str) -> set[int]:
    return {span.end for span in sentences(text)}


def _pysbd(language: str) -> Splitter:
    from pysbd import Segmenter

    segmenter = Segmenter(language=language, clean=False, char_span=True)

    def split(text: str) -> set[int]:
        return {span.start + len(span.sent.rstrip()) for span in segmenter.segment(text)}

    return split


def _splitters(language: str) -> Iterator[tuple[str, Splitter]]:
    yield "tamngu", _tamngu
    try:
        yield "pysbd", _pysbd(language)
    except ImportError:
        return


_LANGUAGES: Mapping[str, str] = {"Chinese": "zh"}


@click.command()
@click.argument("treebanks", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def main(treebanks: tuple[Path, ...]) -> None:
    """Print precision, recall and F1, one line for each file and splitter."""
    for treebank in treebanks:
        language = next((code for name, code in _LANGUAGES.items() if name in treebank.name), "en")
        for path in sorted(treebank.glob("*.conllu")):
            gold = read_sentences(path)
            for name, split in _splitters(language):
                p, r, f1 = measure(gold, "" if language == "zh" else " ", split)
                click.echo(f"{path.stem:24} {name:8} P {p:.4f}  R {r:.4f}  F1 {f1:.4f}")


if __name__ == "__main__":
    main()
