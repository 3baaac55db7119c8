"""Run other systems on a gold set, and score them in the same way as Tamngu."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings import TamnguError
from eval.evaluation.trec_scores import score_run_file
from eval.gold.gold_set import GoldSet
from eval.runs.run import Run
from eval.runs.trec import read_trec_run

_TIMEOUT_S = 3600

Log = Callable[[str], object]


class PeerFailed(TamnguError):
    """Another system could not be installed, or failed."""


@dataclass(frozen=True)
class Peer:
    """Another system.

    Attributes:
        packages: to install, the system's own first.
        script: that runs it; the script's docstring says which part of the system is measured.
    """

    packages: tuple[str, ...]
    script: str


PEERS: Mapping[str, Peer] = {
    "txtai": Peer(("txtai",), "txtai_peer.py"),
    "haystack": Peer(("haystack-ai",), "haystack_peer.py"),
    "llamaindex": Peer(
        (
            "llama-index-core",
            "llama-index-embeddings-huggingface",
            "llama-index-retrievers-bm25",
            "llama-index-vector-stores-faiss",
            "faiss-cpu",
        ),
        "llamaindex_peer.py",
    ),
}


def prepare(name: str, folder: Path, log: Log) -> Path:
    """Return the Python of a system's virtual environment; make the environment if it is missing.

    Args:
        name: of :data:`PEERS`.
        folder: of all environments.
        log: gets a line before an installation.

    Raises:
        PeerFailed: the environment cannot be made.
    """
    home = folder / name
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = home / "ready"
    if ready.is_file():
        return python
    log(f"Installing {PEERS[name].packages[0]} in {home} ...")
    venv.create(home, with_pip=True, clear=True)
    # The same torch as Tamngu's, so that times are comparable. A local version such as +cpu is left
    # out, because the package index may not have it.
    torch = f"torch=={version('torch').partition('+')[0]}"
    wanted = [*PEERS[name].packages, "sentence-transformers", torch]
    _call([str(python), "-m", "pip", "install", "--quiet", *wanted], f"install {name}")
    ready.touch()
    return python


def run_peer(name: str, python: Path, gold: GoldSet, model: Path) -> Run:
    """Ask a system all questions of a gold set about the gold set's own texts.

    Args:
        name: of :data:`PEERS`.
        python: of its virtual environment.
        gold: with texts.
        model: a sentence-transformers directory.

    Raises:
        PeerFailed: the system fails.
    """
    with TemporaryDirectory() as home:
        folder = Path(home)
        _write(folder / "corpus.jsonl", [(text.id, text.text) for text in gold.texts or ()])
        _write(folder / "queries.jsonl", [(each.id, each.text) for each in gold.questions])
        (folder / "model.txt").write_text(str(model), encoding="utf-8")
        script = files("eval.peers") / PEERS[name].script
        _call([str(python), "-W", "ignore", str(script), home], f"run {name}")
        found = read_trec_run(folder / "run.trec")
        times = json.loads((folder / "times.json").read_text(encoding="utf-8"))
    run = score_run_file(gold, Path(name), found)
    results = tuple(
        replace(result, took_ms=round(took, 2))
        for result, took in zip(run.results, times["query_ms"], strict=True)
    )
    return replace(
        run,
        ranking=name,
        encoder=model.name,
        results=results,
        took_s=round(sum(times["query_ms"]) / 1000, 1),
        index_s=round(times["index_s"], 1),
    )


def _write(path: Path, rows: Sequence[tuple[str, str]]) -> None:
    lines = [json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in rows]
    path.write_text("\n".join(lines), encoding="utf-8")


def _call(command: Sequence[str], what: str) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PeerFailed(f"Could not {what} in {_TIMEOUT_S // 60} minutes.") from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise PeerFailed(f"Could not {what}: {''.join(last) or 'it gave no reason'}")
