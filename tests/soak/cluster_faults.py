"""Parts of a cluster that are killed during an ingest: ``python -m tests.soak.cluster_faults``.

PostgreSQL and Milvus Lite are those of the tests. What the command prints goes to docs/cluster.md.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import click

from rag.cluster.cluster import Cluster
from rag.collection.paths import open_catalog
from rag.errors import CollectionNotFound
from tamngu.cli.terminal import echo, prepare_output
from tests.cluster_parts import Part, milvus_lite, postgres, write_settings
from tests.integration.rag.versions import LANGUAGES, make_version
from tests.served_home import TAMNGU, end_on_sigterm
from tests.waiting import PATIENCE_S

COLLECTION = "news"
_PARTS = ("PostgreSQL", "Milvus")
_SENTENCES = 4
_LOOK_S = 0.1

_KILLED_AT = 0.3
"""Share of the articles that are stored when the part is killed."""

_DOWN_S = 5.0
"""Seconds that the part stays away. Chosen manually, not tuned."""


@dataclass(frozen=True)
class Stored:
    """A collection of a cluster, and what is ingested into it."""

    cluster: Path
    articles: Path
    count: int
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that commands get beside those of this process."""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the collection."""
        return subprocess.run(
            self._words(*words), env=self._variables(), capture_output=True, text=True, check=False
        )

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command on the collection."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self._words(*words), env=self._variables(), stdout=pipe, stderr=pipe, text=True
        )

    def _variables(self) -> dict[str, str]:
        return {**os.environ, **self.environment}

    def _words(self, *words: str) -> list[str]:
        return [*TAMNGU, *words, "-c", COLLECTION, "--cluster", str(self.cluster)]

    def ids(self) -> list[str]:
        """Return the ids of the articles that are stored."""
        try:
            with closing(open_catalog(Cluster.read(self.cluster), COLLECTION)) as catalog:
                return catalog.articles.ids()
        except CollectionNotFound:
            return []


@click.command()
@click.option("--articles", default=300, show_default=True, help="Of each ingest.")
@click.option("--part", "parts", type=click.Choice(_PARTS), multiple=True, default=_PARTS)
def main(articles: int, parts: tuple[str, ...]) -> None:
    """Kill PostgreSQL, then Milvus, each during an ingest; the exit code is 1 if anything is lost.

    After each, the part starts again, the ingest is repeated, and everything is checked.
    """
    prepare_output()
    end_on_sigterm()
    faults: list[str] = []
    for name in parts:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            catalog, vectors = (stack.enter_context(each()) for each in (postgres, milvus_lite))
            stored = Stored(folder / "cluster.toml", folder / "articles.jsonl", articles)
            write_settings(stored.cluster, catalog, vectors, timeout_s=3)
            stored.articles.write_text(article_lines(article_ids(articles)), encoding="utf-8")
            part = catalog if name == "PostgreSQL" else vectors
            faults += [f"{name}: {each}" for each in _killed(name, part, stored)]
    for fault in faults:
        echo(fault)
    echo(f"{len(faults)} faults.")
    if faults:
        sys.exit(1)


def _killed(name: str, part: Part, stored: Stored) -> list[str]:
    """Kill a part during an ingest; return what is wrong afterwards."""
    ingest = stored.begin("ingest", str(stored.articles), "--json")
    acknowledged: list[str] = []
    while len(acknowledged) < _KILLED_AT * stored.count:
        if ingest.poll() is not None:
            return [f"the ingest ended before: {ingest.communicate()[1][-300:]}"]
        time.sleep(_LOOK_S)
        acknowledged = stored.ids()
    part.kill()
    echo(f"{name} was killed when {len(acknowledged)} of {stored.count} articles were stored.")
    searched = stored.run("search", "Vientiane")
    echo(f"  a search then: exit code {searched.returncode}, {last_error(searched.stderr)}")
    time.sleep(_DOWN_S)
    part.start()
    begun, computed = time.monotonic(), _computed_s()
    tries = 1
    while (searched := stored.run("search", "Vientiane")).returncode:
        if time.monotonic() - begun > 2 * PATIENCE_S:
            return [f"no search is answered after the restart: {last_error(searched.stderr)}"]
        tries += 1
    took_s = time.monotonic() - begun
    each_s = (_computed_s() - computed) / tries
    echo(
        f"  {took_s:.1f} s after it was started again, search number {tries} is answered; each "
        f"took {each_s:.1f} s of computing"
    )
    return faults_at_end(stored, ingest, acknowledged)


def faults_at_end(
    stored: Stored, ingest: subprocess.Popen[str], acknowledged: Sequence[str]
) -> list[str]:
    """Let an ingest end, repeat it, and check everything; return what is wrong.

    Args:
        stored: what is ingested.
        ingest: the process, which :meth:`Stored.begin` began.
        acknowledged: ids of articles that were stored before something was killed.
    """
    _, errors = ingest.communicate(timeout=10 * PATIENCE_S)
    kept = set(stored.ids())
    echo(f"  the ingest: exit code {ingest.returncode}, {last_error(errors)}; {len(kept)} stored")
    faults = []
    if lost := set(acknowledged) - kept:
        faults.append(f"{len(lost)} acknowledged articles are lost")
    again = stored.run("ingest", str(stored.articles), "--json")
    if again.returncode:
        faults.append(f"the repeated ingest: {again.stderr[-300:]}")
    else:
        said = json.loads(again.stdout)
        echo(f"  the ingest again: {said['added']} added, {said['unchanged']} unchanged")
    for words in (("collections", "compact"), ("collections", "check")):
        done = stored.run(*words)
        if done.returncode:
            faults.append(f"{' '.join(words)}: {done.stdout[-300:]} {done.stderr[-300:]}")
    ids = stored.ids()
    echo(f"  at the end: {len(ids)} articles, {len(set(ids))} different ones")
    if sorted(ids) != sorted(article_ids(stored.count)):
        faults.append("the articles are not those that were ingested")
    return faults


def _computed_s() -> float:
    """Return the computing seconds of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def article_ids(count: int) -> list[str]:
    """Return ids of articles in each language."""
    return [f"{LANGUAGES[number % 3]}-{number}" for number in range(count)]


def article_lines(ids: Sequence[str], most_sentences: int = _SENTENCES) -> str:
    """Return articles of some ids, of at least two sentences, as JSON lines."""
    made = [make_version(each, 1, most_sentences) for each in ids]
    return "".join(
        f"{json.dumps({'id': each.id, 'title': each.title, 'text': each.text})}\n" for each in made
    )


def last_error(errors: str) -> str:
    lines = [line for line in errors.splitlines() if line.startswith("Error")]
    return repr(lines[-1]) if lines else "no error"


if __name__ == "__main__":
    main()
