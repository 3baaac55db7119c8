"""Several server processes at one address, over one home."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import httpx
import pytest

from embeddings import Encoder
from rag import Collection
from tests.integration.api.served import TAMNGU
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.slow


@contextmanager
def served(home: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    words: list[str | Path] = [TAMNGU, "serve", "--home", home, "--port", "0", "--workers", "2"]
    with subprocess.Popen(
        [*words, *options], stdout=PIPE, stderr=PIPE, text=True, start_new_session=True
    ) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, (line, server.stderr and server.stderr.read())
            yield found[0], server
        finally:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
                server.communicate(timeout=PATIENCE_S)


def children(pid: int) -> set[int]:
    """Return the server processes among the children of a process."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {int(each): Path(f"/proc/{each}/cmdline").read_bytes() for each in found}
    return {pid for pid, command in commands.items() if b"spawn_main" in command}


def has_ended(pid: int) -> bool:
    """Tell whether a process has ended; one that nobody waits for may stay as a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    Collection.open_or_create(tmp_path, "default", encoder).close()
    return tmp_path


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_workers_share_articles_and_metrics(home: Path) -> None:
    with served(home) as (address, server):
        with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
            assert client.get("/readyz").status_code == 200

        def fresh(method: str, path: str, body: object = None) -> httpx.Response:
            # Each request has its own connection, so that any process may accept it.
            with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
                for _ in range(50):
                    response = client.request(method, path, json=body)
                    if response.status_code != 503:
                        return response
                    time.sleep(0.2)
            return response

        def put(number: int) -> int:
            text = f"Country number {number} joined in {1900 + number}."
            return int(fresh("PUT", f"/v1/articles/a{number}", {"text": text}).json()["added"])

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(put, range(24))) == 24
        for number in range(24):
            body = {"question": f"When did country number {number} join?", "k": 24}
            hits = fresh("POST", "/v1/search", body).json()["hits"]
            # Every process finds what the others have stored.
            assert len(hits) == 24
        asked = 'tamngu_requests_total{method="POST",route="/v1/search",status="200"}'

        def are_counted() -> bool:
            lines = fresh("GET", "/metrics").text.splitlines()
            return [float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(asked)] == [
                24
            ]

        # A process counts a request a moment after it has sent the response.
        wait_until(are_counted)
        # Every process notices when another one deletes and creates a collection.
        assert fresh("PUT", "/v1/collections/brief").status_code == 201
        for round_ in range(8):
            path = "/v1/articles/b?collection=brief"
            assert fresh("PUT", path, {"text": f"Round {round_}."}).json()["added"] == 1
            assert fresh("GET", path).status_code == 200
            assert fresh("DELETE", "/v1/collections/brief").status_code == 204
            assert {fresh("GET", path).status_code for _ in range(4)} == {404}
            assert fresh("PUT", "/v1/collections/brief").status_code == 201
            assert {fresh("GET", path).status_code for _ in range(4)} == {404}
        workers = children(server.pid)
        assert len(workers) == 2
        os.kill(workers.pop(), signal.SIGKILL)
        # The other process goes on, and a new one replaces the killed one.
        ends = time.monotonic() + PATIENCE_S
        while len(children(server.pid) - workers) < 1:
            assert fresh("GET", "/healthz").status_code == 200
            assert time.monotonic() < ends
            time.sleep(0.1)
        server.send_signal(signal.SIGINT)
        assert server.communicate(timeout=PATIENCE_S) == ("", "")
        assert server.returncode == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize("ready", [True, False])
def test_workers_end_with_the_process_that_started_them(home: Path, ready: bool) -> None:
    with served(home) as (address, server):
        ends = time.monotonic() + PATIENCE_S
        if ready:
            with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
                assert client.get("/readyz").status_code == 200
        while len(workers := children(server.pid)) < 2:
            assert time.monotonic() < ends
            time.sleep(0.1)
        server.kill()
        server.wait()
        while not all(has_ended(pid) for pid in workers):
            assert time.monotonic() < ends
            time.sleep(0.1)


def test_an_error_at_the_start_is_printed_once(home: Path) -> None:
    (home / "collections" / "default" / "catalog.db").write_bytes(b"no database")
    with served(home) as (_, server):
        output, errors = server.communicate(timeout=PATIENCE_S)
    assert server.returncode == 1
    assert output == ""
    assert "Traceback" not in errors
    assert "catalog.db" in errors
