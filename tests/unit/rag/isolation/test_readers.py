from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest

from rag.isolation.limits import Allowance, Limits, changed
from rag.isolation.processes import Processes, ReadersFailed, reason_of
from rag.isolation.readers import Readers, Stopped
from rag.readers.document import Document
from rag.readers.files import file_document, find_files, read_document
from tamngu.records.article import Article
from tamngu.records.rejection import MAX_REJECTIONS, Rejection
from tests.file_kinds import KINDS
from tests.integration.rag.test_mixed_files import write_files
from tests.unit.rag.isolation import faults

Fault = Callable[[], BinaryIO]
STORY = "Đội phà cứu một con diệc mắc lưới hôm thứ hai. Nó đã bay đi. "
TIGHT = changed(Limits(), "cpu_s=1 cpu_s_per_mb=1 memory_mb=300")


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers(limits=TIGHT) as opened:
        yield opened


def document(name: str, open: Callable[[], BinaryIO], size: int = 1) -> Document:
    return Document(name, name, Path(name).suffix, "s", open, size=size)


def text(name: str, words: str = STORY) -> Document:
    return document(name, partial(io.BytesIO, words.encode()))


def found(readers: Readers, *documents: Document) -> list[list[str]]:
    """Return, for each document, the titles and reasons that are found in it."""
    items: list[list[str]] = [[] for _ in documents]
    ends = []
    for number, item in readers.read(enumerate(documents)):
        if item is None:
            ends.append(number)
        else:
            items[number].append(item.title if isinstance(item, Article) else item.reason)
    assert ends == list(range(len(documents)))
    return items


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(faults.spin, "it takes more than 2", marks=pytest.mark.slow),
        (faults.crash, "its parser crashed (SIGSEGV), or it takes more than 300 MB of memory"),
        (faults.abort, "its parser crashed (SIGABRT), or it takes more than 300 MB of memory"),
        (faults.grow, "it takes more memory than it may"),
        (faults.leave, "its reader has ended (3)"),
    ],
)
def test_a_document_that_ends_its_reader_is_named_and_others_are_read(
    readers: Readers, fault: Fault, reason: str
) -> None:
    documents = [text("a.txt"), document("b.txt", fault), *(text(f"{n}.txt") for n in range(40))]
    first, second, *rest = found(readers, *documents)
    assert len(second) == 1
    assert second[0].startswith(reason)
    assert len(first) == 1
    assert all(len(each) == 1 for each in rest)


@pytest.mark.parametrize(
    "fault", [pytest.param(faults.spin, marks=pytest.mark.slow), faults.crash, faults.grow]
)
def test_a_member_that_ends_its_reader_costs_its_archive_nothing_else(
    readers: Readers, fault: Fault
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for n in range(30):
            archive.writestr(f"{n:02}.txt", f"Bài {n}. {STORY}")
        for name in ("00.md", "12.md", "29.md"):
            archive.writestr(name, STORY)
    asked = document("a.zip", partial(faults.with_poison, fault, packed.getvalue()))
    items = [item for _, item in readers.read([(None, asked)]) if item]
    named = [item.where.rpartition("!")[2] for item in items if isinstance(item, Rejection)]
    assert named == ["00.md", "12.md", "29.md"]
    assert len({item.id for item in items if isinstance(item, Article)}) == 30


def test_a_reader_that_the_system_kills_is_replaced_and_nothing_is_lost(
    readers: Readers, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    note.touch()
    threading.Timer(1.0, note.unlink).start()
    assert len(found(readers, document("a.txt", partial(faults.be_killed_once, note)))[0]) == 1


def test_what_is_read_is_what_is_read_in_one_process(readers: Readers, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.zip")
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(50):
            archive.writestr(f"{n}.html", f"<title>{n}</title><p>{STORY * 5}</p><p>Mục {n}</p>")
        archive.writestr("a.jsonl", "{}\n" + json.dumps({"text": "Chè.", "title": "\ud800"}))
    asked = file_document(path)
    items = [item for _, item in readers.read([(None, asked)]) if item]
    assert items == list(read_document(asked))


def test_the_nursery_has_imported_what_readers_need(readers: Readers, tmp_path: Path) -> None:
    # Otherwise every process would import it again.
    write_files(tmp_path / "in", len(KINDS))
    files = [file_document(each) for each in find_files(tmp_path / "in")]
    first, *_, last = found(
        readers,
        document("a.txt", faults.remember_modules),
        *files,
        document("b.txt", faults.name_new_modules),
    )
    assert len(first) == 1
    assert last == ["new:"]


def test_a_process_reads_some_documents_only() -> None:
    with Readers() as opened:
        held = [document(f"{n}.txt", faults.count_openings) for n in range(80)]
        counts = [int(title) for (title,) in found(opened, *held)]
    assert max(counts) <= 16
    assert counts.count(1) == 5


def test_functions_are_called_in_processes_too(readers: Readers) -> None:
    feed = (
        b"<rss version='2.0'><channel><item><link>https://a.example/</link></item></channel></rss>"
    )
    for _ in range(20):
        assert [each.url for each in readers.listed(feed, "https://a.example/feed")] == [
            "https://a.example/"
        ]
    with pytest.raises(ValueError, match="feed"):
        readers.listed(b"<p>", "https://a.example/feed")
    assert readers.uncut_text(text("a.txt", " Chè. ")) == "Chè."
    for fault in (faults.crash, faults.leave):
        assert readers.uncut_text(document("b.txt", fault)) == ""
    assert readers.uncut_text(text("c.txt")) == STORY.strip()


class Interrupted(Exception): ...


def test_an_error_of_the_caller_leaves_processes_that_can_be_used_again() -> None:
    processes = Processes()
    for patience in range(4):
        checks = 0

        def check(patience: int = patience) -> None:
            nonlocal checks
            checks += 1
            if checks > patience:
                raise Interrupted

        # At the first checks it is waited for the processes, later for what they read.
        with (
            pytest.raises(Interrupted),
            Readers(check=check, processes=processes) as interrupted,
        ):
            found(interrupted, document("a.txt", faults.sleep))
        with Readers(processes=processes) as opened:
            assert found(opened, text("b.txt"), text("c.txt")) == [[STORY.strip()]] * 2
    processes.close()


def test_a_process_that_was_ended_is_not_ended_again() -> None:
    processes = Processes()
    worker = processes.fork()
    # It ends by itself when its connection is closed, if it comes to it.
    assert processes.end(worker) in (0, signal.SIGKILL)
    # Its number may be that of another program's process by now.
    assert processes.end(replace(worker, pid=os.getpid())) == signal.SIGKILL
    assert processes.end(processes.fork()) in (0, signal.SIGKILL)
    processes.close()
    assert processes.end(worker) == signal.SIGKILL


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (77 << 8, "it takes more than 9 MB of memory"),
        (0, "its reader has ended (0)"),
        (signal.SIGXCPU, "it takes more than 4 s of computing"),
        (signal.SIGALRM, "it takes more than 40 s"),
        (signal.SIGKILL, "the system has killed its reader; perhaps no memory is left"),
        (signal.SIGBUS, "its parser crashed (SIGBUS), or it takes more than 9 MB of memory"),
        (40, "its parser crashed (40), or it takes more than 9 MB of memory"),
    ],
)
def test_the_end_of_a_process_has_a_reason(status: int, reason: str) -> None:
    assert reason_of(status, Allowance(4, 9)) == reason


@pytest.mark.parametrize("program", ["/no/such/python", sys.executable])
def test_readers_that_cannot_be_started_say_so(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setenv("PYTHONHOME", "/no/such/folder")
    with Readers() as opened, pytest.raises(ReadersFailed, match="cannot be started"):
        found(opened, text("a.txt"))


def test_rejections_are_counted_beyond_a_number(readers: Readers) -> None:
    lines = document("a.jsonl", partial(io.BytesIO, b"x\n" * 25_000))
    items = [item for _, item in readers.read([(None, lines)]) if item]
    assert len(items) == MAX_REJECTIONS + 1
    assert sum(item.count for item in items if isinstance(item, Rejection)) == 25_000


@pytest.mark.parametrize("fault", [None, faults.spin, faults.sleep, faults.grow])
def test_a_stop_acts_at_once_whatever_a_parser_does(fault: Fault | None) -> None:
    ended: list[object] = []
    with Readers() as opened:
        if fault is not None:
            # Otherwise it is stopped while the processes start.
            found(opened, text("a.txt"))

        def read() -> None:
            try:
                found(opened, document("b.txt", fault or faults.spin))
            except Stopped as error:
                ended.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        time.sleep(0.3)
        opened.stop()
        # Parsers would go on for hours.
        thread.join(10)
    assert ended


def test_nothing_is_left_when_a_program_is_killed(tmp_path: Path) -> None:
    program = (
        "from tests.unit.rag.isolation.test_readers import *\n"
        "with Readers() as readers:\n"
        "    for _ in readers.read([(0, text('a.txt')), (1, document('b.txt', faults.spin))]):\n"
        "        print('read', flush=True)\n"
    )
    environment = {**os.environ, "TAMNGU_ORPHAN": str(tmp_path)}
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, env=environment
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"read\n"
    assert len(_marked(tmp_path)) >= 3
    child.kill()
    child.wait()
    child.stdout.close()
    ends = time.monotonic() + 10
    while _marked(tmp_path) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not _marked(tmp_path)


def _marked(mark: Path) -> list[str]:
    """Return the processes whose environment has a mark."""
    pids = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TAMNGU_ORPHAN={mark}".encode() in entry.read_bytes():
                pids.append(entry.parent.name)
        except OSError:
            continue
    return pids


def test_a_reader_reaches_no_network_and_writes_no_file(readers: Readers, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        asked = [
            document("a.txt", partial(faults.connect, port)),
            document("b.txt", partial(faults.write, tmp_path / "x")),
        ]
        for (reason,) in found(readers, *asked):
            assert reason.startswith("it cannot be read ("), reason
    # Without Landlock a file can be made, but nothing can be written to it.
    assert [path.stat().st_size for path in tmp_path.iterdir()] in ([], [0])


def test_no_descriptor_or_process_is_left() -> None:
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = len(os.listdir("/proc/self/fd")), children.read_text()
    for _ in range(3):
        with Readers() as readers:
            found(readers, text("a.txt"), document("b.txt", faults.leave), text("c.txt"))
    assert (len(os.listdir("/proc/self/fd")), children.read_text()) == before


def test_a_process_that_holds_much_is_replaced_without_blame(readers: Readers) -> None:
    held = [document(f"{n}.txt", partial(faults.keep, 60 * 2**20)) for n in range(12)]
    assert [len(each) for each in found(readers, *held)] == [1] * 12


def test_readers_that_are_killed_again_and_again_lose_no_document_silently() -> None:
    number, kills = 300, 20
    documents = [text(f"{n}.txt", f"Bài {n}. {STORY * 30}") for n in range(number)]
    with Readers() as opened:
        found(opened, text("a.txt"))
        nursery = opened._processes._process
        assert nursery is not None
        children = Path(f"/proc/{nursery.pid}/task/{nursery.pid}/children")
        killed = 0
        items = []
        for count, (_, item) in enumerate(opened.read(enumerate(documents))):
            if item is not None:
                items.append(item)
            if count % 25 == 0 and killed < kills:
                for pid in children.read_text().split()[:1]:
                    os.kill(int(pid), signal.SIGKILL)
                    killed += 1
    assert killed == kills
    read = {item.id for item in items if isinstance(item, Article)}
    reasons = {item.reason for item in items if isinstance(item, Rejection)}
    assert len(items) == number
    assert len(read) >= number - kills
    assert reasons <= {"the system has killed its reader; perhaps no memory is left"}


def test_a_message_is_found_once_though_its_attachments_need_new_processes(
    readers: Readers,
) -> None:
    message = EmailMessage()
    message["Subject"] = "Thư"
    message.set_content(STORY)
    for n in range(3):
        message.add_attachment(f"Bài {n}. {STORY}".encode(), "text", "plain", filename=f"{n}.txt")
        message.add_attachment(b"Nothing.", "text", "markdown", filename=f"{n}.md")
    asked = document("a.eml", partial(faults.with_poison, faults.abort, message.as_bytes()))
    items = [item for _, item in readers.read([(None, asked)]) if item]
    assert sorted(item.title[:5] for item in items if isinstance(item, Article)) == [
        *(f"Bài {n}" for n in range(3)),
        "Thư",
    ]
    assert len(items) == 7
