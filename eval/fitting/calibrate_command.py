"""``tamngu calibrate``; an entry point adds it to the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Command, option
from tamngu.cli.loading import load
from tamngu.cli.progress import progress_bar
from tamngu.cli.shared_options import debug_option, model_option

if TYPE_CHECKING:
    from embeddings import Encoder


@click.command(
    "calibrate",
    cls=Command,
    examples=("tamngu calibrate --texts ~/corpora --questions vi=questions.json --model NAME",),
)
@option(
    "--texts",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="Folder of corpora: NAME.LANG.txt.gz, .tar.gz or .jsonl.gz.",
)
@option(
    "--questions",
    multiple=True,
    metavar="LANG=FILE",
    help="Questions that people asked, in SQuAD's format. Repeatable.",
)
@option(
    "--per-language",
    default=3000,
    show_default=True,
    type=click.IntRange(min=1),
    metavar="N",
    help="Passages to read of each language.",
)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    show_default="a file in the cache that all collections of the model use",
    help="File to write.",
)
@model_option
@debug_option
def calibrate_command(
    texts: Path, questions: tuple[str, ...], per_language: int, out: Path | None, model: str
) -> None:
    """Make the vectors of different languages comparable for a model.

    Give texts and questions that are in no collection and in no gold set. From then on, every
    collection of the model uses the calibration. Without one, a model is calibrated on each
    collection's own passages. The packaged model has a calibration already.
    """
    from embeddings.calibration.fit import calibrate
    from embeddings.calibration.store import calibration_file, key_of, save
    from rag.text.sentences import sentences

    question_texts = _questions(questions)
    encoder = load(model)
    passages = _passages(texts, per_language, encoder)
    parts = {
        language: [span.of(text) for text in some for span in sentences(text)][: 2 * per_language]
        for language, some in passages.items()
    }
    total = sum(map(len, passages.values())) + sum(map(len, parts.values()))
    with progress_bar(total, "text", "Encoding") as bar:
        calibration = calibrate(encoder, question_texts, passages, parts, bar.update)
    path = out or calibration_file(encoder.fingerprint)
    save(calibration, key_of(encoder.fingerprint), path)
    click.echo(f"Calibrated {encoder.fingerprint} for {', '.join(sorted(passages))}: {path}")


def _questions(given: tuple[str, ...]) -> dict[str, list[str]]:
    """Read the question files of ``LANG=FILE`` pairs; return texts by language."""
    from eval.gold.squad import read_questions
    from rag.text.chinese import as_encoded
    from tamngu.records.language import parse_tag

    texts: dict[str, list[str]] = {}
    for pair in given:
        tag, equals, name = pair.partition("=")
        try:
            language = parse_tag(tag).code
        except ValueError:
            equals = ""
        if not equals:
            raise click.UsageError(f"{pair!r} is not LANG=FILE, such as vi=questions.json.")
        read = read_questions(Path(name))
        texts.setdefault(language, []).extend(as_encoded(text, language) for text in read)
    return texts


def _passages(folder: Path, per_language: int, encoder: Encoder) -> dict[str, list[str]]:
    """Draw passages of each language from a folder of corpora."""
    from eval.evaluation.corpora import draw_passages, find_corpora
    from eval.gold.gold_set import BadGoldSet
    from rag.text.chinese import as_encoded

    passages = {
        language: [
            as_encoded(text, language)
            for text in draw_passages(paths, language, per_language, encoder.count_tokens)
        ]
        for language, paths in find_corpora(folder).items()
    }
    for language, some in passages.items():
        if not some:
            raise BadGoldSet(f"{folder} has no text in {language} of at least 100 characters.")
    return passages
