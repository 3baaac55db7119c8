"""``tamngu bench storage``."""

from __future__ import annotations

from pathlib import Path

import click

from tamngu.cli.command import Command
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import json_option, local_collection_options


@click.command("storage", cls=Command, examples=("tamngu bench storage --collection news",))
@local_collection_options
@json_option
def storage_command(home: Path | None, collection: str, as_json: bool) -> None:
    """Measure what a collection takes on disk.

    Prints kilobytes (1,000 bytes) a passage, of each part of the catalog and of the indexes.
    """
    from eval.bench.storage import measure
    from rag.collection.paths import default_home, existing_directory

    figures = measure(existing_directory(home or default_home(), collection))
    if as_json:
        print_json(figures)
        return
    for part, value in figures.items():
        click.echo(f"{part:38} {value:>8}")
