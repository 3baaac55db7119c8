"""Mixed load: threads that search, write, delete and import at a steady pace."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.file_kinds import KINDS
from tests.hostile import HOSTILE, NEEDS_LIMITS
from tests.integration.rag.versions import LANGUAGES, make_version
from tests.waiting import PATIENCE_S

ARTICLES = 1500
"""Articles that are written and deleted again and again, so that the collection keeps its size.
Chosen manually, not tuned."""

_SEARCHERS = 2
_SEARCH_EVERY_S = 0.5
_WRITE_EVERY_S = 2.0
_WRITTEN_AT_ONCE = 5
_DELETE_EVERY_S = 5.0
_IMPORT_EVERY_S = 20.0
"""Seconds between two requests of a thread. Chosen manually, not tuned: together they keep one of
two cores busy for about a third of the time."""

_UPLOADS = 20
"""Uploads whose names differ; the next one replaces the articles of an earlier one."""

_HOSTILE_BYTES = 10_000

_BUSY = httpx.codes.SERVICE_UNAVAILABLE


@dataclass
class Done:
    """What was done since the last look: seconds of searches, counts by name, and what failed."""

    took_s: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Load:
    """Threads that ask a server; :meth:`done` says what they did."""

    def __init__(self, address: str, keys: Sequence[str], collection: str, seed: int) -> None:
        """Prepare the threads.

        Args:
            address: of the server.
            keys: one of which is sent with each request.
            collection: that is searched and written.
            seed: of what is drawn.
        """
        self._address = address
        self._keys = keys
        self._collection = collection
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._done = Done()
        self._ends = threading.Event()
        work: list[tuple[Callable[[httpx.Client], None], float]] = [
            *[(self._search, _SEARCH_EVERY_S)] * _SEARCHERS,
            (self._write, _WRITE_EVERY_S),
            (self._delete, _DELETE_EVERY_S),
            (self._import, _IMPORT_EVERY_S),
        ]
        self._threads = [threading.Thread(target=self._repeat, args=each) for each in work]

    def fill(self) -> None:
        """Write every article once."""
        with self._client() as client:
            for start in range(0, ARTICLES, 100):
                self._post_articles(client, range(start, start + 100))

    def start(self) -> None:
        """Begin to ask."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop asking."""
        self._ends.set()
        for thread in self._threads:
            thread.join()

    def done(self) -> Done:
        """Return what was done since the last call."""
        with self._lock:
            done, self._done = self._done, Done()
            return done

    def _repeat(self, work: Callable[[httpx.Client], None], every_s: float) -> None:
        with self._client() as client:
            at = time.monotonic()
            while not self._ends.wait(max(0.0, at - time.monotonic())):
                # What came too late is not made up for, so that the pace never rises.
                at = max(at, time.monotonic() - every_s) + every_s
                try:
                    work(client)
                except httpx.TransportError as error:
                    self._fault(f"{work.__name__}: {type(error).__name__}")

    def _search(self, client: httpx.Client) -> None:
        begun = time.monotonic()
        # Each article holds its id, so no two questions are often the same.
        question = f"{random.choice(('Viêng Chăn', '万象', 'Vientiane'))} {self._id()}"
        body = {"question": question, "collection": self._collection}
        response = self._sent(client, "POST", "/v1/search", json=body)
        with self._lock:
            self._done.took_s.append(time.monotonic() - begun)
        if hits := response.json().get("hits"):
            article = hits[0]["article_id"]
            self._sent(client, "GET", f"/v1/articles/{article}", good=(200, 404), params=self._of)

    def _write(self, client: httpx.Client) -> None:
        with self._lock:
            numbers = self._random.sample(range(ARTICLES), _WRITTEN_AT_ONCE)
        if self._post_articles(client, numbers).is_success:
            self._count("writes", _WRITTEN_AT_ONCE)

    def _post_articles(self, client: httpx.Client, numbers: Sequence[int]) -> httpx.Response:
        with self._lock:
            version = self._random.randrange(10**6)
        made = [make_version(_id_of(number), version) for number in numbers]
        articles = [{"id": each.id, "title": each.title, "text": each.text} for each in made]
        body = {"articles": articles, "collection": self._collection}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return self._written(client, "POST", "/v1/articles", json=body, headers=headers)

    def _delete(self, client: httpx.Client) -> None:
        path = f"/v1/articles/{self._id()}"
        response = self._written(client, "DELETE", path, good=(204, 404), params=self._of)
        self._count("deletes", int(response.status_code == httpx.codes.NO_CONTENT))

    def _import(self, client: httpx.Client) -> None:
        with self._lock:
            number = self._random.randrange(_UPLOADS)
            version = self._random.randrange(10**6)
            hostile = self._random.choice(sorted(HOSTILE.keys() - NEEDS_LIMITS))
        files = []
        for place, (ending, write) in enumerate(KINDS):
            article = make_version(f"{LANGUAGES[place % 3]}-{number}{place}", version)
            files.append(("files", (f"{number}-{place}{ending}", write(article))))
        kind, generate = HOSTILE[hostile]
        files.append(("files", (f"{number}-hostile{kind}", generate(_HOSTILE_BYTES))))
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        response = self._sent(
            client,
            "POST",
            "/v1/imports",
            good=(202,),
            params=self._of,
            files=files,
            headers=headers,
        )
        if response.status_code != httpx.codes.ACCEPTED:
            return
        job_id = response.json()["id"]
        while not self._ends.wait(0.5):
            job = self._sent(client, "GET", f"/v1/jobs/{job_id}").json()
            if job["ended_at"] is not None:
                self._count("imports")
                if job["state"] != "done":
                    self._fault(f"an import of {hostile}: {job['state']}, {job['error']}")
                return

    @property
    def _of(self) -> dict[str, str]:
        return {"collection": self._collection}

    def _id(self) -> str:
        with self._lock:
            return _id_of(self._random.randrange(ARTICLES))

    def _written(
        self,
        client: httpx.Client,
        method: str,
        path: str,
        good: Sequence[int] = (200,),
        **asked: Any,  # noqa: ANN401 - what httpx takes
    ) -> httpx.Response:
        """Send a write, which an import may delay for so long that it is refused."""
        response = self._sent(client, method, path, good=(*good, _BUSY), **asked)
        self._count("busy", int(response.status_code == _BUSY))
        return response

    def _sent(
        self,
        client: httpx.Client,
        method: str,
        path: str,
        *,
        good: Sequence[int] = (200,),
        headers: Mapping[str, str] | None = None,
        **asked: Any,  # noqa: ANN401 - what httpx takes
    ) -> httpx.Response:
        """Send a request; a response that is not good is counted as a fault."""
        with self._lock:
            key = self._random.choice(self._keys)
        sent = {"Authorization": f"Bearer {key}", **(headers or {})}
        response = client.request(method, path, headers=sent, **asked)
        if response.status_code not in good:
            self._fault(f"{method} {path}: {response.status_code} {response.text[:300]}")
        return response

    def _count(self, name: str, number: int = 1) -> None:
        with self._lock:
            self._done.counts[name] += number

    def _fault(self, what: str) -> None:
        with self._lock:
            self._done.faults.append(what)

    def _client(self) -> httpx.Client:
        # A server closes a connection that was quiet for seconds, so each request has a new one.
        fresh = httpx.Limits(max_keepalive_connections=0)
        return httpx.Client(base_url=self._address, timeout=PATIENCE_S, limits=fresh)


def _id_of(number: int) -> str:
    return f"{LANGUAGES[number % 3]}-{number}"
