"""Jobs: what was asked for, how far it is, and what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from api.auth.scopes import READ, WRITE
from api.idempotency.route import IdempotentRoute
from api.jobs.job import ENDED, Job, JobKind
from api.jobs.runner import JobRunner
from api.problem import PROBLEMS
from api.service import Service, ServiceOf
from api.worker_pool import Overloaded

_LOOK_S = 0.5
"""Seconds between looks for a change that is to be told; as often as progress is noted."""

_QUIET_S = 15.0
"""Seconds after which a comment is sent, so that nothing between takes the stream for dead."""

_JOB = TypeAdapter(Job)

MOST_WAITING = 1000
"""Jobs that are queued or running; beyond them, 503."""

router = APIRouter(
    prefix="/v1/jobs", tags=["jobs"], responses=PROBLEMS, route_class=IdempotentRoute
)


@dataclass(frozen=True)
class Jobs:
    """Some jobs, the newest first, without their rejections.

    Attributes:
        jobs: as many as were asked for, or all that are left.
        next: what to give as ``after`` for those older than these; None where there are none.
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
    """List the jobs of the collections that the key reaches, the newest first."""
    reached = service.key.collections
    # One more, to see whether there is any after these.
    jobs = await run_in_threadpool(service.jobs.store.newest, limit + 1, after, reached, kind)
    if jobs is None:
        raise _unknown(after or "")
    return Jobs(jobs[:limit], jobs[limit - 1].id if len(jobs) > limit else None)


@router.get("/{job_id}", dependencies=READ)
async def read_job(job_id: str, service: ServiceOf) -> Job:
    """Return a job with its rejections."""
    return await job_of(service, job_id, rejections=True)


@router.post("/{job_id}/cancel", dependencies=WRITE)
async def cancel_job(job_id: str, service: ServiceOf) -> Job:
    """Cancel a job: one that waits at once, one that runs within seconds.

    What it has stored stays. A job that has ended is left as it is.
    """
    await job_of(service, job_id)
    job = await run_in_threadpool(service.jobs.store.cancel, job_id)
    if job is None:
        raise _unknown(job_id)
    if job.state == "cancelled":
        await run_in_threadpool(service.jobs.folders.discard, job_id)
    return job


@router.get(
    "/{job_id}/events",
    response_class=StreamingResponse,
    dependencies=READ,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def follow_job(job_id: str, service: ServiceOf) -> StreamingResponse:
    """Tell of a job as server-sent events named ``job``, until it, or the server, has ended.

    The data of each is the job without its rejections: as it is now, then after each change.
    """
    job = await job_of(service, job_id)
    return StreamingResponse(
        _events(service.jobs, job),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _events(jobs: JobRunner, job: Job) -> AsyncIterator[bytes]:
    yield _event(job)
    told: Job | None = job
    quiet_s = 0.0
    while told is not None and told.state not in ENDED and not jobs.is_stopping:
        await asyncio.sleep(_LOOK_S)
        quiet_s += _LOOK_S
        known, told = told, await run_in_threadpool(jobs.store.get, job.id)
        if told is not None and told != known:
            yield _event(told)
            quiet_s = 0.0
        elif quiet_s >= _QUIET_S:
            yield b": still there\n\n"
            quiet_s = 0.0


def _event(job: Job) -> bytes:
    return b"event: job\ndata: " + _JOB.dump_json(job) + b"\n\n"


def check_room(service: Service) -> None:
    """See that another job may wait.

    Raises:
        Overloaded: too many do.
    """
    if service.jobs.store.count_unended() >= MOST_WAITING:
        raise Overloaded(f"{MOST_WAITING:,} jobs are waiting; try again later.")


def accepted(service: Service, response: Response, job: Job) -> Job:
    """Answer with a job that has come into the queue."""
    service.jobs.wake()
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job


async def job_of(service: Service, job_id: str, *, rejections: bool = False) -> Job:
    """Return a job; one of a collection that the key does not reach is as if it were not there."""
    job = await run_in_threadpool(service.jobs.store.get, job_id, rejections=rejections)
    if job is None or not service.key.reaches(job.collection):
        raise _unknown(job_id)
    return job


def _unknown(job_id: str) -> HTTPException:
    return HTTPException(404, f"There is no job {job_id[:64]!r}")
