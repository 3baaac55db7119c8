"""``tamngu calibrate``, brought to the command line by an entry point."""

from __future__ import annotations

from pathlib import Path

import click

from tamngu.cli.options import debug_option, load, model_option


@click.command("calibrate")
@click.option(
    "--texts",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="Folder of corpora: name.LANG.txt.gz, .tar.gz or .jsonl.gz.",
)
@click.option(
    "--questions",
    multiple=True,
    metavar="LANG=FILE",
    help="Questions that people asked, in SQuAD's format; give it for each language.",
)
@click.option(
    "--per-language",
    default=3000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Passages of each language to read.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write instead."
)
@model_option
@debug_option
def calibrate_command(
    texts: Path, questions: tuple[str, ...], per_language: int, out: Path | None, model: str
) -> None:
    """Make languages comparable for a model, from texts that nobody will be asked about.

    What is made is used for every collection of that model from then on. Without it, a model but
    the packaged one is calibrated by each collection's own passages.
    """
    from tqdm import tqdm

    from embeddings.calibration.calibrating import calibrate
    from embeddings.calibration.calibration import calibration_file, key_of, save
    from eval.evaluation.corpus import draw_passages, find_corpora
    from eval.gold.gold_set import BadGoldSet
    from eval.gold.squad import read_questions
    from rag.text.chinese import as_encoded
    from rag.text.sentences import sentences
    from tamngu.records.language import parse_tag

    asked: dict[str, list[str]] = {}
    for pair in questions:
        tag, parted, name = pair.partition("=")
        try:
            language = parse_tag(tag).code
        except ValueError:
            parted = ""
        if not parted:
            raise click.UsageError(f"{pair!r} is not LANG=FILE, such as vi=questions.json.")
        texts_of = read_questions(Path(name))
        asked.setdefault(language, []).extend(as_encoded(text, language) for text in texts_of)
    encoder = load(model)
    passages = {
        language: [
            as_encoded(text, language)
            for text in draw_passages(paths, language, per_language, encoder.count_tokens)
        ]
        for language, paths in find_corpora(texts).items()
    }
    for language, some in passages.items():
        if not some:
            raise BadGoldSet(f"{texts} has no text in {language} that is long enough.")
    parts = {
        language: [span.of(text) for text in some for span in sentences(text)][: 2 * per_language]
        for language, some in passages.items()
    }
    total = sum(map(len, passages.values())) + sum(map(len, parts.values()))
    with tqdm(total=total, unit="text", disable=None, leave=False) as bar:
        calibration = calibrate(encoder, asked, passages, parts, bar.update)
    path = out or calibration_file(encoder.fingerprint)
    save(calibration, key_of(encoder.fingerprint), path)
    click.echo(f"Calibrated {encoder.fingerprint} for {', '.join(sorted(passages))}: {path}")
