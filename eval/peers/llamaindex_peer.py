"""Measure LlamaIndex's retrieval; the Python of LlamaIndex's environment runs this.

    python llamaindex_peer.py FOLDER

The files are those of ``haystack_peer.py``. The retrieval is built as LlamaIndex's documentation
builds hybrid retrieval: a FAISS store and BM25, joined by reciprocal rank without a chat model.
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
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import BaseRetriever, QueryFusionRetriever
    from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
    from llama_index.core.schema import TextNode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    lines = [(folder / name).read_text(encoding="utf-8").splitlines() for name in _FILES]
    corpus, queries = ([json.loads(line) for line in some] for some in lines)
    model = HuggingFaceEmbedding(
        (folder / "model.txt").read_text(encoding="utf-8"),
        query_instruction="query: ",
        text_instruction="passage: ",
        device="cpu",
    )
    nodes = [TextNode(id_=row["id"], text=row["text"]) for row in corpus]
    started = time.perf_counter()
    dim = len(model.get_text_embedding("a"))
    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(dim))
    index = VectorStoreIndex(
        nodes,
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=model,
    )
    words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=1)
    index_s = time.perf_counter() - started

    def retriever(count: int) -> BaseRetriever:
        words.similarity_top_k = count
        return QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=count), words],
            llm=MockLLM(),
            mode=FUSION_MODES.RECIPROCAL_RANK,
            num_queries=1,
            similarity_top_k=count,
            use_async=False,
        )

    times, found = [], []
    for row in queries:
        timed = retriever(_TIMED_RESULTS)
        began = time.perf_counter()
        timed.retrieve(row["text"])
        times.append((time.perf_counter() - began) * 1000)
        scored = retriever(min(_SCORED_RESULTS, len(corpus))).retrieve(row["text"])
        found += [
            f"{row['id']} Q0 {each.node.node_id} {rank} {1 / rank:.6f} llamaindex"
            for rank, each in enumerate(scored, start=1)
        ]
    (folder / "run.trec").write_text("\n".join(found), encoding="utf-8")
    measured = {"index_s": index_s, "query_ms": times}
    (folder / "times.json").write_text(json.dumps(measured), encoding="utf-8")


_FILES = ("corpus.jsonl", "queries.jsonl")

if __name__ == "__main__":
    main(Path(sys.argv[1]))
