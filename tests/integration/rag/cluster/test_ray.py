"""An ingest by Ray: the same collection as by one machine, also where processes are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from rag.cluster.cluster import Cluster
from rag.collection.upkeep import check_collection
from tests.cluster_parts import Part, free_port
from tests.integration.rag.versions import LANGUAGES, make_version
from tests.ray_part import RayNode, ray_node
from tests.served_home import TAMNGU
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.waits]

NAME = "sample"

ARTICLES = 300
"""So many that an ingest takes seconds longer than finding a process to kill."""

_LOOK_S = 0.5

PAGE = "<html><body><nav>{menu}</nav><article><h1>{title}</h1><p>{text}</p></article></body></html>"


@pytest.fixture(scope="module")
def node() -> Iterator[RayNode]:
    with ray_node() as started:
        yield started


@dataclass
class Commands:
    """Commands on one collection of the cluster."""

    cluster: Cluster
    file: Path
    environment: Mapping[str, str]

    def begin(self, *words: str | Path) -> subprocess.Popen[str]:
        where = ("--cluster", self.file, "-c", NAME, "--json")
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*TAMNGU, "ingest", *words, *where],
            env={**os.environ, **self.environment},
            stdout=pipe,
            stderr=pipe,
            text=True,
        )

    def ingest(self, *words: str | Path) -> tuple[dict[str, Any], str]:
        out, err = (process := self.begin(*words)).communicate()
        assert process.returncode in (0, 1), err
        return json.loads(out), err

    def contents(self) -> dict[str, tuple[str | None, int]]:
        """Return each article's hash and number of passages, by id."""
        with closing(self.cluster.open_catalog(NAME)) as catalog, catalog.reading():
            found = {each: (catalog.articles.content_hash(each), 0) for each in self.ids()}
            for passage in catalog.passages.stream():
                held, passages = found[passage.article.id]
                found[passage.article.id] = (held, passages + 1)
        return found

    def ids(self) -> list[str]:
        if NAME not in self.cluster.names():
            return []
        with closing(self.cluster.open_catalog(NAME)) as catalog:
            return [] if catalog.is_new else catalog.articles.ids()

    def wait_for_some(self, process: subprocess.Popen[str]) -> None:
        """Return when articles are stored; on a busy machine Ray takes minutes to begin."""
        while not self.ids():
            assert process.poll() is None, process.communicate()[1]
            # Each look takes computing time.
            time.sleep(_LOOK_S)

    def problems(self) -> list[str]:
        with closing(self.cluster.open_catalog(NAME)) as catalog:
            return list(check_collection(catalog).problems)


@pytest.fixture
def commands(node: RayNode, cluster: Cluster, cluster_file: Path) -> Commands:
    return Commands(cluster, cluster_file, node.environment)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A file of many articles."""
    made = (make_version(f"{LANGUAGES[n % 3]}-{n}", 1) for n in range(ARTICLES))
    lines = [json.dumps({"id": a.id, "title": a.title, "text": a.text}) for a in made]
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of several kinds; the pages share a menu, and one file cannot be read."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(6):
        article = make_version(f"en-{number}", 1)
        page = PAGE.format(menu="Home Sport Weather", title=article.title, text=article.text)
        (folder / f"{number}.html").write_text(page, encoding="utf-8")
        (folder / f"{number}.txt").write_text(make_version(f"vi-{number}", 1).text, "utf-8")
    (folder / "broken.pdf").write_bytes(b"no PDF")
    return folder


# The model is prepared, so that neither of the two says that it does so.
@pytest.mark.usefixtures("encoder")
def test_it_stores_what_one_machine_stores(
    node: RayNode, commands: Commands, folder: Path, cluster: Cluster
) -> None:
    report, err = commands.ingest(folder)
    expected = commands.contents()
    assert report["added"] == len(expected) == 12
    cluster.delete(NAME)
    by_ray, by_ray_err = commands.ingest(folder, "--ray", node.address)
    assert commands.contents() == expected
    assert by_ray_err == err
    assert by_ray | {"took_s": 0} == report | {"took_s": 0}
    # Either way, the other one has nothing to read again.
    for how in ((), ("--ray", node.address)):
        again, _ = commands.ingest(folder, *how)
        assert (again["added"], again["unchanged"], again["passages"]) == (0, 12, 0)
    (folder / "0.txt").unlink()
    pruned, _ = commands.ingest(folder, "--ray", node.address, "--prune")
    assert (pruned["removed"], pruned["unchanged"]) == (1, 11)
    assert commands.problems() == []


def test_a_killed_worker_costs_nothing_but_time(
    node: RayNode, commands: Commands, many: Path
) -> None:
    process = commands.begin(many, "--ray", node.address)
    commands.wait_for_some(process)
    for pid in (killed := node.workers()):
        os.kill(pid, signal.SIGKILL)
    assert killed
    assert len(commands.ids()) < ARTICLES
    out, err = process.communicate()
    assert process.returncode == 0, err
    report = json.loads(out)
    # A batch that was stored just before its process died is found unchanged.
    assert report["added"] + report["unchanged"] == ARTICLES
    assert len(commands.ids()) == len(set(commands.ids())) == ARTICLES
    assert commands.problems() == []


def test_an_interrupted_ingest_continues(node: RayNode, commands: Commands, many: Path) -> None:
    process = commands.begin(many, "--ray", node.address)
    commands.wait_for_some(process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 1
    assert err.strip() == "Error: Interrupted. What was stored before is kept."
    wait_until(lambda: not node.workers())
    assert commands.problems() == []
    assert 0 < len(commands.ids()) < ARTICLES
    report, _ = commands.ingest(many, "--ray", node.address)
    assert report["added"] + report["unchanged"] == len(commands.ids()) == ARTICLES
    assert report["unchanged"] > 0


def test_without_postgresql_it_ends_and_continues_later(
    node: RayNode, commands: Commands, many: Path, postgres_part: Part
) -> None:
    process = commands.begin(many, "--ray", node.address)
    commands.wait_for_some(process)
    postgres_part.kill()
    try:
        _, err = process.communicate()
    finally:
        postgres_part.start()
    assert process.returncode == 1
    assert err.startswith("Error: PostgreSQL cannot be used")
    assert err.count("\n") == 1
    commands.ingest(many, "--ray", node.address)
    assert len(commands.ids()) == ARTICLES
    assert commands.problems() == []


def test_where_ray_does_not_answer_nothing_is_made(commands: Commands, folder: Path) -> None:
    process = commands.begin(folder, "--ray", f"127.0.0.1:{free_port()}")
    _, err = process.communicate()
    expected = "Ray does not answer at"
    assert (process.returncode, expected in err, err.count("\n")) == (1, True, 1)
    assert NAME not in commands.cluster.names()


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_where_ray_is_missing_nothing_is_made(
    cluster: Cluster, cluster_file: Path, folder: Path
) -> None:
    process = Commands(cluster, cluster_file, {}).begin(folder, "--ray", "127.0.0.1:6379")
    _, err = process.communicate()
    expected = "pip install 'tamngu[ray]'"
    assert (process.returncode, expected in err, err.count("\n")) == (1, True, 1)
    assert NAME not in cluster.names()


def test_it_needs_a_cluster(folder: Path) -> None:
    words = [*TAMNGU, "ingest", str(folder), "--ray", "127.0.0.1:6379"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, "--cluster" in done.stderr) == (2, True)
