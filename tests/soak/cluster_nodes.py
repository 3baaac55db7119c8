"""Processes of Milvus that are killed during an ingest: ``python -m tests.soak.cluster_nodes``.

Milvus is that of :mod:`tests.soak.milvus_nodes`, PostgreSQL that of the tests. A service is
searched all the time. What the command prints goes to docs/cluster.md.
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from tamngu.cli.terminal import echo, prepare_output
from tests.cluster_parts import POSTGRES, Part, installed, postgres, write_settings
from tests.served_home import ServedHome, end_on_sigterm, make_cluster_key
from tests.soak.cluster_faults import (
    COLLECTION,
    Stored,
    article_ids,
    article_lines,
    faults_at_end,
)
from tests.soak.milvus_nodes import ROLES, install_nodes, milvus_nodes
from tests.soak.own_network import enter_own_network
from tests.soak.searching import Searched, Searching
from tests.waiting import PATIENCE_S

_KILLED = ("querynode-1", "datanode", "proxy")

_DOWN_S = 20.0
"""Seconds that a process stays away. Chosen manually, not tuned."""

_LOST_AFTER_S = 5
"""Seconds after which Milvus takes a process that gives no sign of life to be lost."""

_GO_ON_S = 15.0
"""Seconds after the loss of a query node in which searches have to go on without it."""

_DELETED = 10
"""Articles that are deleted while a process is away."""

_NUMBERS_OF_DELETED = 1_000_000
"""Where the ids begin of articles that are deleted."""

_SENTENCES = 2
"""Of each article, so that encoding does not take most of the time."""

_LOOK_S = 0.2

_SMALL = {"dataNode": {"segment": {"insertBufSize": 1 << 18, "syncPeriod": 2}}}
"""Milvus writes files before the broker, which keeps 5 MB of a topic, has dropped messages."""


@click.command()
@click.option("--articles", default=5000, show_default=True, help="Of the ingest.")
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, default=_KILLED)
@click.option("--shards", default=2, show_default=True)
@click.option("--replicas", default=1, show_default=True, help="At most 2, as there are nodes.")
def main(articles: int, roles: tuple[str, ...], shards: int, replicas: int) -> None:
    """Kill processes one after the other during an ingest; the exit code is 1 for any fault."""
    install_nodes()
    installed(POSTGRES)
    enter_own_network("tests.soak.cluster_nodes")
    prepare_output()
    end_on_sigterm()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        catalog = stack.enter_context(postgres())
        milvus = stack.enter_context(milvus_nodes(_LOST_AFTER_S, _SMALL))
        stored = Stored(folder / "cluster.toml", folder / "articles.jsonl", articles)
        write_settings(stored.cluster, catalog, milvus, shards=shards, replicas=replicas)
        others = _ingest_others(stored, _DELETED * len(roles))
        options = ("--cluster", str(stored.cluster), "--reader", "none")
        key = make_cluster_key(stored.cluster)
        served = ServedHome(folder / "home", COLLECTION, key, options)
        stack.callback(served.terminate)
        search = stack.enter_context(Searching(served.client))
        faults = _killed({role: milvus.parts[role] for role in roles}, stored, search, others)
    for fault in faults:
        echo(fault)
    echo(f"{len(faults)} faults.")
    if faults:
        sys.exit(1)


def _ingest_others(stored: Stored, count: int) -> list[str]:
    """Ingest articles that are to be deleted; return their ids."""
    ids = [f"en-{_NUMBERS_OF_DELETED + number}" for number in range(count)]
    file = stored.articles.with_name("others.jsonl")
    file.write_text(article_lines(ids), encoding="utf-8")
    done = stored.run("ingest", str(file))
    if done.returncode:
        raise RuntimeError(done.stderr)
    return ids


def _killed(
    parts: dict[str, Part],
    stored: Stored,
    search: Searching,
    others: Sequence[str],
) -> list[str]:
    """Kill processes during an ingest; return what was wrong meanwhile and is wrong afterwards."""
    lines = article_lines(article_ids(stored.count), most_sentences=_SENTENCES)
    stored.articles.write_text(lines, encoding="utf-8")
    ingest = stored.begin("ingest", str(stored.articles), "--json")
    faults: list[str] = []
    acknowledged: list[str] = []
    for place, (role, part) in enumerate(parts.items(), 1):
        while len(acknowledged) < stored.count * place / (len(parts) + 1):
            if ingest.poll() is not None:
                return [*faults, f"the ingest ended before: {ingest.communicate()[1][-300:]}"]
            time.sleep(_LOOK_S)
            acknowledged = [each for each in stored.ids() if each not in others]
            search.kept[:] = acknowledged
        echo(f"{role} is killed when {len(acknowledged)} of {stored.count} articles are stored.")
        gone = others[(place - 1) * _DELETED : place * _DELETED]
        faults += [f"{role}: {fault}" for fault in _replaced(role, part, search, gone)]
    faults += faults_at_end(stored, ingest, acknowledged)
    search.kept[:] = article_ids(stored.count)
    faults += [f"at the end: {each}" for each in _answers(search)]
    counted = Counter(each.fault for each in search.done if each.fault)
    echo(f"  in all, {len(search.done)} searches, {counted.total()} of them wrong")
    return [*faults, *(f"{count} searches: {fault}" for fault, count in counted.items())]


def _replaced(role: str, part: Part, search: Searching, gone: Sequence[str]) -> list[str]:
    """Kill a process and start it again; delete articles meanwhile. Return what was wrong."""
    faults = []
    killed = time.monotonic()
    part.kill()
    for each in gone:
        said = search.client.delete(f"/v1/articles/{each}")
        if not said.is_success:
            faults.append(f"deleting {each}: {said.status_code} {said.text[:200]}")
        else:
            search.deleted.append(each)
    time.sleep(max(0.0, killed + _DOWN_S - time.monotonic()))
    without = search.since(killed)
    echo(f"  without it: {_line(without, killed)}")
    if role.startswith("querynode") and _goes_on(without, killed) > _GO_ON_S:
        faults.append(f"searches do not go on within {_GO_ON_S:.0f} s")
    begun = time.monotonic()
    part.start()
    faults += _answers(search)
    after = search.since(begun)
    echo(f"  after it was started again: {_line(after, begun)}")
    return faults


def _answers(search: Searching, wanted: int = 20) -> list[str]:
    """Wait until some searches in a row are answered; return a fault if that does not happen."""
    begun = time.monotonic()
    while time.monotonic() < begun + PATIENCE_S:
        last = search.since(begun)[-wanted:]
        if len(last) == wanted and all(each.is_answered for each in last):
            return []
        time.sleep(_LOOK_S)
    return [f"searches are not answered within {PATIENCE_S:.0f} s"]


def _goes_on(searches: Sequence[Searched], since: float) -> float:
    """Return from when on all searches were answered, in seconds after a moment."""
    last_refused = max((each.ended for each in searches if not each.is_answered), default=since)
    answered = (each.ended for each in searches if each.is_answered and each.ended > last_refused)
    return min(answered, default=math.inf) - since


def _line(searches: Sequence[Searched], since: float) -> str:
    answered = [each.took_s for each in searches if each.is_answered]
    goes_on = _goes_on(searches, since)
    ends = "none is answered" if math.isinf(goes_on) else f"from {goes_on:.1f} s on all answered"
    return (
        f"{len(answered)} searches answered, the slowest in {max(answered, default=0):.1f} s; "
        f"{len(searches) - len(answered)} refused; {ends}"
    )


if __name__ == "__main__":
    main()
