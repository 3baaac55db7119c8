"""Nothing that a request holds makes the event loop stand still."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import httpx
import pytest

from tests.integration.api.hostile_requests import Hostile, hostile_requests
from tests.waiting import PATIENCE_S, wait_until

MOST_S = 0.25
IDLE_S = 2.0
TRIES = 3


@pytest.fixture
def server(tmp_path: Path, sample_home: Path) -> Iterator[str]:
    """The address of a server process that measures stalls."""
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    words = [sys.executable, "-m", "tests.integration.api.watched_server", str(home)]
    with subprocess.Popen(words, stdout=PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found
            wait_until(lambda: _answers(found[0]))
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", timeout=PATIENCE_S).status_code == 200
    except httpx.TransportError:
        return False


def test_hostile_requests_do_not_stop_the_event_loop(server: str) -> None:
    requests = list(hostile_requests())
    assert len(requests) >= 30
    healthy: list[int] = []
    is_done = threading.Event()

    def ask_for_health() -> None:
        with _client(server) as client:
            while not is_done.wait(0.02):
                healthy.append(client.get("/healthz").status_code)

    with _client(server) as client:
        # What is loaded at the first question counts no more than what the start loads.
        assert client.post("/v1/search", json={"question": "Ai?"}).status_code == 200
        _stall_s(client)
        thread = threading.Thread(target=ask_for_health)
        thread.start()
        try:
            time.sleep(IDLE_S)
            idle_s = _stall_s(client)
            stalls = {each.name: _stall_after(client, each) for each in requests}
            for each in requests:
                # A machine that is busy stalls now and then; a request that stalls does so again.
                for _ in range(TRIES):
                    if stalls[each.name] > idle_s + MOST_S:
                        stalls[each.name] = _stall_after(client, each)
        finally:
            is_done.set()
            thread.join()
    assert set(healthy) == {200}
    too_long = {name: round(s, 3) for name, s in stalls.items() if s > idle_s + MOST_S}
    assert not too_long, (idle_s, too_long)


def _client(address: str) -> httpx.Client:
    """Return a client that connects anew for each request.

    A server closes a connection that was quiet for seconds, and a slow machine makes it quiet.
    """
    fresh = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=address, timeout=PATIENCE_S, limits=fresh)


def _stall_after(client: httpx.Client, hostile: Hostile) -> float:
    """Return the seconds of the longest stall while a request was answered."""
    method = "GET" if hostile.body is None else "POST"
    headers = {"Content-Type": "application/json", **hostile.headers}
    response = client.request(method, hostile.path, content=hostile.body, headers=headers)
    assert response.status_code < 500 or response.status_code == 503, hostile.name
    stall_s = _stall_s(client)
    print(f"{hostile.name}: {response.status_code}, {stall_s * 1000:.0f} ms")  # noqa: T201
    return stall_s


def _stall_s(client: httpx.Client) -> float:
    response = client.get("/stall")
    assert response.status_code == 200
    return float(response.json())
