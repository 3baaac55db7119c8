"""Passages of one catalog in one collection of Milvus."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import Any

import numpy as np
from pymilvus import DataType, MilvusClient, MilvusException

from embeddings import Vectors
from rag.cluster.milvus.errors import reported, unavailable
from rag.cluster.milvus.exact_parts import best_of, part_expressions
from rag.cluster.milvus.expressions import LONGEST_LANGUAGE, expression
from rag.cluster.milvus.filter_counts import FilterCounts
from rag.cluster.milvus.index_kinds import INDEXES, index_kind, lists_probed
from rag.cluster.settings import ClusterSettings
from rag.cluster.vectors import Condition, IndexedPassage
from rag.index.vector_index import Matches
from rag.records.passage import Keys

_MOST = 16_384
"""Passages that Milvus finds at once, at most."""

_WRITES_TAKE = 6
"""How many times as long as a search a write may take. Chosen manually, not tuned."""

_QUIET_WHILE_IDLE = {"grpc.keepalive_permit_without_calls": False}
"""pymilvus asks every ten seconds whether an idle connection lives. Milvus Lite allows that every
five minutes, and else ends the connection: the next call fails with "too many pings"."""


class MilvusVectors:
    """A :class:`rag.cluster.vectors.VectorStore` for any number of threads."""

    def __init__(self, settings: ClusterSettings, name: str, dim: int) -> None:
        """Connect when it is first used, so that articles are stored also while Milvus is down.

        Args:
            settings: where Milvus is.
            name: of the collection: letters, digits and underscores.
            dim: dimensions of the vectors.
        """
        # It writes every error with its traceback, beside raising it.
        for each in [name for name in logging.root.manager.loggerDict if "pymilvus" in name]:
            logging.getLogger(each).setLevel(logging.CRITICAL + 1)
        self._settings = settings
        self._name = name
        self._dim = dim
        self._lock = threading.Lock()
        self._connected: MilvusClient | None = None
        self._counts = FilterCounts(self._count)

    @property
    def _client(self) -> MilvusClient:
        """The connection.

        Raises:
            ClusterUnavailable: Milvus cannot be reached.
        """
        with self._lock, reported():
            if self._connected is None:
                self._connected = MilvusClient(
                    self._settings.vectors,
                    token=self._settings.token,
                    timeout=self._settings.timeout_s,
                    grpc_options=_QUIET_WHILE_IDLE,
                )
            return self._connected

    @cached_property
    def _version(self) -> tuple[int, int] | None:
        """The server's version; None of Milvus Lite, which does not say it."""
        try:
            said = str(self._client.get_server_version())
        except MilvusException:
            return None
        except Exception as error:
            if "UNIMPLEMENTED" in str(error):
                return None
            raise unavailable(error) from error
        found = re.search(r"(\d+)\.(\d+)", said)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    @property
    def has_words(self) -> bool:
        """Whether it finds passages by words: from 2.4 on."""
        return self._version is None or self._version >= (2, 4)

    def exists(self) -> bool:
        """Return whether the collection exists and can be searched.

        A process may have died while it made the collection.
        """
        fields = {"vector", "words"} if self.has_words else {"vector"}
        with reported():
            if not self._client.has_collection(self._name, timeout=self._settings.timeout_s):
                return False
            if not fields <= set(self._client.list_indexes(self._name)):
                return False
            self._load()
        return True

    def create(self, passages: int) -> None:
        """Create the collection, and load it to be searched.

        Args:
            passages: about how many will come.
        """
        lite = self._version is None
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("key", DataType.INT64, is_primary=True)
        schema.add_field(
            "language",
            DataType.VARCHAR,
            max_length=LONGEST_LANGUAGE,
            # Each search looks at one language. Milvus Lite reads no filter with a partition key.
            **({} if lite else {"is_partition_key": True}),
        )
        schema.add_field("source", DataType.INT64)
        schema.add_field("tags", DataType.ARRAY, element_type=DataType.INT64, max_capacity=4096)
        schema.add_field("day", DataType.INT64)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self._dim)
        indexes = MilvusClient.prepare_index_params()
        kind = "flat" if lite else index_kind(self._settings, passages)
        indexes.add_index("vector", metric_type="IP", **INDEXES[kind])
        if self.has_words:
            schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
            indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        with reported():
            self._client.create_collection(
                self._name,
                schema=schema,
                num_shards=self._settings.shards,
                consistency_level=self._settings.consistency.capitalize(),
            )
            self._client.create_index(self._name, indexes)
            self._load()

    def _load(self) -> None:
        """Let it be searched; nothing is done if that is so already."""
        lite = self._version is None
        more = {} if lite else {"replica_number": self._settings.replicas}
        self._client.load_collection(self._name, **more)

    def upsert(self, passages: Sequence[IndexedPassage]) -> None:
        """Hold passages; one that is held already is replaced."""
        rows = []
        for each in passages:
            row: dict[str, Any] = {
                "key": each.key,
                "language": each.language[:LONGEST_LANGUAGE],
                "source": each.source,
                "tags": list(each.tags),
                "day": each.day,
                "vector": each.vector,
            }
            if self.has_words:
                row["words"] = dict(each.words)
            rows.append(row)
        # With upsert, 2.3.5 puts most rows into other partitions than those in which it looks for
        # their language.
        self.delete([each.key for each in passages])
        if rows:
            with reported():
                self._client.insert(self._name, rows, timeout=self._write_s)

    def delete(self, keys: Sequence[int]) -> None:
        """Forget passages, if they are held."""
        if keys:
            with reported():
                self._client.delete(self._name, ids=list(keys), timeout=self._write_s)

    def search(self, vectors: Vectors, top_k: int, condition: Condition) -> Matches:
        """Return the passages whose vectors have the largest inner products, best first."""
        counts = (1, 1) if self._kind == "FLAT" else self._counts.of(condition)
        parts = [expression(condition)]
        if self._kind == "HNSW":
            parts = list(part_expressions(condition, *counts))
        ask = partial(self._search, vectors, min(top_k, _MOST), lists_probed(*counts))
        if len(parts) == 1:
            return ask(parts[0])
        with ThreadPoolExecutor(len(parts)) as threads:
            return best_of(list(threads.map(ask, parts)), top_k)

    @cached_property
    def _kind(self) -> str:
        """The type of the index of vectors, in Milvus's words."""
        if self._version is None:
            return "FLAT"
        with reported():
            return str(self._client.describe_index(self._name, "vector")["index_type"])

    def _search(self, vectors: Vectors, limit: int, lists: int, filtered: str) -> Matches:
        params = {"ef": max(2 * limit, 256), "nprobe": lists, "reorder_k": max(4 * limit, 400)}
        with reported():
            found = self._client.search(
                self._name,
                list(vectors),
                filter=filtered,
                limit=limit,
                anns_field="vector",
                search_params={"metric_type": "IP", "params": params},
                **self._how(),
            )
        width = max(map(len, found), default=0)
        keys = np.full((len(vectors), width), -1, dtype=np.int64)
        scores = np.full((len(vectors), width), -np.inf, dtype=np.float32)
        for row, hits in enumerate(found):
            keys[row, : len(hits)] = [hit.id for hit in hits]
            scores[row, : len(hits)] = [hit["distance"] for hit in hits]
        return Matches(keys, scores)

    def match_words(self, words: Mapping[int, float], top_k: int, condition: Condition) -> Keys:
        """Return the keys of the passages whose words have the largest inner product."""
        if not words:
            return np.empty(0, dtype=np.int64)
        with reported():
            (found,) = self._client.search(
                self._name,
                [dict(words)],
                filter=expression(condition),
                limit=min(top_k, _MOST),
                anns_field="words",
                search_params={"metric_type": "IP", "params": {}},
                **self._how(),
            )
        return np.array([hit.id for hit in found], dtype=np.int64)

    def count(self) -> int:
        """Return how many passages are held."""
        return self._count("", "strong")

    def _count(self, filtered: str, consistency: str = "") -> int:
        with reported():
            found = self._client.query(
                self._name, filter=filtered, output_fields=["count(*)"], **self._how(consistency)
            )
        return int(found[0]["count(*)"])

    def keys(self) -> Iterator[Keys]:
        """Yield the keys of all passages that are held, some at a time."""
        last = -1
        while True:
            with reported():
                found = self._client.query(
                    self._name,
                    filter=f"key > {last}",
                    output_fields=["key"],
                    limit=_MOST,
                    consistency_level="Strong",
                    timeout=self._write_s,
                )
            keys = np.sort(np.array([row["key"] for row in found], dtype=np.int64))
            if not len(keys):
                return
            yield keys
            # Milvus sorts by the primary key what it cuts off.
            last = int(keys[-1])

    def drop(self) -> None:
        """Delete the collection, if there is one."""
        with reported():
            self._client.drop_collection(self._name)

    def close(self) -> None:
        """Close the connection."""
        if self._connected is not None:
            self._connected.close()

    @property
    def _write_s(self) -> float:
        """Seconds that Milvus has for a write; what took longer is written again later."""
        return _WRITES_TAKE * self._settings.timeout_s

    def _how(self, consistency: str = "") -> dict[str, Any]:
        return {
            "consistency_level": (consistency or self._settings.consistency).capitalize(),
            "timeout": self._settings.timeout_s,
        }
