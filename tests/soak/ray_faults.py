"""A Ray process that is killed in the middle of an ingest: ``python -m tests.soak.ray_faults``.

PostgreSQL, Milvus Lite and Ray are those of the tests. What the command
prints goes to docs/cluster.md.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import click

from tamngu.cli.terminal import echo, prepare_output
from tests.cluster_parts import milvus_lite, postgres, write_settings
from tests.ray_part import RayNode, ray_node
from tests.served_home import end_on_sigterm
from tests.soak.cluster_faults import Stored, article_ids, article_lines

_LOOK_S = 0.1


@click.command()
@click.option("--articles", default=5000, show_default=True, help="Of the ingest.")
@click.option("--processors", default=3, show_default=True, help="That Ray believes to have.")
def main(articles: int, processors: int) -> None:
    """Kill one of Ray's processes with -9 when half is stored; the exit code is 1 for any fault."""
    prepare_output()
    end_on_sigterm()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        catalog, vectors = (stack.enter_context(each()) for each in (postgres, milvus_lite))
        node = stack.enter_context(ray_node(processors))
        where = (folder / "cluster.toml", folder / "articles.jsonl")
        stored = Stored(*where, articles, node.environment)
        write_settings(stored.cluster, catalog, vectors)
        stored.articles.write_text(article_lines(article_ids(articles)), encoding="utf-8")
        faults = _killed(stored, node)
    for fault in faults:
        echo(fault)
    echo(f"{len(faults)} faults.")
    if faults:
        sys.exit(1)


def _killed(stored: Stored, node: RayNode) -> list[str]:
    """Kill a process of Ray during an ingest; return what is wrong afterwards."""
    words = ("ingest", str(stored.articles), "--ray", node.address, "--json")
    ingest = stored.begin(*words)
    while (count := len(stored.ids())) < stored.count // 2:
        if ingest.poll() is not None:
            return [f"the ingest ended before: {ingest.communicate()[1][-300:]}"]
        time.sleep(_LOOK_S)
    workers = node.workers()
    if not workers:
        return ["Ray has no process that stores articles"]
    os.kill(workers[0], signal.SIGKILL)
    echo(f"Killed 1 of {len(workers)} processes when {count} of {stored.count} were stored.")
    out, errors = ingest.communicate()
    if ingest.returncode:
        return [f"the ingest: {errors[-300:]}"]
    said = json.loads(out)
    echo(f"  the ingest: {said['added']} added, {said['unchanged']} unchanged")
    again = json.loads(stored.run(*words).stdout)
    echo(f"  the ingest again: {again['added']} added, {again['unchanged']} unchanged")
    faults = []
    checked = stored.run("collections", "check")
    echo(f"  {checked.stdout.strip()}")
    if checked.returncode:
        faults.append(f"collections check: {checked.stdout[-300:]} {checked.stderr[-300:]}")
    ids = stored.ids()
    echo(f"  at the end: {len(ids)} articles, {len(set(ids))} different ones")
    if sorted(ids) != sorted(article_ids(stored.count)):
        faults.append("the articles are not those that were ingested")
    return faults


if __name__ == "__main__":
    main()
