"""A disk that does not answer: writes wait for it, and nothing else does."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import httpx
import pytest

from embeddings import Encoder
from tests.integration.api.jobs.server import Server, assert_problem, make_home
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

TIMEOUT_S = 3

Put = Callable[[str], httpx.Response]


@pytest.fixture
def stuck(tmp_path: Path) -> Path:
    """The path of a file; while it exists, nothing reaches the disk."""
    return tmp_path / "stuck"


@pytest.fixture
def server(
    tmp_path: Path, encoder: Encoder, faults: Path, stuck: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    home = make_home(tmp_path / "home", encoder)
    with monkeypatch.context() as preloaded:
        preloaded.setenv("LD_PRELOAD", str(faults))
        preloaded.setenv("FAULT_STUCK", str(stuck))
        server = Server(home, timeout_s=str(TIMEOUT_S))
    yield server
    stuck.unlink(missing_ok=True)
    server.kill()


def test_writes_wait_for_a_disk_that_hangs_and_reads_do_not(server: Server, stuck: Path) -> None:
    def put(name: str) -> httpx.Response:
        body = {"text": f"Story {name} is about salt."}
        return server.client.put(f"/v1/articles/{name}", json=body, timeout=PATIENCE_S)

    stuck.touch()
    with ThreadPoolExecutor(2) as threads:
        calls = {name: threads.submit(put, name) for name in ("one", "two")}
        try:
            # The one that holds the disk has its outcome when it is known; the other gives up.
            first = wait(calls.values(), PATIENCE_S, return_when=FIRST_COMPLETED).done
            assert len(first) == 1
            assert_problem(first.pop().result(), 503, f"took longer than {TIMEOUT_S} s")
            assert server.client.get("/healthz").status_code == 200
            found = server.client.post("/v1/search", json={"question": "What is about salt?"})
            assert (found.status_code, found.json()["hits"]) == (200, [])
        finally:
            stuck.unlink()
        answers = {name: call.result() for name, call in calls.items()}
    (stored,) = [name for name, answer in answers.items() if answer.status_code != 503]
    assert answers[stored].is_success, answers[stored].text
    (refused,) = answers.keys() - {stored}
    assert server.client.get(f"/v1/articles/{stored}").status_code == 200
    assert server.client.get(f"/v1/articles/{refused}").status_code == 404
    assert put(refused).is_success


def test_a_server_whose_disk_hangs_ends_when_it_is_told_to(server: Server, stuck: Path) -> None:
    stuck.touch()
    with ThreadPoolExecutor(1) as threads:
        body = {"text": "It is about salt."}
        call = threads.submit(server.client.put, "/v1/articles/one", json=body, timeout=PATIENCE_S)
        # Asked after the write, and answered while that waits.
        assert server.client.get("/healthz").status_code == 200
        server.signal(signal.SIGTERM)
        assert server.ends_within(PATIENCE_S)
        assert call.exception() is not None or call.result().status_code == 503
