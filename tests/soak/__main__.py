"""The command ``python -m tests.soak``."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from tamngu.cli.terminal import echo, prepare_output
from tests.served_home import ServedHome, end_on_sigterm, make_home, make_keys
from tests.soak.load import Done, Load
from tests.soak.minute import LOGS, Minute, read_minutes, write_minutes
from tests.soak.picture import draw
from tests.soak.sampling import Moment, moment
from tests.soak.verdict import Compared, compared

_COLLECTION = "soak"

_KEYS = 100
"""Keys that are used. The use of each is noted once a minute, so that their log grows, too."""

_MINUTE_S = 60.0


@click.command()
@click.option("--minutes", default=60, show_default=True, help="To run; 0: only draw.")
@click.option("--out", type=click.Path(path_type=Path), default="build/soak", show_default=True)
@click.option(
    "--picture", type=click.Path(path_type=Path), help="To draw to.  [default: soak.svg in --out]"
)
def main(minutes: int, out: Path, picture: Path | None) -> None:
    """Load a server, and write its figures of each minute to soak.csv.

    The exit code is 1 if a figure of the last third is too far above that of the first third.
    """
    prepare_output()
    end_on_sigterm()
    out.mkdir(parents=True, exist_ok=True)
    file = out / "soak.csv"
    before = read_minutes(file)
    run = before[-1].run + 1 if before else 1
    seen: list[Minute] = []
    if minutes:
        for minute in _run(out, run, len(before), minutes):
            seen.append(minute)
            write_minutes(file, [*before, *seen])
            echo(_line(minute))
    everything = [*before, *seen]
    if everything:
        title = f"{len(everything)} minutes of mixed load in {everything[-1].run} runs"
        (picture or out / "soak.svg").write_text(draw(everything, title), encoding="utf-8")
    figures = compared(seen)
    for each in figures:
        echo(_compared_line(each))
    faults = sum(minute.faults for minute in seen)
    echo(f"{len(seen)} minutes, {faults} faults.")
    if faults or not all(each.is_flat for each in figures):
        sys.exit(1)


def _run(out: Path, run: int, before: int, count: int) -> Iterator[Minute]:
    """Run a server and its load; yield its minutes."""
    home = out / "home"
    is_new = not home.exists()
    if is_new:
        make_home(home, _COLLECTION)
    keys = make_keys(home, _KEYS)
    server = ServedHome(home, _COLLECTION, keys[0])
    try:
        load = Load(server.address, keys, _COLLECTION, seed=run)
        if is_new:
            load.fill()
        load.start()
        try:
            load.done()
            for number in range(count):
                yield _minute(server, home, load, run, before + number + 1)
        finally:
            load.stop()
    finally:
        server.terminate()


def _minute(server: ServedHome, home: Path, load: Load, run: int, number: int) -> Minute:
    moments: list[Moment] = []
    ends = time.monotonic() + _MINUTE_S
    while time.monotonic() < ends:
        moments.append(moment(server.pid, home, _COLLECTION))
        time.sleep(1)
        if not server.runs:
            raise RuntimeError("The server has ended.")
    done = load.done()
    for fault in done.faults:
        echo(fault)
    return _figures(run, number, moments, done)


def _figures(run: int, number: int, moments: Sequence[Moment], done: Done) -> Minute:
    took_ms = [1000 * each for each in done.took_s] or [0.0, 0.0]
    logs = {name: [each.logs[name] for each in moments] for name in LOGS}
    sizes = {f"{name}_kb": max(log.size for log in seen) // 1024 for name, seen in logs.items()}
    begun = {f"{name}_begun": seen[-1].begun for name, seen in logs.items()}
    return Minute(
        run=run,
        minute=number,
        searches=len(done.took_s),
        p50_ms=round(statistics.median(took_ms), 1),
        p95_ms=round(statistics.quantiles(took_ms, n=20, method="inclusive")[-1], 1),
        writes=done.counts["writes"],
        deletes=done.counts["deletes"],
        imports=done.counts["imports"],
        busy=done.counts["busy"],
        faults=len(done.faults),
        server_mb=round(statistics.median(each.server_mb for each in moments), 1),
        own_mb=round(statistics.median(each.own_mb for each in moments), 1),
        readers_mb=round(max(each.readers_mb for each in moments), 1),
        handles=max(each.handles for each in moments),
        threads=max(each.threads for each in moments),
        **sizes,
        **begun,
        slowdown=round(statistics.median(each.slowdown for each in moments), 2),
    )


def _line(minute: Minute) -> str:
    logs = ", ".join(
        f"{name} {getattr(minute, f'{name}_kb'):,} KB ({getattr(minute, f'{name}_begun')})"
        for name in LOGS
    )
    return (
        f"{minute.minute:4}: {minute.searches} searches, p50 {minute.p50_ms:.0f}, p95 "
        f"{minute.p95_ms:.0f} ms, slowed {minute.slowdown:.1f} times; {minute.writes} written, "
        f"{minute.deletes} deleted, "
        f"{minute.imports} imports, {minute.busy} busy, {minute.faults} faults; "
        f"{minute.server_mb:.0f} ({minute.own_mb:.0f}) + {minute.readers_mb:.0f} MB, "
        f"{minute.handles} handles, {minute.threads} threads; logs: {logs}"
    )


def _compared_line(each: Compared) -> str:
    verdict = "flat" if each.is_flat else f"TOO MUCH, at most {each.most:,.0f}"
    return f"{each.name:24} {each.first:10,.1f} -> {each.last:10,.1f}  {verdict}"


if __name__ == "__main__":
    main()
