"""Send every hostile document to a real server: ``python -m tests.hostile.uploads``.

It prints a line for each document and way to send it, and writes them to ``uploads.csv``. A short
form is ``--every 20``.
"""

from __future__ import annotations

import csv
import dataclasses
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import click
import httpx

from tamngu.cli.terminal import echo, prepare_output
from tests.hostile import HOSTILE
from tests.hostile.known import KNOWN
from tests.hostile.sending import Sending, sendings
from tests.hostile.stopping import LONG, after_kill, cancelled_s, terminated_s
from tests.hostile.watched import Health, Memory
from tests.served_home import ServedHome, end_on_sigterm, make_home

_COLLECTION = "news"

_SIZE = 60_000
"""Bytes of a document whose size is free. Chosen manually, not tuned: so large a text has some
hundred passages, and all of them together take a quarter of an hour."""

_MOST_MS = 250.0
"""Milliseconds that ``/healthz`` may take."""

_MOST_STOPPING_S = 2.0
"""Seconds that cancelling and SIGTERM may take."""


Document = tuple[str, str, Callable[[], bytes]]
"""Its name, its kind, and what makes it."""


@dataclass(frozen=True)
class Seen:
    """What was seen while a document was sent in one way.

    Attributes:
        name: of the document.
        way: in which it was sent.
        size: of the document in bytes.
        took_s: seconds until the outcome.
        slowest_ms: the slowest answer of ``/healthz`` meanwhile, in milliseconds that the server
            itself needed; see :class:`tests.hostile.watched.Slowest`.
        waited_ms: the same with what it waited for other programs.
        server_mb: most resident memory of the server meanwhile.
        readers_mb: most of its readers together.
        outcome: what became of the document.
    """

    name: str
    way: str
    size: int
    took_s: float
    slowest_ms: float
    waited_ms: float
    server_mb: float
    readers_mb: float
    outcome: str


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default="build/hostile", show_default=True)
@click.option("--size", default=_SIZE, show_default=True, help="Bytes of a document.")
@click.option("--every", default=1, show_default=True, help="Only every N-th document.")
@click.option("--only", default="", help="Only documents whose names have this in them.")
def main(out: Path, size: int, every: int, only: str) -> None:
    """Print what a server does with hostile documents; exit with 1 if it is too slow."""
    prepare_output()
    end_on_sigterm()
    shutil.rmtree(out, ignore_errors=True)
    home = out / "home"
    make_home(home, _COLLECTION)
    server = ServedHome(home, _COLLECTION)
    try:
        documents = islice(_documents(size, only), 0, None, every)
        seen = list(_all_sent(server, documents))
        _write(out / "uploads.csv", seen)
        cancels = [_cancelled(server, name) for name in LONG]
        server, ends = _ended(server, home)
        server, is_calm = _killed(server, home)
    finally:
        server.kill()
    slow = [each for each in seen if each.slowest_ms > _MOST_MS]
    for each in slow:
        echo(f"too slow: {each.slowest_ms:.0f} ms at {each.way} of {each.name}")
    _print_summary(seen, cancels, ends)
    if slow or max(*cancels, *ends) > _MOST_STOPPING_S or not is_calm:
        sys.exit(1)


def _documents(size: int, only: str) -> Iterator[Document]:
    for name, (kind, known) in KNOWN.items():
        if only in name:
            yield name, kind, known
    for name, (kind, generate) in HOSTILE.items():
        if only in name:
            yield name, kind, partial(generate, size)


def _all_sent(server: ServedHome, documents: Iterable[Document]) -> Iterator[Seen]:
    """Send documents; yield what was seen."""
    with Health(server.address, server.pid) as health, Memory(server.pid) as memory:
        for number, (name, kind, make) in enumerate(documents):
            data = make()
            for each in sendings(number, kind, data, _COLLECTION):
                seen = _sent(server, health, memory, name, len(data), each)
                echo(_line(seen))
                yield seen
            if not server.runs:
                raise RuntimeError(f"The server has ended at {name}.")
        statuses = health.statuses()
        echo(f"/healthz: {sum(statuses.values()):,} answers, by status {dict(statuses)}.")


def _sent(
    server: ServedHome, health: Health, memory: Memory, name: str, size: int, sending: Sending
) -> Seen:
    health.slowest()
    memory.most_mb()
    begun = time.monotonic()
    try:
        outcome = sending.send(server.client)
    except httpx.TransportError as error:
        outcome = f"no answer ({type(error).__name__})"
    took_s = time.monotonic() - begun
    slowest, (server_mb, readers_mb) = health.slowest(), memory.most_mb()
    return Seen(
        name,
        sending.way,
        size,
        round(took_s, 3),
        round(1000 * slowest.own_s, 1),
        round(1000 * slowest.waited_s, 1),
        round(server_mb, 1),
        round(readers_mb, 1),
        outcome,
    )


def _cancelled(server: ServedHome, name: str) -> float:
    kind, data = LONG[name]
    took_s, state = cancelled_s(server, _COLLECTION, kind, data)
    echo(f"cancel {name}: {took_s:.2f} s ({state})")
    return took_s


def _ended(server: ServedHome, home: Path) -> tuple[ServedHome, list[float]]:
    """End servers by SIGTERM; return a new one, and the seconds that each took."""
    took: list[float] = []
    for name, (kind, data) in LONG.items():
        took.append(terminated_s(server, _COLLECTION, kind, data))
        echo(f"SIGTERM {name}: {took[-1]:.2f} s")
        server = ServedHome(home, _COLLECTION)
    return server, took


def _killed(server: ServedHome, home: Path) -> tuple[ServedHome, bool]:
    """Kill servers; return a new one, and whether each one after a killed one answered in time."""
    is_calm = True
    for name, (kind, data) in LONG.items():
        server, after = after_kill(server, home, _COLLECTION, kind, data)
        echo(
            f"after kill -9 {name}: ready in {after.ready_s:.1f} s, slowest /healthz "
            f"{1000 * after.slowest.own_s:.0f} ms, the job ended in {after.ended_s:.1f} s; "
            f"{after.said}"
        )
        is_calm &= 1000 * after.slowest.own_s <= _MOST_MS
    return server, is_calm


def _line(seen: Seen) -> str:
    return (
        f"{seen.slowest_ms:5.0f} of {seen.waited_ms:5.0f} ms {seen.took_s:7.2f} s "
        f"{seen.server_mb:6.0f} MB {seen.readers_mb:6.0f} MB {seen.size:10,}  {seen.way}: "
        f"{seen.name}: {seen.outcome[:160]}"
    )


def _print_summary(seen: Sequence[Seen], cancels: Sequence[float], ends: Sequence[float]) -> None:
    slowest = [each.slowest_ms for each in seen]
    p50 = statistics.median(slowest)
    p99 = statistics.quantiles(slowest, n=100, method="inclusive")[-1]
    echo(
        f"{len({each.name for each in seen})} documents, sent {len(seen)} times; slowest /healthz "
        f"during each: p50 {p50:.0f}, p99 {p99:.0f}, max {max(slowest):.0f} ms (with waiting for "
        f"other programs {max(each.waited_ms for each in seen):.0f} ms); slowest outcome "
        f"{max(each.took_s for each in seen):.1f} s; most memory: server "
        f"{max(each.server_mb for each in seen):,.0f} MB, readers "
        f"{max(each.readers_mb for each in seen):,.0f} MB; cancel {max(cancels):.2f} s; SIGTERM "
        f"{max(ends):.2f} s"
    )


def _write(path: Path, seen: Sequence[Seen]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in dataclasses.fields(Seen)])
        writer.writeheader()
        writer.writerows(map(dataclasses.asdict, seen))


if __name__ == "__main__":
    main()
