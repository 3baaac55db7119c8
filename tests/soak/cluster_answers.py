"""Searches and answers among many passages: ``python -m tests.soak.cluster_answers``.

A cluster and a collection on one machine hold the same passages: those of the sample, repeated with
noise, as ``tamngu bench ask`` makes them. Milvus is that of :mod:`tests.soak.milvus_nodes`,
PostgreSQL that of the tests. What the command prints goes to docs/cluster.md.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path

import click
import numpy as np

from embeddings import Encoder, EncoderOptions
from embeddings.load import load_encoder
from eval.bench.large_collection import copies
from eval.bench.workload import read_workload
from rag import Collection, ask, search
from rag.cluster.cluster import Cluster
from rag.collection.paths import Home
from tamngu.cli.terminal import echo, prepare_output
from tests.cluster_parts import POSTGRES, Part, installed, postgres, write_settings
from tests.process_tree import computed_s, descendants, resident_mb
from tests.served_home import end_on_sigterm, make_home
from tests.soak.indexed import wait_until_indexed
from tests.soak.milvus_nodes import install_nodes, milvus_nodes
from tests.soak.own_network import enter_own_network

_AT_ONCE = 1000
"""Passages of a transaction."""

_TOLD_EVERY = 4
"""Transactions after which Milvus is told, so that the broker, which keeps 5 MB of a topic, drops
nothing that a node has not read."""

_WARM_UP = 10
"""Questions that are asked before any is timed."""

_NAME = "large"


@click.command()
@click.option("--passages", default=300_000, show_default=True)
@click.option("--shards", default=2, show_default=True)
@click.option("--replicas", default=1, show_default=True, help="At most 2, as there are nodes.")
def main(passages: int, shards: int, replicas: int) -> None:
    """Store the same passages in both, ask both the same questions, and print their times."""
    install_nodes()
    installed(POSTGRES)
    enter_own_network("tests.soak.cluster_answers")
    prepare_output()
    end_on_sigterm()
    # The second to be asked would find the question encoded.
    encoder = load_encoder(options=EncoderOptions(question_cache=0))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        catalog = stack.enter_context(postgres())
        milvus = stack.enter_context(milvus_nodes())
        file = folder / "cluster.toml"
        write_settings(file, catalog, milvus, shards=shards, replicas=replicas, timeout_s=120)
        make_home(folder / "seeds", "seeds")
        seeds = stack.enter_context(closing(Collection.open(folder / "seeds", "seeds", encoder)))
        places: dict[str, Home] = {"one machine": folder / "one", "cluster": Cluster.read(file)}
        held = {
            name: stack.enter_context(closing(_filled(name, place, seeds, encoder, passages)))
            for name, place in places.items()
        }
        _print_parts({"PostgreSQL": catalog, **milvus.parts})
        _print_times("just written", held)
        name = f"tamngu_{held['cluster'].catalog.settings.identity()}"
        wait_until_indexed(f"http://127.0.0.1:{milvus.port}", name, passages)
        _print_times("indexed", held)
        _print_parts({"PostgreSQL": catalog, **milvus.parts})


def _filled(
    name: str, home: Home, seeds: Collection, encoder: Encoder, passages: int
) -> Collection:
    begun = time.monotonic()
    collection = Collection.open_or_create(home, _NAME, encoder)
    made = islice(copies(seeds), passages)
    writes = 0
    while some := list(islice(made, _AT_ONCE)):
        collection.put(some)
        writes += 1
        if name == "cluster" and writes % _TOLD_EVERY == 0:
            collection.compact()
    collection.compact()
    echo(f"{name}: {passages:,} passages in {time.monotonic() - begun:.0f} s.")
    return collection


def _print_times(when: str, held: dict[str, Collection]) -> None:
    """Ask both each question, one after the other; print their times and how alike they are.

    Texts are compared: each stands in many passages, of which chance in their vectors makes one
    the best.
    """
    questions = read_workload("sample").questions
    took: dict[tuple[str, str], list[float]] = {}
    alike: dict[str, list[float]] = {"the texts of the best passages": [], "the first quote": []}
    for number, question in enumerate(questions):
        best, cited = [], []
        for name, collection in held.items():
            begun = time.perf_counter()
            found = search(collection, question)
            middle = time.perf_counter()
            answer = ask(collection, question)
            if number >= _WARM_UP:
                took.setdefault(("search", name), []).append(middle - begun)
                took.setdefault(("ask", name), []).append(time.perf_counter() - middle)
            best.append({hit.text for hit in found.hits})
            cited.append([each.quote for each in answer.citations[:1]])
        alike["the texts of the best passages"].append(
            len(best[0] & best[1]) / max(1, len(best[0]))
        )
        alike["the first quote"].append(float(cited[0] == cited[1]))
    for (what, name), seconds in sorted(took.items()):
        p50, p95 = 1000 * np.percentile(seconds, (50, 95))
        echo(f"{when}: {what}, {name}: p50 {p50:.0f}, p95 {p95:.0f} ms ({len(seconds)} questions)")
    for what, shares in alike.items():
        echo(f"{when}: {what}: {np.mean(shares):.3f} the same")


def _print_parts(parts: dict[str, Part]) -> None:
    for name, part in parts.items():
        assert part.process is not None
        pids = [part.process.pid, *descendants(part.process.pid)]
        memory = sum(map(resident_mb, pids))
        echo(f"  {name}: computed {sum(map(computed_s, pids)):.0f} s, holds {memory:,.0f} MB")


if __name__ == "__main__":
    main()
