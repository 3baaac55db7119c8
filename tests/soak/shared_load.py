"""Load on two services of one cluster, in which each answer is checked at the other service."""

from __future__ import annotations

import itertools
import json
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.integration.rag.versions import LANGUAGES, make_version
from tests.served_home import TAMNGU
from tests.waiting import PATIENCE_S

_WRITE_EVERY_S = 2.0
_IMPORT_EVERY_S = 10.0
_INGEST_EVERY_S = 1.0
_REINDEX_EVERY_S = 30.0
"""Seconds between the ends of two requests of a thread. Chosen manually, not tuned."""

_IMPORTED = 5
_INGESTED = 20
"""Articles of an import, and of a file that is ingested."""

_JOB_S = 10 * PATIENCE_S
"""Seconds after which a job is taken to hang, however busy the machine is."""

_DELETED_OF = 5
_CANCELLED_OF = 4
"""One in so many articles is deleted again, one in so many imports is cancelled."""

_SENTENCES = 4
_NUMBERS = itertools.count(1)


class Fault(Exception):
    """Something is not as it has to be."""


@dataclass
class Tally:
    """What was done, for any number of threads.

    Attributes:
        counts: by name.
        took_s: seconds of searches.
        faults: what went wrong.
        kept: ids of the articles that have to be there at the end.
        unsure: ids of those that may be there, because their import was cancelled.
        jobs: ids of the jobs that were accepted.
    """

    counts: Counter[str] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)
    jobs: set[str] = field(default_factory=set)


class SharedLoad:
    """Threads that write through one service and look through the other, and two ingests."""

    def __init__(
        self,
        clients: Sequence[httpx.Client],
        file: Path,
        collection: str,
        folder: Path,
        *,
        reindexes: bool = False,
    ) -> None:
        """Prepare the threads.

        Args:
            clients: of the two services.
            file: describes the cluster.
            collection: that is written.
            folder: for files to ingest.
            reindexes: also encode everything again, time after time.
        """
        self.tally = Tally()
        self._clients = clients
        self._cluster = file
        self._collection = collection
        self._folder = folder
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._pool = ThreadPoolExecutor(2 * len(clients))
        work: list[tuple[Callable[[int], object], float]] = [
            (self._write, _WRITE_EVERY_S),
            (self._import, _IMPORT_EVERY_S),
            (self._ingest, _INGEST_EVERY_S),
        ]
        self._threads = [
            threading.Thread(target=self._repeat, args=(do, every_s, place))
            for do, every_s in work
            for place in range(len(clients))
        ]
        if reindexes:
            again = threading.Thread(target=self._repeat, args=(self._reindex, _REINDEX_EVERY_S, 0))
            self._threads.append(again)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, when what was begun has ended."""
        self._ends.set()
        for thread in self._threads:
            thread.join()
        self._pool.shutdown()

    def _repeat(self, work: Callable[[int], object], every_s: float, place: int) -> None:
        while not self._ends.wait(every_s):
            try:
                work(place)
            except (Fault, httpx.HTTPError, KeyError, ValueError) as error:
                with self._lock:
                    self.tally.faults.append(f"{work.__name__}: {type(error).__name__} {error}")

    def _write(self, place: int) -> None:
        """Write an article at both services with one key, and find it at the other one."""
        article_id = self._new_id()
        article = make_version(article_id, 1, _SENTENCES)
        body = {"title": article.title, "text": article.text, "tags": [article_id]}
        said = self._once(place, "PUT", f"/v1/articles/{article_id}", json=body)
        _check(said.json()["added"] == 1, f"{article_id} was added twice: {said.text}")
        self._keep(article_id)
        other = self._clients[1 - place]
        text = self._get(other, f"/v1/articles/{article_id}").json()["text"]
        _check(text == article.text, f"{article_id} has another text")
        _check(self._is_found(other, article_id), f"{article_id} is not found")
        self._count("writes seen at the other service")
        if next(_NUMBERS) % _DELETED_OF == 0:
            with self._lock:
                self.tally.kept.discard(article_id)
            gone = self._clients[place].delete(f"/v1/articles/{article_id}", params=self._of)
            _check(gone.status_code == httpx.codes.NO_CONTENT, f"no deletion: {gone.text[:200]}")
            _check(not self._is_found(other, article_id), f"{article_id} is found, but deleted")
            self._count("deletions seen at the other service")

    def _is_found(self, client: httpx.Client, article_id: str) -> bool:
        begun = time.monotonic()
        asked = {"question": article_id, "tags": [article_id], "collection": self._collection}
        found = client.post("/v1/search", json=asked)
        with self._lock:
            self.tally.took_s.append(time.monotonic() - begun)
        _check(found.is_success, f"search: {found.status_code} {found.text[:200]}")
        return any(hit["article_id"] == article_id for hit in found.json()["hits"])

    def _import(self, place: int) -> None:
        """Upload articles to both services with one key, and follow the job at the other one."""
        ids = [self._new_id() for _ in range(_IMPORTED)]
        files = {"files": (f"{ids[0]}.jsonl", _lines(ids))}
        cancels = next(_NUMBERS) % _CANCELLED_OF == 0
        with self._lock:
            self.tally.unsure.update(ids)
        job = self._once(place, "POST", "/v1/imports", params=self._of, files=files).json()
        with self._lock:
            self.tally.jobs.add(job["id"])
        other = self._clients[1 - place]
        if cancels:
            other.post(f"/v1/jobs/{job['id']}/cancel").raise_for_status()
        ends = time.monotonic() + _JOB_S
        while job["ended_at"] is None:
            _check(time.monotonic() < ends, f"the job {job['id']} does not end")
            time.sleep(0.2)
            job = self._get(other, f"/v1/jobs/{job['id']}").json()
        if cancels and job["state"] == "cancelled":
            self._count("imports cancelled at the other service")
            return
        _check(job["state"] == "done", f"the job {job['id']}: {job['state']} {job['error']}")
        result = job["result"]
        # Articles that are unchanged would have been imported before, by the same job.
        _check(result["added"] == _IMPORTED, f"the job {job['id']} ran twice: {result}")
        with self._lock:
            self.tally.unsure.difference_update(ids)
        self._keep(*ids)
        self._get(other, f"/v1/articles/{ids[-1]}")
        self._count("imports seen at the other service")

    def _ingest(self, place: int) -> None:
        """Run ``tamngu ingest``, and read what it has stored."""
        ids = [self._new_id() for _ in range(_INGESTED)]
        file = self._folder / f"{ids[0]}.jsonl"
        file.write_bytes(_lines(ids))
        words = ("ingest", str(file), "--cluster", str(self._cluster), "-c", self._collection)
        done = subprocess.run(
            [*TAMNGU, *words, "--json"], capture_output=True, text=True, check=False
        )
        file.unlink()
        _check(done.returncode == 0, f"ingest: {done.returncode} {done.stderr[-300:]}")
        _check(json.loads(done.stdout)["added"] == _INGESTED, f"ingest: {done.stdout[:300]}")
        self._keep(*ids)
        for client in self._clients:
            self._get(client, f"/v1/articles/{ids[place]}")
        self._count("ingests seen at both services")

    def _reindex(self, _: int) -> None:
        """Encode everything again, while all others go on."""
        words = ("collections", "reindex", "--cluster", str(self._cluster), "-c", self._collection)
        done = subprocess.run([*TAMNGU, *words], capture_output=True, text=True, check=False)
        _check(done.returncode == 0, f"reindex: {done.returncode} {done.stderr[-300:]}")
        self._count("encodings of everything")

    def _once(self, place: int, method: str, path: str, **sent: Any) -> httpx.Response:  # noqa: ANN401
        """Send a request to both services at once, and return what the one that did it says."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        params = sent.pop("params", self._of)
        clients = (self._clients[place], self._clients[1 - place])
        asked = [
            self._pool.submit(each.request, method, path, params=params, headers=headers, **sent)
            for each in clients
        ]
        answers = [each.result() for each in asked]
        did = [
            answer
            for answer in answers
            if answer.is_success and "idempotency-replayed" not in answer.headers
        ]
        others = [answer for answer in answers if answer not in did]
        _check(
            len(did) == 1, f"{path} was done {len(did)} times: {[a.text[:200] for a in answers]}"
        )
        for answer in others:
            is_right = answer.status_code == httpx.codes.CONFLICT or answer.text == did[0].text
            _check(is_right, f"{path}: {answer.status_code} {answer.text[:200]}")
        return did[0]

    def _get(self, client: httpx.Client, path: str) -> httpx.Response:
        response = client.get(path, params=self._of)
        _check(response.is_success, f"{path}: {response.status_code} {response.text[:200]}")
        return response

    @property
    def _of(self) -> dict[str, str]:
        return {"collection": self._collection}

    def _new_id(self) -> str:
        number = next(_NUMBERS)
        return f"{LANGUAGES[number % 3]}-{number}"

    def _keep(self, *ids: str) -> None:
        with self._lock:
            self.tally.kept.update(ids)

    def _count(self, name: str) -> None:
        with self._lock:
            self.tally.counts[name] += 1


def _lines(ids: Sequence[str]) -> bytes:
    """Return articles as JSON lines."""
    made = [make_version(each, 1, _SENTENCES) for each in ids]
    lines = [{"id": each.id, "title": each.title, "text": each.text} for each in made]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Fault(otherwise)
