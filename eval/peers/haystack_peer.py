"""Measure Haystack's in-memory retrieval; the Python of Haystack's environment runs this.

    python haystack_peer.py FOLDER

``FOLDER`` holds ``corpus.jsonl``, ``queries.jsonl`` and ``model.txt``; the script writes
``run.trec`` and ``times.json`` there. The retrieval is built as Haystack's documentation builds
hybrid retrieval: embeddings with the model's prompts, and BM25, joined by reciprocal rank.
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
    from haystack import Document
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import (
        InMemoryBM25Retriever,
        InMemoryEmbeddingRetriever,
    )
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from sentence_transformers import SentenceTransformer

    lines = [(folder / name).read_text(encoding="utf-8").splitlines() for name in _FILES]
    corpus, queries = ([json.loads(line) for line in some] for some in lines)
    model = SentenceTransformer((folder / "model.txt").read_text(encoding="utf-8"), device="cpu")
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    started = time.perf_counter()
    vectors = model.encode([f"passage: {row['text']}" for row in corpus])
    store.write_documents(
        [
            Document(id=row["id"], content=row["text"], embedding=vector.tolist())
            for row, vector in zip(corpus, vectors, strict=True)
        ]
    )
    index_s = time.perf_counter() - started
    dense = InMemoryEmbeddingRetriever(store)
    sparse = InMemoryBM25Retriever(store)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def search(text: str, vector: list[float], count: int) -> list[Document]:
        both = [
            dense.run(query_embedding=vector, top_k=count)["documents"],
            sparse.run(query=text, top_k=count)["documents"],
        ]
        joined: list[Document] = joiner.run(documents=both, top_k=count)["documents"]
        return joined

    times, found = [], []
    for row in queries:
        began = time.perf_counter()
        vector = model.encode(f"query: {row['text']}").tolist()
        search(row["text"], vector, _TIMED_RESULTS)
        times.append((time.perf_counter() - began) * 1000)
        found += [
            f"{row['id']} Q0 {document.id} {rank} {1 / rank:.6f} haystack"
            for rank, document in enumerate(search(row["text"], vector, _SCORED_RESULTS), start=1)
        ]
    (folder / "run.trec").write_text("\n".join(found), encoding="utf-8")
    measured = {"index_s": index_s, "query_ms": times}
    (folder / "times.json").write_text(json.dumps(measured), encoding="utf-8")


_FILES = ("corpus.jsonl", "queries.jsonl")

if __name__ == "__main__":
    main(Path(sys.argv[1]))
