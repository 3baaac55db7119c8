"""How jobs are stored, and which of them runs next."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.jobs import performing
from api.jobs import store as job_store
from api.jobs.cancellable_encoder import CancellableEncoder
from api.jobs.folders import folders_of
from api.jobs.runner import JobRunner
from api.jobs.store import MAX_STARTS, JobStore, new_id
from api.routes import jobs as jobs_route
from api.worker_pool import WorkerPool
from embeddings import Encoder
from rag import Collection
from rag.errors import ClusterUnavailable, StorageError
from tamngu.records.job import ImportAsked, ImportResult, Job, Progress
from tamngu.records.rejection import Rejection
from tests.unit.api.conftest import States
from tests.waiting import PATIENCE_S, wait_until

ASKED = ImportAsked(files=("a.txt",), keep_boilerplate=True, fields={"text": "body"})

RESULT = ImportResult(1, 2, 3, 0, 4, 5, {"fr": 1}, 0.5)


@pytest.fixture
def store(states: States) -> Iterator[JobStore]:
    with closing(JobStore(states())) as store:
        yield store


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[JobStore]:
    with closing(JobStore(tmp_path)) as store:
        yield store


def add(store: JobStore, collection: str = "c") -> Job:
    return store.add(new_id(), collection, ASKED, Progress(total=7))


def test_there_is_nothing_before_the_first_job(store: JobStore) -> None:
    assert store.get("x") is None
    assert (store.newest(5), store.newest(5, "x"), store.open_jobs("import")) == ([], None, [])
    assert store.count_open() == 0


def test_reading_makes_no_file(file_store: JobStore, tmp_path: Path) -> None:
    assert file_store.is_empty
    assert file_store.get("x") is None
    assert list(tmp_path.iterdir()) == []


def test_a_job_is_stored_unchanged(store: JobStore, states: States) -> None:
    job = add(store)
    assert (job.state, job.asked, job.progress) == ("queued", ASKED, Progress(total=7))
    assert job.created_at.tzinfo is not None
    running = store.claim(job.id)
    assert running is not None
    assert running.state == "running"
    store.update(job.id, Progress(done=3, total=7, rejected=1), [Rejection("a.txt", "why")])
    store.end(job.id, "done", result=RESULT)
    store.close()
    other = JobStore(states())
    ended = other.get(job.id, rejections=True)
    assert ended is not None
    assert (ended.state, ended.result, ended.asked) == ("done", RESULT, ASKED)
    assert ended.rejections == (Rejection("a.txt", "why"),)
    assert ended.progress == Progress(done=3, total=7, rejected=1)
    assert ended.ended_at is not None
    assert other.newest(5) == [other.get(job.id)]
    other.close()


def test_rejections_stay_until_there_are_others(store: JobStore) -> None:
    def stored() -> tuple[Rejection, ...]:
        found = store.get(job.id, rejections=True)
        assert found is not None
        return found.rejections

    job = add(store)
    store.claim(job.id)
    one, many = Rejection("a.txt", "why"), Rejection("b.jsonl", "the rest", count=7)
    store.update(job.id, Progress(done=1), [one])
    store.update(job.id, Progress(done=2), None)
    assert stored() == (one,)
    store.update(job.id, Progress(done=3), [one, many])
    assert stored() == (one, many)
    # It begins again.
    store.claim(job.id)
    assert stored() == ()


def test_a_job_that_has_ended_never_changes(store: JobStore) -> None:
    job = add(store)
    store.claim(job.id)
    store.end(job.id, "failed", error="No.")
    ended = store.get(job.id)
    store.end(job.id, "done", result=RESULT)
    store.update(job.id, Progress(done=7), [])
    store.requeue(job.id)
    assert store.claim(job.id) is None
    assert store.cancel(job.id) == ended == store.get(job.id)


def test_jobs_of_some_collections_are_listed_newest_first(store: JobStore) -> None:
    jobs = [add(store, name) for name in "abab"]
    ids = [job.id for job in reversed(jobs)]

    def found(*args: object) -> list[str]:
        return [job.id for job in store.newest(*args) or []]  # type: ignore[arg-type]

    assert found(10) == ids
    assert found(2) == ids[:2]
    assert found(10, ids[1]) == ids[2:]
    assert found(10, None, ("a",)) == ids[1::2]
    assert found(10, None, ()) == []
    assert [job.id for job in store.open_jobs("import")] == ids[::-1]
    assert store.count_open() == 4


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_marked(store: JobStore) -> None:
    waiting, running = add(store), add(store)
    store.claim(running.id)
    cancelled = store.cancel(waiting.id)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    asked = store.cancel(running.id)
    assert asked is not None
    assert asked.state == "running"
    assert store.is_cancelling(running.id)
    # If the process of the job has died, the next process does not run it.
    assert store.claim(running.id) is None
    ended = store.get(running.id)
    assert ended is not None
    assert ended.state == "cancelled"
    assert store.cancel("none") is None


def test_a_job_that_kills_the_server_repeatedly_fails(store: JobStore) -> None:
    job = add(store)
    for _ in range(MAX_STARTS - 1):
        assert store.claim(job.id) is not None
    # A start after which the job stored something, or was put back, does not count.
    store.update(job.id, Progress(added=1), [])
    for _ in range(MAX_STARTS):
        assert store.claim(job.id) is not None
    store.requeue(job.id)
    for _ in range(MAX_STARTS):
        assert store.claim(job.id) is not None
    assert store.claim(job.id) is None
    failed = store.get(job.id)
    assert failed is not None
    assert (failed.state, failed.error) == (
        "failed",
        "The server ended 5 times while this job ran.",
    )


def test_the_oldest_jobs_are_removed(store: JobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_store, "MAX_KEPT", 2)
    jobs = [add(store) for _ in range(5)]
    for job in jobs[1:]:
        store.cancel(job.id)
    store.remove_oldest()
    assert [store.get(job.id) is not None for job in jobs] == [True, False, False, True, True]


def test_two_stores_in_many_threads_lose_no_job(store: JobStore, states: States) -> None:
    other = JobStore(states())

    def work(mine: JobStore) -> None:
        for _ in range(10):
            job = add(mine)
            mine.claim(job.id)
            mine.end(job.id, "done", result=RESULT)

    threads = [threading.Thread(target=work, args=(each,)) for each in (store, other) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {job.state for job in store.newest(100) or []} == {"done"}
    assert len(store.newest(100) or []) == 60
    other.close()


def test_a_damaged_file_is_reported_without_its_path(file_store: JobStore, tmp_path: Path) -> None:
    (tmp_path / "jobs.db").write_bytes(b"something else" * 100)
    with pytest.raises(StorageError) as raised:
        file_store.open_jobs("import")
    assert str(tmp_path) not in str(raised.value)


def test_a_file_of_a_later_release_is_refused(file_store: JobStore, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "jobs.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError, match="later release"):
        add(file_store)


Runners = Callable[[], JobRunner]


@pytest.fixture
def runners(tmp_path: Path, states: States, encoder: Encoder) -> Iterator[Runners]:
    """Start runners over one state, as several processes would; stop them at the end."""
    made: list[tuple[JobRunner, dict[str, Collection]]] = []

    def make() -> JobRunner:
        collections: dict[str, Collection] = {}
        cancellable = CancellableEncoder(encoder)

        def open_collection(name: str) -> Collection:
            if name not in collections:
                collections[name] = Collection.open_or_create(tmp_path, name, cancellable)
            return collections[name]

        made.append(
            (JobRunner(states(), open_collection, cancellable, collections=tmp_path), collections)
        )
        made[-1][0].start()
        return made[-1][0]

    yield make
    for runner, collections in made:
        runner.stop()
        for collection in collections.values():
            collection.close()


def put(runner: JobRunner, collection: str, text: str) -> Job:
    job_id = new_id()
    runner.folders.create(job_id)
    (runner.folders.folder(job_id) / "0000").write_text(text, encoding="utf-8")
    runner.folders.sync(job_id)
    job = runner.store.add(job_id, collection, ImportAsked(files=("a.txt",)), Progress())
    runner.wake()
    return job


def ended(runner: JobRunner, job: Job) -> Job:
    def stored() -> Job:
        found = runner.store.get(job.id, rejections=True)
        assert found is not None
        return found

    wait_until(lambda: stored().ended_at is not None)
    return stored()


def test_runners_of_one_service_run_each_job_once(runners: Runners) -> None:
    pair = [runners(), runners()]
    jobs = [put(pair[n % 2], f"c{n % 3}", f"Text number {n}.") for n in range(9)]
    for number, job in enumerate(jobs):
        result = ended(pair[0], job).result
        assert isinstance(result, ImportResult)
        # The first job of a collection adds the file, and later jobs replace it, in order.
        assert (result.added, result.updated) == ((1, 0) if number < 3 else (0, 1))


def test_a_job_waits_while_something_else_writes(
    runners: Runners, tmp_path: Path, encoder: Encoder
) -> None:
    collection = Collection.open_or_create(tmp_path, "busy", encoder)
    with collection.writing():
        runner = runners()
        busy, free = put(runner, "busy", "One."), put(runner, "free", "Two.")
        assert ended(runner, free).state == "done"
        waiting = runner.store.get(busy.id)
        assert waiting is not None
        assert waiting.state == "queued"
    collection.close()
    assert ended(runner, busy).state == "done"


def test_a_job_waits_for_a_part_of_the_cluster(
    tmp_path: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performing, "_WAIT_FOR_PART_S", 0.1)
    down = [True, True]
    cancellable = CancellableEncoder(encoder)

    def open_collection(name: str) -> Collection:
        if down and down.pop():
            raise ClusterUnavailable("PostgreSQL cannot be used.")
        return Collection.open_or_create(tmp_path, name, cancellable)

    runner = JobRunner(tmp_path, open_collection, cancellable)
    runner.start()
    job = put(runner, "c", "Text.")
    wait_until(lambda: not down)
    assert ended(runner, job).state == "done"
    runner.stop()


def test_streams_of_events_end_with_the_server(runners: Runners, states: States) -> None:
    store = JobStore(states())
    job = add(store)
    runner = runners()
    runner.announce_stop()
    lookups = WorkerPool(threads=1, queue=1, timeout_s=PATIENCE_S)

    async def events() -> list[bytes]:
        return [event async for event in jobs_route._events(runner, lookups, job)]

    assert len(asyncio.run(events())) == 1
    lookups.close()
    store.close()


def test_abandoned_files_are_removed(runners: Runners, states: States) -> None:
    state = states()
    folders = folders_of(state)
    with closing(JobStore(state)) as store:
        job = add(store)
        store.cancel(job.id)
    arriving = new_id()
    for name in (job.id, arriving):
        (folders.create(name) / "0000").write_text("Text.", encoding="utf-8")
        folders.sync(name)

    def left() -> list[str]:
        if isinstance(state, Path):
            return [path.name for path in (state / "jobs").iterdir()]
        return state.uploads.folders()

    runner = runners()
    assert ended(runner, put(runner, "c", "Text.")).state == "done"
    wait_until(lambda: left() == [arriving])
