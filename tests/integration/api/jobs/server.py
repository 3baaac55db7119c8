"""Server processes that run import jobs, and can be stopped and killed.

``TAMNGU_JOBS_ARTICLES=2000 pytest -s tests/integration/api/jobs -k killed`` imports as many
articles of each kind.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from embeddings import Encoder
from rag import Collection
from rag.collection.check import check
from tests.waiting import PATIENCE_S

ARTICLES = int(os.environ.get("TAMNGU_JOBS_ARTICLES", "150"))
"""In a file of JSON lines, and as many in an archive."""


LIMIT = 2_000_000
"""Bytes of an upload to the servers here."""


Files = list[tuple[str, tuple[str, bytes]]]


Body = dict[str, Any]


class Server:
    """A server process, and a client of it."""

    def __init__(
        self,
        home: Path,
        program: str = "from tamngu.cli import run; run()",
        options: Sequence[str | Path] = (),
        **settings: str,
    ) -> None:
        words: list[str | Path] = [
            sys.executable,
            "-c",
            program,
            "serve",
            "-c",
            "sample",
            "--home",
            home,
            "--port",
            "0",
            *options,
        ]
        named = {f"TAMNGU_SERVE_{name.upper()}": value for name, value in settings.items()}
        self._process = subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **named},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, (line, self._process.communicate())
        # The server prints its address a moment before it accepts connections.
        transport = httpx.HTTPTransport(retries=6)
        self.client = httpx.Client(base_url=found[0], timeout=60, transport=transport)

    def stop(self) -> None:
        """Stop the server as Ctrl-C does; it must print no error."""
        self.client.close()
        self._process.send_signal(signal.SIGINT)
        _, errors = self._process.communicate(timeout=PATIENCE_S)
        assert (self._process.returncode, errors) == (0, "")

    def kill(self) -> None:
        self.client.close()
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def ends_within(self, seconds: float) -> bool:
        try:
            self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def upload(self, collection: str, files: Files, **form: str | list[str]) -> Body:
        response = self.client.post(
            "/v1/imports", params={"collection": collection}, files=files, data=form
        )
        assert response.status_code == 202, response.text
        job: Body = response.json()
        assert response.headers["location"] == f"/v1/jobs/{job['id']}"
        return job

    def job(self, job_id: str) -> Body:
        code = self._process.poll()
        assert code is None, (code, self._process.communicate())
        response = self.client.get(f"/v1/jobs/{job_id}")
        assert response.status_code == 200
        found: Body = response.json()
        return found

    def wait(self, job_id: str, until: Callable[[Body], bool] | None = None) -> Body:
        """Return a job once ``until`` holds for it; by default, once it has ended.

        On a busy machine a job takes long; only one that comes no further for long is stuck.
        """
        wanted = until or (lambda job: job["ended_at"] is not None)
        seen, ends = None, 0.0
        while not wanted(job := self.job(job_id)):
            if job != seen:
                seen, ends = job, time.monotonic() + PATIENCE_S + ARTICLES / 10
            assert time.monotonic() < ends, job
            time.sleep(0.05)
        return job

    def wait_or_die(self, job_id: str) -> Body | None:
        """Return a job once it has ended; None if the server has ended before."""
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            try:
                job: Body = self.client.get(f"/v1/jobs/{job_id}").json()
            except httpx.HTTPError:
                if self._process.poll() is None:
                    continue
                self.client.close()
                self._process.communicate()
                return None
            if job["ended_at"] is not None:
                return job
            time.sleep(0.05)
        raise AssertionError("it took too long")


Start = Callable[[Path], Server]


def file(name: str, content: str | bytes) -> tuple[str, tuple[str, bytes]]:
    return "files", (name, content.encode() if isinstance(content, str) else content)


def lines(texts: list[str], prefix: str = "n") -> str:
    return "".join(
        json.dumps({"id": f"{prefix}{n}", "text": text}) + "\n" for n, text in enumerate(texts)
    )


def sentences(count: int, about: str) -> list[str]:
    return [f"Article {number} is about {about} and nothing else." for number in range(count)]


def is_under_way(job: Body) -> bool:
    """Tell whether a job has stored something; on a fast machine it may be done already."""
    return bool(job["progress"]["added"] > 0)


def texts_in(home: Path, name: str, encoder: Encoder) -> list[str]:
    """Check a collection, and return the texts of its articles, sorted."""
    collection = Collection.open(home, name, encoder)
    try:
        assert check(collection.directory, collection.catalog).problems == []
        catalog = collection.catalog
        return sorted(article.text for article in catalog.articles.get_many(catalog.articles.ids()))
    finally:
        collection.close()


def make_home(home: Path, encoder: Encoder) -> Path:
    Collection.open_or_create(home, "sample", encoder).close()
    return home


def assert_problem(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]
