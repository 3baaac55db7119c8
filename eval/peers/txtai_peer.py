"""txtai's hybrid search, run by the interpreter that has txtai.

    python txtai_peer.py FOLDER

Files as in ``haystack_peer.py``. ``hybrid`` joins dense vectors and BM25 as txtai does by default.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

_SHOWN = 10
"""Results of a search that is timed, as many as ours gives."""

_DEPTH = 1000
"""Results that are scored: of another language some stand far down."""


def main(folder: Path) -> None:
    """Index, ask, and write what was found."""
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
        embeddings.search(row["text"], _SHOWN)
        times.append((time.perf_counter() - began) * 1000)
        results = embeddings.search(row["text"], _DEPTH)
        found += [
            f"{row['id']} Q0 {name} {rank} {1 / rank:.6f} txtai"
            for rank, (name, _) in enumerate(results, start=1)
        ]
    (folder / "run.trec").write_text("\n".join(found), encoding="utf-8")
    told = {"index_s": index_s, "query_ms": times}
    (folder / "times.json").write_text(json.dumps(told), encoding="utf-8")


_FILES = ("corpus.jsonl", "queries.jsonl")

if __name__ == "__main__":
    main(Path(sys.argv[1]))
