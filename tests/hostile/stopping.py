"""How fast a server that reads something hostile stops, and how it goes on after it was killed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.hostile.pdf_files import PDF_FILES
from tests.hostile.sending import job, said_of, upload
from tests.hostile.texts import TEXTS
from tests.hostile.watched import Health, Slowest, wait_until
from tests.served_home import ServedHome

_UNDER_WAY_S = 1.0
"""Seconds that a job runs before it is stopped: by then its document is being read or encoded."""

_PATIENCE_S = 120.0

_SENTENCE = b"The council met on Monday and spoke of roads. "

LONG: dict[str, tuple[str, bytes]] = {
    "while a parser loops": (".pdf", PDF_FILES["pdf: a form that shows itself"][1](0)),
    "while sentences are encoded": (".txt", _SENTENCE * 20_000),
    "while Markdown is parsed": (".md", TEXTS["markdown: emphasis"][1](4_000_000)),
}
"""Documents that take long to read or to encode: name, and the kind and the data of each."""


@dataclass(frozen=True)
class AfterKill:
    """What a server did that was started anew on a home whose server was killed.

    Attributes:
        ready_s: seconds until it was ready.
        slowest: answer of ``/healthz``, until the job that was cut off had ended.
        ended_s: seconds until then.
        said: what became of the job.
    """

    ready_s: float
    slowest: Slowest
    ended_s: float
    said: str


def begin(client: httpx.Client, collection: str, kind: str, data: bytes) -> str:
    """Send a document; return the id of its job when it has been running for a while."""
    response = upload(client, collection, f"long{kind}", data)
    response.raise_for_status()
    job_id = str(response.json()["id"])
    if wait_until(lambda: job(client, job_id)["state"] != "queued", _PATIENCE_S) is None:
        raise RuntimeError("The job does not begin.")
    time.sleep(_UNDER_WAY_S)
    return job_id


def cancelled_s(server: ServedHome, collection: str, kind: str, data: bytes) -> tuple[float, str]:
    """Cancel an import that is under way; return the seconds until it has ended, and its state."""
    job_id = begin(server.client, collection, kind, data)
    begun = time.monotonic()
    server.client.post(f"/v1/jobs/{job_id}/cancel").raise_for_status()
    wait_until(lambda: job(server.client, job_id)["ended_at"] is not None, _PATIENCE_S)
    took_s = time.monotonic() - begun
    return took_s, job(server.client, job_id)["state"]


def terminated_s(server: ServedHome, collection: str, kind: str, data: bytes) -> float:
    """End a server by SIGTERM in an import; return the seconds until it and its readers ended."""
    begin(server.client, collection, kind, data)
    return server.terminate()


def after_kill(
    server: ServedHome, home: Path, collection: str, kind: str, data: bytes
) -> tuple[ServedHome, AfterKill]:
    """Kill a server in an import; return the next one, and what it did until the job had ended."""
    job_id = begin(server.client, collection, kind, data)
    server.kill()
    server = ServedHome(home, collection)
    begun = time.monotonic()
    with Health(server.address, server.pid) as health:
        ended_s = wait_until(lambda: job(server.client, job_id)["ended_at"] is not None, 600)
        slowest = health.slowest()
    said = said_of(job(server.client, job_id))
    return server, AfterKill(server.ready_s, slowest, ended_s or time.monotonic() - begun, said)
