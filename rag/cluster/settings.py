"""Where a cluster's parts are, and how they are used: a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from embeddings.errors import TamnguError

IndexKind = Literal["auto", "flat", "hnsw", "ivf_flat", "ivf_sq8", "scann"]
"""How Milvus finds vectors; ``auto`` chooses by the number of passages."""

Consistency = Literal["strong", "bounded", "eventually"]
"""How new what Milvus sees has to be. Passages that it may not see yet are searched here, so
``bounded`` misses nothing."""


class BadClusterFile(TamnguError):
    """The file that describes a cluster cannot be used."""


@dataclass(frozen=True)
class ClusterSettings:
    """A cluster.

    Attributes:
        catalog: the address of the PostgreSQL database.
        vectors: the address of Milvus.
        token: of Milvus, as USER:PASSWORD; empty for none.
        shards: parts into which Milvus divides what is written.
        replicas: copies of what is searched, each on other query nodes.
        index: how vectors are found.
        consistency: see :data:`Consistency`.
        connections: to PostgreSQL that one process opens for a collection, at most.
        timeout_s: seconds after which a part that does not answer counts as unavailable.
        lease_s: seconds after which a ``serve`` that gives no sign of life loses its jobs.
    """

    catalog: str
    vectors: str
    token: str = ""
    shards: int = 1
    replicas: int = 1
    index: IndexKind = "auto"
    consistency: Consistency = "bounded"
    connections: int = 16
    timeout_s: float = 10.0
    lease_s: float = 15.0


_CHOICES: dict[str, tuple[str, ...]] = {
    "index": get_args(IndexKind),
    "consistency": get_args(Consistency),
}
_KINDS: dict[str, type | tuple[type, ...]] = {
    "shards": int,
    "replicas": int,
    "connections": int,
    "timeout_s": (int, float),
    "lease_s": (int, float),
}


def read_settings(file: Path) -> ClusterSettings:
    """Return the cluster that a file describes.

    Raises:
        BadClusterFile: it cannot be read, or it says what is not allowed.
    """
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadClusterFile(
            f"Cannot read {file}: {error.strerror or error}; name the file that describes the "
            "cluster with --cluster or TAMNGU_CLUSTER."
        ) from error
    except ValueError as error:
        raise BadClusterFile(f"{file} is not TOML ({error}): correct it.") from error
    for problem in _problems(values):
        raise BadClusterFile(f"{file}: {problem}.")
    return ClusterSettings(**values)


def _problems(values: dict[str, Any]) -> list[str]:
    names = [field.name for field in fields(ClusterSettings)]
    said = [f"it has no {name!r}" for name in ("catalog", "vectors") if name not in values]
    said += [f"{name!r} is not one of {', '.join(names)}" for name in values if name not in names]
    for name, value in values.items():
        if name in _KINDS:
            number = isinstance(value, _KINDS[name]) and not isinstance(value, bool)
            if not number or value <= 0:
                said.append(f"{name!r} has to be a number above 0")
        elif not isinstance(value, str):
            said.append(f"{name!r} has to be text")
        elif name in _CHOICES and value not in _CHOICES[name]:
            said.append(f"{name!r} has to be one of {', '.join(_CHOICES[name])}")
    if not said and not str(values["catalog"]).startswith(("postgresql://", "postgres://")):
        said.append("'catalog' has to begin with postgresql://")
    return said
