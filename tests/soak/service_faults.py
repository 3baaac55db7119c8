"""A service that is killed in the middle of a job: ``python -m tests.soak.service_faults``.

Two services run on one cluster, of PostgreSQL and Milvus Lite as in the tests. One gets a file to
import, and is killed; the other one is searched all the time, and has to finish the job. What the
command prints goes to docs/cluster.md.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
import httpx

from tamngu.cli.terminal import echo, prepare_output
from tests.cluster_parts import milvus_lite, postgres, write_settings
from tests.served_home import ServedHome, end_on_sigterm, make_cluster_key
from tests.soak.cluster_faults import (
    COLLECTION,
    Stored,
    article_ids,
    article_lines,
    faults_at_end,
)
from tests.soak.searching import Searching
from tests.waiting import PATIENCE_S

_FIRST = "en-first"
"""The article that is stored before the job begins, so that there is something to search."""

_SENTENCES = 2
"""Of each article, so that encoding does not take most of the time."""

_LOOK_S = 0.1


@click.command()
@click.option("--articles", default=5000, show_default=True, help="Of the job.")
def main(articles: int) -> None:
    """Kill the service that runs the job when half is stored; the exit code is 1 for any fault."""
    prepare_output()
    end_on_sigterm()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        catalog, vectors = (stack.enter_context(each()) for each in (postgres, milvus_lite))
        stored = Stored(folder / "cluster.toml", folder / "articles.jsonl", articles)
        write_settings(stored.cluster, catalog, vectors)
        stored.articles.write_text(article_lines([_FIRST], _SENTENCES), encoding="utf-8")
        stored.run("ingest", str(stored.articles))
        lines = article_lines(article_ids(articles), _SENTENCES)
        stored.articles.write_text(lines, encoding="utf-8")
        key = make_cluster_key(stored.cluster)
        options = ("--cluster", str(stored.cluster), "--reader", "none")
        one = ServedHome(folder / "one", COLLECTION, key, options)
        job = _upload(one.client, stored.articles)
        other = ServedHome(folder / "other", COLLECTION, key, options)
        stack.callback(other.terminate)
        search = stack.enter_context(Searching(other.client, kept=[_FIRST]))
        faults = _killed(one, other.client, job, stored, search)
    for fault in faults:
        echo(fault)
    echo(f"{len(faults)} faults.")
    if faults:
        sys.exit(1)


def _upload(client: httpx.Client, file: Path) -> str:
    """Begin an import; return the job's id."""
    with file.open("rb") as content:
        asked = {"collection": COLLECTION}
        said = client.post("/v1/imports", files={"files": (file.name, content)}, params=asked)
    said.raise_for_status()
    return str(said.json()["id"])


def _killed(
    one: ServedHome, other: httpx.Client, job_id: str, stored: Stored, search: Searching
) -> list[str]:
    """Kill the service that runs a job; return what was wrong meanwhile and is wrong afterwards."""
    while (job := _job(other, job_id))["progress"]["added"] < stored.count / 2:
        if job["ended_at"] is not None:
            one.kill()
            return [f"the job ended before: {job}"]
        time.sleep(_LOOK_S)
    acknowledged = stored.ids()
    one.kill()
    killed = time.monotonic()
    left = _job(other, job_id)["progress"]
    echo(f"The service was killed when {len(acknowledged) - 1} of {stored.count} were stored.")
    while (job := _job(other, job_id))["progress"] == left:
        if time.monotonic() > killed + PATIENCE_S:
            return [f"no other service takes the job: {job}"]
        time.sleep(_LOOK_S)
    echo(f"  the other service is at the job {time.monotonic() - killed:.1f} s later")
    while (job := _job(other, job_id))["ended_at"] is None:
        time.sleep(_LOOK_S)
    result = job["result"] or {}
    echo(
        f"  the job: {job['state']}, {result.get('added')} added, {result.get('unchanged')} "
        f"unchanged, {time.monotonic() - killed:.0f} s after the loss"
    )
    faults = [] if job["state"] == "done" else [f"the job: {job}"]
    searched = search.since(killed)
    answered = [each.took_s for each in searched if each.is_answered]
    echo(
        f"  meanwhile {len(answered)} searches answered, the slowest in "
        f"{max(answered, default=0):.1f} s; {len(searched) - len(answered)} refused"
    )
    counted = Counter(each.fault for each in search.done if each.fault)
    faults += [f"{count} searches: {fault}" for fault, count in counted.items()]
    other.delete(f"/v1/articles/{_FIRST}").raise_for_status()
    again = stored.begin("ingest", str(stored.articles), "--json")
    kept = [each for each in acknowledged if each != _FIRST]
    return faults + faults_at_end(stored, again, kept)


def _job(client: httpx.Client, job_id: str) -> dict[str, Any]:
    said = client.get(f"/v1/jobs/{job_id}")
    said.raise_for_status()
    job: dict[str, Any] = said.json()
    return job


if __name__ == "__main__":
    main()
