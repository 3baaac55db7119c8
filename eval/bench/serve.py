"""The service under load: a real server process and a real client on this machine."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from eval.bench.query import BenchFailed

_OVERLOAD_SHARE = 0.25
"""Of the first part's time, for the second."""

_RECOVERY_S = 2.0
_PATIENCE_S = 120
_OK, _BUSY = 200, 503


@dataclass
class _Outcome:
    """What came of requests: seconds of those that were answered, and how many by status."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def note(self, status: int, took_s: float) -> None:
        self.statuses[status] += 1
        if status == _OK:
            self.took.append(took_s)


def measure(
    home: Path,
    name: str,
    questions: Sequence[str],
    *,
    seconds: float,
    connections: int,
    workers: int,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Return the figures of ``tamngu bench serve``.

    So many connections ask one question after another for so many seconds. Then questions come at
    twice the rate that was reached, answered or not, for a quarter of that time; and it is measured
    how long after that the first question is answered. No two questions are the same, so that
    nothing is remembered.

    Args:
        home: where the collection is.
        name: of the collection that is asked.
        questions: that are asked, each with a number added.
        seconds: of the first part.
        connections: at once.
        workers: server processes.
        say: takes a line on what is being done.

    Raises:
        BenchFailed: the service did not start, or a request failed.
    """
    words = [sys.executable, "-m", "eval.bench.serve", str(home), name, str(workers)]
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line.startswith("Serving "):
            raise BenchFailed("The service did not start; the reason is above.")
        address = line.split()[1]
        figures = asyncio.run(_measured(address, server.pid, questions, seconds, connections, say))
        return {"workers": workers, **figures}
    except httpx.HTTPError as error:
        raise BenchFailed(f"A request failed: {error or type(error).__name__}.") from error
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdout is not None:
            server.stdout.close()


async def _measured(
    address: str,
    pid: int,
    questions: Sequence[str],
    seconds: float,
    connections: int,
    say: Callable[[str], None],
) -> dict[str, Any]:
    numbers = count()

    def body() -> dict[str, str]:
        number = next(numbers)
        return {"question": f"{questions[number % len(questions)]} {number}"}

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=_PATIENCE_S, limits=limits) as client:
        for _ in range(20):
            await client.post("/v1/search", json=body())
        say(f"{connections} connections for {seconds:g} s.")
        start_mb = _memory_mb(pid)
        steady = await _closed_loop(client, body, seconds, connections)
        rate = steady.statuses[_OK] / seconds
        steady_mb = _memory_mb(pid)
        say(f"{rate:.1f} answers a second; now {2 * rate:.1f} questions a second.")
        flooded = await _open_loop(client, body, 2 * rate, seconds * _OVERLOAD_SHARE)
        started = time.perf_counter()
        while (await client.post("/v1/search", json=body())).status_code == _BUSY:
            await asyncio.sleep(0.05)
        recovered_s = time.perf_counter() - started
        overload_mb = _memory_mb(pid)
    if set(steady.statuses) != {_OK} or not set(flooded.statuses) <= {_OK, _BUSY}:
        raise BenchFailed(f"Requests failed: {dict(steady.statuses + flooded.statuses)}.")
    p50, p95, p99 = (1000 * np.quantile(steady.took, share) for share in (0.5, 0.95, 0.99))
    return {
        "connections": connections,
        "seconds": seconds,
        "requests": steady.statuses[_OK],
        "per_s": round(rate, 1),
        "p50_ms": round(float(p50), 1),
        "p95_ms": round(float(p95), 1),
        "p99_ms": round(float(p99), 1),
        "overload_per_s": round(2 * rate, 1),
        "overload_answered": flooded.statuses[_OK],
        "overload_refused": flooded.statuses[_BUSY],
        "recovered_s": round(recovered_s, 2),
        "recovered": recovered_s < _RECOVERY_S,
        "memory_start_mb": start_mb,
        "memory_steady_mb": steady_mb,
        "memory_overload_mb": overload_mb,
    }


async def _closed_loop(
    client: httpx.AsyncClient, body: Callable[[], dict[str, str]], seconds: float, connections: int
) -> _Outcome:
    """Ask on so many connections, each time when the last answer is there."""
    outcome = _Outcome()
    until = time.perf_counter() + seconds

    async def ask() -> None:
        while (started := time.perf_counter()) < until:
            response = await client.post("/v1/search", json=body())
            outcome.note(response.status_code, time.perf_counter() - started)

    await asyncio.gather(*(ask() for _ in range(connections)))
    return outcome


async def _open_loop(
    client: httpx.AsyncClient, body: Callable[[], dict[str, str]], rate: float, seconds: float
) -> _Outcome:
    """Ask at a rate, whatever becomes of it."""
    outcome = _Outcome()

    async def ask() -> None:
        started = time.perf_counter()
        response = await client.post("/v1/search", json=body())
        outcome.note(response.status_code, time.perf_counter() - started)

    asked = []
    started = time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0, started + number / rate - time.perf_counter()))
        asked.append(asyncio.ensure_future(ask()))
    await asyncio.gather(*asked)
    return outcome


def _memory_mb(pid: int) -> int | None:
    """Return what a process and its children hold in MB (2**20 bytes), where the system tells.

    Without files that are mapped: of these the system keeps in memory what there is room for.
    """
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        texts = [Path(f"/proc/{each}/status").read_text() for each in (pid, *children)]
    except OSError:
        return None
    held = [line.split()[1] for text in texts for line in text.splitlines() if "RssAnon" in line]
    return sum(map(int, held)) // 2**10


def _serve(home: str, name: str, workers: str) -> None:
    """Be the server process."""
    from tamngu.cli.main import main

    main(["serve", "--home", home, "-c", name, "--port", "0", "--workers", workers])


if __name__ == "__main__":
    _serve(*sys.argv[1:])
