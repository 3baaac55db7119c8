"""The process that makes reading processes: it has imported all parsers, and parses nothing.

A new Python process that imports the parsers takes half a second; a copy of one that has imported
them takes some milliseconds, and shares its memory. This process has one thread, so that copies of
it are whole. It ends when the program that started it ends, however that happens, and its copies
end with it.
"""

from __future__ import annotations

import codecs
import gc
import os
import signal
import socket
import sys
from importlib import import_module
from typing import NoReturn

from rag.isolation.confinement import confine, die_with
from rag.isolation.messages import MAX_BYTES
from rag.isolation.wire import Wire

FORK, END = b"f", b"e"
"""Requests: make a process that has the socket sent along, whose id is the answer, 0 if the system
allows no more; end a process, whose status is the answer."""

NUMBER = 8
"""Bytes of a number in requests and answers."""

OUT_OF_MEMORY = 77
"""Exit code of a reading process that could not even report that there is no memory left."""

_PARSERS = (
    "chardet",
    "fastwarc.warc",
    "feedparser",
    "importlib.readers",
    "lxml.html",
    "markdown_it",
    "pypdfium2.raw",
    "resiliparse.extract.html2text",
    "resiliparse.parse.html",
    "trafilatura",
    "xml.sax.expatreader",
    "yaml",
)
"""What readers import when they are first used."""

_ENCODINGS = (
    "big5",
    "big5hkscs",
    "cp437",
    "cp1252",
    "cp1258",
    "euc_jp",
    "euc_kr",
    "gb2312",
    "gb18030",
    "gbk",
    "shift_jis",
    "utf_16",
    "utf_16_be",
    "utf_16_le",
)
"""Encodings whose modules Python imports when they are first used."""


def main(descriptor: int) -> NoReturn:
    """Answer requests until the other end of the socket is closed.

    Args:
        descriptor: of the socket.
    """
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    control = socket.socket(fileno=descriptor)
    _import_parsers()
    confine()
    gc.collect()
    # Otherwise the collector of each copy would touch, and so copy, all of its memory.
    gc.freeze()
    children: set[int] = set()
    while True:
        request, sockets, *_ = socket.recv_fds(control, 1 + NUMBER, 1, socket.MSG_WAITALL)
        if len(request) < 1 + NUMBER:
            break
        if request[:1] == FORK:
            answer = _forked(control, sockets[0])
            if answer:
                children.add(answer)
        else:
            pid = int.from_bytes(request[1:], "big")
            # Another number would be that of a process of somebody else.
            answer = _ended(pid) if pid in children else signal.SIGKILL
            children.discard(pid)
        control.sendall(answer.to_bytes(NUMBER, "big"))
    for pid in children:
        _ended(pid)
    os._exit(0)


def _ended(pid: int) -> int:
    """End a child; return its status. If it is ending already, the signal changes nothing."""
    os.kill(pid, signal.SIGKILL)
    # Waited for, so that what it used is counted as used by the program.
    return os.waitpid(pid, 0)[1]


def _forked(control: socket.socket, descriptor: int) -> int:
    """Make a reading process; return its id, 0 if the system allows no more."""
    ours = os.getpid()
    try:
        pid = os.fork()
    except OSError:
        os.close(descriptor)
        return 0
    if pid:
        os.close(descriptor)
        return pid
    code = 1
    # It stays open until the process has ended, so that its exit code is known when it closes.
    connection = socket.socket(fileno=descriptor)
    try:
        die_with(ours)
        control.close()
        _work(connection)
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BrokenPipeError:
        code = 0
    finally:
        os._exit(code)


def _work(connection: socket.socket) -> None:
    from rag.isolation.worker import serve

    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        # Parsers print what they think of a document.
        os.dup2(nothing, stream)
    serve(Wire(connection, MAX_BYTES))


def _import_parsers() -> None:
    from rag.readers.registry import ENDINGS, reader_of
    from rag.text.language import identify

    sys.dont_write_bytecode = True
    for module in (*_PARSERS, "rag.isolation.worker"):
        import_module(module)
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    for ending in ENDINGS:
        reader_of(ending)
    identify("Tamngu là tên")
