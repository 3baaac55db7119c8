"""``tamngu eval peers``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eval.cli.gold import gold_set
from eval.cli.progress import bar
from tamngu.cli.options import json_option
from tamngu.cli.output import print_json

if TYPE_CHECKING:
    from eval.runs.run import Run


@click.command("peers")
@click.option("--gold", required=True, metavar="SPEC", help="A gold set with its own texts.")
@click.option(
    "--with",
    "names",
    default="",
    metavar="NAME,...",
    help="Also txtai and haystack, each installed in an environment of its own (about 2 GB).",
)
@click.option(
    "--every",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Ask every so many-th question only, of all passages.",
)
@click.option(
    "--environments",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of those environments; kept. Default: in the user's cache.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to save the runs in, for eval compare and report.",
)
@json_option
def peers_command(
    gold: str, names: str, every: int, environments: Path | None, out: Path | None, as_json: bool
) -> None:
    """Ask other systems the same questions, with the same model, in one run.

    Ours, plain cosine and BM25 always; others when named.
    """
    from embeddings import EncoderOptions, load_encoder
    from embeddings.packaged import model as packaged
    from eval.evaluation.evaluate import evaluate_texts
    from eval.evaluation.pools import RANKERS
    from eval.peers.peer import PEERS, prepare, run_peer
    from eval.runs.run import save

    others = [name.strip() for name in names.split(",") if name.strip()]
    unknown = sorted(set(others) - PEERS.keys())
    if unknown:
        raise click.UsageError(f"{unknown[0]!r} is no peer; there are {', '.join(PEERS)}.")
    wanted = gold_set(gold)
    if wanted.texts is None:
        raise click.UsageError("Peers are asked of gold sets with their own texts, such as xquad.")
    folder = environments or _default_folder()
    # Parallel sets have one language after the other: all languages are asked the same then.
    wanted = replace(wanted, questions=wanted.questions[::every])
    pythons = {name: prepare(name, folder, _say) for name in others}
    ours = {name: RANKERS[name] for name in ("fair", "plain", "words")}
    # Without memory of questions, or the second ranking would not encode what the first did.
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
        "system": "tamngu" if run.ranking == "fair" else run.ranking,
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
