"""``tamngu bench serve``: the service under load for one second."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.api.served import TAMNGU

pytestmark = pytest.mark.slow


def test_a_bench_of_the_service_says_what_it_did(sample_home: Path) -> None:
    words: list[str | Path] = [TAMNGU, "bench", "serve", "--home", sample_home, "-c", "sample"]
    options = ["--passages", "1000", "--seconds", "1", "--connections", "4", "--json"]
    ended = subprocess.run([*words, *options], capture_output=True, text=True, check=True)
    figures = json.loads(ended.stdout)
    assert (figures["passages"], figures["workers"], figures["connections"]) == (1000, 1, 4)
    assert figures["requests"] > 0
    assert figures["cpu_ms"] > 0
    assert 0 < figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"]
    flood = figures["overload_answered"] + figures["overload_refused"]
    assert abs(flood - figures["overload_per_s"] / 4) <= 1
    assert figures["recovered"]
