"""Jobs: their state, their progress and their results."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import HTTPException, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from api.auth.scopes import READ, WRITE
from api.description import new_router
from api.error_responses import PROBLEMS
from api.errors import Overloaded
from api.idempotency.route import IdempotentRoute
from api.jobs.runner import JobRunner
from api.service import Service, ServiceOf
from api.worker_pool import WorkerPool
from tamngu.records.job import Job, JobKind

_POLL_S = 0.5
"""Seconds between two looks at a job; a runner stores progress as often."""

_KEEP_ALIVE_S = 15.0
"""Seconds without an event after which a comment is sent, so that no proxy closes the stream."""

_JOB = TypeAdapter(Job)

MAX_STREAMS = 20
"""Streams of events that a key, or all requests without one, may hold in a server process. Each
asks for its job twice a second. Chosen manually, not tuned."""

MAX_OPEN = 1000
"""Jobs that may be queued or running; a further one gets 503."""

router = new_router(
    prefix="/v1/jobs", tags=["jobs"], responses=PROBLEMS, route_class=IdempotentRoute
)


@dataclass(frozen=True)
class Jobs:
    """A part of the list of jobs, newest first, without their rejections.

    Attributes:
        jobs: of this part.
        next: the value of ``after`` that gives the next part, with older jobs; null at the end of
            the list.
    """

    jobs: list[Job]
    next: str | None


@router.get("", dependencies=READ)
async def list_jobs(
    service: ServiceOf,
    after: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    kind: JobKind | None = None,
) -> Jobs:
    """List the jobs of the collections that the key reaches, newest first."""
    reached = service.key.collections
    # One job more than wanted shows whether another part follows.
    jobs = await service.lookups.run(service.jobs.store.newest, limit + 1, after, reached, kind)
    if jobs is None:
        raise _not_found(after or "")
    return Jobs(jobs[:limit], jobs[limit - 1].id if len(jobs) > limit else None)


@router.get("/{job_id}", dependencies=READ)
async def read_job(job_id: str, service: ServiceOf) -> Job:
    """Return a job with its rejections."""
    return await read_or_404(service, job_id, rejections=True)


@router.post("/{job_id}/cancel", dependencies=WRITE)
async def cancel_job(job_id: str, service: ServiceOf) -> Job:
    """Cancel a job: at once if it is queued, within seconds if it is running.

    What it has stored stays. A job that has ended is not changed.
    """
    await read_or_404(service, job_id)
    job = await run_in_threadpool(service.jobs.store.cancel, job_id)
    if job is None:
        raise _not_found(job_id)
    if job.state == "cancelled":
        await run_in_threadpool(service.jobs.folders.remove, job_id)
    return job


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    dependencies=READ,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def follow_job(job_id: str, service: ServiceOf) -> StreamingResponse:
    """Stream server-sent events named ``job`` until the job or the server has ended.

    The data of an event is the job without its rejections: first as it is now, then after each
    change.
    """
    job = await read_or_404(service, job_id)
    if service.streams[service.key.id] >= MAX_STREAMS:
        raise Overloaded(f"{MAX_STREAMS} streams are open with this key; close one of them.")
    return StreamingResponse(
        _counted(service, _events(service.jobs, service.lookups, job)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _counted(service: Service, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    # Counted here, because what is not begun has no end at which it could be counted down.
    service.streams[service.key.id] += 1
    try:
        async for event in events:
            yield event
    finally:
        service.streams[service.key.id] -= 1


async def _events(jobs: JobRunner, lookups: WorkerPool, job: Job) -> AsyncIterator[bytes]:
    yield _event(job)
    latest: Job | None = job
    quiet_s = 0.0
    while latest is not None and not latest.has_ended and not jobs.is_stopping:
        await asyncio.sleep(_POLL_S)
        quiet_s += _POLL_S
        previous, latest = latest, await lookups.run(jobs.store.get, job.id)
        if latest is not None and latest != previous:
            yield _event(latest)
            quiet_s = 0.0
        elif quiet_s >= _KEEP_ALIVE_S:
            yield b": still there\n\n"
            quiet_s = 0.0


def _event(job: Job) -> bytes:
    return b"event: job\ndata: " + _JOB.dump_json(job) + b"\n\n"


def check_queue(service: Service) -> None:
    """Return if the queue has room for another job.

    Raises:
        Overloaded: too many jobs are waiting.
    """
    if service.jobs.store.count_open() >= MAX_OPEN:
        raise Overloaded(f"{MAX_OPEN:,} jobs are waiting; try again later.")


def accept(service: Service, response: Response, job: Job) -> Job:
    """Wake the runner for a new job, and set the Location header of the response."""
    service.jobs.wake()
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job


async def read_or_404(service: Service, job_id: str, *, rejections: bool = False) -> Job:
    """Return a job.

    Raises:
        HTTPException: 404, it does not exist, or the key does not reach its collection.
    """
    job = await service.lookups.run(service.jobs.store.get, job_id, rejections=rejections)
    if job is None or not service.key.reaches(job.collection):
        raise _not_found(job_id)
    return job


def _not_found(job_id: str) -> HTTPException:
    return HTTPException(404, f"There is no job {job_id[:64]!r}")
