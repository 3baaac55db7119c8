"""Measure txtai's hybrid search; the Python of txtai's environment runs this.

    python txtai_peer.py FOLDER

The files are those of ``haystack_peer.py``. ``hybrid`` joins dense vectors and BM25 with txtai's
defaults.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

_TIMED_RESULTS = 10
"""Results of a search that is timed; Tamngu returns as many."""

_SCORED_RESULTS = 1000
"""Results that are scored; results in another language can have a low rank."""


def main(folder: Path) -> None:
    """Index the corpus, ask the queries, and write the results."""
    from txtai import Embeddings

    lines = [(folder / name).read_text(encoding="utf-8").splitlines() for name in _FILES]
    corpus, queries = ([json.loads(line) for line in some] for some in lines)
    embeddings = Embeddings(
        path=(folder / "model.txt").read_text(encoding="utf-8"),
        method="sentence-transformers",
        instructions={"query": "query: ", "data": "passage: "},
        hybrid=True,
        gpu=False,
    )
    started = time.perf_counter()
    embeddings.index([(row["id"], row["text"], None) for row in corpus])
    index_s = time.perf_counter() - started
    times, found = [], []
    for row in queries:
        began = time.perf_counter()
        embeddings.search(row["text"], _TIMED_RESULTS)
        times.append((time.perf_counter() - began) * 1000)
        results = embeddings.search(row["text"], _SCORED_RESULTS)
        found += [
            f"{row['id']} Q0 {name} {rank} {1 / rank:.6f} txtai"
            for rank, (name, _) in enumerate(results, start=1)
        ]
    (folder / "run.trec").write_text("\n".join(found), encoding="utf-8")
    measured = {"index_s": index_s, "query_ms": times}
    (folder / "times.json").write_text(json.dumps(measured), encoding="utf-8")


_FILES = ("corpus.jsonl", "queries.jsonl")

if __name__ == "__main__":
    main(Path(sys.argv[1]))
