"""Two services and two ingests on one cluster: ``python -m tests.soak.two_services --minutes 10``.

Each write goes through one service and is looked for in the other; each is sent to both at once
with one Idempotency-Key. PostgreSQL and Milvus Lite are those of the tests.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

import click

from rag.cluster.cluster import Cluster
from rag.collection.paths import open_catalog
from tamngu.cli.terminal import echo, prepare_output
from tests.cluster_parts import milvus_lite, postgres, write_settings
from tests.served_home import TAMNGU, ServedHome, end_on_sigterm, make_cluster_key, make_home
from tests.soak.shared_load import SharedLoad, Tally

_COLLECTION = "soak"
_MINUTE_S = 60.0

_REQUEST_S = 600
"""Seconds that a service has for a request. What is looked for is a wrong answer, however busy the
machine is."""


@click.command()
@click.option("--minutes", default=10.0, show_default=True, envvar="TAMNGU_SOAK_MINUTES")
@click.option("--reindex", is_flag=True, help="Encode everything again meanwhile.")
def main(minutes: float, reindex: bool) -> None:
    """Load two services, and say what went wrong; the exit code is 1 if anything did."""
    prepare_output()
    end_on_sigterm()
    os.environ["TAMNGU_SERVE_TIMEOUT_S"] = str(_REQUEST_S)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        catalog, vectors = (stack.enter_context(each()) for each in (postgres, milvus_lite))
        file = folder / "cluster.toml"
        write_settings(file, catalog, vectors)
        options = ("--cluster", str(file), "--reader", "none")
        make_home(folder, _COLLECTION, options[:2])
        key = make_cluster_key(file)
        servers = [ServedHome(folder / n, _COLLECTION, key, options) for n in ("one", "two")]
        for server in servers:
            stack.callback(server.terminate)
        load = SharedLoad(
            [each.client for each in servers], file, _COLLECTION, folder, reindexes=reindex
        )
        sample = _stored(file)
        load.start()
        try:
            _wait(servers, load.tally, minutes)
        finally:
            load.stop()
        faults = [*load.tally.faults, *_faults_at_end(file, sample, load.tally)]
        jobs = servers[0].client.get("/v1/jobs", params={"limit": 100}).json()["jobs"]
        listed = {job["id"] for job in jobs}
        if not listed <= load.tally.jobs:
            faults.append(f"jobs that nobody asked for: {sorted(listed - load.tally.jobs)}")
    for fault in faults:
        echo(fault)
    echo(_line(minutes, load.tally))
    echo(f"{len(faults)} faults.")
    if faults:
        sys.exit(1)


def _wait(servers: list[ServedHome], tally: Tally, minutes: float) -> None:
    ends = time.monotonic() + minutes * _MINUTE_S
    said = time.monotonic()
    while time.monotonic() < ends:
        time.sleep(1)
        if not all(each.runs for each in servers):
            raise RuntimeError("A server has ended.")
        if time.monotonic() - said > _MINUTE_S:
            said = time.monotonic()
            echo(_line(minutes - (ends - said) / _MINUTE_S, tally))


def _stored(file: Path) -> list[str]:
    with closing(open_catalog(Cluster.read(file), _COLLECTION)) as catalog:
        return catalog.articles.ids()


def _faults_at_end(file: Path, sample: list[str], tally: Tally) -> list[str]:
    """Return what is wrong with the collection when nobody writes any more."""
    stored = _stored(file)
    faults = []
    if len(set(stored)) != len(stored):
        faults.append("An article is stored twice.")
    expected = {*sample, *tally.kept}
    if missing := expected - set(stored):
        faults.append(f"{len(missing)} articles are missing: {sorted(missing)[:5]}")
    if surplus := set(stored) - expected - tally.unsure:
        faults.append(f"{len(surplus)} articles should not be there: {sorted(surplus)[:5]}")
    words = ("collections", "check", "-c", _COLLECTION, "--cluster", str(file))
    # What the last write left to tell Milvus is told first.
    told = ("collections", "compact", *words[2:])
    for each in (told, words):
        done = subprocess.run([*TAMNGU, *each], capture_output=True, text=True, check=False)
        if done.returncode:
            faults.append(f"{' '.join(each[:2])}: {done.stdout[-300:]} {done.stderr[-300:]}")
    return faults


def _line(minutes: float, tally: Tally) -> str:
    took_ms = [1000 * each for each in tally.took_s[:]] or [0.0, 0.0]
    p95 = statistics.quantiles(took_ms, n=20, method="inclusive")[-1] if len(took_ms) > 1 else 0.0
    counts = ", ".join(f"{count} {name}" for name, count in sorted(tally.counts.items()))
    return (
        f"{minutes:.1f} minutes: {counts}; {len(tally.kept)} articles, {len(tally.jobs)} jobs, "
        f"{len(tally.faults)} faults; searches p50 {statistics.median(took_ms):.0f}, "
        f"p95 {p95:.0f} ms"
    )


if __name__ == "__main__":
    main()
