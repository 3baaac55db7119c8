"""Compare detectors of languages: ``python -m eval.language [--data DIR] [--json]``.

The sets that come with Tamngu are short questions and others that are hard to tell. XQuAD and
Universal Dependencies join them with ``--data``: words that nobody chose for this measurement.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from eval.language.detectors import Detector, detectors, missing
from eval.language.labelled_texts import LabelledText, own_sets, public_sets
from tamngu.cli.output import print_json


@dataclass(frozen=True)
class SetFigures:
    """What a detector did on a set.

    Attributes:
        set: the set's name.
        detector: the detector's name.
        texts: how many there are.
        accuracy: share of the texts whose language is right.
        ms: mean time of the processor for a text, in milliseconds.
        wrong: the first texts that are not right, each with the code that was found.
    """

    set: str
    detector: str
    texts: int
    accuracy: float
    ms: float
    wrong: tuple[tuple[str, str], ...]


def measure(
    name: str, texts: Sequence[LabelledText], by: str, detect: Detector, shown: int
) -> SetFigures:
    """Return a detector's figures on a set.

    Args:
        name: the set's.
        texts: of the set; at least one.
        by: the detector's name.
        detect: the detector.
        shown: how many texts to show that are not right.
    """
    started = time.process_time()
    found = [detect(each.text) for each in texts]
    took_s = time.process_time() - started
    wrong = [
        (each.text, code)
        for each, code in zip(texts, found, strict=True)
        if code not in each.languages
    ]
    accuracy = round(1 - len(wrong) / len(texts), 4)
    ms = round(1000 * took_s / len(texts), 3)
    return SetFigures(name, by, len(texts), accuracy, ms, tuple(wrong[:shown]))


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with xquad/ and ud/.",
)
@click.option("--most", default=1000, show_default=True, help="Texts of a set of --data.")
@click.option("--wrong", default=0, show_default=True, help="Texts to show that are not right.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(data: Path | None, most: int, wrong: int, as_json: bool) -> None:
    """Print the share of right languages and the processor's time for a text."""
    sets = {**own_sets(), **(public_sets(data, most) if data else {})}
    compared = detectors()
    for detect in compared.values():
        for text in ("Tamngu", "khong ro", "không rõ", "不明"):
            detect(text)  # Files that are read at the first use do not count.
    figures = [
        measure(name, texts, by, detect, wrong)
        for name, texts in sets.items()
        for by, detect in compared.items()
    ]
    if as_json:
        print_json([asdict(each) for each in figures])
        return
    click.echo(f"{'':48}{'texts':>6}  " + "".join(f"{by[-24:]:>26}" for by in compared))
    for name in sets:
        row = [each for each in figures if each.set == name]
        cells = (f"{each.accuracy:.3f} {each.ms:8.3f} ms" for each in row)
        click.echo(f"{name:48}{row[0].texts:>6}  " + "".join(f"{cell:>26}" for cell in cells))
        for each in row:
            if each.wrong:
                click.echo(f"    {each.detector}: {'; '.join(f'{t} ({c})' for t, c in each.wrong)}")
    if missing():
        click.echo(f"Not installed: {', '.join(missing())}.")


if __name__ == "__main__":
    main()
