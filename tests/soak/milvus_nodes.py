"""Milvus 2.3.5 as eight processes, with etcd and a broker, for programs that kill some of them.

The server is that of PyPI's ``milvus``, etcd that of Debian's ``etcd-server``. Messages go through
the in-memory broker of ``confluent-kafka``, and files lie in one folder. Ports are fixed, at every
address; so use it after :func:`tests.soak.own_network.enter_own_network`.
"""

from __future__ import annotations

import json
import lzma
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import click
from filelock import FileLock

from tests.cluster_parts import Part, installed, listens, open_folder, running

_MILVUS = "milvus==2.3.5"
_BROKER = "confluent-kafka==2.16.1"

_ETCD = 2379
_PROXY = 19530
_HEALTH = 9091
"""Ports. The first role says at the last one how it is, and the others at those that follow."""

_OTHERS = 19540
"""Where the first role listens to other roles; the others follow."""

ROLES = (
    "rootcoord",
    "datacoord",
    "querycoord",
    "datanode",
    "indexnode",
    "querynode-1",
    "querynode-2",
    "proxy",
)
"""The processes, in the order in which they start."""


def install_nodes() -> None:
    """Install what the processes need, if it is not here yet; a network of its own has no registry.

    Raises:
        click.ClickException: etcd is not installed.
    """
    if shutil.which("etcd") is None:
        raise click.ClickException("It needs etcd: apt-get install etcd-server.")
    for each in (_MILVUS, _BROKER):
        installed(each)


@dataclass(frozen=True)
class MilvusNodes:
    """A Milvus of several processes.

    Attributes:
        parts: the processes by role; each can be killed and started again.
        port: where clients ask the proxy.
    """

    parts: Mapping[str, Part]
    port: int = _PROXY


@contextmanager
def milvus_nodes(
    lost_after_s: int = 30, changed: Mapping[str, Any] | None = None
) -> Iterator[MilvusNodes]:
    """Start all processes of an empty Milvus, and end them at the end; see :func:`install_nodes`.

    Args:
        lost_after_s: seconds after which a process that gives no sign of life counts as lost, also
            by itself: it ends.
        changed: settings of Milvus that are not its own, by the names of its ``milvus.yaml``.
    """
    programs = _unpacked(installed(_MILVUS) / "milvus" / "data" / "bin")
    with open_folder() as folder, ExitStack() as stack:
        words: Sequence[str] = ("etcd", "--data-dir", "data", "--unsafe-no-fsync")
        stack.enter_context(running(_part(folder, "etcd", words, _ETCD, listens)))
        address = folder / "broker" / "address"
        words = (sys.executable, "-m", "tests.soak.kafka_broker", str(address))
        found = {"PYTHONPATH": f"{Path.cwd()}:{installed(_BROKER)}"}
        broker = _part(folder, "broker", words, 0, lambda _: address.exists(), found)
        stack.enter_context(running(broker))
        _configure(folder, address.read_text(encoding="utf-8"), lost_after_s, changed or {})
        parts = {}
        for number, role in enumerate(ROLES):
            health, kind = _HEALTH + number, role.partition("-")[0]
            words = (str(programs / "milvus"), "run", kind, "-alias", role)
            found = {
                f"{kind.upper()}_PORT": str(_PROXY if kind == "proxy" else _OTHERS + number),
                "DEPLOY_MODE": "CLUSTER",
                "LD_LIBRARY_PATH": str(programs),
                "METRICS_PORT": str(health),
                "MILVUSCONF": str(folder),
                "MILVUS_RUN_DIR": str(folder / role),
            }
            parts[role] = _part(folder, role, words, health, _is_well, found)
            stack.enter_context(running(parts[role]))
        yield MilvusNodes(parts)


def _part(
    folder: Path,
    name: str,
    words: Sequence[str],
    port: int,
    answers: Callable[[int], bool],
    environment: Mapping[str, str] | None = None,
) -> Part:
    own = folder / name
    own.mkdir()
    return Part(words, port, own, None, environment or {}, signal.SIGKILL, answers)


def _unpacked(packed: Path) -> Path:
    """Return a folder with the server and its libraries, which their package compresses."""
    folder = packed.parent / "unpacked"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            partial.mkdir(exist_ok=True)
            for file in packed.glob("*.lzma"):
                made = partial / file.stem
                with lzma.open(file) as source, made.open("wb") as target:
                    shutil.copyfileobj(source, target)
                made.chmod(0o755)
            partial.rename(folder)
    return folder


def _configure(folder: Path, broker: str, lost_after_s: int, changed: Mapping[str, Any]) -> None:
    settings = {
        "etcd": {"endpoints": f"127.0.0.1:{_ETCD}"},
        "mq": {"type": "kafka"},
        "kafka": {"brokerList": broker},
        "localStorage": {"path": str(folder / "files")},
        "common": {"storageType": "local", "session": {"ttl": lost_after_s}},
        "log": {"level": "warn"},
        **changed,
    }
    # Each JSON document is one of YAML.
    (folder / "milvus.yaml").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "glog.conf").write_text("--logtostderr=true\n--minloglevel=1\n", encoding="utf-8")


def _is_well(port: int) -> bool:
    """Tell whether a process of Milvus says that it is ready."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as said:
            return bool(said.read().strip() == b"OK")
    except (OSError, HTTPException):
        return False
