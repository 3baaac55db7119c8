"""``tamngu eval``: the group of commands."""

from __future__ import annotations

import click

from eval.cli.compare import compare_command
from eval.cli.gate import gate_command
from eval.cli.init import init_command
from eval.cli.peers import peers_command
from eval.cli.report import report_command
from eval.cli.run import run_command
from eval.cli.score import qrels_command, score_command
from eval.cli.sweep import sweep_command
from tamngu.cli.command import Group

SECTIONS = {
    "Gold sets": ("init", "qrels"),
    "Measure": ("run", "sweep", "peers", "score"),
    "Use results": ("compare", "report", "gate"),
}
"""The commands under their headings in the help."""


@click.group(
    "eval",
    cls=Group,
    sections=SECTIONS,
    examples=(
        "tamngu eval init --collection news --out news.jsonl",
        "tamngu eval run --gold jsonl:news.jsonl --collection news --out run.json",
        "tamngu eval report run.json --html report.html",
    ),
)
def evaluate() -> None:
    """Measure how well questions find their answers."""


for command in (
    run_command,
    compare_command,
    report_command,
    gate_command,
    sweep_command,
    peers_command,
    init_command,
    score_command,
    qrels_command,
):
    evaluate.add_command(command)
