"""``tamngu eval peers``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.cli.gold import gold_set
from eval.cli.progress import bar
from eval.cli.run import MEASURE
from tamngu.cli.command import Command, option
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import OUTPUT, debug_option, json_option

if TYPE_CHECKING:
    from eval.runs.run import Run


@click.command(
    "peers",
    cls=Command,
    examples=("tamngu eval peers --gold xquad:DIR --every 7 --systems txtai,haystack",),
)
@option(
    "--gold",
    required=True,
    metavar="SPEC",
    heading=MEASURE,
    help="Gold set with its own texts, such as xquad:DIR.",
)
@option(
    "--systems",
    "names",
    former=("--with",),
    default="",
    metavar="NAME,...",
    heading=MEASURE,
    help="Other systems: txtai, haystack, llamaindex. Each is installed in an environment of its "
    "own (about 2 GB).",
)
@option(
    "--every",
    type=click.IntRange(1),
    metavar="N",
    heading=MEASURE,
    default=1,
    show_default=True,
    help="Ask only every Nth question; all passages stay.",
)
@option(
    "--environments",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    heading=MEASURE,
    show_default="in the user's cache",
    help="Folder that keeps the environments.",
)
@option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    heading=OUTPUT,
    help="Folder to save the runs in, for eval compare and eval report.",
)
@json_option
@debug_option
def peers_command(
    gold: str, names: str, every: int, environments: Path | None, out: Path | None, as_json: bool
) -> None:
    """Compare Tamngu with other systems in one run.

    All systems get the same questions and the same model. The rankings hybrid, dense and bm25 of
    Tamngu are always measured, other systems if --systems names them.
    """
    from embeddings import EncoderOptions, load_encoder
    from embeddings.packaged import model as packaged
    from eval.evaluation.evaluate import evaluate_texts
    from eval.evaluation.rankers import RANKERS
    from eval.peers.peer import PEERS, prepare, run_peer
    from eval.runs.run import save

    others = [name.strip() for name in names.split(",") if name.strip()]
    unknown = sorted(set(others) - PEERS.keys())
    if unknown:
        raise click.UsageError(
            f"There is no system {unknown[0]!r}; the systems are {', '.join(PEERS)}."
        )
    wanted = gold_set(gold)
    if wanted.texts is None:
        raise click.UsageError(
            "This command needs a gold set with its own texts, such as xquad:DIR."
        )
    folder = environments or _default_folder()
    # Parallel sets have one language after another, so all languages keep the same questions.
    wanted = replace(wanted, questions=wanted.questions[::every])
    pythons = {name: prepare(name, folder, _say) for name in others}
    ours = {name: RANKERS[name] for name in ("hybrid", "dense", "bm25")}
    # A cache of questions would make the second ranking faster than the first.
    options = replace(EncoderOptions.from_environment(), overlong="cut", question_cache=0)
    runs = evaluate_texts(wanted, load_encoder(options=options), ours, bar, timed=True)
    for name in others:
        _say(f"Asking {name} ...")
        runs.append(run_peer(name, pythons[name], wanted, packaged.prepare()))
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for run in runs:
            save(run, out / f"{run.ranking}.json")
    if as_json:
        print_json([_row(run) for run in runs])
    else:
        _print(runs)


def _default_folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("tamngu") / "peers"


def _say(text: str) -> None:
    click.echo(text, err=True)


def _row(run: Run) -> dict[str, object]:
    from eval.reports.figures import figures

    found = figures(run.results)
    return {
        "system": "tamngu" if run.ranking == "hybrid" else run.ranking,
        **found["mean"],
        "query_p50_ms": found["latency"]["p50_ms"],
        "query_p95_ms": found["latency"]["p95_ms"],
        "index_s": run.index_s,
    }


def _print(runs: list[Run]) -> None:
    columns = ("mono_r@1", "cross_r@1", "mixed_map", "mixed_any@1", "query_p50_ms", "index_s")
    click.secho(f"{'':12}" + "".join(f"{name:>14}" for name in columns), bold=True)
    for run in runs:
        row = _row(run)
        cells = "".join(f"{row.get(name, ''):>14}" for name in columns)
        click.echo(f"{row['system']!s:12}{cells}")
