"""Haystack's in-memory retrieval, run by the interpreter that has Haystack.

    python haystack_peer.py FOLDER

``FOLDER`` holds ``corpus.jsonl``, ``queries.jsonl`` and ``model.txt``; ``run.trec`` and
``times.json`` are written there. Embedding retrieval with the model's prompts, and BM25, joined by
reciprocal rank, as Haystack's documentation builds hybrid retrieval.
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
    words = InMemoryBM25Retriever(store)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def search(text: str, vector: list[float], count: int) -> list[Document]:
        both = [
            dense.run(query_embedding=vector, top_k=count)["documents"],
            words.run(query=text, top_k=count)["documents"],
        ]
        joined: list[Document] = joiner.run(documents=both, top_k=count)["documents"]
        return joined

    times, found = [], []
    for row in queries:
        began = time.perf_counter()
        vector = model.encode(f"query: {row['text']}").tolist()
        search(row["text"], vector, _SHOWN)
        times.append((time.perf_counter() - began) * 1000)
        found += [
            f"{row['id']} Q0 {document.id} {rank} {1 / rank:.6f} haystack"
            for rank, document in enumerate(search(row["text"], vector, _DEPTH), start=1)
        ]
    (folder / "run.trec").write_text("\n".join(found), encoding="utf-8")
    told = {"index_s": index_s, "query_ms": times}
    (folder / "times.json").write_text(json.dumps(told), encoding="utf-8")


_FILES = ("corpus.jsonl", "queries.jsonl")

if __name__ == "__main__":
    main(Path(sys.argv[1]))
