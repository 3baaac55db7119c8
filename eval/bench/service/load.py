"""Measure the service under load: a real server process and a real client on this machine."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import numpy as np

from eval.bench.computing_time import computing_s
from eval.bench.errors import BenchFailed
from eval.bench.memory import anonymous_mb
from eval.bench.place import Place
from eval.bench.service.server_process import serving

_OVERLOAD_SHARE = 0.25
"""Duration of the overload, as a share of the first part's duration."""

_MAX_RECOVERY_S = 2.0
"""Time in which the service must answer again after the overload."""

_TIMEOUT_S = 120
"""Of one request."""

_WARM_UP = 20
"""Requests before any is measured."""

_OK, _BUSY = 200, 503


@dataclass
class _Responses:
    """Seconds of the answered requests, and the number of requests by status."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def add(self, status: int, took_s: float) -> None:
        self.statuses[status] += 1
        if status == _OK:
            self.took.append(took_s)


def measure(
    place: Place,
    name: str,
    questions: Sequence[str],
    *,
    seconds: float,
    connections: int,
    workers: int,
    log: Callable[[str], None],
) -> dict[str, Any]:
    """Return the figures of ``tamngu bench serve``.

    In the first part, ``connections`` connections ask one question after another for ``seconds``
    seconds. In the second part, questions come at twice the rate that the service reached, whether
    it answers or not, for a quarter of that time. Then the time until the next answer is measured.
    No two questions are equal, so that no cache helps.

    Args:
        place: of the collection.
        name: of the collection.
        questions: to ask, each with a number added.
        seconds: duration of the first part.
        connections: that ask at the same time.
        workers: number of server processes.
        log: gets a line on each step.

    Raises:
        BenchFailed: the service did not start, or a request failed.
    """
    try:
        with serving(place, name, workers) as server:
            figures = asyncio.run(
                _run_load(server.address, server.pid, questions, seconds, connections, log)
            )
    except httpx.HTTPError as error:
        raise BenchFailed(f"A request failed: {error or type(error).__name__}.") from error
    return {"workers": workers, **figures}


async def _run_load(
    address: str,
    pid: int,
    questions: Sequence[str],
    seconds: float,
    connections: int,
    log: Callable[[str], None],
) -> dict[str, Any]:
    numbers = count()

    def body() -> dict[str, str]:
        number = next(numbers)
        return {"question": f"{questions[number % len(questions)]} {number}"}

    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=_TIMEOUT_S, limits=limits) as client:
        for _ in range(_WARM_UP):
            await client.post("/v1/search", json=body())
        log(f"{connections} connections for {seconds:g} s.")
        start_mb = anonymous_mb(pid)
        before = computing_s(pid)
        steady = await _closed_loop(client, body, seconds, connections)
        after = computing_s(pid)
        rate = steady.statuses[_OK] / seconds
        steady_mb = anonymous_mb(pid)
        log(f"{rate:.1f} answers per second; now {2 * rate:.1f} questions per second.")
        overload = await _open_loop(client, body, 2 * rate, seconds * _OVERLOAD_SHARE)
        started = time.perf_counter()
        while (await client.post("/v1/search", json=body())).status_code == _BUSY:
            await asyncio.sleep(0.05)
        recovered_s = time.perf_counter() - started
        overload_mb = anonymous_mb(pid)
    if set(steady.statuses) != {_OK} or not set(overload.statuses) <= {_OK, _BUSY}:
        raise BenchFailed(f"Requests failed: {dict(steady.statuses + overload.statuses)}.")
    p50, p95, p99 = (1000 * np.quantile(steady.took, share) for share in (0.5, 0.95, 0.99))
    return {
        "connections": connections,
        "seconds": seconds,
        "requests": steady.statuses[_OK],
        "per_s": round(rate, 1),
        "cpu_ms": None if before is None or after is None else _each(after - before, steady),
        "p50_ms": round(float(p50), 1),
        "p95_ms": round(float(p95), 1),
        "p99_ms": round(float(p99), 1),
        "overload_per_s": round(2 * rate, 1),
        "overload_answered": overload.statuses[_OK],
        "overload_refused": overload.statuses[_BUSY],
        "recovered_s": round(recovered_s, 2),
        "recovered": recovered_s < _MAX_RECOVERY_S,
        "memory_start_mb": start_mb,
        "memory_steady_mb": steady_mb,
        "memory_overload_mb": overload_mb,
    }


def _each(computed_s: float, responses: _Responses) -> float:
    """Return the milliseconds that the service computed for each answer."""
    return round(1000 * computed_s / responses.statuses[_OK], 1)


async def _closed_loop(
    client: httpx.AsyncClient, body: Callable[[], dict[str, str]], seconds: float, connections: int
) -> _Responses:
    """Ask on several connections; each asks again when its last answer has come."""
    responses = _Responses()
    until = time.perf_counter() + seconds

    async def ask() -> None:
        while (started := time.perf_counter()) < until:
            response = await client.post("/v1/search", json=body())
            responses.add(response.status_code, time.perf_counter() - started)

    await asyncio.gather(*(ask() for _ in range(connections)))
    return responses


async def _open_loop(
    client: httpx.AsyncClient, body: Callable[[], dict[str, str]], rate: float, seconds: float
) -> _Responses:
    """Ask at a fixed rate, whether answers come or not."""
    responses = _Responses()

    async def ask() -> None:
        started = time.perf_counter()
        response = await client.post("/v1/search", json=body())
        responses.add(response.status_code, time.perf_counter() - started)

    requests = []
    started = time.perf_counter()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0, started + number / rate - time.perf_counter()))
        requests.append(asyncio.ensure_future(ask()))
    await asyncio.gather(*requests)
    return responses
